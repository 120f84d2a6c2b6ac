# same-bits.py ENTRY NAME=SIZExSIZE...[:LIMIT][,...] LIBRARY... - calls an entry point with drawn inputs, numbers of all sizes, or
# i32 below a limit, the libraries with one thread more each: every one must give the bytes that the first gives.
# SPDX-License-Identifier: Apache-2.0
import math
import random
import struct
import subprocess
import sys
import zipfile

entry, shapes, libraries = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
random.seed(8)
options = ["--seed", "3"]
for one in shapes:
    name, sizes = one.split("=")
    sizes, _, limit = sizes.partition(":")
    sizes = tuple(map(int, sizes.split("x")))
    header = f"{{'descr': '{'<i4' if limit else '<f4'}', 'fortran_order': False, 'shape': {sizes}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    count = math.prod(sizes)
    values = [random.randrange(int(limit)) if limit else random.gauss(0, 1) * 10 ** random.uniform(-3, 3) for _ in range(count)]
    with open(f"{name}.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{count}{'i' if limit else 'f'}", *values))
    options += ["--input", f"{name}={name}.npy"]
first = None
for threads, library in enumerate(libraries, 1):
    subprocess.run(["dlc-run", "call", library, entry, *options, "--threads", str(threads), "--output", "out.npz"],
                   check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile("out.npz") as archive:
        bits = {name: archive.read(name) for name in archive.namelist()}
    first = first or bits
    for name in first:
        if bits[name] != first[name]:
            sys.exit(f"{entry}: {name} of {library} differs from {libraries[0]}")
print(f"{entry}: the same bits")
