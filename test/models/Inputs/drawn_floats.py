# drawn_floats.py - steps of random_programs.py: ops on floats that have a gradient.
# SPDX-License-Identifier: Apache-2.0
import math

from drawn import batches, broadcast, size_text
from drawn_program import SIZES, LARGEST, FLOATS, INTEGERS, UNARY, elements, Value, Drawing


class Floats(Drawing):
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
        modes = [mode for mode, less in (("reflect", 1), ("replicate", -9), ("circular", 0))
                 if all(w[2] <= size - less for w, size in zip(windows, axes))]
        options += self.random.choice(["", f", padding_mode = {self.random.choice(modes)}"])
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
        if self.random.random() < 0.4:
            norm = self.random.choice(["", ", norm_type = 3", ", norm_type = 1.5"])
            if norm:  # roots are of what is positive
                value = self.line(f"sigmoid {self.bounded(value, 20)}", value.shape)
            self.line(f"lp_pool {value}, {kernel}, stride = {stride}{norm}",
                      [value.shape[0]] + [(n - k) // s + 1 for n, (k, s, *_) in zip(axes, windows)] + [value.shape[-1]],
                      size=value.size * math.prod(w[0] for w in windows))
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
