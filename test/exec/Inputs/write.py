# write.py - writes write.json: `read` and `write`, by lists; `sample` is checked by its shares in sample.test.
# SPDX-License-Identifier: Apache-2.0
#
#   write.py > write.json
import json
import random

numbers = random.Random(7)


def drawn(shape):
    if not shape:
        return numbers.randint(-24, 24) / 8
    return [drawn(shape[1:]) for _ in range(shape[0])]


def written(x, value, at, axis):
    if axis == 0:
        return x[:at] + value + x[at + len(value):]
    return [written(a, b, at, axis - 1) for a, b in zip(x, value)]


def part(x, at, size, axis):
    return x[at:at + size] if axis == 0 else [part(a, at, size, axis - 1) for a in x]


cases = []
for at in range(4):
    x, v = drawn([3, 5, 3]), drawn([3, 2, 3])
    cases.append({"entry": "middle", "inputs": {"x": x, "v": v, "at": at},
                  "expect": {"y": written(x, v, at, 1), "z": part(x, at, 2, 1)}})
for at in (0, 6, 16):
    x, v = drawn([17]), drawn([1])
    cases.append({"entry": "first", "inputs": {"x": x, "v": v, "at": at},
                  "expect": {"y": written(x, v, at, 0), "z": part(x, at, 1, 0)}})
x, v = drawn([3, 33]), drawn([3, 33])
cases.append({"entry": "all", "inputs": {"x": x, "v": v, "at": 0}, "expect": {"y": v, "z": x}})
for entry, at in (("middle", 4), ("middle", -1), ("first", 17), ("all", 1)):
    shapes = {"middle": ([3, 5, 3], [3, 2, 3]), "first": ([17], [1]), "all": ([3, 33], [3, 33])}[entry]
    cases.append({"entry": entry, "inputs": {"x": drawn(shapes[0]), "v": drawn(shapes[1]), "at": at}, "error": str(at)})
x, v, c, d = drawn([3, 5, 2]), drawn([3, 2, 2]), drawn([3, 5, 2]), drawn([3, 2, 2])
zeros = [[[0.0] * 2 for _ in range(2)] for _ in range(3)]
nothing = [[[0.0] * 2 for _ in range(5)] for _ in range(3)]
# The loss is sum(c * write(x, v)) + sum(d * read(x)), at 2.
both = written(c, zeros, 2, 1)
more = written(nothing, d, 2, 1)
cases.append({"entry": "step.gradients", "inputs": {"c": c, "d": d, "at": 2},
              "expect": {"gradient.x": [[[p + q for p, q in zip(*rows)] for rows in zip(*two)] for two in zip(both, more)],
                         "gradient.v": part(c, 2, 2, 1)}})
print(json.dumps(cases).replace('}, {"entry"', '},\n {"entry"'))
