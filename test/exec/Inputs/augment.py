# augment.py FOLDER - writes the models and cases of ops that draw random numbers, of standardize, and of tables for each row.
# SPDX-License-Identifier: Apache-2.0
#
# The numbers are computed here from the published description of Philox4x32-10 and of the streams (docs/operations.md);
# what becomes of them by plain loops, and by PyTorch's grid_sample.
import json
import math

import numpy as np
import torch

from torch_cases import HEAD, Case, cut, draw, folder, numbers, write

EXEC = "".join(f"// RUN: dlc %s --batch {{batch}} {options} -o %t{name}.so && dlc-run check %t{name}.so %S/Inputs/{{file}}.json\n"
               for name, options in (("", "-O3"), (".0", "-O0"), (".64", "-O3 --float f64"), (".640", "-O0 --float f64"),
                                     (".v3", "-O3 --target v3")))


def philox(counter, key):
    mask = np.uint64(0xFFFFFFFF)
    counter, key = list(counter), list(key)
    for _ in range(10):
        low, high = np.uint64(0xD2511F53) * counter[0], np.uint64(0xCD9E8D57) * counter[2]
        counter = [high >> np.uint64(32) ^ counter[1] ^ key[0], high & mask,
                   low >> np.uint64(32) ^ counter[3] ^ key[1], low & mask]
        key = [key[0] + np.uint64(0x9E3779B9) & mask, key[1] + np.uint64(0xBB67AE85) & mask]
    return counter


def uniform(shape, stream, call):
    """Numbers of a stream from 0 up to, and without, 1, as `draw` makes them."""
    hash_ = 0xCBF29CE484222325
    for byte in stream.encode():
        hash_ = (hash_ ^ byte) * 0x100000001B3 % 2**64
    key, step = hash_ ^ call["seed"], call["step"]
    p = np.arange(math.prod(shape), dtype=np.uint64)
    block = p // 64 * 16 + p % 16
    part = lambda x: (np.uint64(x & 0xFFFFFFFF), np.uint64(x >> 32))
    words = philox([block & np.uint64(0xFFFFFFFF), block >> np.uint64(32), *part(step)], part(key))
    word = np.choose((p // 16 % 4).astype(int), words)
    return ((word >> np.uint64(8)).astype(np.float64) / 2**24).reshape(shape)


def rowwise(x, stream, call):
    return uniform([x.shape[0]] + [1] * (x.ndim - 1), stream, call)


# --- what each op makes of x, and of numbers of the streams y, y.1, ...

def normal(x, call):
    return np.sqrt(-2 * np.log(1 - uniform(x.shape, "y", call))) * np.cos(2 * np.pi * uniform(x.shape, "y.1", call))


def flipped(axis, rate):
    def function(x, call):
        u = rowwise(x, "y", call).reshape(-1)
        return np.stack([np.flip(row, axis - 1) if one < rate else row for row, one in zip(x, u)])
    return function


def brightness(strength):
    low, high = max(0, 1 - strength), 1 + strength
    return lambda x, call: x * (low + rowwise(x, "y", call) * (high - low))


def contrast(strength):
    def function(x, call):
        mean = x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)
        return mean + (x - mean) * (1 - strength + rowwise(x, "y", call) * 2 * strength)
    return function


def cropped(size, padding):
    def function(x, call):
        whole = np.pad(x, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])
        starts = [np.floor(rowwise(x, stream, call).reshape(-1) * (whole.shape[axis] - size[axis - 1] + 1)).astype(int)
                  for axis, stream in ((1, "y"), (2, "y.1"))]
        return np.stack([row[i:i + size[0], j:j + size[1]] for row, i, j in zip(whole, *starts)])
    return function


def middle(size, padding):
    def function(x, call):
        whole = np.pad(x, [(0, 0), (padding[0],) * 2, (padding[1],) * 2, (0, 0)])
        i, j = (whole.shape[1] - size[0]) // 2, (whole.shape[2] - size[1]) // 2
        return whole[:, i:i + size[0], j:j + size[1]]
    return function


def erased(rate, area, value):
    def function(x, call):
        y = x.copy()
        height, width = x.shape[1:3]
        draws = [rowwise(x, stream, call).reshape(-1) for stream in ("y", "y.1", "y.2", "y.3", "y.4")]
        for row, chance, part, ratio, i, j in zip(y, *draws):
            if chance >= rate:
                continue
            part = (0.02 + part * (area - 0.02)) * height * width
            ratio = math.exp(math.log(0.3) + ratio * (math.log(3.3) - math.log(0.3)))
            h, w = (min(math.floor(math.sqrt(s) + 0.5), size) for s, size in ((part * ratio, height), (part / ratio, width)))
            i, j = math.floor(i * (height - h + 1)), math.floor(j * (width - w + 1))
            row[i:i + h, j:j + w] = value
        return y
    return function


def affine(rotation=0, scale=0, shear=0, translation=0):
    def function(x, call):
        height, width = x.shape[1:3]
        angle, zoom, slant, down, right = ((2 * rowwise(x, stream, call).reshape(-1) - 1) * most for stream, most in (
            ("y", math.radians(rotation)), ("y.1", scale), ("y.2", math.radians(shear)), ("y.3", translation * height),
            ("y.4", translation * width)))
        result = []
        for row, a, z, s, dy, dx in zip(x, angle, zoom, slant, down, right):
            turn = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
            turn = (1 + z) * turn @ np.array([[1, -math.tan(s)], [0, 1]])
            centre = np.array([(width - 1) / 2, (height - 1) / 2])
            places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1) - centre - [dx, dy]
            there = places @ np.linalg.inv(turn).T + centre
            grid = torch.tensor(2 * there / (np.array([width, height]) - 1) - 1)
            picture = torch.tensor(row).permute(2, 0, 1)
            found = torch.nn.functional.grid_sample(picture[None], grid[None], "bilinear", "zeros", align_corners=True)
            result.append(found[0].permute(1, 2, 0).numpy())
        return np.stack(result)
    return function


def mixed(alpha):
    def function(x, label, call):
        share = uniform([len(x), 1], "y", call)[:, 0]
        if alpha != 1:
            u, v = (1 - uniform([len(x), 16], stream, call) for stream in ("y", "y.1"))
            a, b = u ** (1 / alpha), v ** (1 / alpha)
            share = np.array([next((p / (p + q) for p, q in zip(*row) if p + q <= 1), 0.5) for row in zip(a, b)])
        mix = lambda t: t * share.reshape([-1] + [1] * (t.ndim - 1)) + t[::-1] * (1 - share).reshape([-1] + [1] * (t.ndim - 1))
        return mix(x), mix(label)
    return function


same = lambda x, call: x
PICTURE = ["batch", 5, 6, 3]
#      name, shape of x, line, in training, in inference
OPS = [("uniform", ["batch", 17], "random_uniform %x", lambda x, call: uniform(x.shape, "y", call), None),
       ("between", ["batch", 3, 5], "random_uniform %x, min = -2, max = 0.5", lambda x, call: -2 + 2.5 * uniform(x.shape, "y", call), None),
       ("normal", ["batch", 35], "random_normal %x", normal, None),
       ("wide", ["batch", 7], "random_normal %x, mean = 3, deviation = 0.5", lambda x, call: 3 + normal(x, call) / 2, None),
       ("bernoulli", ["batch", 64], "random_bernoulli %x, 0.3", lambda x, call: (uniform(x.shape, "y", call) < 0.3) + 0.0, None),
       ("flip", PICTURE, "random_flip %x", flipped(2, 0.5), same),
       ("flip_rows", ["batch", 7, 2], "random_flip %x, axis = 2, rate = 0.75", flipped(2, 0.75), same),
       ("crop", PICTURE, "random_crop %x, [3, 4]", cropped([3, 4], [0, 0]), middle([3, 4], [0, 0])),
       ("crop_padded", PICTURE, "random_crop %x, 6, padding = [2, 1]", cropped([6, 6], [2, 1]), middle([6, 6], [2, 1])),
       ("crop_all", ["batch", 3, 3, 1], "random_crop %x, 3", cropped([3, 3], [0, 0]), middle([3, 3], [0, 0])),
       ("shift", PICTURE, "random_shift %x, [2, 3]", cropped([5, 6], [2, 3]), same),
       ("turn", PICTURE, "random_affine %x, rotation = 30", affine(rotation=30), same),
       ("all", ["batch", 7, 4, 2], "random_affine %x, rotation = 180, scale = 0.3, shear = 20, translation = 0.25",
        affine(180, 0.3, 20, 0.25), same),
       ("move", ["batch", 4, 9, 1], "random_affine %x, translation = 1", affine(translation=1), same),
       ("erase", PICTURE, "random_erase %x", erased(0.5, 0.33, 0), same),
       ("erase_all", ["batch", 9, 4, 2], "random_erase %x, rate = 1, area = 1, value = -7", erased(1, 1, -7), same),
       ("bright", PICTURE, "random_brightness %x, 0.4", brightness(0.4), same),
       ("brighter", ["batch"], "random_brightness %x, 2", brightness(2), same),
       ("contrast", PICTURE, "random_contrast %x, 0.5", contrast(0.5), same)]
CALLS = [(1, {"seed": 0, "step": 1}), (6, {"seed": 7, "step": 2}), (3, {"seed": 2**40 + 3, "step": 2**33 + 5})]


def given(shape, rows):
    return np.array(numbers([rows if size == "batch" else size for size in shape])).reshape([rows if s == "batch" else s for s in shape])


def show(shape):
    return f"f32[{', '.join(map(str, shape))}]"


def case(entry, inputs, call, expect, **more):
    stored = lambda values: {name: cut(np.vectorize(lambda x: float(f"{x:.7g}"))(value).tolist()) for name, value in values.items()}
    return json.dumps({"entry": entry, "inputs": stored(inputs), **call, "expect": stored(expect), **more}, separators=(",", ":"))


def save(file, what, batch, functions, rows):
    (folder / "exec" / f"{file}.mlir").write_text(HEAD.format(file=file, what=what) + EXEC.format(file=file, batch=batch) +
                                                 "dl.model @m {\n" + "\n".join(functions) + "}\n")
    (folder / "exec" / "Inputs" / f"{file}.json").write_text("[" + ",\n ".join(rows) + "]\n")


functions, rows = [], []
for name, shape, line, trained, inferred in OPS:
    out = ["batch", *trained(given(shape, 1), CALLS[0][1]).shape[1:]]
    functions.append(f"  func private @{name}_ops(%x: {show(shape)}) {{\n    %y = {line}\n    return %y\n  }}\n")
    for entry, mode, function in ((name, ", training", trained), (name + "_inference", "", inferred or trained)):
        functions.append(f"  func @{entry}(%x: {show(shape)}) -> (y: {show(out)}) {{\n    %y = call @{name}_ops(%x){mode}\n"
                         f"    return %y\n  }}\n")
        for count, call in CALLS if function is trained else CALLS[2:]:
            x = given(shape, count)
            rows.append(case(entry, {"x": x}, call, {"y": function(x, call)}, tolerance=1e-4, absolute=1e-4))
# Six rows are cut into pieces of four; the numbers are the same.
save("augment", "what is drawn, in training and in inference", 4, functions, rows)

# What is drawn is fair.
many = {"seed": 3, "step": 1}
u, n = uniform([200000], "y", many), normal(np.zeros(200000), many)
assert abs(u.mean() - 1 / 2) < 5 / math.sqrt(12 * u.size) and abs(u.var() - 1 / 12) < 0.001 and 0 <= u.min() and u.max() < 1
assert abs(n.mean()) < 5 / math.sqrt(n.size) and abs(n.var() - 1) < 0.02 and abs((n ** 4).mean() - 3) < 0.15
for alpha in (0.2, 0.4, 1):  # of the beta distribution: 1 / (4 * (2 * alpha + 1))
    s = mixed(alpha)(np.eye(20000)[:, :1] * 0 + np.arange(20000)[:, None] % 2, np.zeros([20000, 1]), many)[0]
    share = np.where(np.arange(20000)[:, None] % 2 == 1, s, 1 - s)
    assert abs(share.mean() - 0.5) < 0.015 and abs(share.var() - 1 / (4 * (2 * alpha + 1))) < 0.005, (alpha, share.var())

functions, rows = [], []
for name, alpha in (("even", 1), ("apart", 0.2), ("half", 0.5)):
    words = "" if alpha == 1 else f", alpha = {alpha}"
    head = "%x: f32[batch, 3, 2], %label: f32[batch, 4]"
    functions.append(f"  func private @{name}_ops({head}) {{\n    %y, %m = mixup %x, %label{words}\n    return %y, %m\n  }}\n")
    for entry, mode in ((name, ", training"), (name + "_inference", "")):
        functions.append(f"  func @{entry}({head}) -> (y: f32[batch, 3, 2], m: f32[batch, 4]) {{\n"
                         f"    %y, %m = call @{name}_ops(%x, %label){mode}\n    return %y, %m\n  }}\n")
        for count, call in CALLS:
            x, label = given(["batch", 3, 2], count), given(["batch", 4], count)
            y, m = mixed(alpha)(x, label, call) if mode else (x, label)
            rows.append(case(entry, {"x": x, "label": label}, call, {"y": y, "m": m}, tolerance=1e-4, absolute=1e-4))
save("mixup", "rows and labels mixed with those of other rows", 9, functions, rows)

write("standardize", "constants of each channel", [
    Case("channels", "standardize %x, mean = [0.5, -1.25, 3], deviation = [0.25, 2, 10.5]",
         lambda x: (x - torch.tensor([0.5, -1.25, 3])) / torch.tensor([0.25, 2, 10.5]), {"x": [2, 5, 4, 3]}),
    Case("one", "standardize %x, mean = 0.5, deviation = 0.3", lambda x: (x - 0.5) / 0.3, {"x": [3, 17]}),
    Case("mean", "standardize %x, mean = [0.1]", lambda x: x - 0.1, {"x": [3, 4, 1]}),
    Case("deviation", "standardize %x, deviation = [3.0, 7.0]", lambda x: x / torch.tensor([3.0, 7.0]), {"x": [2, 2]}),
    Case("nothing", "standardize %x", lambda x: x, {"x": [2, 2]}),
])

# A table for each row.
functions, rows = [], []
for name, width, shape, kind in (("wide", 19, [3], "i32"), ("one", 1, [4, 2], "i64"), ("few", 3, [], "ui8"), ("many", 2, [33], "i32")):
    own = ["batch", *shape]
    functions.append(f"  func @{name}(%x: {show(['batch', 5, width])}, %i: {kind}{show(own)[3:]}) -> (y: {show(own + [width])}) {{\n"
                     f"    %y = gather %x, %i, batch_dims = 1\n    return %y\n  }}\n")
    functions.append(f"  func @{name}_added(%u: {show(own + [width])}, %i: {kind}{show(own)[3:]}) -> (y: {show(['batch', 5, width])}) {{\n"
                     f"    %y = scatter_add %i, %u, 5, batch_dims = 1\n    return %y\n  }}\n")
    functions.append(f"  func @{name}_loss(%s: {show(['batch', 5, width])}, %i: {kind}{show(own)[3:]}, %c: {show(own + [width])}) -> (loss: f32) {{\n"
                     f"    %w = param \"{name}.w\" {show([5, width])} = ones\n    %x = mul %s, %w\n    %y = gather %x, %i, batch_dims = 1\n"
                     f"    %m = mul %y, %c\n    %loss = sum %m\n    return %loss\n  }}\n"
                     f"  train @{name}_step minimizes @{name}_loss {{ optimize \"*\" with @sgd }}\n")
    for count in (1, 4, 9):
        index = np.array([draw.randrange(5) for _ in range(count * math.prod(shape))], int).reshape([count, *shape])
        x, added, update = given(["batch", 5, width], count), np.zeros([count, 5, width]), given(own + [width], count)
        y, slope = np.zeros(update.shape), np.zeros([5, width])
        for at in np.ndindex(*index.shape):
            y[at] = x[at[0], index[at]]
            added[at[0], index[at]] += update[at]
            slope[index[at]] += update[at] * x[at[0], index[at]]
        rows.append(case(name, {"x": x, "i": index}, {}, {"y": y}))
        rows.append(case(name + "_added", {"u": update, "i": index}, {}, {"y": added}))
        if count == 4:
            rows.append(json.dumps({"entry": name + "_step.gradients", "inputs": {"s": cut(x.tolist()), "i": index.tolist(), "c": cut(update.tolist())},
                                    "parameters": {name + ".w": np.ones([5, width]).tolist()},
                                    "expect": {f"gradient.{name}.w": cut(slope.tolist())}}, separators=(",", ":")))
save("tables", "a table for each row", 4, functions, rows)
