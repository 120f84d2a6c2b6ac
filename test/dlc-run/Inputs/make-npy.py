# make-npy.py [FOLDER] - NPY and NPZ files, without NumPy.
# SPDX-License-Identifier: Apache-2.0
#
# Writes image.npy (f64), label.npy (i64) and both.npz (deflated) into the current folder; or into FOLDER train-token.npy and
# train-next.npy (i32), 16 rows of 8 tokens each.
import os
import struct
import sys
import zipfile


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * ((-len(header) - 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data


if len(sys.argv) > 1:
    os.makedirs(sys.argv[1])
    for name, ahead in ("token", 0), ("next", 1):
        tokens = [(i // 8 * 3 + i % 8 + ahead) % 20 for i in range(128)]
        with open(os.path.join(sys.argv[1], f"train-{name}.npy"), "wb") as file:
            file.write(npy("<i4", "(16, 8)", struct.pack("<128i", *tokens)))
    sys.exit()

image = npy("<f8", "(2, 4)", struct.pack("<8d", 0, 0.5, 1, 0, 1, 0.25, 0, 0))
label = npy("<i8", "(2,)", struct.pack("<2q", 2, 0))
with open("image.npy", "wb") as file:
    file.write(image)
with open("label.npy", "wb") as file:
    file.write(label)
with zipfile.ZipFile("both.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("label.npy", label)
    archive.writestr("image.npy", image)
