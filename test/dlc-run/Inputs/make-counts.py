# make-counts.py - labels of which some do not count, and the scores of eight equal rows.
# SPDX-License-Identifier: Apache-2.0
#
# make-counts.py DIR LABEL... writes train- and test- files of NPY: x, the logarithms of 1/2 1/4 1/8 1/8, and label.
import math
import os
import struct
import sys


def npy(descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * ((-len(header) - 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


folder, labels = sys.argv[1], [int(word) for word in sys.argv[2:]]
os.makedirs(folder, exist_ok=True)
row = [math.log(p) for p in (1 / 2, 1 / 4, 1 / 8, 1 / 8)]
for split in "train", "test":
    with open(f"{folder}/{split}-x.npy", "wb") as file:
        file.write(npy("<f4", (len(labels), 4), struct.pack("<4f", *row) * len(labels)))
    with open(f"{folder}/{split}-label.npy", "wb") as file:
        file.write(npy("<i4", (len(labels),), struct.pack(f"<{len(labels)}i", *labels)))
