# drawn_program.py - what the steps of random_programs.py build upon: values, lines, parameters.
# SPDX-License-Identifier: Apache-2.0
import math

from drawn import late, text
import drawn

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


class Drawing:
    """A program in the making: each step adds lines, and values that later steps may use."""

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
