# sample.py - draws classes many times, and compares their shares with what softmax, top_k and top_p say, by plain loops.
# SPDX-License-Identifier: Apache-2.0
#
#   sample.py LIBRARY
import math
import struct
import subprocess
import sys
import zipfile

ROWS, SCORES = 20000, [0.5, 2.0, -1.0, 1.5, 0.0, 2.0, -3.0]


def write(path, rows):
    head = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    head += " " * (63 - (len(head) + 10) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}f", *row))


def read(path, name):
    data = zipfile.ZipFile(path).read(name + ".npy")
    first = 10 + struct.unpack("<H", data[8:10])[0]
    return struct.unpack(f"<{(len(data) - first) // 4}i", data[first:])


def shares(temperature=1.0, top_k=None, top_p=1.0):
    scores = [s / temperature for s in SCORES]
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    least = scores[order[(top_k or len(scores)) - 1]]
    weights = [math.exp(s) if s >= least else 0.0 for s in scores]
    total, seen, last = sum(weights), 0.0, None
    for i in order:
        if seen / total < top_p and weights[i]:
            last = scores[i]
        seen += weights[i]
    weights = [w if s >= last else 0.0 for w, s in zip(weights, scores)]
    return [w / sum(weights) for w in weights]


def drawn(name, seed=1, step=1):
    subprocess.run(["dlc-run", "call", sys.argv[1], "draw", "--input", "s=scores.npy", "--seed", str(seed), "--step", str(step),
                    "--output", "classes.npz"], check=True, stdout=subprocess.DEVNULL)
    return read("classes.npz", name)


write("scores.npy", [SCORES] * ROWS)
for name, expected in {"a": shares(), "b": shares(temperature=0.5, top_k=3), "c": shares(top_p=0.6),
                       "d": shares(temperature=2.0, top_k=5, top_p=0.8)}.items():
    classes = drawn(name)
    # The sum of squared deviations, each by its variance: of 6 degrees of freedom it is beyond 27.9 once in 10,000 times.
    counts = [classes.count(i) for i in range(len(SCORES))]
    never = [i for i, p in enumerate(expected) if p == 0 and counts[i]]
    deviation = sum((n - ROWS * p) ** 2 / (ROWS * p) for n, p in zip(counts, expected) if p)
    again, other = drawn(name) == classes, drawn(name, seed=2) != classes and drawn(name, step=2) != classes
    good = not never and deviation < 27.9 and again and other
    print(name, "as expected" if good else f"wrong: {counts}, expected {[round(ROWS * p) for p in expected]}")
