# pictures-npy.py LIB FOLDER OUT - the pictures of FOLDER/train and FOLDER/test as NPY files, which stay in memory as a whole.
# SPDX-License-Identifier: Apache-2.0
#
# Each picture is brought to size by `dlc-run predict`; rows are in the order that the folder is read in: classes take turns.
import os
import struct
import subprocess
import sys
import zipfile

library, root, out = sys.argv[1:]


def npy(path, kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + data)


os.makedirs(out)
for split in ("train", "test"):
    rows = []
    for label, name in enumerate(sorted(os.listdir(f"{root}/{split}"))):
        files = sorted(os.listdir(f"{root}/{split}/{name}"))
        rows += [((k + 0.5) / len(files), label, f"{root}/{split}/{name}/{file}") for k, file in enumerate(files)]
    rows.sort()
    subprocess.run(["dlc-run", "predict", library, "--weights", "w.safetensors", "--entry", "pixels", "--scale", "image=1",
                    "--output", "pixels.npz"] + [f"--input=image={path}" for _, _, path in rows], check=True,
                   stdout=subprocess.DEVNULL)
    data = zipfile.ZipFile("pixels.npz").read("pixels.npy")
    start = 10 + struct.unpack("<H", data[8:10])[0]
    pixels = bytes(int(v) for (v,) in struct.iter_unpack("<f", data[start:]))
    npy(f"{out}/{split}-image.npy", "|u1", (len(rows), 6, 8, 3), pixels)
    npy(f"{out}/{split}-label.npy", "<i4", (len(rows),), b"".join(struct.pack("<i", label) for _, label, _ in rows))
