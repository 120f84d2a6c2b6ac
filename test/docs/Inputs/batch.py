# batch.py - the first rows of a folder of digits as one NPZ: `image` as f32 from 0 to 1, `label` as i32.
# SPDX-License-Identifier: Apache-2.0
#
#   batch.py FOLDER ROWS FILE.npz
import pathlib
import struct
import sys
import zipfile

folder, rows = pathlib.Path(sys.argv[1]), int(sys.argv[2])


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * ((-len(header) - 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


pixels = (folder / "train-images-idx3-ubyte").read_bytes()[16 : 16 + 784 * rows]
labels = (folder / "train-labels-idx1-ubyte").read_bytes()[8 : 8 + rows]
with zipfile.ZipFile(sys.argv[3], "w") as archive:
    archive.writestr("image.npy", npy("<f4", f"({rows}, 784)", struct.pack(f"<{len(pixels)}f", *(p / 255 for p in pixels))))
    archive.writestr("label.npy", npy("<i4", f"({rows},)", struct.pack(f"<{rows}i", *labels)))
