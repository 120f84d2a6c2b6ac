# make-pictures.py KIND FOLDER - writes small data sets of pictures, the same each time.
# SPDX-License-Identifier: Apache-2.0
#
#   folders   FOLDER/train and FOLDER/test: blue, green and red pictures of several sizes, in PNG
#   stored    the files of test/unit/Inputs/pillow.json, which are JPEGs too
#   cifar10   data_batch_1.bin, data_batch_2.bin, test_batch.bin and the names
#   cifar100  train.bin, test.bin and the names
import base64
import json
import os
import random
import struct
import sys
import zlib

draw = random.Random(3)
classes = ["blue", "green", "red"]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def write_png(path, width, height, pixel):
    lines = b"".join(b"\0" + bytes(c for x in range(width) for c in pixel(x, y)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    write(path, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def tint(label):
    """A colour in which the class's own channel is the strongest on the whole."""
    return tuple(min(255, draw.randrange(120) + (90 if c == 2 - label else 0)) for c in range(3))


def folders(root):
    for split, count in (("train", 16), ("test", 5)):
        for label, name in enumerate(classes):
            for i in range(count - label):  # classes of several sizes
                write_png(f"{root}/{split}/{name}/{i:02}.png", draw.randrange(5, 20), draw.randrange(4, 15),
                          lambda x, y: tint(label))


def record(label, size):
    # Red in the first plane, which a reader that takes channels for side by side would not find there.
    tints = [tint(label) for _ in range(size)]
    return b"".join(bytes(t[c] for t in tints) for c in range(3))


def cifar10(root):
    for name in ("data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"):
        write(f"{root}/{name}", b"".join(bytes([i % 3]) + record(i % 3, 1024) for i in range(12)))
    write(f"{root}/batches.meta.txt", "\n".join(classes + [f"class {i}" for i in range(3, 10)] + ["", ""]).encode())


def cifar100(root):
    for name in ("train.bin", "test.bin"):
        write(f"{root}/{name}", b"".join(bytes([19 - i % 3, i % 3]) + record(i % 3, 1024) for i in range(12)))
    write(f"{root}/coarse_label_names.txt", "\n".join([f"group {i}" for i in range(20)] + [""]).encode())
    write(f"{root}/fine_label_names.txt", "\n".join(classes + [f"class {i}" for i in range(3, 100)] + [""]).encode())


def stored(root):
    path = os.path.join(os.path.dirname(__file__), "../../unit/Inputs/pillow.json")
    for name, data in json.load(open(path))["files"].items():
        write(f"{root}/{name}", base64.b64decode(data))


globals()[sys.argv[1]](sys.argv[2])
