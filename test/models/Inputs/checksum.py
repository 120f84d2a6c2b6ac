# checksum.py - the checksum in a library's build ID, by XXH64 as its specification has it.
# SPDX-License-Identifier: Apache-2.0
#
#   checksum.py MODEL.so
import struct
import sys

P = [0, 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5]
M = (1 << 64) - 1
rotate = lambda x, n: (x << n | x >> (64 - n)) & M
step = lambda lane, word: rotate((lane + word * P[2]) & M, 31) * P[1] & M


def xxh64(data):
    at, value = 0, P[5]
    if len(data) >= 32:
        lanes = [(P[1] + P[2]) & M, P[2], 0, -P[1] & M]
        while at + 32 <= len(data):
            lanes = [step(lane, word) for lane, word in zip(lanes, struct.unpack_from("<4Q", data, at))]
            at += 32
        value = sum(rotate(lane, n) for lane, n in zip(lanes, (1, 7, 12, 18))) & M
        for lane in lanes:
            value = ((value ^ step(0, lane)) * P[1] + P[4]) & M
    value = (value + len(data)) & M
    while at + 8 <= len(data):
        value = (rotate(value ^ step(0, struct.unpack_from("<Q", data, at)[0]), 27) * P[1] + P[4]) & M
        at += 8
    if at + 4 <= len(data):
        value = (rotate(value ^ struct.unpack_from("<I", data, at)[0] * P[1] & M, 23) * P[2] + P[3]) & M
        at += 4
    for byte in data[at:]:
        value = rotate(value ^ byte * P[5] & M, 11) * P[1] & M
    value = (value ^ value >> 33) * P[2] & M
    value = (value ^ value >> 29) * P[3] & M
    return value ^ value >> 32


assert xxh64(b"") == 0xEF46DB3751D8E999 and xxh64(b"abc") == 0x44BC2CF5AD770999
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"GNU\0dlcxxh64") + 12
written = struct.unpack_from("<Q", data, at)[0]
data[at : at + 8] = bytes(8)
print("right" if xxh64(bytes(data)) == written else "wrong")
