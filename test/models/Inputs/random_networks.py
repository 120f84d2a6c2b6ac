# random_networks.py - networks drawn at random, compiled in several ways and compared with what they mean.
# SPDX-License-Identifier: Apache-2.0
#
#   random_networks.py FIRST LAST       checks the networks of these seeds
#   random_networks.py --print SEED     shows one
#
# For each: every op's value and every result against the evaluator, of -O3 for both targets and of -O0, with a full and
# a short batch, forward and with gradients; and derived gradients against differences in double precision.
import math
import random
import subprocess
import sys
import tempfile

SIZES = [1, 2, 3, 5, 8, 17, 33]
LARGEST = 4000  # elements of a tensor
UNARY = ["abs", "cos", "erf", "gelu", "gelu|, tanh", "leaky_relu", "leaky_relu|, slope = 0.2", "neg", "relu", "sigmoid",
         "silu", "sin", "softplus", "tanh", "clamp|, min = -0.8, max = 0.9"]


def text(shape):
    return "[" + ", ".join(map(str, shape)) + "]"


def elements(shape, batch=6):
    return math.prod(batch if size == "batch" else size for size in shape)


def broadcast(a, b):
    """The shape that two shapes stretch to, or None."""
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + list(a), [1] * (rank - len(b)) + list(b)
    if any(x != y and x != 1 and y != 1 for x, y in zip(a, b)):
        return None
    return [y if x == 1 else x for x, y in zip(a, b)]


class Network:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.values, self.parameters = [], [], 0
        width = self.random.choice(SIZES[2:])
        self.head = f"%x: f32[batch, {width}], %label: i32[batch]"
        self.values.append(("%x", ["batch", width]))
        self.linear()  # so that all that follows has a gradient
        steps = [self.unary, self.binary, self.binary, self.linear, self.matmul, self.reduce, self.softmax,
                 self.layer_norm, self.reshape, self.transpose, self.slice, self.concat, self.split, self.pad,
                 self.select, self.where, self.stretch, self.guarded]
        for _ in range(self.random.randint(3, 14)):
            self.random.choice(steps)()
        self.finish()

    # What a network is made of: each step adds lines, and values that later steps may use.
    def line(self, op, shape=None):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {op}")
        if shape is not None:
            self.values.append((name, list(shape)))
        return name

    def pick(self, allowed=lambda shape: True):
        candidates = [value for value in self.values if allowed(value[1])]
        if not candidates:
            return None, None
        # Late values more often, or networks stay flat.
        return self.random.choices(candidates, range(1, len(candidates) + 1))[0]

    def parameter(self, shape):
        self.parameters += 1
        name = f"%p{self.parameters}"
        bound = 1 / math.sqrt(max(1, elements(shape[-1:]))) if len(shape) > 1 else 0.9
        self.lines.append(f'{name} = param "p{self.parameters}" f32{text(shape) if shape else ""} = uniform({-bound:.3f}, {bound:.3f})')
        return name

    def axis(self, shape, allowed=lambda size: size != "batch"):
        axes = [i for i, size in enumerate(shape) if allowed(size)]
        return self.random.choice(axes) if axes else None

    def unary(self):
        name, shape = self.pick()
        op, _, options = self.random.choice(UNARY).partition("|")
        self.line(f"{op} {name}{options}", shape)

    def binary(self):
        name, shape = self.pick()
        other, other_shape = self.pick(lambda s: broadcast(s, shape) is not None)
        if other is None or self.random.random() < 0.4:
            other_shape = [1 if size == "batch" or self.random.random() < 0.3 else size for size in shape]
            other_shape = other_shape[self.random.randint(0, len(shape)):]
            other = self.parameter(other_shape)
        whole = broadcast(shape, other_shape)
        if elements(whole) > LARGEST:
            return
        op = self.random.choice(["add", "sub", "mul", "min", "max"])
        operands = [name, other]
        self.random.shuffle(operands)
        self.line(f"{op} {', '.join(operands)}", whole)

    def guarded(self):
        """Functions that are defined for positive numbers only."""
        name, shape = self.pick()
        name = self.line(f"sigmoid {name}")
        half = self.line("constant f32 = 0.5")
        name = self.line(f"add {name}, {half}")
        op = self.random.choice(["log {0}", "sqrt {0}", "rsqrt {0}", "div {1}, {0}", "pow {0}, {1}", "exp {0}"])
        self.line(op.format(name, half), shape)

    def linear(self):
        name, shape = self.pick(lambda s: len(s) > 1 and s[-1] != "batch")
        if name:
            width = self.random.choice(SIZES)
            bias = "" if self.random.random() < 0.7 else ", bias = false"
            self.parameters += 1
            self.line(f'nn.linear "l{self.parameters}" {name}, {width}{bias}', shape[:-1] + [width])

    def matmul(self):
        name, shape = self.pick(lambda s: len(s) > 1)
        if not name:
            return
        rows, depth = shape[-2:]
        options = ""
        if self.random.random() < 0.3:
            rows, depth, options = depth, rows, ", transpose_a"
        turned = self.random.random() < 0.5
        fits = lambda s: len(s) > 1 and s[-1 if turned else -2] == depth and broadcast(s[:-2], shape[:-2]) is not None
        other, other_shape = self.pick(fits)
        if other is None or depth != "batch" and self.random.random() < 0.4:
            if depth == "batch":
                return
            width = self.random.choice(SIZES)
            other_shape = [width, depth] if turned else [depth, width]
            other = self.parameter(other_shape)
        whole = broadcast(shape[:-2], other_shape[:-2]) + [rows, other_shape[-2 if turned else -1]]
        if elements(whole) > LARGEST or whole.count("batch") > 1:
            return
        name = self.line(f"matmul {name}, {other}{options}{', transpose_b' if turned else ''}")
        self.line(f"tanh {name}", whole)

    def reduce(self):
        name, shape = self.pick(lambda s: s)
        if not name:
            return
        axes = sorted(self.random.sample(range(len(shape)), self.random.randint(1, len(shape))))
        keeps = self.random.random() < 0.5
        op = self.random.choice(["sum", "mean", "amax", "amin"])
        left = [1 if i in axes else size for i, size in enumerate(shape) if keeps or i not in axes]
        self.line(f"{op} {name}, axes = {axes}{', keepdim' if keeps else ''}", left)

    def softmax(self):
        name, shape = self.pick(lambda s: s)
        if name:
            op = self.random.choice(["softmax", "log_softmax"])
            self.line(f"{op} {name}, axis = {self.random.randrange(len(shape))}", shape)

    def layer_norm(self):
        # Of at least three: of two numbers it is -1 and 1 whatever they are, and its derivative a matter of epsilon.
        name, shape = self.pick(lambda s: s and s[-1] != "batch" and s[-1] > 2)
        if name:
            self.line(f"layer_norm {name}, {self.parameter(shape[-1:])}, {self.parameter(shape[-1:])}, epsilon = 1.0e-2", shape)

    def reshape(self):
        name, shape = self.pick(lambda s: "batch" not in s[1:])
        if not name:
            return
        fixed = [size for size in shape if size != "batch"]
        count = math.prod(fixed)
        first = self.random.choice([d for d in range(1, count + 1) if count % d == 0])
        self.line(f"reshape {name}, {text(shape[:len(shape) - len(fixed)] + [first, count // first])}",
                  shape[:len(shape) - len(fixed)] + [first, count // first])

    def transpose(self):
        name, shape = self.pick(lambda s: len(s) > 1)
        if name:
            order = self.random.sample(range(len(shape)), len(shape))
            self.line(f"transpose {name}, {order}", [shape[i] for i in order])

    def slice(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is not None:
            start = self.random.randrange(shape[axis])
            size = self.random.randint(1, shape[axis] - start)
            self.line(f"slice {name}, axis = {axis}, start = {start}, size = {size}",
                      shape[:axis] + [size] + shape[axis + 1:])

    def select(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is not None:
            self.line(f"select {name}, axis = {axis}, index = {self.random.randrange(shape[axis])}",
                      shape[:axis] + shape[axis + 1:])

    def concat(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is None:
            return
        fits = lambda s: len(s) == len(shape) and all(a == b for i, (a, b) in enumerate(zip(s, shape)) if i != axis)
        other, other_shape = self.pick(lambda s: fits(s) and s[axis] != "batch")
        whole = shape[:axis] + [shape[axis] + other_shape[axis]] + shape[axis + 1:]
        if elements(whole) <= LARGEST:
            self.line(f"concat {name}, {other}, axis = {axis}", whole)

    def split(self):
        name, shape = self.pick()
        axis = self.axis(shape, lambda size: size != "batch" and size % 2 == 0)
        if axis is not None:
            half = shape[:axis] + [shape[axis] // 2] + shape[axis + 1:]
            names = [f"%v{len(self.lines)}a", f"%v{len(self.lines)}b"]
            self.lines.append(f"{', '.join(names)} = split {name}, 2, axis = {axis}")
            self.values += [(one, list(half)) for one in names]

    def pad(self):
        name, shape = self.pick()
        axis = self.axis(shape)
        if axis is None or elements(shape) * 4 > LARGEST:
            return
        low, high = self.random.randint(0, 2), self.random.randint(0, 2)
        lows = [low if i == axis else 0 for i in range(len(shape))]
        highs = [high if i == axis else 0 for i in range(len(shape))]
        self.line(f"pad {name}, low = {lows}, high = {highs}", shape[:axis] + [shape[axis] + low + high] + shape[axis + 1:])

    def where(self):
        name, shape = self.pick()
        other, other_shape = self.pick(lambda s: broadcast(s, shape) is not None)
        whole = broadcast(shape, other_shape)
        if elements(whole) <= LARGEST:
            limit = self.line("constant f32 = 0.1")
            truth = self.line(f"{self.random.choice(['lt', 'le', 'gt', 'ge'])} {name}, {limit}")
            self.line(f"where {truth}, {name}, {other}", whole)

    def stretch(self):
        name, shape = self.pick(lambda s: 1 in s)
        if name:
            axis = self.axis(shape, lambda size: size == 1)
            whole = shape[:axis] + [self.random.choice(SIZES)] + shape[axis + 1:]
            if elements(whole) <= LARGEST:
                self.line(f"broadcast {name}, {text(whole)}", whole)

    def finish(self):
        """A loss that every parameter reaches: the last value of each kind, by its mean square, and a classifier."""
        name = self.line('nn.linear "head" %x, 5')
        total = self.line(f"cross_entropy {name}, {self.line('clamp %label, min = 0, max = 4')}")
        used = "\n".join(self.lines)
        for value, _ in self.values[1:]:
            if used.count(value + ",") + used.count(value + "\n") + used.endswith(value) == 0:
                square = self.line(f"mul {value}, {value}")
                total = self.line(f"add {total}, {self.line('mean ' + square)}")
        self.result = total

    def __str__(self):
        body = "\n".join(f"    {line}" for line in self.lines)
        return (f"dl.model @random {{\n  func @loss({self.head}) -> (loss: f32) {{\n{body}\n    return {self.result}\n  }}\n\n"
                f"  train @t minimizes @loss {{\n    optimize \"*\" with @sgd\n  }}\n}}\n")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return "" if result.returncode == 0 else f"{' '.join(command)}: exit code {result.returncode}\n{result.stdout}{result.stderr}"


def check(seed, folder):
    """What is wrong with a network; empty if nothing is."""
    model, library = f"{folder}/{seed}.mlir", f"{folder}/{seed}.so"
    open(model, "w").write(str(Network(seed)))
    diff = ["dlc-run", "diff", model, "loss", "t.gradients", "--quiet", "--batch", "6", "--seed", str(seed)]
    problems = ""
    for options in (["-O3", "--target", "v3"], ["-O3", "--target", "native", "--batch-extent", "5"], ["-O0"]):
        problems += run(*diff, *options)
    problems += run("dlc", model, "--float", "f64", "--batch", "6", "-o", library)
    return problems or run("dlc-run", "gradcheck", library, "--range", "label=5", "--samples", "3")


if sys.argv[1] == "--print":
    print(Network(int(sys.argv[2])))
else:
    wrong = 0
    first, last = map(int, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last + 1):
            if problems := check(seed, folder):
                wrong += 1
                print(f"seed {seed}:\n{problems}")
    print(f"{last - first + 1} networks, {wrong} wrong")
