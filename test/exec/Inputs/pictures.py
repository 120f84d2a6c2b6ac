# pictures.py FOLDER - writes conv1d, conv2d, conv3d, max_pool, avg_pool, flatten and the layers of convolutions as models of
# test/exec and test/grad, and their cases, with what PyTorch makes of the same numbers in f64.
# SPDX-License-Identifier: Apache-2.0
#
# PyTorch has channels first, no `same` where steps are longer than one, and no padding that differs before and after: the
# input is turned and padded for it.
import json
import pathlib
import random
import sys

import torch

folder = pathlib.Path(sys.argv[1])
draw = random.Random(7)
NAMES = ["length", "height", "width"]


def numbers(shape):
    def some(shape):
        return [some(shape[1:]) for _ in range(shape[0])] if shape else draw.randint(-96, 96) / 32
    return some(shape)


def pads(size, kernel, stride, dilation, padding):
    """[before, after] for each axis."""
    if padding == "same":
        result = []
        for n, k, s, d in zip(size, kernel, stride, dilation):
            all_ = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
            result.append([all_ // 2, all_ - all_ // 2])
        return result
    if isinstance(padding, int):
        return [[padding, padding]] * len(size)
    return [p if isinstance(p, list) else [p, p] for p in padding]


def padded(x, padding, value):
    return torch.nn.functional.pad(x, [n for pair in reversed(padding) for n in pair], value=value)


def each(option, count):
    return [option] * count if isinstance(option, int) else option


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def text(options):
    spelled = {True: "true", False: "false"}
    return "".join(f", {name} = {spelled.get(value, value) if isinstance(value, bool) else value}"
                   for name, value in options.items() if value is not None)


def convolution(x, w, axes, stride=1, padding=0, dilation=1, groups=1):
    stride, dilation = each(stride, axes), each(dilation, axes)
    wide = padded(first(x), pads(x.shape[1:-1], w.shape[2:], stride, dilation, padding), 0)
    function = [torch.nn.functional.conv1d, torch.nn.functional.conv2d, torch.nn.functional.conv3d][axes - 1]
    return last(function(wide, w, stride=stride, dilation=dilation, groups=groups))


def max_pool(x, kernel, stride=None, padding=0, dilation=1, ceil_mode=False):
    axes = x.dim() - 2
    function = [torch.nn.functional.max_pool1d, torch.nn.functional.max_pool2d, torch.nn.functional.max_pool3d][axes - 1]
    kernel, dilation = each(kernel, axes), each(dilation, axes)
    stride = each(stride, axes) if stride else kernel
    padding = padding if isinstance(padding, (int, list)) else 0
    return last(function(first(x), kernel, stride, padding, dilation, ceil_mode))


def avg_pool(x, kernel, stride=None, padding=0, count_include_pad=True):
    axes = x.dim() - 2
    function = [torch.nn.functional.avg_pool1d, torch.nn.functional.avg_pool2d, torch.nn.functional.avg_pool3d][axes - 1]
    return last(function(first(x), kernel, stride, padding, False, count_include_pad))


CASES = {
    "conv1d": [
        ("plain", [3, 11, 4], [6, 4, 3], {}),
        ("moved", [2, 17, 3], [5, 3, 4], dict(stride=3, padding="same")),
        ("spread", [2, 12, 4], [4, 2, 3], dict(dilation=2, padding=[[3, 1]], groups=2)),
        ("one", [2, 1, 1], [1, 1, 1], {}),
    ],
    "conv2d": [
        ("plain", [2, 6, 7, 3], [17, 3, 3, 3], {}),
        ("same", [2, 7, 6, 2], [3, 2, 3, 2], dict(padding="same")),
        ("moved", [2, 7, 8, 2], [3, 2, 3, 3], dict(stride=2, padding="same")),
        ("mixed", [2, 9, 8, 4], [6, 2, 2, 3], dict(stride=[2, 1], padding=[[1, 0], [2, 1]], dilation=[1, 2], groups=2)),
        ("depthwise", [2, 5, 6, 5], [5, 1, 3, 3], dict(padding=1, groups=5)),
        ("multiplied", [2, 5, 5, 3], [6, 1, 3, 3], dict(stride=2, groups=3)),
        ("points", [2, 4, 5, 6], [7, 6, 1, 1], dict(stride=2)),
        ("whole", [2, 4, 5, 2], [3, 2, 4, 5], {}),
        ("skipped", [2, 9, 9, 2], [3, 2, 1, 2], dict(stride=[3, 4], dilation=2)),
    ],
    "conv3d": [
        ("plain", [2, 4, 5, 4, 2], [3, 2, 2, 3, 2], {}),
        ("moved", [1, 5, 4, 6, 2], [4, 1, 3, 3, 3], dict(stride=[2, 1, 2], padding=1, groups=2)),
    ],
    "max_pool": [
        ("halves", [2, 6, 8, 3], 2, {}),
        ("rest", [2, 7, 5, 3], [2, 3], {}),
        ("across", [2, 7, 8, 2], 3, dict(stride=2, padding=1)),
        ("spread", [2, 8, 9, 2], [2, 3], dict(stride=1, dilation=[3, 2])),
        ("beyond", [2, 8, 7, 2], 3, dict(stride=2, ceil_mode=True)),
        ("signal", [2, 9, 3], 3, dict(stride=2, padding=1, ceil_mode=True)),
        ("space", [1, 4, 4, 5, 2], 2, dict(stride=[2, 1, 2])),
    ],
    "avg_pool": [
        ("halves", [2, 6, 8, 3], 2, {}),
        ("across", [2, 7, 8, 2], 3, dict(stride=2, padding=1)),
        ("inside", [2, 7, 8, 2], [3, 2], dict(stride=[2, 1], padding=1, count_include_pad=False)),
        ("signal", [2, 9, 3], 4, dict(stride=3, padding=2, count_include_pad=False)),
    ],
}
HEAD = """// {name}.mlir - {what}
// SPDX-License-Identifier: Apache-2.0
//
"""
EXEC = """// RUN: dlc %s --batch 5 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/{name}.json
// RUN: dlc %s --batch 5 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/{name}.json
// RUN: dlc %s --batch 5 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/{name}.json
// RUN: dlc %s --batch 5 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/{name}.json
// RUN: dlc %s --batch 5 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/{name}.json
"""
GRAD = """// RUN: dlc %s --batch 3 --float f64 -O3 -o %t.so && dlc-run gradcheck %t.so t
// RUN: dlc %s --batch 3 --float f64 -O0 -o %t.0.so && dlc-run gradcheck %t.0.so t
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s
// CHECK: @t: {{{{.*}}}}agree
// CHECK: @t.gradients: {{{{.*}}}}agree
"""


def shape(sizes, batch=True):
    return f"f32[{', '.join(['batch'] * batch + [str(n) for n in sizes[batch:]])}]"


def cut(tree):
    return [cut(one) for one in tree] if isinstance(tree, list) else float(f"{tree:.16g}")


for op, cases in CASES.items():
    functions, rows, lines, params = [], [], [], []
    for number, (name, size, second, options) in enumerate(cases):
        x = numbers(size)
        t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        spelled = text({k: v for k, v in options.items() if k != "ceil_mode"}) + (", ceil_mode" if "ceil_mode" in options else "")
        inputs, arguments = {"x": x}, f"%x: {shape(size)}"
        if op.startswith("conv"):
            w = numbers(second)
            tw = torch.tensor(w, dtype=torch.float64, requires_grad=True)
            y = convolution(t, tw, len(size) - 2, **options)
            inputs["w"] = w
            arguments += f", %w: {shape(second, False)}"
            line = f"{op} %x, %w{spelled}"
        else:
            y = globals()[op](t, second, **options)
            line = f"{op} %x, {second}{spelled}"
        result = shape(list(y.shape))
        functions.append(f"  func @{name}({arguments}) -> (y: {result}) {{\n    %y = {line}\n    return %y\n  }}\n")
        rows.append(json.dumps({"entry": name, "inputs": inputs, "expect": {"y": cut(y.detach().tolist())}}))
        # The gradient: of the input, by a parameter of its shape that it is multiplied by, and of the filters.
        one = shape(size[1:], False)
        lines.append(f"    %a{number} = param \"a{number}\" {one} = uniform(0.5, 1.5)\n    %x{number} = mul %i{number}, %a{number}\n")
        params.append(f"%i{number}: {shape(size)}, %c{number}: {shape(list(y.shape)[1:], False)}")
        called = line.replace("%x", f"%x{number}")
        if op.startswith("conv"):
            lines.append(f"    %w{number} = param \"w{number}\" {shape(second, False)} = uniform(-0.9, 0.9)\n")
            called = called.replace("%w", f"%w{number}")
        lines.append(f"    %y{number} = {called}\n    %z{number} = mul %y{number}, %c{number}\n    %l{number} = mean %z{number}\n")
    what = {"conv1d": "windows of signals times filters", "conv2d": "windows of pictures times filters",
            "conv3d": "windows of space times filters", "max_pool": "the largest elements of windows",
            "avg_pool": "the means of windows"}[op]
    (folder / "exec" / f"{op}.mlir").write_text(
        HEAD.format(name=op, what=what) + EXEC.format(name=op) + f"dl.model @{op} {{\n" + "\n".join(functions) + "}\n")
    (folder / "exec" / "Inputs" / f"{op}.json").write_text("[" + ",\n ".join(rows) + "]\n")
    total = "    %s0 = add %l0, %l0\n" + "".join(f"    %s{i} = add %s{i - 1}, %l{i}\n" for i in range(1, len(cases)))
    (folder / "grad" / f"{op}.mlir").write_text(
        HEAD.format(name=op, what=f"the gradient of {op}, against differences.") + GRAD.format() +
        f"dl.model @{op} {{\n  func @loss({', '.join(params)}) -> (loss: f32) {{\n" + "".join(lines) + total +
        f"    return %s{len(cases) - 1}\n  }}\n  train @t minimizes @loss {{ optimize \"*\" with @sgd }}\n}}\n")
