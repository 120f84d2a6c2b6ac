# make-data.py - small data sets for tests of dlc-run: images of 2 x 2 pixels in three classes.
# SPDX-License-Identifier: Apache-2.0
#
# make-data.py DIR [TRAIN_ROWS] writes train-images-idx3-ubyte, train-labels-idx1-ubyte.gz and t10k files as plain
# ones. The class is the brightest of the first three pixels, so that a linear model can learn it.
import gzip
import os
import struct
import sys

folder, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
os.makedirs(folder, exist_ok=True)
state = 1


def random_byte():
    global state
    state = (state * 1103515245 + 12345) % 2**31
    return state >> 16 & 255


def write(name, count, compress):
    images, labels = bytearray(), bytearray()
    for _ in range(count):
        pixels = [random_byte() for _ in range(4)]
        images += bytes(pixels)
        labels.append(pixels.index(max(pixels[:3])) % 3)
    images = struct.pack(">IIII", 0x803, count, 2, 2) + images
    labels = struct.pack(">II", 0x801, count) + labels
    with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
        file.write(images)
    if compress:
        with gzip.GzipFile(f"{folder}/{name}-labels-idx1-ubyte.gz", "wb", mtime=0) as file:
            file.write(labels)
    else:
        with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
            file.write(labels)


write("train", rows, True)
write("t10k", 21, False)
