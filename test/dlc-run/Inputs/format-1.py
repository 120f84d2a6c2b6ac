# format-1.py - a checkpoint as the first format had it: epochs and rows in place of examples.
# SPDX-License-Identifier: Apache-2.0
#
# format-1.py CHECKPOINT EPOCH CURSOR OUT
import json
import struct
import sys

data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + size])
record = header["__metadata__"]
del record["dlc.examples"]
record.update({"dlc.checkpoint": "1", "dlc.epoch": sys.argv[2], "dlc.cursor": sys.argv[3]})
state = json.loads(record["user.state"])
del state["length"], state["factor"]
record["user.state"] = json.dumps(state)
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[4], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data[8 + size :])
