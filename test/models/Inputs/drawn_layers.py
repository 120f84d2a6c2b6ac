# drawn_layers.py - steps of random_programs.py: functions, layers, tables, random numbers.
# SPDX-License-Identifier: Apache-2.0
from drawn import BATCH, text
from drawn_program import SIZES, LARGEST, INTEGERS, elements, Value, Drawing


class Layers(Drawing):
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
