# make-floats.py - a matrix of floats as NPY, one of them NaN, without NumPy.
# SPDX-License-Identifier: Apache-2.0
#
#   make-floats.py ROWS COLUMNS ROW FILE.npy      0.5 everywhere, but NaN in the second column of ROW
import struct
import sys

rows, columns, wrong = (int(word) for word in sys.argv[1:4])
values = [0.5] * (rows * columns)
values[wrong * columns + 1] = float("nan")
header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
header += " " * ((-len(header) - 11) % 64) + "\n"
with open(sys.argv[4], "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.write(struct.pack(f"<{len(values)}f", *values))
