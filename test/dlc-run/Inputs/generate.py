# generate.py CHECKPOINT PROMPT LENGTH TEMPERATURE TOP_K TOP_P SEED - what bigram.mlir writes, computed plainly.
import json
import math
import struct
import sys

path, prompt, length, temperature, top_k, top_p, seed = sys.argv[1:]
length, temperature, top_k, top_p, seed = int(length), float(temperature), int(top_k), float(top_p), int(seed)

data = open(path, "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + size])
begin, end = header["table.weight"]["data_offsets"]
columns = header["table.weight"]["shape"][1]
numbers = struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin : 8 + size + end])
lines = header["__metadata__"]["user.vocabulary"].split("\n")
tokens = [line.replace("\\n", "\n") for line in lines[3:-1]]


def philox(counter, key):
    """Philox4x32-10, of its paper."""
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & 0xFFFFFFFF, (a >> 32) ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


hash = 0xCBF29CE484222325
for c in b"dlc-run.generate":
    hash = ((hash ^ c) * 0x100000001B3) % 2**64
key = seed ^ hash


def uniform(index):
    words = philox([index // 2, 0, 0, 0], [key & 0xFFFFFFFF, key >> 32])[index % 2 * 2 :]
    return ((words[1] << 32 | words[0]) >> 11) / 2**53


last, text = tokens.index(prompt[-1] if prompt else "\n"), prompt
for index in range(length):
    scores = numbers[last * columns : last * columns + len(tokens)]
    order = sorted(range(len(tokens)), key=lambda i: (-scores[i], i))
    order = order[:1] if temperature == 0 else order[: top_k or len(order)]
    weights = [math.exp((scores[i] - scores[order[0]]) / (temperature or 1)) for i in order]
    total, kept = sum(weights), 0.0
    for count, weight in enumerate(weights):
        if kept / total >= top_p:
            order, weights = order[:count], weights[:count]
            break
        kept += weight
    place = uniform(index) * sum(weights)
    for last, weight in zip(order, weights):
        place -= weight
        if place < 0:
            break
    text += tokens[last]
print(text)
