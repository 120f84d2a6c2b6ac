# draw-products.py SEED COUNT - a model whose entry points are stacks of matrix products drawn at random.
# SPDX-License-Identifier: Apache-2.0
#
# Operands, and what is added to or multiplied with a product afterwards, are arguments seen through slices, elements of
# axes, transposes and broadcasts. The batch is an axis of a stack, of rows, of columns, or none.
import random
import sys

seed, count = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)


def size():
    return draw.choice([1, 2, 3, 4, 5, 7, 12, 17, 33])


def shape(dims):
    return f"f32[{', '.join(map(str, dims))}]"


def shuffled(dims):
    places = list(range(len(dims)))
    draw.shuffle(places)
    return places


class Function:
    def __init__(self):
        self.arguments, self.lines, self.values = [], [], 0

    def op(self, text):
        """A line, and the value that it makes."""
        self.values += 1
        self.lines.append(f"%v{self.values} = {text}")
        return f"%v{self.values}"

    def argument(self, dims):
        name = f"%a{len(self.arguments)}"
        self.arguments.append(f"{name}: {shape(dims)}")
        return name

    def seen(self, dims, depth=0):
        """A value of a shape: an argument, seen through up to three views."""
        kind = draw.choice(["argument", "slice", "slice", "transpose", "select", "broadcast"])
        if depth == 3 or not dims or kind == "argument":
            return self.argument(dims)
        if kind == "slice":
            axis, source = draw.randrange(len(dims)), list(dims)
            if dims[axis] == "batch":
                source[axis] = "2 * batch"
                start = draw.choice(["0", "batch"])
                return self.op(f"slice {self.argument(source)}, axis = {axis}, start = {start}, size = batch")
            source[axis] += draw.choice([0, 1, 3, 5])
            start = draw.choice([0, 0, draw.randint(0, source[axis] - dims[axis])])
            return self.op(
                f"slice {self.seen(source, depth + 1)}, axis = {axis}, start = {start}, size = {dims[axis]}")
        if kind == "transpose":
            places, source = shuffled(dims), [0] * len(dims)
            for own, other in zip(dims, places):
                source[other] = own
            return self.op(f"transpose {self.seen(source, depth + 1)}, {places}")
        if kind == "select":
            axis, among, source = draw.randint(0, len(dims)), draw.choice([1, 2, 3]), list(dims)
            source.insert(axis, among)
            index = draw.randrange(among)
            return self.op(f"select {self.seen(source, depth + 1)}, axis = {axis}, index = {index}")
        source = [1 if dim != "batch" and draw.random() < 0.4 else dim for dim in dims]
        return self.op(f"broadcast {self.seen(source, depth + 1)}, [{', '.join(map(str, dims))}]")

    def follower(self, value, dims):
        """What is computed from a product, and its dims."""
        kind = draw.choice(["binary"] * 5 + ["iota", "tanh", "transpose", "softmax"])
        if kind == "binary":
            other = [1 if dim != "batch" and draw.random() < 0.35 else dim for dim in dims]
            other = other[min(draw.choice([0, 0, 0, 1, 2]), len(other) - 1):]
            if "batch" in dims and "batch" not in other:
                other = dims
            return self.op(f"{draw.choice(['add', 'mul', 'sub'])} {value}, {self.seen(other)}"), dims
        if kind == "iota":
            places = self.op(f"iota {value}, axis = {draw.randrange(len(dims))}")
            return self.op(f"add {value}, {self.op(f'cast {places}, f32')}"), dims
        if kind == "transpose":
            places = shuffled(dims)
            return self.op(f"transpose {value}, {places}"), [dims[place] for place in places]
        axis = draw.randrange(len(dims))
        if kind == "softmax" and dims[axis] != "batch":
            return self.op(f"softmax {value}, axis = {axis}"), dims
        return self.op(f"tanh {value}"), dims


print("dl.model @drawn {")
for number in range(count):
    function = Function()
    stack, rows, depth, columns = [size() for _ in range(draw.randint(0, 3))], size(), draw.choice([1, 3, 9, 20, 70]), size()
    place = draw.choice(["stack", "rows", "columns", "none"])
    if place == "stack" and stack:
        stack[draw.randrange(len(stack))] = "batch"
    rows, columns = "batch" if place == "rows" else rows, "batch" if place == "columns" else columns
    flags = [draw.random() < 0.3, draw.random() < 0.3]
    lhs = stack + ([depth, rows] if flags[0] else [rows, depth])
    rhs = ([] if draw.random() < 0.5 else stack) + ([columns, depth] if flags[1] else [depth, columns])
    options = "".join(f", {name}" for name, is_set in zip(("transpose_a", "transpose_b"), flags) if is_set)
    value = function.op(f"matmul {function.seen(lhs)}, {function.seen(rhs)}{options}")
    dims = stack + [rows, columns]
    for _ in range(draw.randint(0, 4)):
        value, dims = function.follower(value, dims)
    print(f"  func @f{number}({', '.join(function.arguments)}) -> (y: {shape(dims)}) {{")
    print("".join(f"    {line}\n" for line in function.lines) + f"    return {value}\n  }}")
print("}")
