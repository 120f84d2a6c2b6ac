# random_rows.py - a model of functions drawn at random, in which a batch takes part in all ways.
# SPDX-License-Identifier: Apache-2.0
#
#   random_rows.py FIRST LAST       the functions of these seeds, as one model
#
# rows.cpp calls them with fewer and with more rows than a library was compiled for. Their values stay of modest size, so
# that what a wrong row does shows.
import math
import random
import sys

from drawn import BATCH, batches, broadcast, late, size_text, text
import drawn

UNARY = ["abs", "gelu", "neg", "relu", "sigmoid", "sin", "tanh", "clamp|, min = -0.8, max = 0.9"]


def elements(shape):
    return drawn.elements(shape, 7)


class Function:
    def __init__(self, seed):
        self.random, self.lines, self.values, self.rounded = random.Random(seed), [], [], False
        width = self.random.choice([2, 3, 4, 6])
        self.inputs = [("%x", [BATCH, width]), ("%y", self.random.choice([[BATCH], [2 * BATCH, 3], [BATCH, 2, 2], [4]])),
                       ("%w", [width])]
        self.values += self.inputs
        steps = [self.unary, self.binary, self.binary, self.reduce, self.reduce, self.softmax, self.argmax, self.norm,
                 self.reshape, self.transpose, self.slice, self.select, self.concat, self.split, self.pad, self.stretch,
                 self.matmul, self.gather, self.scatter, self.iota, self.count, self.constant, self.dropout, self.where]
        for _ in range(self.random.randint(2, 6)):
            self.random.choice(steps)()
        rows = [value for value in self.values[3:] if value[1] and value[1][0] < 0]
        self.results = self.random.sample(rows, min(len(rows), self.random.randint(1, 2))) if rows else [self.values[0]]
        self.name = f"{'dots' if self.rounded else 'f'}{seed}"

    def line(self, op, shape=None):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {op}")
        if shape is not None:
            self.values.append((name, list(shape)))
        return name

    def pick(self, allowed=lambda shape: True):
        candidates = [value for value in self.values if allowed(value[1])]
        return late(self.random, candidates) or (None, None)

    def axis(self, shape, allowed=lambda size: size >= 0):
        axes = [i for i, size in enumerate(shape) if allowed(size)]
        return self.random.choice(axes) if axes else None

    def unary(self):
        name, shape = self.pick()
        op, _, options = self.random.choice(UNARY).partition("|")
        self.line(f"{op} {name}{options}", shape)

    def binary(self):
        name, shape = self.pick()
        other, other_shape = self.pick(lambda s: broadcast(s, shape) is not None)
        whole = broadcast(shape, other_shape)
        if elements(whole) <= 2000 and batches(whole) == max(batches(shape), batches(other_shape)):
            self.line(f"{self.random.choice(['add', 'sub', 'min', 'max', 'mul'])} {name}, {other}", whole)

    def where(self):
        name, shape = self.pick()
        zero = self.line("constant f32 = 0.1")
        self.line(f"where {self.line(f'lt {name}, {zero}')}, {name}, {zero}", shape)

    def reduce(self):
        name, shape = self.pick(lambda s: s)
        axes = sorted(self.random.sample(range(len(shape)), self.random.randint(1, len(shape))))
        keeps, all_ = self.random.random() < 0.5, self.random.random() < 0.3
        axes = list(range(len(shape))) if all_ else axes
        left = [1 if i in axes else size for i, size in enumerate(shape) if keeps or i not in axes]
        op = self.random.choice(["sum", "mean", "amax", "amin"])
        self.line(f"{op} {name}{'' if all_ else f', axes = {axes}'}{', keepdim' if keeps else ''}", left)

    def argmax(self):
        name, shape = self.pick(lambda s: s)
        axis = self.random.randrange(len(shape))
        self.line(f"cast {self.line(f'argmax {name}, axis = {axis}')}, f32", shape[:axis] + shape[axis + 1:])

    def softmax(self):
        name, shape = self.pick(lambda s: s)
        self.line(f"{self.random.choice(['softmax', 'log_softmax'])} {name}, axis = {self.random.randrange(len(shape))}", shape)

    def norm(self):
        name, shape = self.pick(lambda s: s and s[-1] > 2)
        if name:
            ones = self.line(f"constant f32{text(shape[-1:])} = 1.0")
            self.line(f"layer_norm {name}, {ones}, {ones}, epsilon = 1.0e-2", shape)

    def reshape(self):
        name, shape = self.pick(lambda s: s and s[0] < 0 and not batches(s[1:]))
        if not name:
            return
        count = -shape[0] * math.prod(shape[1:])
        first = self.random.choice([d for d in range(1, count + 1) if count % d == 0])
        rest = self.random.choice([d for d in range(1, count // first + 1) if count // first % d == 0])
        whole = [first * BATCH, rest, count // first // rest]
        self.line(f"reshape {name}, {text(whole)}", whole)

    def transpose(self):
        name, shape = self.pick(lambda s: len(s) > 1)
        order = self.random.sample(range(len(shape)), len(shape))
        self.line(f"transpose {name}, {order}", [shape[i] for i in order])

    def slice(self):
        name, shape = self.pick(lambda s: s)
        axis = self.random.randrange(len(shape))
        unit = BATCH if shape[axis] < 0 else 1
        start = self.random.randrange(abs(shape[axis]))
        size = unit * self.random.randint(1, abs(shape[axis]) - start)
        self.line(f"slice {name}, axis = {axis}, start = {size_text(unit * start)}, size = {size_text(size)}",
                  shape[:axis] + [size] + shape[axis + 1:])

    def select(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is not None:
            self.line(f"select {name}, axis = {axis}, index = {self.random.randrange(shape[axis])}", shape[:axis] + shape[axis + 1:])

    def concat(self):
        name, shape = self.pick(lambda s: s)
        axis = self.random.randrange(len(shape))
        fits = lambda s: len(s) == len(shape) and all(
            (a < 0) == (b < 0) if i == axis else a == b for i, (a, b) in enumerate(zip(s, shape)))
        other, other_shape = self.pick(fits)
        self.line(f"concat {name}, {other}, axis = {axis}", shape[:axis] + [shape[axis] + other_shape[axis]] + shape[axis + 1:])

    def split(self):
        name, shape = self.pick()
        axis = self.axis(shape, lambda size: size >= 0 and size % 2 == 0)
        if axis is not None:
            half = shape[:axis] + [shape[axis] // 2] + shape[axis + 1:]
            names = [f"%v{len(self.lines)}a", f"%v{len(self.lines)}b"]
            self.lines.append(f"{', '.join(names)} = split {name}, 2, axis = {axis}")
            self.values += [(one, list(half)) for one in names]

    def pad(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is not None:
            ends = [[self.random.randint(0, 2) if i == axis else 0 for i in range(len(shape))] for _ in range(2)]
            self.line(f"pad {name}, low = {ends[0]}, high = {ends[1]}, value = 0.5",
                      shape[:axis] + [ends[0][axis] + shape[axis] + ends[1][axis]] + shape[axis + 1:])

    def stretch(self):
        name, shape = self.pick(lambda s: not batches(s) and len(s) < 3)
        if name:
            self.line(f"broadcast {name}, {text([BATCH] + shape)}", [BATCH] + shape)

    def matmul(self):
        turned, mirrored = self.random.random() < 0.5, self.random.random() < 0.5
        name, shape = self.pick(lambda s: len(s) > 1)
        rows, depth = shape[-2:][::-1] if turned else shape[-2:]
        fits = lambda s: len(s) > 1 and s[-1 if mirrored else -2] == depth and broadcast(s[:-2], shape[:-2]) is not None
        other, other_shape = self.pick(fits)
        if not other:
            return
        whole = broadcast(shape[:-2], other_shape[:-2]) + [rows, other_shape[-2 if mirrored else -1]]
        if elements(whole) <= 2000 and batches(whole) < 3:
            self.rounded = True
            options = (", transpose_a" if turned else "") + (", transpose_b" if mirrored else "")
            self.line(f"tanh {self.line(f'matmul {name}, {other}{options}')}", whole)

    def index(self, shape_of):
        """Whole numbers from 0 to 2, made of a value."""
        three = self.line("constant f32 = 3.0")
        positive = self.line(f"sigmoid {shape_of}")
        return self.line(f"cast {self.line(f'mul {positive}, {three}')}, i32")

    def gather(self):
        table, rows = self.pick(lambda s: len(s) == 2 and s[0] > 2)
        if not table:
            table, rows = self.line("constant f32[4, 2] = [0.1, 0.2, 0.3, 0.4, -0.5, -0.6, 0.7, 0.8]"), [4, 2]
        name, shape = self.pick(lambda s: not batches(s[1:]))
        self.line(f"gather {table}, {self.index(name)}", shape + rows[1:])

    def scatter(self):
        name, shape = self.pick(lambda s: len(s) > 1 and not batches(s[1:]))
        if name:
            first = self.line(f"select {name}, axis = {len(shape) - 1}, index = 0")
            self.line(f"scatter_add {self.index(first)}, {name}, 4", [4, shape[-1]])

    def iota(self):
        name, shape = self.pick(lambda s: s)
        self.line(f"cast {self.line(f'iota {name}, axis = {self.random.randrange(len(shape))}')}, f32", shape)

    def count(self):
        name, shape = self.pick(lambda s: s)
        axes = self.random.sample(range(len(shape)), self.random.randint(1, len(shape)))
        self.line(f"rsqrt {self.line(f'count {name}, f32, axes = {axes}')}", [])

    def constant(self):
        shape = self.random.choice([[BATCH, 2], [BATCH], [3]])
        self.line(f"constant f32{text(shape)} = 0.25", shape)

    def dropout(self):
        name, shape = self.pick(lambda s: len(s) == 2)
        if name:
            self.line(f"call @dropped({name}), training", shape)

    def __str__(self):
        arguments = ", ".join(f"{name}: f32{text(shape)}" for name, shape in self.inputs)
        results = ", ".join(f"r{i}: f32{text(shape)}" for i, (_, shape) in enumerate(self.results))
        body = "\n".join(f"    {line}" for line in self.lines)
        return f"  func @{self.name}({arguments}) -> ({results}) {{\n{body}\n    return {', '.join(n for n, _ in self.results)}\n  }}\n"


print("dl.model @random_rows {\n  func private @dropped(%x: f32[rows, columns]) {\n    %d = dropout %x, 0.25\n    return %d\n  }")
for seed in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    print(Function(seed), end="")
print("}")
