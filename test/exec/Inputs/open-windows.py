# open-windows.py FOLDER - writes the models and cases of `shift`, and of windows and norms along open sizes; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
#
# Along open sizes, what is read is a product with a weight, `u`, so that its gradient tells that of the op's input.
import torch
import torch.nn.functional as F

from torch_cases import EXEC, HEAD, Case, folder, numbers, row, stored, tensor, write


def moved(axis, by, step=0, count=1, value=0.0):
    """By padding far enough on both sides."""
    def one(x, by):
        x, far = x.movedim(axis, -1), abs(by)
        return F.pad(x, (far, far), value=value).narrow(-1, far - by, x.shape[-1]).movedim(-1, axis)
    return lambda x: torch.cat([one(x, by - i * step) for i in range(count)], axis + 1) if count > 1 else one(x, by)


write("shift", "elements moved along an axis", [
    Case("delay", "shift %x, axis = 1, by = 2", moved(1, 2), {"x": [3, 7]}),
    Case("ahead", "shift %x, axis = -2, by = -1, value = 0.5", moved(1, -1, value=0.5), {"x": [2, 5, 17]}),
    Case("beyond", "shift %x, axis = 1, by = 40, value = -1.5", moved(1, 40, value=-1.5), {"x": [2, 37]}),
    Case("first", "shift %x, axis = 0, by = -3", moved(0, -3), {"x": [7, 19]}, batched=()),
    Case("list", "shift %x, axis = 0, by = 5", moved(0, 5), {"x": [35]}, batched=()),
    Case("windows", "shift %x, axis = 1, by = 2, step = 1, count = 5", moved(1, 2, 1, 5), {"x": [2, 9, 1, 18]}),
    Case("apart", "shift %x, axis = 1, by = -4, step = -3, count = 3, value = 2", moved(1, -4, -3, 3, 2.0), {"x": [2, 20, 1, 3]}),
    Case("signal", "shift %x, axis = 1, by = 3, step = 2, count = 4", moved(1, 3, 2, 4), {"x": [2, 33, 1]}),
    Case("each", "shift %x, axis = 1, by = 1, step = 1", lambda x: torch.cat(
        [moved(1, 1 - i)(x[:, :, i:i + 1]) for i in range(3)], 2), {"x": [2, 6, 3, 5]}),
    Case("again", "shift %x, axis = 2, by = 1, count = 2", moved(2, 1, 0, 2), {"x": [2, 3, 4, 1]}),
    Case("one", "shift %x, axis = 1, by = 1", moved(1, 1), {"x": [3, 1, 2]}),
    Case("still", "shift %x, axis = 1", moved(1, 0), {"x": [2, 3]}),
])

CONVOLUTIONS = [F.conv1d, F.conv2d, F.conv3d]
TIMES, ROWS, WIDTH = (1, 2, 5, 12), {1: 2, 2: 3, 3: 1, 5: 1, 12: 1}, 4


def first(function):
    """Of a tensor whose channels are last."""
    return lambda x, *rest: function(x.movedim(-1, 1), *rest).movedim(1, -1)


def around(x, pads, value=0.0):
    return F.pad(x, [one for pair in reversed(pads) for one in pair], value=value)


def convolution(pads, **given):
    return first(lambda x, w: CONVOLUTIONS[w.dim() - 3](around(x, pads), w, **given))


def largest(pads, *kernel, **given):
    pool = [F.max_pool1d, F.max_pool2d][len(pads) - 1]
    return first(lambda x: pool(around(x, pads, -torch.inf), kernel, **given))


def mean(pads, kernel, stride, whole=True):
    def function(x):
        pool = [F.avg_pool1d, F.avg_pool2d][len(pads) - 1]
        sums = pool(around(x, pads), kernel, stride)
        return sums if whole else sums / pool(around(torch.ones_like(x), pads), kernel, stride)
    return first(function)


def grouped(groups):
    return first(lambda x: F.group_norm(x, groups))


def normalized(axes):
    def function(x):
        d = x - x.mean(axes, keepdim=True)
        return d / torch.sqrt((d * d).mean(axes, keepdim=True) + 1e-5)
    return function


ONES = "%one = constant f32[4] = 1.0\n    %zero = constant f32[4] = 0.0\n    "
# name, what is computed of %h (and of %w), PyTorch's, the axes between batch and channels, the filters
CASES = [
    ("same", "conv1d %h, %w, padding = same", convolution([(1, 1)]), ["time"], [5, 4, 3]),
    ("even", "conv1d %h, %w, padding = same", convolution([(1, 2)]), ["time"], [3, 4, 4]),
    ("causal", "conv1d %h, %w, padding = [[4, 0]], dilation = 2", convolution([(4, 0)], dilation=2), ["time"], [17, 4, 3]),
    ("ahead", "conv1d %h, %w, padding = [[1, 3]], stride = 1", convolution([(1, 3)]), ["time"], [2, 4, 5]),
    ("wide", "conv1d %h, %w, padding = same, dilation = 5", convolution([(15, 15)], dilation=5), ["time"], [2, 4, 7]),
    ("one", "conv1d %h, %w", convolution([(0, 0)]), ["time"], [3, 4, 1]),
    ("groups", "conv1d %h, %w, padding = 1, groups = 2", convolution([(1, 1)], groups=2), ["time"], [6, 2, 3]),
    ("depthwise", "conv1d %h, %w, padding = same, groups = 4", convolution([(2, 2)], groups=4), ["time"], [4, 1, 5]),
    ("steps", "conv2d %h, %w, padding = [[2, 0], [0, 1]], stride = [1, 2]",
     convolution([(2, 0), (0, 1)], stride=[1, 2]), ["time", 6], [3, 4, 3, 3]),
    ("behind", "conv2d %h, %w, padding = [0, 1], stride = [2, 1], dilation = [2, 1]",
     convolution([(0, 0), (1, 1)], stride=[2, 1], dilation=[2, 1]), [7, "time"], [3, 4, 2, 3]),
    ("picture", "conv2d %h, %w, padding = same", convolution([(1, 1), (0, 1)]), ["time", "2 * time"], [2, 4, 3, 2]),
    ("layers", "conv3d %h, %w, padding = [[0, 0], [1, 0], [0, 0]]", convolution([(0, 0), (1, 0), (0, 0)]),
     [2, "time", 3], [2, 4, 2, 2, 1]),
    ("largest", "max_pool %h, 3, stride = 1, padding = same", largest([(1, 1)], 3, stride=1), ["time"], None),
    ("largest_apart", "max_pool %h, 3, stride = 1, padding = [[2, 2]], dilation = 2",
     largest([(2, 2)], 3, stride=1, dilation=2), ["time"], None),
    ("largest_steps", "max_pool %h, [3, 2], stride = [1, 2], padding = [[1, 1], [1, 0]]",
     largest([(1, 1), (1, 0)], 3, 2, stride=(1, 2)), ["time", 5], None),
    ("mean", "avg_pool %h, 4, stride = 1, padding = same", mean([(1, 2)], 4, 1), ["time"], None),
    ("mean_inside", "avg_pool %h, 3, stride = 1, padding = 1, count_include_pad = false", mean([(1, 1)], 3, 1, False),
     ["time"], None),
    ("mean_steps", "avg_pool %h, [2, 3], stride = [2, 1], padding = [[1, 0], [1, 1]], count_include_pad = false",
     mean([(1, 0), (1, 1)], (2, 3), (2, 1), False), [5, "time"], None),
    ("in_groups", ONES + "%y = group_norm %h, %one, %zero, 2", grouped(2), ["time"], None),
    ("all_groups", ONES + "%y = group_norm %h, %one, %zero, 1", grouped(1), ["time", 3], None),
    ("square", ONES + "%y = group_norm %h, %one, %zero, 4", grouped(4), ["time", "2 * time"], None),
    ("instance", "instance_norm %h", normalized([1, 2]), ["time", "2 * time"], None),
    ("neighbours", "local_response_norm %h, 3, alpha = 0.5",
     first(lambda x: F.local_response_norm(x, 3, 0.5)), ["time"], None),
]



def kind(sizes):
    return f"f32[{', '.join(map(str, ['batch', *sizes]))}]"


functions, rows = [], []
for name, line, function, between, filters in CASES:
    line = line if "%y" in line else "%y = " + line
    own = {"u": [WIDTH, WIDTH], **({"w": filters} if filters else {})}
    is_square = "2 * time" in between
    for time in (1, 3) if is_square else TIMES:
        places = [eval(one.replace(" ", ""), {"time": time}) if isinstance(one, str) else one for one in between]
        shape = [ROWS[time], *places, WIDTH]
        x, weights = tensor(numbers(shape), shape), {one: tensor(numbers(size), size) for one, size in own.items()}
        y = function(x @ weights["u"], *list(weights.values())[1:])
        c = tensor(numbers(list(y.shape)), y.shape)
        (y * c).sum().backward()
        weights = {f"{name}.{one}": value for one, value in weights.items()}
        rows.append(row(name, {"x": x}, weights, {"y": stored(y)}))
        rows.append(row(f"{name}_step.gradients", {"x": x, "c": c}, weights,
                        {f"gradient.{one}": stored(value.grad) for one, value in weights.items()}))
    out = [one if isinstance(one, str) else size for one, size in zip(between, y.shape[1:])] + [y.shape[-1]]
    given, made = kind([*between, WIDTH]), kind(out)
    params = "".join(f'    %{one} = param "{name}.{one}" f32[{", ".join(map(str, size))}] = uniform(-0.9, 0.9)\n'
                     for one, size in own.items())
    functions.append(f"  func @{name}(%x: {given}) -> (y: {made}) {{\n{params}    %h = matmul %x, %u\n    {line}\n"
                     f"    return %y\n  }}\n"
                     f"  func @{name}_loss(%x: {given}, %c: {made}) -> (loss: f32) {{\n    %y = call @{name}(%x)\n"
                     f"    %m = mul %y, %c\n    %loss = sum %m\n    return %loss\n  }}\n"
                     f"  train @{name}_step minimizes @{name}_loss {{ optimize \"*\" with @sgd }}\n")
MODEL = "dl.model @m open(time = 12) {\n" + "\n".join(functions) + "}\n"
DIFF = "".join(f"// RUN: dlc-run diff %s --batch 5 {options} --quiet | FileCheck %s\n" for options in (
    "--batch-extent 2 --extent time=1", "--batch-extent 3 --extent time=7 --threads 2",
    "--batch-extent 1 --target v3 --extent time=3", "-O0 --batch-extent 1 --extent time=4"))
(folder / "exec" / "open-windows.mlir").write_text(
    HEAD.format(file="open-windows", what="windows and norms along open sizes") + EXEC.format(file="open-windows") + DIFF +
    f"// CHECK-COUNT-{5 * len(CASES)}: agree\n" + MODEL)
(folder / "exec" / "Inputs" / "open-windows.json").write_text("[" + ",\n ".join(rows) + "]\n")
