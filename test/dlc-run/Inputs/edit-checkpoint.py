# edit-checkpoint.py - changes what a checkpoint says beside its tensors.
# SPDX-License-Identifier: Apache-2.0
#
#   edit-checkpoint.py FROM TO KEY VALUE        metadata KEY is the text VALUE, or what is in FILE for @FILE
#   edit-checkpoint.py FROM TO KEY NAME JSON    member NAME of the JSON object in metadata KEY is JSON
#   edit-checkpoint.py FROM TO --byte TEXT      the last byte of the first TEXT in the header is 0xff
import json
import struct
import sys

source, target, key, *rest = sys.argv[1:]
with open(source, "rb") as file:
    content = file.read()
length = struct.unpack("<Q", content[:8])[0]
text = content[8:8 + length]
if key == "--byte":
    at = text.index(rest[0].encode()) + len(rest[0]) - 1
    text = text[:at] + b"\xff" + text[at + 1:]
else:
    header = json.loads(text)
    if len(rest) == 1:
        header["__metadata__"][key] = open(rest[0][1:]).read() if rest[0].startswith("@") else rest[0]
    else:
        inner = json.loads(header["__metadata__"][key])
        inner[rest[0]] = json.loads(rest[1])
        header["__metadata__"][key] = json.dumps(inner)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
with open(target, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + content[8 + length:])
