# same-weights.py A B - compares two safetensors files but for what their headers say beside the tensors.
# SPDX-License-Identifier: Apache-2.0
import json
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return header, data[8 + size:]


if read(sys.argv[1]) != read(sys.argv[2]):
    sys.exit(f"{sys.argv[1]} and {sys.argv[2]} hold other weights")
