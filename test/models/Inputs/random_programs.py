# random_programs.py - programs drawn from a seed, compiled in several ways and compared with what they mean.
# SPDX-License-Identifier: Apache-2.0
#
#   random_programs.py FIRST LAST [OPTION]  checks the programs of these seeds; options go to the `dlc --diff` of -O0
#   random_programs.py --open FIRST LAST    others, in which a second size is open until a call
#   random_programs.py --print SEED         shows one
#   random_programs.py --ops FIRST LAST     which ops of docs/operations.md none of these has
#
# How, `compare` in drawn_check.py says. Bounds are those of rounding, which the evaluator derives.
import os
import random
import re
import sys

from drawn import BATCH, LONGEST, TIME, text
from drawn_check import compare, each_seed, run
from drawn_program import SIZES, BATCHES
from drawn_choices import Choices
from drawn_floats import Floats
from drawn_layers import Layers
from drawn_moves import Moves
import random_scans


class Program(Floats, Moves, Layers, Choices):
    def __init__(self, seed, parts=None, isOpen=False):
        self.random = random.Random(f"open {seed}" if isOpen else seed)
        self.isOpen = isOpen
        self.parts = parts or random.Random(f"parts {seed}").choice([1, 1, 1, 2, 3])  # of a batch of a step
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
        if isOpen:
            width = self.random.choice(SIZES[:8])
            self.input("f32", [BATCH, TIME, width])
            self.line(f"sin {self.inputs[-1]}", self.inputs[-1].shape)
            if self.random.random() < 0.5:
                self.input("f32", self.random.choice([[TIME, width], [TIME], [BATCH, TIME]]))
            if self.random.random() < 0.3:
                self.input("i32", [BATCH, TIME])
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
                  self.softmax, self.layer_norm, self.reshape, self.transpose, self.slice, self.placed, self.cache, self.halves, self.select,
                  self.concat, self.split, self.pad, self.where, self.stretch, self.call, self.embed, self.gather,
                  self.dropout, self.convert, self.position, self.weigh, self.count, self.single, self.convolution,
                  self.convolution, self.pool, self.pool, self.volume, self.flat, self.prelu, self.norm, self.norm,
                  self.transposed, self.transposed, self.resized, self.resized, self.cumsum, self.topk, self.flip, self.drawn,
                  self.drawn, self.drawn, self.tables]
        free = [self.integer, self.integer, self.compare, self.argmax, self.scatter, self.loss_value, self.normalize,
                self.mask, self.words, self.sample, self.one_hot, self.ordered, self.truth, self.whole, self.negative, self.doubles]
        return common if self.trains else common + free

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
        if self.parts > 1:
            body.append(f"accumulate {self.parts}")
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
        opens = f" open(time = {LONGEST})" if self.isOpen else ""
        return (f"dl.model @random{f' sizes({sizes})' if sizes else ''}{opens} {{\n{''.join(self.functions)}"
                f"  func @{name}({head}){results} {{\n{body}\n    return {', '.join(map(str, self.results))}\n  }}\n{self.tail}}}\n")


def check(seed, folder, options=(), isOpen=False):
    """What is wrong with a program; empty if nothing is."""
    program = Program(seed, isOpen=isOpen)
    if program.parts > 1:
        model = f"{folder}/{seed}.mlir"
        open(model, "w").write(str(program))
        if "accumulate: " in run("dlc", model, "--emit=autodiff", "-o", f"{folder}/{seed}.autodiff"):
            program = Program(seed, parts=1, isOpen=isOpen)  # its loss is not that of its parts
    return compare(f"{folder}/{seed}", str(program), program.batch, seed, program.trains, bool(program.labels), options,
                   extents=["--extent", f"time={LONGEST},{seed % LONGEST + 1}"] if isOpen else [])


def all_ops():
    """The ops of the language that can be compiled, from the reference."""
    file = os.path.join(os.path.dirname(__file__), "../../../docs/operations.md")
    reference = open(file).read().partition("\n## What the compiler makes")[0]
    for name, about in re.findall(r"^### `(?:dl\.)?([\w.]+)`\n(.*?)(?=^### |\Z)", reference, re.M | re.S):
        if "not compiled yet" not in about and name != "yield":
            yield name


def main():
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
        wrong = each_seed(first, last, lambda seed, folder: check(seed, folder, sys.argv[3:], mode == "--open"))
        print(f"{last - first + 1} programs, {wrong} wrong")


if __name__ == "__main__":
    main()
