# make-bytes.py - the same pictures and labels as bytes in every kind of file, for tests of how they are scaled.
# SPDX-License-Identifier: Apache-2.0
#
# make-bytes.py DIR writes two pictures of two pixels, 0 51 and 255 204, and their labels 9 and 3: idx/ as IDX, npy/ as
# NPY, each for training and for testing, bytes.npz, and float.npy with the pictures as f32.
import os
import struct
import sys
import zipfile

PIXELS, LABELS = bytes([0, 51, 255, 204]), bytes([9, 3])


def npy(descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


folder = sys.argv[1]
pictures, labels = npy("|u1", "(2, 2)", PIXELS), npy("|u1", "(2,)", LABELS)
for idx, split in (("train", "train"), ("t10k", "test")):
    write(f"{folder}/idx/{idx}-images-idx3-ubyte", struct.pack(">IIII", 0x803, 2, 1, 2) + PIXELS)
    write(f"{folder}/idx/{idx}-labels-idx1-ubyte", struct.pack(">II", 0x801, 2) + LABELS)
    write(f"{folder}/npy/{split}-image.npy", pictures)
    write(f"{folder}/npy/{split}-label.npy", labels)
with zipfile.ZipFile(f"{folder}/bytes.npz", "w") as archive:
    archive.writestr("image.npy", pictures)
    archive.writestr("label.npy", labels)
write(f"{folder}/float.npy", npy("<f4", "(2, 2)", struct.pack("<4f", *PIXELS)))
