# drawn_choices.py - steps of random_programs.py: ops without a gradient, and losses.
# SPDX-License-Identifier: Apache-2.0
from drawn import batches, broadcast, text
from drawn_program import LARGEST, FLOATS, INTEGERS, COMPARISONS, elements, Value, Drawing


class Choices(Drawing):
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

    def sample(self):
        value = self.pick(lambda v: v.shape and v.shape[-1] > 0, FLOATS)
        if value:
            options = self.random.choice(["", ", temperature = 0.5", f", top_k = {self.random.randint(1, value.shape[-1])}", ", top_p = 0.5"])
            self.line(f"sample {value}{options}", value.shape[:-1], "i32", value.shape[-1])

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
