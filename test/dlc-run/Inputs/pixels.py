# pixels.py FILE.png X,Y... - prints the width and height of an RGB picture, then the pixels at these places, one a line.
# SPDX-License-Identifier: Apache-2.0
import struct
import sys
import zlib

data = open(sys.argv[1], "rb").read()
at, packed = 8, b""
while at < len(data):
    size, kind = struct.unpack_from(">I4s", data, at)
    if kind == b"IHDR":
        width, height, depth, colour = struct.unpack_from(">IIBB", data, at + 8)
        assert (depth, colour) == (8, 2), (depth, colour)
    if kind == b"IDAT":
        packed += data[at + 8:at + 8 + size]
    at += 12 + size
lines, stride = zlib.decompress(packed), 3 * width
above, rows = bytearray(stride), []
for y in range(height):
    kind, line = lines[y * (stride + 1)], bytearray(lines[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
    for i in range(stride):
        left, corner = (line[i - 3], above[i - 3]) if i >= 3 else (0, 0)
        near = min((left, above[i], corner), key=lambda value, sum=left + above[i] - corner: abs(sum - value))
        line[i] = (line[i] + (0, left, above[i], (left + above[i]) // 2, near)[kind]) & 255
    rows.append(line)
    above = line
print(width, height)
for place in sys.argv[2:]:
    x, y = map(int, place.split(","))
    print(*rows[y][3 * x:3 * x + 3])
