# without-relr.py - a copy of a library whose packed relocations a loader passes over, as one does that does not know them.
# SPDX-License-Identifier: Apache-2.0
import struct
import sys

library = bytearray(open(sys.argv[1], "rb").read())
segments, count = struct.unpack_from("<Q", library, 32)[0], struct.unpack_from("<H", library, 56)[0]
DYNAMIC, RELR, UNKNOWN = 2, 36, 0x6000F000
changed = 0
for i in range(count):
    kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", library, segments + 56 * i)
    for entry in range(offset, offset + size, 16) if kind == DYNAMIC else ():
        if struct.unpack_from("<Q", library, entry)[0] == RELR:
            struct.pack_into("<Q", library, entry, UNKNOWN)
            changed += 1
assert changed == 1
open(sys.argv[2], "wb").write(library)
