# random_programs.py - programs drawn from a seed, compiled in several ways and compared with what they mean.
# SPDX-License-Identifier: Apache-2.0
#
#   random_programs.py FIRST LAST [OPTION]  checks the programs of these seeds; options go to the `dlc --diff` of -O0
#   random_programs.py --print SEED         shows one
#   random_programs.py --ops FIRST LAST     which ops of docs/operations.md none of these has
#
# For each: what its library yields against the evaluator, of -O3 for both targets (whose bits agree, with one thread and
# with two) and of -O0, in f32 and f64, with a full batch, a short one, and one that is cut; ten steps of its training;
# and derived gradients against differences. Bounds are those of rounding, which the evaluator derives.
import math
import os
import random
import re
import subprocess
import sys
import tempfile

from drawn import BATCH, batches, broadcast, late, size_text, text
import drawn
import random_scans

SIZES = [1, 1, 2, 3, 4, 5, 7, 8, 17, 33]
BATCHES = [1, 2, 3, 5, 8, 17]
LARGEST = 1500  # elements of a tensor, at the largest batch that is drawn
FLOATS, INTEGERS = ("f32", "f64"), ("i32", "i64", "ui8")
UNARY = ["abs", "cos", "erf", "gelu", "gelu|, tanh", "leaky_relu", "leaky_relu|, slope = 0.2", "neg", "relu", "sigmoid",
         "silu", "sin", "softplus", "tanh", "clamp|, min = -0.8, max = 0.9", "clamp|, min = -0.5", "relu6", "hardsigmoid",
         "hardswish", "elu", "elu|, alpha = 0.4", "celu|, alpha = 1.5", "selu", "mish"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge"]


def elements(shape):
    """At the largest batch but one, of programs that several threads run."""
    return drawn.elements(shape, max(BATCHES))


class Value:
    """`size` bounds what its elements are, roughly: programs keep to numbers that f32 holds well."""

    def __init__(self, name, kind, shape, size):
        self.name, self.kind, self.shape, self.size = name, kind, list(shape), size

    def __str__(self):
        return self.name


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.batch = self.random.choice(BATCHES)
        self.trains = self.random.random() < 0.6
        self.lines, self.values, self.functions, self.inputs = [], [], [], []
        self.parameters, self.labels = [], 0
        self.bare = set()  # names of layers without parameters
        self.model_sizes = {}
        # Some of what is drawn takes long enough to be run by several threads.
        self.large = self.random.random() < 0.02
        width = 256 if self.large else self.random.choice(SIZES)
        self.batch = 128 if self.large else self.batch
        self.input("f32", [BATCH, width])
        for kind in self.random.sample(["f32", "f64", "i32", "i64", "ui8", "i1"], self.random.randint(0, 2)):
            self.input(kind, [BATCH] + [self.random.choice(SIZES[:7]) for _ in range(self.random.randint(0, 2))])
        if self.trains:
            self.linear() if self.random.random() < 0.6 else self.weigh()
        elif self.random.random() < 0.5:
            self.linear()
        longest = 16 if self.random.random() < 0.05 else 6 if self.trains else 9
        for _ in range(1 if self.large else self.random.randint(2, longest)):
            self.random.choice(self.steps())()
        self.finish()

    def steps(self):
        common = [self.unary, self.unary, self.unary, self.unary, self.binary, self.binary, self.guarded, self.linear, self.matmul, self.reduce,
                  self.softmax, self.layer_norm, self.reshape, self.transpose, self.slice, self.halves, self.select,
                  self.concat, self.split, self.pad, self.where, self.stretch, self.call, self.embed, self.gather,
                  self.dropout, self.convert, self.position, self.weigh, self.count, self.single, self.convolution,
                  self.convolution, self.pool, self.pool, self.volume, self.flat, self.prelu, self.norm, self.norm,
                  self.transposed, self.transposed, self.resized, self.resized, self.cumsum, self.topk, self.flip, self.drawn,
                  self.drawn, self.drawn, self.tables]
        free = [self.integer, self.integer, self.compare, self.argmax, self.scatter, self.loss_value, self.normalize,
                self.mask, self.words, self.one_hot, self.ordered, self.truth, self.whole, self.negative, self.doubles]
        return common if self.trains else common + free

    # What a program is made of: each step adds lines, and values that later steps may use.
    def line(self, op, shape=None, kind="f32", size=1.0):
        value = Value(f"%v{len(self.lines)}", kind, shape or [], size)
        self.lines.append(f"{value} = {op}")
        if shape is not None:
            self.values.append(value)
        return value

    def input(self, kind, shape):
        value = Value(f"%x{len(self.inputs)}", kind, shape, {"ui8": 3, "i1": 1}.get(kind, 5))
        self.inputs.append(value)
        self.values.append(value)

    def pick(self, allowed=lambda value: True, kinds=("f32",)):
        candidates = [value for value in self.values if value.kind in kinds and allowed(value)]
        return late(self.random, candidates)

    def bounded(self, value, most):
        """The value, or one that is made small enough of it."""
        if value.size <= most:
            return value
        return self.line(self.random.choice(["tanh {}", "sin {}", "clamp {}, min = -0.7, max = 0.8"]).format(value),
                         value.shape, value.kind)

    def parameter(self, shape, bound=None):
        # Some are called like a slot of another.
        name = f"p{len(self.parameters)}"
        if self.parameters and self.random.random() < 0.2:
            name = self.parameters[-1] + "." + self.random.choice(["m", "v", "s0"])
        self.parameters.append(name)
        bound = bound or (1 / math.sqrt(max(1, elements(shape[-1:]))) if len(shape) > 1 else 0.9)
        value = Value(f"%p{len(self.parameters)}", "f32", shape, bound)
        self.lines.append(f'{value} = param "{name}" f32{text(shape) if shape else ""} = '
                          f'uniform({-bound:.3f}, {bound:.3f})')
        return value

    def layer(self):
        self.parameters.append(f"l{len(self.parameters)}")
        return f'"{self.parameters[-1]}"'

    def axis(self, value, allowed=lambda size: size >= 0):
        axes = [i for i, size in enumerate(value.shape) if allowed(size)]
        return self.random.choice(axes) if axes else None

    def axis_text(self, axis, value):
        return axis - len(value.shape) if self.random.random() < 0.3 else axis

    # --- floats, with a gradient

    def unary(self):
        value = self.pick(kinds=FLOATS)
        if value:
            op, _, options = self.random.choice(UNARY).partition("|")
            value = self.bounded(value, 100)
            self.line(f"{op} {value}{options}", value.shape, value.kind, max(value.size, 1))

    def prelu(self):
        value = self.pick(lambda v: v.shape and v.shape[-1] > 0)
        if value and self.random.random() < 0.5:
            count = self.random.choice([1, value.shape[-1]])
            self.line(f"nn.prelu {self.layer()} {value}, num_parameters = {count}", value.shape, size=value.size)
        elif value:
            weight = self.parameter(self.random.choice([[], [1], value.shape[-1:]]))
            self.line(f"prelu {value}, {weight}", value.shape, size=value.size)

    def binary(self):
        value = self.pick()
        other = self.pick(lambda v: broadcast(v.shape, value.shape) is not None)
        whole = broadcast(value.shape, other.shape) if other else value.shape
        if self.random.random() < 0.4 or elements(whole) > LARGEST or batches(whole) > 1:
            shape = [1 if size < 0 or self.random.random() < 0.3 else size for size in value.shape]
            other, whole = self.parameter(shape[self.random.randint(0, len(shape)):]), value.shape
        op = self.random.choice(["add", "sub", "mul", "min", "max"])
        value, other = self.bounded(value, 50), self.bounded(other, 50)
        operands = [value, other]
        self.random.shuffle(operands)
        self.line(f"{op} {operands[0]}, {operands[1]}", whole,
                  size=value.size * other.size if op == "mul" else value.size + other.size)

    def weigh(self):
        """A weight that is made of two: both are updated from values that the other's update may overwrite."""
        value = self.pick(lambda v: v.shape and v.shape[-1] >= 0)
        if value:
            a, b = self.parameter(value.shape[-1:]), self.parameter(value.shape[-1:])
            gate = self.line(f"{self.random.choice(['sigmoid', 'tanh', 'neg'])} {b}")
            both = self.line(f"mul {a}, {gate}")
            self.line(f"mul {both}, {self.bounded(value, 50)}", value.shape, size=value.size)

    def guarded(self):
        """Functions that are defined for positive numbers only, or that grow."""
        value = self.pick()
        small = self.line(f"sigmoid {self.bounded(value, 20)}")
        half = self.line("constant f32 = 0.5")
        small = self.line(f"add {small}, {half}")
        op = self.random.choice(["log {0}", "sqrt {0}", "rsqrt {0}", "div {1}, {0}", "pow {0}, {1}", "exp {0}"])
        self.line(op.format(small, half), value.shape, size=5)

    def linear(self):
        value = self.pick(lambda v: len(v.shape) > 1 and v.shape[-1] >= 0)
        if value:
            width = 256 if self.large else self.random.choice(SIZES)
            options = self.random.choice(["", "", "", ", bias = false", ", weight = in_out", ", init = xavier_uniform"])
            value = self.bounded(value, 20)
            if self.large or elements(value.shape[:-1] + [width]) <= LARGEST:
                self.line(f"nn.linear {self.layer()} {value}, {width}{options}", value.shape[:-1] + [width], size=20)

    def window(self, size, kernels=(1, 2, 3)):
        """kernel, stride, padding on both sides, dilation along an axis of a size, and how many places there are."""
        kernel = self.random.choice([k for k in kernels if k <= size] or [1])
        dilation = self.random.choice([1, 1, 2] if 2 * (kernel - 1) < size else [1])
        span = dilation * (kernel - 1) + 1
        stride, padding = self.random.choice([1, 1, 2, 3]), self.random.randint(0, span // 2)
        return kernel, stride, padding, dilation, (size + 2 * padding - span) // stride + 1

    def pictures(self):
        """A value [rows, ..., channels] with one or two axes between."""
        allowed = lambda v: 3 <= len(v.shape) <= 4 and all(size > 0 for size in v.shape[1:])
        value = self.pick(allowed)
        if value or self.random.random() < 0.5:
            return value
        flat = self.pick(lambda v: len(v.shape) == 2 and v.shape[1] > 0 and v.shape[1] % 2 == 0)
        if not flat:
            return None
        shape = [flat.shape[0], flat.shape[1] // 2, 2]
        if self.random.random() < 0.7:  # a picture
            height = self.random.choice([n for n in range(1, shape[1] + 1) if shape[1] % n == 0])
            shape[1:2] = [height, shape[1] // height]
        return self.line(f"reshape {flat}, [{', '.join(map(size_text, shape))}]", shape, size=flat.size)

    def convolution(self):
        value = self.pictures()
        if not value:
            return
        value = self.bounded(value, 20)
        axes, channels = value.shape[1:-1], value.shape[-1]
        windows = [self.window(size) for size in axes]
        groups = self.random.choice([g for g in (1, 1, 2, channels) if channels % g == 0])
        features = groups * self.random.choice([1, 2, 3, 5])
        shape = [value.shape[0]] + [w[4] for w in windows] + [features]
        if elements(shape) > LARGEST:
            return
        lists = [str([w[i] for w in windows]) for i in range(4)]
        options = f", stride = {lists[1]}, padding = {lists[2]}, dilation = {lists[3]}, groups = {groups}"
        op = f"conv{len(axes)}d"
        if self.random.random() < 0.5:
            self.line(f"nn.{op} {self.layer()} {value}, {features}, kernel = {lists[0]}{options}", shape, size=20)
        else:
            filters = self.parameter([features, channels // groups] + [w[0] for w in windows])
            self.line(f"{op} {value}, {filters}{options}", shape, size=20)

    def transposed(self):
        value = self.pictures()
        if not value:
            return
        value = self.bounded(value, 20)
        windows = []
        for size in value.shape[1:-1]:
            kernel, stride, dilation = (self.random.choice([1, 2, 3]) for _ in range(3))
            extra = self.random.randrange(max(stride, dilation))
            whole = (size - 1) * stride + dilation * (kernel - 1) + 1 + extra
            padding = self.random.randint(0, min(2, (whole - 1) // 2))
            windows.append((kernel, stride, padding, dilation, extra, whole - 2 * padding))
        channels = value.shape[-1]
        groups = self.random.choice([g for g in (1, 1, 2, channels) if channels % g == 0])
        features = groups * self.random.choice([1, 2, 3])
        shape = [value.shape[0]] + [w[5] for w in windows] + [features]
        if elements(shape) > LARGEST:
            return
        kernel, stride, padding, dilation, extra = (str([w[i] for w in windows]) for i in range(5))
        options = (f", stride = {stride}, padding = {padding}, output_padding = {extra}, dilation = {dilation}, "
                   f"groups = {groups}")
        op = f"conv{len(windows)}d_transpose"
        if self.random.random() < 0.5:
            self.line(f"nn.{op} {self.layer()} {value}, {features}, kernel = {kernel}{options}", shape, size=20)
        else:
            filters = self.parameter([channels, features // groups] + [w[0] for w in windows])
            self.line(f"{op} {value}, {filters}{options}", shape, size=20)

    def resized(self):
        value = self.pictures()
        if not value:
            return
        places = value.shape[1:-1]
        op = self.random.choice(["upsample", "upsample", "adaptive_avg_pool", "pixel_shuffle"])
        if op == "pixel_shuffle":
            r = self.random.choice([1, 2])
            if len(places) == 1:
                places = [1] + places
                value = self.line(f"reshape {value}, [{size_text(value.shape[0])}, 1, {places[1]}, {value.shape[-1]}]",
                                  value.shape[:1] + places + value.shape[-1:], size=value.size)
            if value.shape[-1] % (r * r) == 0:
                self.line(f"pixel_shuffle {value}, {r}", value.shape[:1] + [n * r for n in places] +
                          [value.shape[-1] // (r * r)], size=value.size)
            return
        sizes = [self.random.choice([1, 2, 3, n, 2 * n]) for n in places]
        options = f" {sizes}"
        if op == "upsample":
            factors = [self.random.choice([1, 2, 3]) for _ in places]
            is_factor = self.random.random() < 0.5
            sizes = [n * factor for n, factor in zip(places, factors)] if is_factor else sizes
            linear = ["linear", "bilinear"][len(places) - 1]
            options = (f" scale_factor = {factors}" if is_factor else f" output_size = {sizes}") + self.random.choice(
                ["", ", mode = nearest", f", mode = {linear}", f", mode = {linear}, align_corners"])
        shape = value.shape[:1] + sizes + value.shape[-1:]
        if elements(shape) <= LARGEST:
            self.line(f"{op} {value},{options}", shape, size=value.size)

    def pool(self):
        value = self.pictures()
        if not value:
            return
        axes = value.shape[1:-1]
        windows = [self.window(size) for size in axes]
        kernel, stride, padding = (str([w[i] for w in windows]) for i in range(3))
        if self.random.random() < 0.5:
            dilation = str([w[3] for w in windows])
            self.line(f"max_pool {value}, {kernel}, stride = {stride}, padding = {padding}, dilation = {dilation}",
                      [value.shape[0]] + [w[4] for w in windows] + [value.shape[-1]], size=value.size)
            return
        windows = [(w[0], w[1], min(w[2], w[0] // 2)) for w in windows]
        padding = str([w[2] for w in windows])
        places = [(n + 2 * p - k) // s + 1 for n, (k, s, p) in zip(axes, windows)]
        counted = self.random.choice(["", ", count_include_pad = false"])
        self.line(f"avg_pool {value}, {kernel}, stride = {stride}, padding = {padding}{counted}",
                  [value.shape[0]] + places + [value.shape[-1]], size=value.size)

    def volume(self):
        value = self.pick(lambda v: len(v.shape) == 2 and v.shape[1] > 0 and v.shape[1] % 4 == 0)
        if value:
            shape = [value.shape[0], 2, 2, 1, value.shape[1] // 4]
            whole = self.line(f"reshape {self.bounded(value, 20)}, [{', '.join(map(size_text, shape))}]", shape, size=20)
            filters = self.parameter([2, shape[-1], 2, 1, 1])
            self.line(f"conv3d {whole}, {filters}, padding = [1, 0, 0]", shape[:1] + [3, 2, 1, 2], size=20)

    def flat(self):
        value = self.pick(lambda v: len(v.shape) > 1 and all(size > 0 for size in v.shape[1:]))
        if value:
            self.line(f"flatten {value}", [value.shape[0], math.prod(value.shape[1:])], size=value.size)

    def matmul(self):
        value = self.pick(lambda v: len(v.shape) > 1)
        if not value:
            return
        rows, depth = value.shape[-2:]
        options = ""
        if self.random.random() < 0.3:
            rows, depth, options = depth, rows, ", transpose_a"
        turned = self.random.random() < 0.5
        other = self.pick(lambda v: len(v.shape) > 1 and v.shape[-1 if turned else -2] == depth
                          and broadcast(v.shape[:-2], value.shape[:-2]) is not None)
        if other is None or depth >= 0 and self.random.random() < 0.4:
            if depth < 0:
                return
            width = self.random.choice(SIZES[:6])
            if elements(value.shape[:-2] + [rows, width]) > LARGEST:
                return
            other = self.parameter([width, depth] if turned else [depth, width])
        whole = broadcast(value.shape[:-2], other.shape[:-2]) + [rows, other.shape[-2 if turned else -1]]
        if elements(whole) > LARGEST or batches(whole) > 1:  # never so with a parameter
            return
        value, other = self.bounded(value, 5), self.bounded(other, 5)
        value = self.line(f"matmul {value}, {other}{options}{', transpose_b' if turned else ''}")
        self.line(f"tanh {value}", whole)

    def reduce(self):
        value = self.pick(lambda v: v.shape, FLOATS)
        if not value:
            return
        axes = sorted(self.random.sample(range(len(value.shape)), self.random.randint(1, len(value.shape))))
        keeps = self.random.random() < 0.5
        op = self.random.choice(["sum", "mean", "amax", "amin"])
        left = [1 if i in axes else size for i, size in enumerate(value.shape) if keeps or i not in axes]
        listed = "" if len(axes) == len(value.shape) and self.random.random() < 0.6 else f", axes = {axes}"
        self.line(f"{op} {self.bounded(value, 100)}{listed}{', keepdim' if keeps else ''}", left, value.kind,
                  value.size * elements(value.shape) if op == "sum" else value.size)

    def cumsum(self):
        value = self.pick(lambda v: v.shape, FLOATS if self.trains else FLOATS + INTEGERS)
        axis = self.random.randrange(len(value.shape))
        options = self.random.choice(["", "", ", reverse"]) + self.random.choice(["", "", ", exclusive"])
        value = value if value.kind in INTEGERS else self.bounded(value, 20)
        self.line(f"cumsum {value}, axis = {self.axis_text(axis, value)}{options}", value.shape,
                  "i64" if value.kind in INTEGERS else value.kind, value.size * elements(value.shape[axis:axis + 1]))

    def topk(self):
        """The values; their places where nothing is trained."""
        value = self.pick(lambda v: any(size > 0 for size in v.shape), FLOATS if self.trains else FLOATS + INTEGERS)
        if not value:
            return
        axis = self.axis(value, lambda size: size > 0)
        k = self.random.randint(1, value.shape[axis])
        k, line = self.random.choice([(k, f"topk {value}, {k}{self.random.choice(['', ', smallest'])}"),
                                      (value.shape[axis], f"sort {value}{self.random.choice(['', ', descending'])}")])
        shape = value.shape[:axis] + [k] + value.shape[axis + 1:]
        name = f"%v{len(self.lines)}"
        found = [Value(name + "a", value.kind, shape, value.size), Value(name + "b", "i64", shape, value.shape[axis])]
        self.lines.append(f"{found[0]}, {found[1]} = {line}, axis = {self.axis_text(axis, value)}")
        self.values += found[:1 if self.trains else 2]

    def softmax(self):
        value = self.pick(lambda v: v.shape, FLOATS)
        if value:
            op = self.random.choice(["softmax", "log_softmax"])
            axis = self.axis_text(self.random.randrange(len(value.shape)), value)
            self.line(f"{op} {self.bounded(value, 50)}, axis = {axis}", value.shape, value.kind, 100 if op[0] == "l" else 1)

    def layer_norm(self):
        # Of at least three: of two numbers it is -1 and 1 whatever they are, and its derivative a matter of epsilon.
        value = self.pick(lambda v: v.shape and v.shape[-1] > 2)
        if not value:
            return
        value = self.bounded(value, 20)
        if self.random.random() < 0.3:
            self.line(f"nn.layer_norm {self.layer()} {value}, epsilon = 1.0e-2", value.shape, size=10)
        else:
            weight, bias = self.parameter(value.shape[-1:]), self.parameter(value.shape[-1:])
            self.line(f"layer_norm {value}, {weight}, {bias}, epsilon = 1.0e-2", value.shape, size=10)

    def norm(self):
        """Of the last axis, of groups, of channels."""
        value = self.pick(lambda v: v.shape and all(size > 0 for size in v.shape[1:]) and v.shape[-1] > 0)
        if not value:
            return
        value = self.bounded(value, 20)
        places, channels = math.prod(value.shape[1:-1]), value.shape[-1]
        if len(value.shape) == 2 and channels > 3 and self.random.random() < 0.4:  # a signal of one channel
            value = self.line(f"reshape {value}, [{size_text(value.shape[0])}, {channels}, 1]", value.shape + [1], size=value.size)
            places, channels = channels, 1
        groups = [g for g in range(1, channels + 1) if channels % g == 0 and places * channels // g > 2]
        op = self.random.choice(["rms_norm"] + ["local_response_norm"] * (len(value.shape) > 1) + ["group_norm"] * (len(value.shape) > 1 and len(groups) > 0) +
                                ["instance_norm"] * (len(value.shape) > 2 and places > 2))
        if op == "local_response_norm":
            size = self.random.randint(1, 5)
            self.line(f"{op} {value}, {size}, alpha = 0.1{self.random.choice(['', ', beta = 0.4, offset = 2'])}", value.shape, size=20)
            return
        options = f", {self.random.choice(groups)}" if op == "group_norm" else ""
        if self.random.random() < 0.4:
            affine = self.random.choice(["", ", affine"]) if op == "instance_norm" else ""
            layer = self.layer()
            if op == "instance_norm" and not affine:  # it has no parameters
                self.bare.add(self.parameters[-1])
            self.line(f"nn.{op} {layer} {value}{options}{affine}, epsilon = 1.0e-2", value.shape, size=10)
            return
        count = {"rms_norm": 1, "group_norm": 2, "instance_norm": 0}[op]
        operands = "".join(f", {self.parameter([channels])}" for _ in range(count))
        self.line(f"{op} {value}{operands}{options}, epsilon = 1.0e-2", value.shape, size=10)

    # --- moves, of any type

    def any(self, allowed=lambda value: True):
        kinds = ("f32",) if self.trains or self.random.random() < 0.5 else ("f64", "i32", "i64", "ui8", "i1")
        return self.pick(allowed, kinds) or self.pick(allowed)

    def same(self, value, op, shape):
        return self.line(op, shape, value.kind, value.size)

    def reshape(self):
        value = self.any(lambda v: all(size >= 0 for size in v.shape[1:]))
        if not value:
            return
        lead = -value.shape[0] if value.shape and value.shape[0] < 0 else 0
        count = math.prod(value.shape[1:] if lead else value.shape)
        first = self.random.choice([d for d in range(1, count + 1) if count % d == 0])
        shape = [first, count // first]
        if lead and self.random.random() < 0.3:
            shape = [-lead * first, count // first]  # some of the columns become rows
        elif lead:
            shape = [-lead] + shape
        told = list(map(size_text, shape))
        if self.random.random() < 0.2:
            told[-1] = "?"
        self.same(value, f"reshape {value}, [{', '.join(told)}]", shape)

    def transpose(self):
        value = self.any(lambda v: len(v.shape) > 1)
        if value:
            order = self.random.sample(range(len(value.shape)), len(value.shape))
            self.same(value, f"transpose {value}, {order}", [value.shape[i] for i in order])

    def slice(self):
        value = self.any(lambda v: any(size >= 0 for size in v.shape))
        if value:
            axis = self.axis(value)
            start = self.random.randrange(value.shape[axis])
            size = self.random.randint(1, value.shape[axis] - start)
            self.same(value, f"slice {value}, axis = {self.axis_text(axis, value)}, start = {start}, size = {size}",
                      value.shape[:axis] + [size] + value.shape[axis + 1:])

    def halves(self):
        """Two batches one after the other, and one of them, which begins where the batch says."""
        value = self.any(lambda v: v.shape and v.shape[0] == BATCH)
        other = self.any(lambda v: value and v.shape == value.shape and v.kind == value.kind)
        if other and elements(value.shape) * 2 <= LARGEST:
            both = self.same(value, f"concat {value}, {other}", [-2] + value.shape[1:])
            start = self.random.choice([", start = batch", "", ", start = 0"])
            self.same(value, f"slice {both}, axis = 0{start}, size = batch", value.shape)

    def select(self):
        value = self.any(lambda v: any(size >= 0 for size in v.shape))
        if value:
            axis = self.axis(value)
            index = self.random.randrange(value.shape[axis]) - self.random.choice([0, value.shape[axis]])
            self.same(value, f"select {value}, axis = {axis}, index = {index}", value.shape[:axis] + value.shape[axis + 1:])

    def concat(self):
        value = self.any(lambda v: any(size >= 0 for size in v.shape))
        if not value:
            return
        axis = self.axis(value)
        fits = lambda v: len(v.shape) == len(value.shape) and v.shape[axis] >= 0 and all(
            a == b for i, (a, b) in enumerate(zip(v.shape, value.shape)) if i != axis)
        others = [self.pick(fits, (value.kind,)) for _ in range(self.random.randint(1, 2))]
        whole = value.shape[:axis] + [value.shape[axis] + sum(v.shape[axis] for v in others)] + value.shape[axis + 1:]
        if elements(whole) <= LARGEST:
            self.same(value, f"concat {value}, {', '.join(map(str, others))}, axis = {axis}", whole)

    def split(self):
        value = self.any(lambda v: any(size >= 0 and size % 2 == 0 for size in v.shape))
        if value:
            axis = self.axis(value, lambda size: size >= 0 and size % 2 == 0)
            half = value.shape[:axis] + [value.shape[axis] // 2] + value.shape[axis + 1:]
            parts = [Value(f"%v{len(self.lines)}{letter}", value.kind, half, value.size) for letter in "ab"]
            self.lines.append(f"{parts[0]}, {parts[1]} = split {value}, 2, axis = {axis}")
            self.values += parts

    def pad(self):
        value = self.any(lambda v: any(size >= 0 for size in v.shape) and elements(v.shape) * 4 < LARGEST)
        if value:
            axis = self.axis(value)
            low, high = self.random.randint(0, 2), self.random.randint(0, 2)
            lows = [low if i == axis else 0 for i in range(len(value.shape))]
            highs = [high if i == axis else 0 for i in range(len(value.shape))]
            number = "" if value.kind == "i1" or self.random.random() < 0.5 else ", value = 2"
            size = value.shape[axis]
            modes = [mode for mode, most in (("reflect", size - 1), ("replicate", 9 * size), ("circular", size))
                     if max(low, high) <= most]
            if modes and self.random.random() < 0.4:
                number = f", mode = {self.random.choice(modes)}"
            self.same(value, f"pad {value}, low = {lows}, high = {highs}{number}",
                      value.shape[:axis] + [value.shape[axis] + low + high] + value.shape[axis + 1:])

    def flip(self):
        value = self.any(lambda v: v.shape)
        if value:
            axes = sorted(self.random.sample(range(len(value.shape)), self.random.randint(1, len(value.shape))))
            self.same(value, f"flip {value}, axes = {axes}", value.shape)

    def stretch(self):
        value = self.any(lambda v: 1 in v.shape)
        if value:
            axis = self.axis(value, lambda size: size == 1)
            whole = value.shape[:axis] + [self.random.choice(SIZES)] + value.shape[axis + 1:]
            if elements(whole) <= LARGEST:
                self.same(value, f"broadcast {value}, {text(whole)}", whole)

    def where(self):
        value = self.any()
        other = self.pick(lambda v: broadcast(v.shape, value.shape) is not None, (value.kind,))
        # In a training the loss depends on what is tested in another way, too.
        test = value if self.trains else self.pick(lambda v: broadcast(v.shape, value.shape) is not None)
        if not test or not other:
            return
        whole = broadcast(broadcast(value.shape, other.shape), test.shape)
        if whole and elements(whole) <= LARGEST and batches(whole) <= 1:
            limit = self.line("constant f32 = 0.1")
            truth = self.line(f"{self.random.choice(['lt', 'le', 'gt', 'ge'])} {test}, {limit}")
            self.line(f"where {truth}, {value}, {other}", whole, value.kind, max(value.size, other.size))

    # --- functions, layers, tables

    def call(self):
        """A private function, of rows and features that the caller binds; called once or twice."""
        value = self.pick(lambda v: len(v.shape) == 2 and v.shape[0] < 0 and v.shape[1] >= 0)
        if not value or elements([value.shape[0], 9]) > LARGEST:
            return
        name = f"@f{len(self.functions)}"
        body = [f'%a = nn.linear "up" %x, hidden', f"%b = {self.random.choice(['tanh', 'gelu', 'sigmoid'])} %a"]
        last = "%b"
        rows = self.random.choice(["rows", "batch"]) if value.shape[0] == BATCH else "rows"
        kept, halved = f"reshape {{0}}, [{rows}, hidden]", f"slice {{0}}, axis = 0, start = {rows}, size = {rows}"
        for op in self.random.sample(["dropout {0}, 0.25", "sin {0}", "neg {0}", "mul {0}, {0}", kept, halved],
                                     self.random.randint(0, 3)):
            if op == halved:
                body.append(f"%c{len(body)} = concat {last}, {last}, axis = 0")
                last = f"%c{len(body) - 1}"
            body.append(f"%c{len(body)} = {op.format(last)}")
            last = f"%c{len(body) - 1}"
        body.append(f'%y = nn.linear "down" {last}, features')
        if self.random.random() < 0.5:
            body += ["%z = add %x, %y", "%r = tanh %z", "return %r"]
        else:
            body += ["%r = tanh %y", "return %r"]
        lines = "\n".join(f"    {line}" for line in body)
        hidden = self.random.choice(SIZES[:7])
        self.functions.append(f"  func private {name}<hidden = {hidden}>(%x: f32[{rows}, features]) {{\n{lines}\n  }}\n")
        for i in range(self.random.randint(1, 2)):
            scope = self.random.choice([f'"{name[1:]}.{i}" ', f'"{name[1:]}" ', ""])
            if not scope and any("up" == p for p in self.parameters):
                scope = f'"{name[1:]}" '  # one name is one shape
            self.parameters.append(scope.strip('" ') + ".up" if scope else "up")
            width = self.random.choice(["", f"<hidden = {self.random.choice(SIZES[:5])}>"]) if scope.endswith(f'.{i}" ') else ""
            mode = self.random.choice(["", "", ", training", ", inference"])
            value = self.line(f"call {scope}{name}{width}({self.bounded(value, 20)}){mode}", value.shape)

    def index(self, rows):
        """Indices of a table of `rows` rows; None where there are no integers."""
        value = self.pick(lambda v: v.shape and v.shape[0] < 0 and all(size >= 0 for size in v.shape[1:])
                          and elements(v.shape) * 5 <= LARGEST, INTEGERS)
        if value:
            value = self.line(f"clamp {value}, min = 0, max = {rows - 1}", value.shape, value.kind)
        return value

    def embed(self):
        rows, width = self.random.choice([2, 3, 5]), self.random.choice(SIZES[:6])
        index = self.index(rows)
        if index and elements(index.shape + [width]) <= LARGEST:
            self.line(f"nn.embedding {self.layer()} {index}, {rows}, {width}", index.shape + [width], size=5)

    def gather(self):
        table = self.pick(lambda v: len(v.shape) == 2 and all(size >= 0 for size in v.shape))
        rows, width = table.shape if table else (self.random.choice([2, 3, 5]), self.random.choice(SIZES[:6]))
        index = self.index(rows)
        if index and self.random.random() < 0.3:
            index = self.line(f"check_index {index}, {rows}", index.shape, index.kind)
        if index and elements(index.shape + [width]) <= LARGEST:
            table = table or self.parameter([rows, width])
            self.line(f"gather {table}, {index}", index.shape + [width], size=table.size)

    def tables(self):
        """A table for each row."""
        table = self.pick(lambda v: len(v.shape) == 3 and v.shape[0] < 0 and v.shape[1] > 0 and v.shape[2] >= 0)
        if not table and self.random.random() < 0.7:
            flat = self.pick(lambda v: len(v.shape) == 2 and v.shape[0] < 0 and v.shape[1] > 0)
            if flat:
                rows = self.random.choice([n for n in range(1, flat.shape[1] + 1) if flat.shape[1] % n == 0])
                shape = [flat.shape[0], rows, flat.shape[1] // rows]
                table = self.line(f"reshape {flat}, {text(shape)}", shape, size=flat.size)
        index = table and self.index(table.shape[1])
        if index and index.shape[0] == table.shape[0] and elements(index.shape + table.shape[2:]) <= LARGEST:
            self.line(f"gather {table}, {index}, batch_dims = 1", index.shape + table.shape[2:], size=table.size)

    def dropout(self):
        value = self.pick()
        self.line(f"dropout {value}, {self.random.choice([0.1, 0.5])}", value.shape, size=2 * value.size)

    def drawn(self):
        """What draws random numbers, or belongs to what does."""
        self.random.choice([self.noise, self.augment, self.augment, self.augment, self.mixup, self.standardize])()

    def noise(self):
        """What is drawn whether it is trained or not."""
        value = self.bounded(self.pick(), 20)
        op = self.random.choice(["random_uniform {}", "random_uniform {}, min = -1, max = 0.5", "random_normal {}",
                                 "random_normal {}, mean = 0.5, deviation = 0.25", "random_bernoulli {}, 0.4"])
        drawn = self.line(op.format(value))
        self.line(f"{self.random.choice(['add', 'mul'])} {value}, {drawn}", value.shape, size=6 * value.size + 6)

    def augment(self):
        """Pictures that are changed in training, here or in a function that is called so."""
        value = self.pick(lambda v: len(v.shape) == 4 and v.shape[0] == BATCH and all(size > 0 for size in v.shape[1:]))
        if not value:
            flat = self.pick(lambda v: len(v.shape) == 2 and v.shape[0] == BATCH and v.shape[1] > 0)
            if not flat:
                return
            height = self.random.choice([n for n in range(1, flat.shape[1] + 1) if flat.shape[1] % n == 0])
            shape = [BATCH, height, flat.shape[1] // height, 1]
            value = self.line(f"reshape {flat}, {text(shape)}", shape, size=flat.size)
        value = self.bounded(value, 20)
        size = [self.random.randint(1, n + 2) for n in value.shape[1:3]]
        affine = self.random.choice(["rotation = 20", "scale = 0.3, shear = 10", "translation = 0.3, rotation = 180"])
        op = self.random.choice(["random_flip {}", "random_flip {}, axis = 1, rate = 0.3", f"random_crop {{}}, {size}, padding = 1",
                                 "random_shift {}, 2", f"random_affine {{}}, {affine}", "random_erase {}, value = 1",
                                 "random_brightness {}, 0.4", "random_contrast {}, 0.5"])
        shape = [BATCH] + size + value.shape[3:] if "crop" in op else value.shape
        if self.random.random() < 0.5:
            self.line(op.format(value), shape, size=2 * value.size + 1)
            return
        name = f"@f{len(self.functions)}"
        self.functions.append(f"  func private {name}(%x: f32{text(value.shape)}) {{\n    %y = {op.format('%x')}\n    return %y\n  }}\n")
        mode = self.random.choice([", training", ", training", ", inference"])
        self.line(f"call {name}({value}){mode}", shape, size=2 * value.size + 1)

    def mixup(self):
        value = self.pick(lambda v: v.shape and v.shape[0] == BATCH)
        other = self.pick(lambda v: v.shape and v.shape[0] == BATCH)
        if value:
            name = f"%v{len(self.lines)}"
            both = [Value(name + letter, "f32", one.shape, one.size) for letter, one in zip("ab", (value, other))]
            self.lines.append(f"{both[0]}, {both[1]} = mixup {value}, {other}{self.random.choice(['', ', alpha = 0.3'])}")
            self.values += both

    def standardize(self):
        value = self.pick(lambda v: v.shape and v.shape[-1] > 0)
        if value:
            numbers = lambda low: [round(self.random.uniform(low, 2), 2) for _ in range(value.shape[-1])]
            mean = self.random.choice(["", ", mean = 0.5", f", mean = {numbers(-2)}"])
            deviation = self.random.choice(["", ", deviation = 2", f", deviation = {numbers(0.5)}"])
            self.line(f"standardize {self.bounded(value, 20)}{mean}{deviation}", value.shape, size=50)

    def convert(self):
        """To another type and back."""
        value = self.pick()
        kind = "f64" if self.trains else self.random.choice(["f64", "i32", "i64"])
        other = self.line(f"cast {value}, {kind}", None if self.trains else value.shape, kind, value.size)
        shape, size = value.shape, value.size
        if self.trains and len(shape) > 1 and shape[-1] >= 0 and size <= 20 and elements(shape[:-1] + [8]) <= LARGEST:
            width = self.random.choice(SIZES[:8])
            shape, size = shape[:-1] + [width], 20
            other = self.line(f"nn.linear {self.layer()} {other}, {width}")  # whose parameters are f64
        elif self.trains:
            other = self.line(f"{self.random.choice(['tanh', 'neg', 'sin'])} {other}")
        self.line(f"cast {other}, f32", shape, size=size)

    def position(self):
        value = self.pick(lambda v: v.shape)
        if value:
            axis = self.axis_text(self.random.randrange(len(value.shape)), value)
            start = self.line("constant i32 = 3") if self.random.random() < 0.3 else None
            place = self.line(f"iota {value}{f', start = {start}' if start else ''}, axis = {axis}")
            place = self.line(f"cast {place}, f32", None)
            self.line(f"add {place}, {self.bounded(value, 50)}", value.shape, size=100)

    def count(self):
        value = self.pick(lambda v: v.shape)
        if value:
            axes = sorted(self.random.sample(range(len(value.shape)), self.random.randint(1, len(value.shape))))
            listed = "" if len(axes) == len(value.shape) and self.random.random() < 0.5 else f", axes = {axes}"
            number = self.line(f"count {value}, f32{listed}")
            self.line(f"div {self.bounded(value, 50)}, {number}", value.shape, size=value.size)

    def single(self):
        """A number, a list, the size of the model: what a body has beside its values."""
        value = self.pick(lambda v: v.shape and v.shape[-1] >= 0)
        if value:
            width = value.shape[-1]
            name = f"n{width}"
            self.model_sizes[name] = width
            numbers = [round(self.random.uniform(-2, 2), 3) for _ in range(width)]
            listed = self.random.random() < 0.5 and width < 9
            number = self.line(f"constant f32[{width if listed else name}] = {numbers if listed else 0.75}")
            self.line(f"{self.random.choice(['add', 'mul', 'sub'])} {number}, {self.bounded(value, 50)}", value.shape,
                      size=value.size + 2)

    # --- what has no gradient

    def integer(self):
        value = self.pick(kinds=INTEGERS)
        if not value:
            return self.whole()
        other = self.pick(lambda v: broadcast(v.shape, value.shape) is not None, (value.kind,))
        whole = broadcast(value.shape, other.shape)
        if elements(whole) > LARGEST or batches(whole) > 1:
            return
        op = self.random.choice(["add", "sub", "mul", "div", "min", "max", "neg", "abs", "relu", "clamp", "sum", "amax", "amin"])
        if op in ("add", "sub", "mul", "div", "min", "max"):
            self.line(f"{op} {value}, {other}", whole, value.kind)
        elif op in ("sum", "amax", "amin"):
            if value.shape:
                axis = self.random.randrange(len(value.shape))
                self.line(f"{op} {value}, axes = [{axis}]", value.shape[:axis] + value.shape[axis + 1:],
                          "i64" if op == "sum" else value.kind)
        else:
            self.line(f"{op} {value}{', min = -2, max = 3' if op == 'clamp' else ''}", value.shape, value.kind)

    def compare(self):
        value = self.pick(kinds=FLOATS + INTEGERS + ("i1",))
        other = self.pick(lambda v: broadcast(v.shape, value.shape) is not None, (value.kind,))
        whole = broadcast(value.shape, other.shape)
        if elements(whole) <= LARGEST and batches(whole) <= 1:
            for op in self.random.sample(COMPARISONS, 2):
                self.line(f"{op} {value}, {other}", whole, "i1")

    def argmax(self):
        value = self.pick(lambda v: v.shape, FLOATS + INTEGERS)
        axis = self.random.randrange(len(value.shape))
        if not value.shape[axis] > 0:
            return
        keeps = self.random.random() < 0.4
        self.line(f"argmax {value}, axis = {axis}{', keepdim' if keeps else ''}",
                  value.shape[:axis] + [1] * keeps + value.shape[axis + 1:], "i64")

    def ordered(self):
        value = self.pick(lambda v: any(size > 0 for size in v.shape), FLOATS + INTEGERS)
        if value:
            axis = self.axis(value, lambda size: size > 0)
            self.line(f"argsort {value}, axis = {axis}{self.random.choice(['', ', descending'])}", value.shape, "i64")

    def one_hot(self):
        depth = self.random.choice([1, 2, 3, 5])
        index = self.index(depth)
        if index:
            kind = self.random.choice(["f32", "f32", "f64", "i32", "ui8", "i1"])
            self.line(f"one_hot {index}, {depth}, {kind}", index.shape + [depth], kind)

    def scatter(self):
        value = self.pick(lambda v: len(v.shape) > 1 and v.shape[0] < 0 and all(size >= 0 for size in v.shape[1:]),
                          ("f32", "i32"))
        if value:
            like = self.line(f"slice {value}, axis = {len(value.shape) - 1}, start = 0, size = 1")
            like = self.line(f"reshape {like}, {text(value.shape[:-1])}")
            index = self.line(f"cast {like}, i32")
            index = self.line(f"clamp {index}, min = 0, max = 2")
            tables = self.random.randint(0, 1)
            self.line(f"scatter_add {index}, {value}, 3, batch_dims = {tables}", value.shape[:tables] + [3, value.shape[-1]],
                      value.kind, value.size * 50)

    def loss_value(self):
        value = self.pick(lambda v: len(v.shape) > 1 and v.shape[0] < 0 and all(size >= 0 for size in v.shape[1:]))
        if not value:
            return
        if self.random.random() < 0.3:
            self.line(f"mse_loss {value}, {self.line(f'sin {value}')}", [], size=value.size ** 2)
            return
        classes = value.shape[-1]
        value = self.bounded(value, 50)
        label = self.line(f"select {value}, axis = {len(value.shape) - 1}, index = 0")
        label = self.line(f"cast {label}, {self.random.choice(['i32', 'i64', 'ui8'])}")
        label = self.line(f"clamp {label}, min = 0, max = {classes - 1}")
        options = self.random.choice(["", ", ignore_index = 0"])
        if self.random.random() < 0.5:
            k = f", k = {self.random.randint(1, classes)}" if self.random.random() < 0.5 else ""
            self.line(f"accuracy {value}, {label}{k}{options}", [])
        else:
            smoothing = self.random.choice(["", ", label_smoothing = 0.1"])
            self.line(f"cross_entropy {value}, {label}{options}{smoothing}", [], size=100)

    def normalize(self):
        value = self.pick(lambda v: v.shape and v.shape[-1] > 0, FLOATS)
        if value:
            parts = [Value(f"%v{len(self.lines)}a", value.kind, value.shape, 10),
                     Value(f"%v{len(self.lines)}b", value.kind, value.shape[:-1] + [1], 100)]
            value = self.bounded(value, 20)
            parts[0].name, parts[1].name = f"%v{len(self.lines)}a", f"%v{len(self.lines)}b"
            axes = sorted({len(value.shape) - 1, self.random.randrange(len(value.shape))})
            listed = f", axes = {axes}" if len(axes) > 1 else ""
            parts[1].shape = [1 if i in axes else size for i, size in enumerate(value.shape)]
            self.lines.append(f"{parts[0]}, {parts[1]} = normalize {value}{listed}, epsilon = 1.0e-2")
            self.values += parts

    def mask(self):
        value = self.pick(lambda v: v.shape, FLOATS)
        if value:
            state = self.line(f"constant i64[3] = [{self.random.randint(0, 99)}, {self.random.randint(1, 9)}, 0]")
            self.line(f'dropout_mask {value}, {state}, 0.25, stream = "s"', value.shape, value.kind, 2)

    def words(self):
        value = self.pick(lambda v: v.shape, FLOATS)
        if value:
            state = self.line(f"constant i64[3] = [{self.random.randint(0, 99)}, {self.random.randint(1, 9)}, 0]")
            self.line(f'draw {value}, {state}, stream = "s"', value.shape, value.kind, 1)

    def truth(self):
        value = self.pick(kinds=FLOATS + INTEGERS)
        truth = self.line(f"cast {value}, i1", value.shape, "i1")
        if self.random.random() < 0.5:
            self.line(f"cast {truth}, {self.random.choice(['f32', 'i32', 'ui8'])}")

    def whole(self):
        value = self.pick()
        kind = self.random.choice(INTEGERS)
        self.line(f"cast {value}, {kind}", value.shape, kind, value.size)

    def doubles(self):
        value = self.pick(kinds=("f32", "i32", "i64", "ui8", "i1"))
        self.line(f"cast {value}, f64", value.shape, "f64", value.size)

    def negative(self):
        """Zeros of both signs, and what is no number."""
        value = self.pick()
        zero = self.line("constant f32 = 0.0")
        signed = self.line(f"mul {value}, {zero}", value.shape)
        if self.random.random() < 0.5:
            self.line(f"add {signed}, {zero}", value.shape)
        else:
            broken = self.line(f"{self.random.choice(['log', 'sqrt'])} {value}")
            self.line(f"ne {broken}, {broken}", value.shape, "i1")

    # --- the end

    def unused(self):
        used = "\n".join(self.lines)
        return [v for v in self.values if v not in self.inputs and not re.search(rf"= .*{v}\b", used)]

    def finish(self):
        if not self.trains:
            self.results = (self.unused() or [self.line(f"neg {self.values[0]}", self.values[0].shape)])
            return
        # A loss that every parameter reaches: what is left, by its mean square, and a classifier or a regression.
        first = self.inputs[0]
        total = None
        if self.random.random() < 0.5:
            self.labels = 1
            head = self.line(f"nn.linear {self.layer()} {first}, 4")
            label = self.line("clamp %label, min = 0, max = 3")
            ignored = self.random.choice(["", "", ", ignore_index = 1", ", label_smoothing = 0.1"])
            total = self.line(f"cross_entropy {head}, {label}{ignored}")
            self.metric = self.line(f"accuracy {head}, {label}")
        for value in self.unused():
            if value.kind != "f32":
                continue
            value = self.bounded(value, 20)
            zero = self.line(f"sin {value}")
            part = self.line(self.random.choice([f"mse_loss {value}, {zero}", f"mse_loss {zero}, {value}"]))
            total = self.line(f"add {total}, {part}") if total else part
        if total is None:
            total = self.line(f"mean {self.line(f'nn.linear {self.layer()} {first}, 2')}")
        self.results = [total] + ([self.metric] if self.labels else [])

    def optimizer(self):
        """One of the compiler's, or one drawn: slots read old and new values of each other, of the weight too."""
        draw = self.random.random()
        if draw < 0.2:
            return "", self.random.choice(["@sgd", "@sgd(lr = 0.05, momentum = 0.9)",
                                           "@sgd(momentum = 0.8, nesterov = 1.0, weight_decay = 0.01)"])
        if draw < 0.4:
            return "", self.random.choice(["@adam", "@adam(lr = 0.01, weight_decay = 0.1)", "@adamw(lr = 0.01)"])
        count = self.random.randint(1, 3)
        slots = [f"%s{i}" for i in range(count)]
        pool, body, new = ["%w", "%g"] + slots, [], []
        number = 0

        def made(op):
            nonlocal number
            number += 1
            body.append(f"%t{number} = {op}")
            pool.append(f"%t{number}")
            return pool[-1]

        def mixed():
            a, b = self.random.choice(pool), self.random.choice(pool)
            return made("tanh " + made(f"{self.random.choice(['add', 'sub', 'mul', 'max'])} {a}, {b}"))

        for slot in slots:
            kind = self.random.random()
            if kind < 0.2:
                new.append(self.random.choice(["%w", "%g"]))  # what was before the step
            elif kind < 0.35:
                new.append(self.random.choice(slots))  # the old value of another: slots may change places
            else:
                new.append(made(f"add {made(f'mul %beta, {slot}')}, {mixed()}"))
        weight = made(f"sub %w, {made(f'mul %lr, {mixed()}')}")
        if self.random.random() < 0.3:
            rate = made("div %lr, %step")
            weight = made(f"sub {weight}, {made(f'mul {rate}, {self.random.choice(slots)}')}")
        inits = ", ".join(f"{slot} = {self.random.choice(['zeros', 'ones'])}" for slot in slots)
        lines = "\n".join(f"    {line}" for line in body)
        return (f"  optimizer @own(%w, %g) slots({inits}) scalars(%lr = 0.05, %beta = 0.9, %step) {{\n{lines}\n"
                f"    return {', '.join([weight] + new)}\n  }}\n"), "@own"

    def training(self):
        own, name = self.optimizer()
        body = [f'optimize "*" with {name}']
        some = self.random.choice([name for name in self.parameters if name not in self.bare])
        if self.random.random() < 0.25:
            body.append(f'optimize "{some}*" with @adam(lr = 0.02)')
        elif self.random.random() < 0.2 and len(self.parameters) - len(self.bare) > 1:
            body.append(f'freeze "{some}*"')
        if self.random.random() < 0.3:
            body.append(f"clip_norm {self.random.choice([0.1, 1.0, 100.0])}")
        lines = "\n".join(f"    {line}" for line in body)
        return f"{own}  train @t minimizes @loss {{\n{lines}\n  }}\n"

    def __str__(self):
        body = "\n".join(f"    {line}" for line in self.lines)
        head = ", ".join([f"{v}: {v.kind}{text(v.shape)}" for v in self.inputs] + ["%label: i32[batch]"] * self.labels)
        name = "loss" if self.trains else "f"
        results = f" -> (loss: f32{', accuracy: f32' if self.labels else ''})" if self.trains else ""
        sizes = ", ".join(f"{name} = {size}" for name, size in self.model_sizes.items())
        # Drawn once: a program is one text.
        self.tail = getattr(self, "tail", None) or (self.training() if self.trains else "")
        return (f"dl.model @random{f' sizes({sizes})' if sizes else ''} {{\n{''.join(self.functions)}"
                f"  func @{name}({head}){results} {{\n{body}\n    return {', '.join(map(str, self.results))}\n  }}\n{self.tail}}}\n")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return "" if result.returncode == 0 else f"{' '.join(command)}: exit code {result.returncode}\n{result.stdout}{result.stderr}"


def has_avx512():
    with open("/proc/cpuinfo") as file:
        return "avx512vl" in file.read()


def check(seed, folder, options=()):
    """What is wrong with a program; empty if nothing is."""
    program = Program(seed)
    path = lambda name: f"{folder}/{seed}{name}"
    model = path(".mlir")
    open(model, "w").write(str(program))
    batch = program.batch
    rows = [batch, 2 * batch + 1] + ([(batch + 1) // 2] if batch > 1 else [])
    common = ["--quiet", "--batch", str(batch), "--seed", str(seed), "--batch-extent", ",".join(map(str, rows))]
    targets = ["v3", "v4"] if has_avx512() else ["v3"]
    single = [path(target + ".so") for target in targets]
    for target, library in zip(targets, single):
        if problems := run("dlc", model, "--batch", str(batch), "--target", target, "-o", library):
            return problems
    problems = run("dlc", "--diff", model, "--library", ",".join(single), "--steps", "10", *common)
    # The slow twin takes turns with the fast one in f64.
    slow = ["--float", "f64"] if seed % 2 else []
    problems += run("dlc", "--diff", model, "--results", "-O0", *slow, "--steps", "3", *common, *options)
    double = path(".f64.so")
    problems += run("dlc", model, "--float", "f64", "--batch", str(batch), "--target", targets[seed // 2 % len(targets)], "-o", double)
    if not problems:
        problems = run("dlc", "--diff", model, "--float", "f64", "--library", double, "--steps", "10", *common)
        if program.trains:
            problems += run("dlc-run", "gradcheck", double, "--samples", "2", "--seed", str(seed),
                            *(["--range", "label=4"] if program.labels else []))
    return problems


def all_ops():
    """The ops of the language that can be compiled, from the reference."""
    file = os.path.join(os.path.dirname(__file__), "../../../docs/operations.md")
    reference = open(file).read().partition("\n## What the compiler makes")[0]
    for name, about in re.findall(r"^### `(?:dl\.)?([\w.]+)`\n(.*?)(?=^### |\Z)", reference, re.M | re.S):
        if "not compiled yet" not in about and name != "yield":
            yield name


mode = sys.argv.pop(1) if sys.argv[1][0] == "-" else "--check"
first, last = int(sys.argv[1]), int(sys.argv[2] if mode != "--print" else sys.argv[1])
if mode == "--print":
    print(Program(first))
elif mode == "--ops":
    programs = "\n".join(str(Program(seed)) for seed in range(first, last + 1))
    programs += "\n".join(random_scans.Network(seed).text() for seed in range(1, 25))  # those of random-scans.test
    words = set(re.findall(r"(?:^ *|= )(?:dl\.)?([a-z0-9_.]+)", programs, re.M))
    missing = [op for op in all_ops() if op not in words]
    print("never drawn:", ", ".join(missing) or "none")
else:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last + 1):
            if problems := check(seed, folder, sys.argv[3:]):
                wrong += 1
                print(f"seed {seed}:\n{problems}", flush=True)
            for file in os.listdir(folder):
                os.remove(os.path.join(folder, file))
    print(f"{last - first + 1} programs, {wrong} wrong")
