# drawn_moves.py - steps of random_programs.py: ops that move elements of any type.
# SPDX-License-Identifier: Apache-2.0
import math
import random

from drawn import BATCH, TIME, batches, broadcast, size_text, text
from drawn_program import SIZES, LARGEST, elements, Value, Drawing


class Moves(Drawing):
    def any(self, allowed=lambda value: True):
        kinds = ("f32",) if self.trains or self.random.random() < 0.5 else ("f64", "i32", "i64", "ui8", "i1")
        return self.pick(allowed, kinds) or self.pick(allowed)

    def same(self, value, op, shape):
        return self.line(op, shape, value.kind, value.size)

    def reshape(self):
        value = self.any(lambda v: all(size >= 0 for size in v.shape[1:]) and TIME not in v.shape)
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

    def placed(self):
        """Elements from a place on that is a number of the call, and others in their place."""
        value = self.any(lambda v: any(size > 0 for size in v.shape))
        if value:
            axis = self.axis(value, lambda size: size > 0)
            whole = value.shape[axis]
            size = self.random.randint(1, whole)
            one = lambda at: self.line(f"constant {self.random.choice(['i32', 'i64'])} = {at}")
            options = f"axis = {self.axis_text(axis, value)}"
            part = self.same(value, f"read {value}, at = {one(self.random.randint(0, whole - size))}, {options}, size = {size}",
                             value.shape[:axis] + [size] + value.shape[axis + 1:])
            self.same(value, f"write {value}, {part}, at = {one(self.random.randint(0, whole - size))}, {options}", value.shape)

    def cache(self):
        """In a function that sees all at once it is what it is given."""
        value = self.any(lambda v: len(v.shape) > 1 and v.shape[0] == BATCH and all(size > 0 for size in v.shape[1:]))
        if value:
            at, layer = self.line("constant i32 = 0"), self.layer()
            self.bare.add(self.parameters[-1])
            self.same(value, f"nn.cache {layer} {value}, {value.shape[1] + 2}, at = {at}", value.shape)

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
            own = random.Random(f"{value} {axes}")  # so that the programs without one stay what they were
            sizes = [i for i, size in enumerate(value.shape) if size > 0]
            if sizes and own.random() < 0.4:
                self.same(value, f"shift {value}, axis = {own.choice(sizes)}, by = {own.randint(-2, 2)}", value.shape)
            else:
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
