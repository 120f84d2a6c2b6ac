# blocks.py FOLDER - writes images.idx and labels.idx: 200 images of ten classes, class k a bright bar at row 2k + 3.
# SPDX-License-Identifier: Apache-2.0
import os
import struct
import sys

count, size = 200, 28
labels = [(7 * i + 3) % 10 for i in range(count)]
images = bytearray()
for i, label in enumerate(labels):
    image = bytearray((i * 37 + p * 11) % 32 for p in range(size * size))  # some noise
    image[size * (2 * label + 3) : size * (2 * label + 5)] = bytes([255]) * (2 * size)
    images += image
with open(os.path.join(sys.argv[1], "images.idx"), "wb") as file:
    file.write(struct.pack(">IIII", 0x803, count, size, size) + images)
with open(os.path.join(sys.argv[1], "labels.idx"), "wb") as file:
    file.write(struct.pack(">II", 0x801, count) + bytes(labels))
