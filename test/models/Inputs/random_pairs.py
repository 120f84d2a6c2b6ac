# random_pairs.py - a model of functions drawn at random: ops of all kinds on elements of all types, a few in each.
# SPDX-License-Identifier: Apache-2.0
#
#   random_pairs.py FIRST LAST       the functions of these seeds, as one model
#
# Each function reads one value by several ops, and what they yield by others, so that they come into one kernel.
import random
import sys

TYPES = ["f32", "f64", "i32", "i64", "ui8", "i1"]
FLOATS = {"f32", "f64"}
SUM = {"i32": "i64", "ui8": "i64"}  # the others are summed as they are
FUNCTIONS = ["exp", "sin", "cos", "erf", "tanh", "sigmoid", "silu", "gelu", "softplus", "leaky_relu", "relu6", "hardswish",
             "elu", "celu", "selu", "mish"]


def text(shape):
    return "[" + ", ".join(map(str, shape)) + "]"


def ops(kind, shape):
    """What can be done with {x} and {y}, both of this type and shape: lines, the type and the shape of the result."""
    rank, last = len(shape), shape[-1] if shape else None
    for other in TYPES:
        yield f"cast {{x}}, {other}", other, shape
    for op in ["eq", "ne", "lt", "le", "gt", "ge"]:
        yield f"{op} {{x}}, {{y}}", "i1", shape
    if kind == "i1":
        yield "where {x}, {y}, {x}", kind, shape
    else:
        for op in ["neg {x}", "abs {x}", "relu {x}", "clamp {x}, min = 1, max = 3", "add {x}, {y}", "sub {x}, {y}",
                   "mul {x}, {y}", "div {x}, {y}", "min {x}, {y}", "max {x}, {y}"]:
            yield op, kind, shape
    if kind in FLOATS:
        for op in FUNCTIONS:
            yield f"{op} {{x}}", kind, shape
    if not rank:
        return
    if kind != "i1":
        for op, result in [("sum", SUM.get(kind, kind)), ("amax", kind), ("amin", kind)]:
            yield f"{op} {{x}}", result, []
            yield f"{op} {{x}}, axes = [0]", result, shape[1:]
            yield f"{op} {{x}}, axes = [-1], keepdim", result, shape[:-1] + [1]
        yield "argmax {x}", "i64", shape[:-1]
        yield "argmax {x}, axis = 0", "i64", shape[1:]
    if kind in FLOATS:
        yield "softmax {x}", kind, shape
        yield "mean {x}, axes = [0]", kind, shape[1:]
    for other in ["f32", "f64", "i32", "i64"]:
        yield f"count {{x}}, {other}", other, []
    for other in ["i32", "i64"]:
        yield f"iota {{x}}, axis = 0, type = {other}", other, shape
    if isinstance(last, int):
        yield "concat {x}, {y}, axis = -1", kind, shape[:-1] + [2 * last]
        yield f"pad {{x}}, low = {[0] * (rank - 1) + [1]}, value = 1", kind, shape[:-1] + [last + 1]
        yield "select {x}, axis = -1, index = 0", kind, shape[:-1]
        if last > 1:
            yield f"slice {{x}}, axis = -1, start = 1, size = {last - 1}", kind, shape[:-1] + [last - 1]
    if rank == 2:
        yield "transpose {x}, [1, 0]", kind, shape[::-1]
    if kind == "ui8" and "batch" not in shape[1:]:
        yield "gather %table, {x}", "f32", shape + [2]


def function(seed):
    draw = random.Random(seed)
    kind, shape = draw.choice(TYPES), draw.choice([["batch", 5], ["batch"], [4, 5], ["batch", 17]])
    values, lines, results = [("%x", "%y", kind, shape)], [], []
    for name in "abcd":
        x, y, own, dims = values[0] if name in "ad" else values[1]
        op, result, whole = draw.choice(list(ops(own, dims)))
        lines.append(f"%{name} = " + op.format(x=x, y=y))
        results.append(f"{name}: {result}{text(whole) if whole else ''}")
        values.append((f"%{name}", f"%{name}", result, whole))
    of = kind + text(shape)
    return (f"  func @p{seed}(%x: {of}, %y: {of}, %table: f32[256, 2]) -> ({', '.join(results)}) {{\n    "
            + "\n    ".join(lines) + "\n    return %a, %b, %c, %d\n  }\n")


print("dl.model @random_pairs {")
for seed in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    print(function(seed), end="")
print("}")
