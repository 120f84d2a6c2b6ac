# random_scans.py FIRST LAST - loops drawn from a seed: recurrent layers, and scans of any ops, in each other, both ways.
# SPDX-License-Identifier: Apache-2.0
#
#   random_scans.py FIRST LAST     checks the networks of these seeds
#   random_scans.py --print SEED   shows one
#
# For each: what its library yields against the evaluator, of -O3 and of -O0, with a full batch and a short one; two steps of
# its training; derived gradients against differences in f64; and the same bits on both targets.
import os
import random
import subprocess
import sys

from drawn_check import each_seed


class Network:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.count, self.parameters = [], 0, 0
        self.capacity = self.random.choice([1, 2, 3, 5, 8])
        self.width = self.random.choice([1, 2, 3, 5, 16, 17])
        self.time = self.random.choice([1, 2, 3, 5, 9])
        self.isOpen = seed % 3 == 0

    def name(self):
        self.count += 1
        return f"%v{self.count}"

    def line(self, text, indent):
        result = self.name()
        self.lines.append("  " * indent + f"{result} = {text}")
        return result

    def parameter(self, shape, indent):
        self.parameters += 1
        size = "[" + ", ".join(map(str, shape)) + "]"
        return self.line(f'param "p{self.parameters}" f32{size} = uniform(-0.7, 0.7)', indent)

    def step(self, known, indent):
        """One op on values [batch, width]; `known` are such values and [width, width] or [width] parameters by kind."""
        r, rows = self.random, known["rows"]
        x, y = r.choice(rows), r.choice(rows)
        kind = r.randrange(9)
        if kind < 2:
            turned = r.choice(["", ", transpose_b"])
            return self.line(f"matmul {x}, {r.choice(known['matrices'])}{turned}", indent)
        if kind == 2:
            return self.line(f"{r.choice(['add', 'sub', 'mul'])} {x}, {y}", indent)
        if kind == 3:
            return self.line(f"{r.choice(['add', 'mul'])} {x}, {r.choice(known['vectors'])}", indent)
        if kind == 4:
            return self.line(f"{r.choice(['tanh', 'sigmoid', 'gelu', 'sin', 'neg', 'softmax'])} {x}", indent)
        if kind == 5:
            sums = self.line(f"mean {x}, axes = [1], keepdim", indent)
            return self.line(f"sub {y}, {sums}", indent)
        if kind == 6:
            low = self.line(f"gt {x}, 0.1", indent)
            return self.line(f"where {low}, {x}, {y}", indent)
        if kind == 7 and known["indices"]:
            return self.line(f"gather {r.choice(known['tables'])}, {r.choice(known['indices'])}", indent)
        return self.line(f"mul {x}, {r.choice([0.5, -0.25, 1.5])}", indent)

    def scan(self, known, sequences, indent, depth):
        """A scan along sequences [batch, time, width] (and [batch, time] of indices), or of some rounds; it yields rows."""
        r = self.random
        floats = [r.choice(sequences["floats"]) for _ in range(r.choice([0, 1, 1, 2]))]
        indices = [r.choice(sequences["indices"]) for _ in range(r.random() < 0.4)] if floats else []
        carried = [r.choice(known["rows"]) for _ in range(r.choice([0, 1, 1, 2, 3]) if floats else r.choice([1, 2]))]
        slices, own = [self.name() for _ in floats + indices], [self.name() for _ in carried]
        along = ", ".join(f"{a} in {x} along 1" for a, x in zip(slices, floats + indices))
        along = f"({along})" if along else str(self.time)
        begins = " carry (" + ", ".join(f"{a} = {x}" for a, x in zip(own, carried)) + ")" if carried else ""
        at = len(self.lines)
        inner = {kind: list(values) for kind, values in known.items()}
        inner["rows"] = (own + slices[:len(floats)]) * 3 + inner["rows"][-2:]
        inner["indices"] = slices[len(floats):]
        if r.random() < 0.3:
            inner["matrices"] = inner["matrices"] + [self.parameter([self.width, self.width], indent + 1)]
            inner["rows"].append(self.line(f"matmul {inner['rows'][0]}, {inner['matrices'][-1]}", indent + 1))
        for _ in range(r.randint(1, 5)):
            made = self.scan(inner, sequences, indent + 1, depth + 1) if depth < 1 and r.random() < 0.15 else []
            inner["rows"] += [self.step(inner, indent + 1)] * 3 + made
        last = inner["rows"]
        stacked = [r.choice(last) for _ in range(r.choice([0, 1, 1, 2]) if carried else r.choice([1, 2]))]
        next_ = [r.choice(last[-6:]) for _ in carried]
        # What goes round and round stays small.
        next_ = [self.line(f"tanh {value}", indent + 1) if r.random() < 0.7 else self.line(f"mul {value}, 0.3", indent + 1)
                 for value in next_]
        results = [self.name() for _ in stacked + next_]
        head = f"{', '.join(results)} = scan {'reverse ' if r.random() < 0.4 else ''}{along}{begins} {{"
        self.lines.insert(at, "  " * indent + head)
        ends = " ".join(([", ".join(stacked)] if stacked else []) + (["carry " + ", ".join(next_)] if next_ else []))
        self.lines += ["  " * (indent + 1) + "yield " + ends, "  " * indent + "}"]
        rows = results[len(stacked):]
        for value in results[:len(stacked)]:  # [batch, time, width], or [time, batch, width] without slices
            rows.append(self.line(f"mean {value}, axes = [{1 if floats else 0}]", indent))
            if floats and depth == 0:
                sequences["floats"].append(value)
        return rows

    def layer(self, sequences, indent):
        r = self.random
        kind, x = r.choice(["rnn", "gru", "lstm"]), r.choice(sequences["floats"])
        options = [o for o, p in [("bidirectional", 0.4), ("bias = false", 0.2), ("layers = 2", 0.3),
                                  ("dropout = 0.3", 0.3)] if r.random() < p]
        if kind == "rnn" and r.random() < 0.4:
            options.append("activation = relu")
        if r.random() < 0.3:
            options.append("mask = %mask")
        self.parameters += 1
        y = self.line(f'nn.{kind} "l{self.parameters}" {x}, {self.width}' + "".join(", " + o for o in options), indent)
        if "bidirectional" in options:
            y = self.line(f"slice {y}, axis = 2, start = {r.choice([0, self.width])}, size = {self.width}", indent)
        sequences["floats"].append(y)
        return self.line(f"mean {y}, axes = [1]", indent)

    def text(self):
        r, w, t = self.random, self.width, self.time
        known = {"rows": ["%x"], "matrices": [self.parameter([w, w], 2) for _ in range(2)],
                 "vectors": [self.parameter([w], 2)], "tables": [self.parameter([4, w], 2)], "indices": []}
        known["rows"].append(self.line(f"mul %x, {known['vectors'][0]}", 2))
        if r.random() < 0.4:
            self.lines.append(f'    %state = state "memory" f32[{w}] = constant(0.5)')
            known["rows"].append(self.line("add %x, %state", 2))
            self.lines.append(f'    update "memory", {self.line("mean " + known["rows"][-1] + ", axes = [0]", 2)}')
        sequences = {"floats": ["%s"], "indices": ["%i"]}
        sequences["floats"].append(self.line(f"mul %s, {known['vectors'][0]}", 2))
        for _ in range(r.choice([1, 1, 2, 3])):
            if r.random() < 0.2:
                known["rows"].append(self.line(f'stack {r.choice([1, 2, 3])} "h{self.count}" @block({r.choice(known["rows"])})', 2))
            elif r.random() < 0.2:
                sequences["floats"].append(self.line(f'nn.batch_norm "n{self.count}" {r.choice(sequences["floats"])}', 2))
                known["rows"].append(self.line(f"mean {sequences['floats'][-1]}, axes = [1]", 2))
            elif r.random() < 0.35:
                known["rows"].append(self.layer(sequences, 2))
            else:
                known["rows"] += self.scan(known, sequences, 2, 0)
        # All of it has a share in the loss, and so has every parameter.
        total = self.line("mean " + known["rows"][-1], 2)
        for value in known["rows"][:-1] + known["matrices"] + known["vectors"] + known["tables"]:
            share = self.line(f"sin {value}", 2)
            total = self.line(f"add {total}, {self.line(f'mean {share}', 2)}", 2)
        body = "\n".join(self.lines)
        block = (f"  func private @block(%r: f32[batch, {w}]) -> (y: f32[batch, {w}]) {{\n    %a = nn.linear \"fc\" %r, {w}\n"
                 "    %b = tanh %a\n    %y = add %r, %b\n    return %y\n  }\n")
        # Of some the number of steps is open until a call.
        header = f"dl.model @drawn open(time = {t})" if self.isOpen else "dl.model @drawn"
        t = "time" if self.isOpen else t
        return (f"{header} {{\n{block}  func @loss(%x: f32[batch, {w}], %s: f32[batch, {t}, {w}], %i: i32[batch, {t}], "
                f"%mask: i1[batch, {t}]) -> (loss: f32) {{\n{body}\n    return {total}\n  }}\n"
                "  train @step minimizes @loss { optimize \"*\" with @adam(lr = 0.01) }\n}\n")


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    return None if done.returncode == 0 else f"{' '.join(command)}\n{(done.stdout + done.stderr)[-2000:]}"


def check(seed, folder):
    network = Network(seed)
    with open(os.path.join(folder, "m.mlir"), "w", encoding="utf-8") as file:
        file.write(network.text())
    batch, short = str(network.capacity), str(max(1, network.capacity - 2))
    dlc = lambda *options: ("dlc", "m.mlir", "--batch", batch, *options)
    diff = lambda *options: dlc("--diff", "--quiet", "--seed", str(seed), *options)
    shorter = ("--extent", f"time={max(1, network.time - 1)}") if network.isOpen else ()
    return (run(*diff("--steps", "2"), folder=folder) or run(*diff("--batch-extent", short, *shorter), folder=folder) or
            run(*diff("-O0"), folder=folder) or
            run(*dlc("--target", "v3", "-o", "v3.so"), folder=folder) or run(*dlc("-o", "own.so"), folder=folder) or
            run(*diff("--library", "v3.so,own.so", "step"), folder=folder) or
            run(*dlc("--float", "f64", "-o", "f64.so"), folder=folder) or
            run("dlc-run", "gradcheck", "f64.so", "--threads", "1", folder=folder))


def main():
    if sys.argv[1] == "--print":
        print(Network(int(sys.argv[2])).text(), end="")
        return
    first, last = int(sys.argv[1]), int(sys.argv[2])
    wrong = each_seed(first, last, check)
    print(f"{last - first + 1} networks, {wrong} wrong")


if __name__ == "__main__":
    main()
