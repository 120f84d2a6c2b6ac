# edit-text.py CHECKPOINT KEY OLD NEW RESULT - a checkpoint in whose metadata `user.KEY` has NEW in place of OLD.
import json
import struct
import sys

path, key, old, new, result = sys.argv[1:]
data = open(path, "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + size])
text = header["__metadata__"]["user." + key]
assert old in text, text
header["__metadata__"]["user." + key] = text.replace(old, new)
packed = json.dumps(header).encode()
packed += b" " * (-len(packed) % 8)
open(result, "wb").write(struct.pack("<Q", len(packed)) + packed + data[8 + size :])
