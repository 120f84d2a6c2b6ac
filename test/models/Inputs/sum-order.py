"""sum-order.py - calls the entry points of sum-order.mlir with COUNT rows of numbers of all sizes: every LIBRARY must
give the bytes that the first gives.

SPDX-License-Identifier: Apache-2.0
"""
import random
import struct
import subprocess
import sys
import zipfile

count, libraries, entries = int(sys.argv[1]), sys.argv[2:], ("sums", "step.gradients")
random.seed(8)
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 5), }}"
header += " " * (63 - (len(header) + 10) % 64) + "\n"
values = [random.gauss(0, 1) * 10 ** random.uniform(-3, 3) for _ in range(count * 5)]
with open("x.npy", "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.write(struct.pack(f"<{count * 5}f", *values))
for entry in entries:
    first = None
    for threads, library in enumerate(libraries, 1):
        subprocess.run(["dlc-run", "call", library, entry, "--input", "x=x.npy", "--seed", "3", "--threads", str(threads),
                        "--output", "out.npz"], check=True, stdout=subprocess.DEVNULL)
        with zipfile.ZipFile("out.npz") as archive:
            bits = {name: archive.read(name) for name in archive.namelist()}
        first = first or bits
        for name in first:
            if bits[name] != first[name]:
                sys.exit(f"{entry}: {name} of {library} differs from {libraries[0]}")
print(f"{len(entries)} entry points, all libraries alike")
