# torch_cases.py - writes models of test/exec and test/grad, and what PyTorch makes of the same numbers in f64: values, and
# gradients of their sum weighed by other numbers.
# SPDX-License-Identifier: Apache-2.0
#
# Inputs are multiples of 1/32, which f32 holds exactly: one file of values serves both precisions.
import json
import math
import pathlib
import random
import re
import sys

import torch

folder = pathlib.Path(sys.argv[1])
draw = random.Random(11)
HEAD = """// {file}.mlir - {what}
// SPDX-License-Identifier: Apache-2.0
//
"""
EXEC = "".join(f"// RUN: dlc %s --batch 5 {options} -o %t{name}.so && dlc-run check %t{name}.so %S/Inputs/{{file}}.json\n"
               for name, options in (("", "-O3"), (".0", "-O0"), (".64", "-O3 --float f64"), (".640", "-O0 --float f64"),
                                     (".v3", "-O3 --target v3")))
GRAD = """// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{.*}}agree
// CHECK: @t.gradients: {{.*}}agree
"""


class Case:
    """A line that yields %y; `inputs` are shapes, of which those of `batched` begin with the batch; `parameters` are those of
    a layer, whose name in `line` is NAME. `others` are further results. The gradient is left out where `slopes` is false, and
    is not compared with differences where `differences` is, at numbers that are drawn between -1 and 1."""

    def __init__(self, name, line, function, inputs, batched=("x",), parameters=None, numbers=None, slopes=True,
                 others=(), differences=True):
        self.name, self.line, self.function, self.inputs = name, line, function, inputs
        self.batched, self.parameters, self.numbers, self.slopes = batched, parameters or {}, numbers or {}, slopes
        self.others, self.differences = others, slopes and differences

    def results(self, suffix=""):
        return ", ".join(f"%{name}{suffix}" for name in ("y", *self.others))

    def text(self, name, shape, fixed=False):
        sizes = [str(size) for size in shape]
        if name in self.batched and not fixed:
            sizes[0] = "batch"
        return f"f32[{', '.join(sizes)}]" if sizes else "f32"


def numbers(shape):
    return [numbers(shape[1:]) for _ in range(shape[0])] if shape else draw.randint(-96, 96) / 32


def cut(tree):
    if isinstance(tree, list):
        return [cut(one) for one in tree]
    if not math.isfinite(tree):
        return "nan" if tree != tree else "inf" if tree > 0 else "-inf"
    return int(tree) if tree == int(tree) and tree else float(f"{tree:.16g}")


def tensor(tree, shape):
    return torch.tensor(tree, dtype=torch.float64).reshape(shape).requires_grad_()


def stored(value):
    return cut(value.detach().tolist()) if value.numel() else {"shape": list(value.shape)}


def row(entry, inputs, parameters, expect):
    one = {"entry": entry, "inputs": {name: stored(value) for name, value in inputs.items()}}
    if parameters:
        one["parameters"] = {name: stored(value) for name, value in parameters.items()}
    return json.dumps({**one, "expect": expect}, separators=(",", ":"))


def write(file, what, cases):
    functions, rows, losses, arguments = [], [], [], []
    for i, case in enumerate(cases):
        tensors = {name: tensor(case.numbers.get(name, numbers(shape)), shape)
                   for name, shape in {**case.inputs, **case.parameters}.items()}
        y = case.function(*tensors.values())
        out = case.text("x", list(y.shape))
        line = case.line.replace("NAME", f'"{case.name}"')
        given = {name: tensors[name] for name in case.inputs}
        own = {f"{case.name}.{name}": tensors[name] for name in case.parameters}
        head = ", ".join(f"%{name}: {case.text(name, shape)}" for name, shape in case.inputs.items())
        functions.append(f"  func @{case.name}({head}) -> (y: {out}) {{\n    {case.results()} = {line}\n"
                         f"    return %y\n  }}\n")
        rows.append(row(case.name, given, own, {"y": stored(y)}))
        if not case.slopes:
            continue
        # Everything that is read is a parameter, so that there is a gradient of it.
        c = tensor(numbers(list(y.shape)), y.shape)
        (y * c).sum().backward()
        lines = [f'%{name} = param "{case.name}.{name}" {case.text(name, shape, True)} = zeros'
                 for name, shape in case.inputs.items()]
        lines += [f"{case.results()} = {line}", "%m = mul %y, %c", "%loss = sum %m", "return %loss"]
        whole = "".join(f"    {one}\n" for one in lines)
        functions.append(f"  func @{case.name}_loss(%c: {case.text('', list(y.shape))}) -> (loss: f32) {{\n{whole}  }}\n"
                         f"  train @{case.name}_step minimizes @{case.name}_loss {{ optimize \"*\" with @sgd }}\n")
        rows.append(row(f"{case.name}_step.gradients", {"c": c},
                        {f"{case.name}.{name}": value for name, value in tensors.items()},
                        {f"gradient.{case.name}.{name}": stored(value.grad) for name, value in tensors.items()}))
        if not case.differences:
            continue
        # Against differences: the batch comes in by a product.
        lines = []
        for name, shape in case.inputs.items():
            kind = case.text(name, shape[1:] if name in case.batched else shape, True)
            lines.append(f'%{name}{i} = param "{name}{i}" {kind} = uniform(-0.9, 0.9)')
            if name in case.batched:
                arguments.append(f"%i{name}{i}: {case.text(name, shape)}")
                lines.append(f"%b{name}{i} = mul %{name}{i}, %i{name}{i}")
        called = case.line.replace("NAME", f'"l{i}"')
        called = re.sub(r"%(\w+)", lambda m: f"%{'b' if m[1] in case.batched else ''}{m[1]}{i}", called)
        arguments.append(f"%c{i}: {case.text('', list(y.shape)[1:] if case.batched else list(y.shape))}")
        lines += [f"{case.results(i)} = {called}", f"%m{i} = mul %y{i}, %c{i}", f"%l{i} = sum %m{i}"]
        losses.append("".join(f"    {one}\n" for one in lines))
    (folder / "exec" / f"{file}.mlir").write_text(
        HEAD.format(file=file, what=what) + EXEC.format(file=file) + f"dl.model @m {{\n" + "\n".join(functions) + "}\n")
    (folder / "exec" / "Inputs" / f"{file}.json").write_text("[" + ",\n ".join(rows) + "]\n")
    graded = [i for i, case in enumerate(cases) if case.differences]
    total, last = "", f"%l{graded[0]}"
    for i in graded[1:]:
        total += f"    %s{i} = add {last}, %l{i}\n"
        last = f"%s{i}"
    (folder / "grad" / f"{file}.mlir").write_text(
        HEAD.format(file=file, what="gradients against differences: " + what) + GRAD +
        f"dl.model @m {{\n  func @loss({', '.join(arguments)}) -> (loss: f32) {{\n" + "".join(losses) + total +
        f"    return {last}\n  }}\n  train @t minimizes @loss {{ optimize \"*\" with @sgd }}\n}}\n")
