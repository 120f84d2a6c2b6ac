# order.py FOLDER - writes the models and cases of cumsum, flip, topk, sort, argsort and one_hot; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import json

import torch

from torch_cases import EXEC, HEAD, Case, cut, draw, folder, numbers, write


def running(axis, reverse=False, exclusive=False):
    def function(x):
        y = torch.flip(x, [axis]) if reverse else x
        y = torch.cumsum(y, axis) - (y if exclusive else 0)
        return torch.flip(y, [axis]) if reverse else y
    return function


def first(k, axis, descending):
    return lambda x: torch.sort(x, dim=axis, descending=descending, stable=True)[0].narrow(axis, 0, k)


write("cumsum", "sums up to each place", [
    Case("last", "cumsum %x", running(-1), {"x": [3, 17]}),
    Case("middle", "cumsum %x, axis = 1", running(1), {"x": [2, 7, 19]}),
    Case("first", "cumsum %x, axis = 0", running(0), {"x": [4, 3]}),
    Case("reversed", "cumsum %x, axis = -2, reverse", running(1, reverse=True), {"x": [2, 5, 3]}),
    Case("exclusive", "cumsum %x, exclusive", running(-1, exclusive=True), {"x": [2, 33]}),
    Case("both", "cumsum %x, axis = 1, reverse, exclusive", running(1, True, True), {"x": [2, 4, 16, 2]}),
    Case("one", "cumsum %x", running(-1), {"x": [3, 1]}),
    Case("one_exclusive", "cumsum %x, exclusive", running(-1, exclusive=True), {"x": [1, 1, 5]}, batched=()),
    Case("list", "cumsum %x", running(-1), {"x": [35]}, batched=()),
])
write("flip", "elements in the other order", [
    Case("all", "flip %x", lambda x: torch.flip(x, [0, 1]), {"x": [3, 5]}),
    Case("last", "flip %x, axes = [-1]", lambda x: torch.flip(x, [-1]), {"x": [3, 37]}),
    Case("middle", "flip %x, axes = [1]", lambda x: torch.flip(x, [1]), {"x": [2, 7, 17]}),
    Case("picture", "flip %x, axes = [1, 2]", lambda x: torch.flip(x, [1, 2]), {"x": [2, 4, 5, 3]}),
    Case("batch", "flip %x, axes = [0]", lambda x: torch.flip(x, [0]), {"x": [4, 3]}),
    Case("one", "flip %x, axes = [1]", lambda x: torch.flip(x, [1]), {"x": [3, 1, 2]}),
    Case("number", "flip %x", lambda x: x, {"x": []}, batched=()),
])
write("topk", "the largest and the smallest elements", [
    Case("largest", "topk %x, 3", first(3, -1, True), {"x": [3, 17]}, others=("places",)),
    Case("smallest", "topk %x, 2, smallest", first(2, -1, False), {"x": [2, 9]}, others=("places",)),
    Case("middle", "topk %x, 4, axis = 1", first(4, 1, True), {"x": [2, 7, 5]}, others=("places",)),
    Case("first", "topk %x, 2, axis = 0", first(2, 0, True), {"x": [5, 3]}, others=("places",), batched=()),
    Case("all", "topk %x, 6", first(6, -1, True), {"x": [2, 6]}, others=("places",)),
    Case("one", "topk %x, 1, axis = 1", first(1, 1, True), {"x": [2, 1, 3]}, others=("places",)),
    Case("long", "topk %x, 5", first(5, -1, True), {"x": [2, 200]}, others=("places",)),
])
write("sort", "elements in order", [
    Case("last", "sort %x", first(17, -1, False), {"x": [3, 17]}, others=("places",)),
    Case("falling", "sort %x, descending", first(70, -1, True), {"x": [2, 70]}, others=("places",)),
    Case("middle", "sort %x, axis = 1", first(6, 1, False), {"x": [2, 6, 5]}, others=("places",)),
    Case("two", "sort %x, axis = -1", first(2, -1, False), {"x": [3, 2]}, others=("places",)),
    Case("one", "sort %x", first(1, -1, False), {"x": [3, 1]}, others=("places",)),
])

# What is no float, and what has more than one result: the same for values drawn from few, for NaN and infinities.
TYPES = {"f32": torch.float64, "i32": torch.int32, "i64": torch.int64, "ui8": torch.uint8}
FEW = {"f32": lambda: draw.choice([-1.5, -0.0, 0.0, 0.25, 2.0]), "i32": lambda: draw.randint(-3, 3),
       "i64": lambda: draw.choice([-2**40, 2**40, 0, 1]), "ui8": lambda: draw.choice([0, 1, 127, 128, 255])}
WILD = [float("nan"), float("inf"), float("-inf"), 1.0, 0.0, -2.0]


def drawn(shape, one):
    return [drawn(shape[1:], one) for _ in range(shape[0])] if shape else one()


def sorted_(axis, descending, k=None):
    def function(x):
        values, places = torch.sort(x, dim=axis, descending=descending, stable=True)
        return [values.narrow(axis, 0, k or x.shape[axis]), places.narrow(axis, 0, k or x.shape[axis])]
    return function


def show(kind, shape):
    return f"{kind}[{', '.join(map(str, shape))}]"


def entries():
    """name, type and shape of x, line, reference, one element, types of the results."""
    for kind in TYPES:
        both = [kind, "i64"]
        yield f"topk_{kind}", kind, ["batch", 19], "topk %x, 6", sorted_(-1, True, 6), FEW[kind], both
        yield f"least_{kind}", kind, ["batch", 5, 3], "topk %x, 3, axis = 1, smallest", sorted_(1, False, 3), FEW[kind], both
        yield f"sort_{kind}", kind, ["batch", 33], "sort %x", sorted_(-1, False), FEW[kind], both
        yield f"falling_{kind}", kind, [7, 4], "sort %x, axis = 0, descending", sorted_(0, True), FEW[kind], both
        yield (f"argsort_{kind}", kind, ["batch", 3, 6], "argsort %x, axis = 1, descending",
               lambda x: [sorted_(1, True)(x)[1]], FEW[kind], ["i64"])
        if kind != "f32":
            yield f"cumsum_{kind}", kind, ["batch", 18], "cumsum %x", lambda x: [torch.cumsum(x, 1)], FEW[kind], ["i64"]
        yield f"flip_{kind}", kind, ["batch", 18, 2], "flip %x, axes = [1]", lambda x: [torch.flip(x, [1])], FEW[kind], [kind]
    yield "wild_topk", "f32", ["batch", 9], "topk %x, 4", sorted_(-1, True, 4), lambda: draw.choice(WILD), ["f32", "i64"]
    yield "wild_least", "f32", ["batch", 9], "topk %x, 7, smallest", sorted_(-1, False, 7), lambda: draw.choice(WILD), ["f32", "i64"]
    yield "wild_sort", "f32", ["batch", 12], "sort %x", sorted_(-1, False), lambda: draw.choice(WILD), ["f32", "i64"]
    yield "wild_argsort", "f32", ["batch", 12], "argsort %x, descending", lambda x: [sorted_(-1, True)(x)[1]], lambda: draw.choice(WILD), ["i64"]
    hot = lambda x: [torch.nn.functional.one_hot(x.long(), 5)]
    for kind, result, shape in (("i32", "f32", ["batch"]), ("i64", "i64", ["batch", 3]), ("ui8", "f32", [4, 2]), ("ui8", "ui8", ["batch"]),
                                ("i32", "i1", ["batch", 1]), ("i64", "f64", ["batch"]), ("i32", "i32", [])):
        yield f"hot_{kind}_{result}", kind, shape, f"one_hot %x, 5, {result}", hot, lambda: draw.randrange(5), [result]
    yield "hot_one", "i32", ["batch", 4], "one_hot %x, 1, f32", lambda x: [torch.ones(*x.shape, 1)], lambda: 0, ["f32"]
    yield "hot_many", "ui8", ["batch"], "one_hot %x, 300, f32", lambda x: [torch.nn.functional.one_hot(x.long(), 300)], lambda: 255, ["f32"]


functions, rows = [], []
for name, kind, shape, line, function, one, results in entries():
    for count in (1, 4) if "batch" in shape else (0,):
        x = torch.tensor(drawn([count if size == "batch" else size for size in shape], one), dtype=TYPES[kind])
        found = function(x)
        stored = [value.bool() if result == "i1" else value for value, result in zip(found, results)]
        rows.append(json.dumps({"entry": name, "inputs": {"x": cut(x.tolist())}, "expect": {
            f"y{i}": value.tolist() if result == "i1" else cut(value.tolist()) for i, (value, result) in enumerate(zip(stored, results))}},
            separators=(",", ":")))
    texts = [f"y{i}: {show(result, ['batch' if j == 0 and 'batch' in shape else size for j, size in enumerate(value.shape)])}"
             for i, (value, result) in enumerate(zip(found, results))]
    names = ", ".join(f"%y{i}" for i in range(len(results)))
    functions.append(f"  func @{name}(%x: {show(kind, shape)}) -> ({', '.join(texts)}) {{\n    {names} = {line}\n"
                     f"    return {names}\n  }}\n")
(folder / "exec" / "order.mlir").write_text(
    HEAD.format(file="order", what="places, ties, what is no number, and types that are no floats") + EXEC.format(file="order") +
    "dl.model @order {\n" + "\n".join(functions) + "}\n")
(folder / "exec" / "Inputs" / "order.json").write_text("[" + ",\n ".join(rows) + "]\n")
