# reductions.py - part of generate.py: ops that sum up axes.
# SPDX-License-Identifier: Apache-2.0

REDUCED = {"all": ([3, 17], None), "last": ([3, 17], [-1]), "first": ([5, 33], [0]), "middle": ([2, 7, 5], [1]),
           "outer": ([2, 7, 5], [0, 2]), "two": ([3, 4, 33], [1, 2]), "long": ([700], [0]), "wide": ([2, 130], [1]),
           "tall": ([130, 3], [0]), "one": ([1, 1], [1]), "number": ([], None), "rows": (["batch", 17], [1]),
           "over_batch": (["batch", 17], [0]), "whole_batch": (["batch", 17], None),
           "batch_and_last": (["batch", 3, 5], [0, 2])}


def reduction(op, function, nothing=True, integers=("i32", "i64", "ui8")):
    entries = []

    def one(name, kind, dims, axes, keep, draw):
        left = [i for i in range(len(dims))] if axes is None else [a % len(dims) for a in axes]
        out = [1 if i in left and keep else d for i, d in enumerate(dims) if keep or i not in left]
        words = ("" if axes is None else f", axes = [{', '.join(map(str, axes))}]") + (", keepdim" if keep else "")
        axis = None if axes is None else tuple(axes)
        entries.append(Entry(name, f"%y = {op} %x{words}\nreturn %y", {"x": (kind, dims, draw)},
                             {"y": shape_text("i64" if op == "sum" and kind in ("i32", "ui8") else kind, out)},
                             lambda x: function(x, axis=axis, keepdims=keep).astype(
                                 "int64" if op == "sum" and kind in ("i32", "ui8") else x.dtype)))

    for name, (dims, axes) in REDUCED.items():
        one(name, "f32", dims, axes, False, small)
        if len(dims) > 1:
            one(name + "_kept", "f32", dims, axes, True, small)
    one("special", "f32", [4, 3], [1], False, values(1, NAN, 2, INF, 1, 2, -INF, 1, 2, 0.0, 0.0, 0.0))
    if nothing:
        one("empty", "f32", [3, 0], [1], False, small)
        one("empty_all", "f32", [0, 3], None, False, small)
        one("empty_kept", "f32", [3, 0], [1], True, small)
    one("empty_result", "f32", [0, 3], [1], False, small)
    for kind in integers:
        one(kind, kind, [3, 17], [1], False, whole(0, 15) if kind == "ui8" else whole(-99, 99))
        one(kind + "_columns", kind, [3, 17], [0], False, whole(0, 80) if kind == "ui8" else whole(-99, 99))
        if nothing:
            one(kind + "_empty", kind, [2, 0], [1], False, whole(0, 2))
    return entries


def extremum(function):
    def reduce(x, axis, keepdims):
        if x.dtype.kind == "f":
            start = -INF if function is np.max else INF
        else:
            start = np.iinfo(x.dtype).min if function is np.max else np.iinfo(x.dtype).max
        return function(np.asarray(x), axis=axis, keepdims=keepdims, initial=start)
    return reduce


file("sum", "the sum over axes", reduction("sum", jnp.sum))
file("mean", "the mean over axes", reduction("mean", jnp.mean, integers=()))
file("amax", "the largest over axes", reduction("amax", extremum(np.max)))
file("amin", "the smallest over axes", reduction("amin", extremum(np.min)))

entries = []
for name, kind, dims, axis, keep, draw in (
        ("last", "f32", [3, 17], None, False, small), ("first", "f32", [5, 33], 0, False, small),
        ("middle", "f32", [2, 7, 5], 1, False, small), ("kept", "f32", [3, 70], -1, True, small),
        ("ties", "f32", [7, 33], 1, False, few), ("one", "f32", [3, 1], 1, False, small),
        ("list", "f32", [35], 0, False, small), ("rows", "f32", ["batch", 17], 1, False, few),
        ("over_batch", "f32", ["batch", 7], 0, False, few), ("empty", "f32", [0, 3], 1, False, small),
        ("special", "f32", [6, 3], 1, False, values(1, NAN, 2, INF, 1, INF, -INF, -INF, -INF, NAN, NAN, 3, 0.0, -0.0, 0.0,
                                                    5, INF, NAN)),
        ("i32", "i32", [3, 17], 1, False, few), ("i64", "i64", [3, 17], 0, False, few),
        ("ui8", "ui8", [2, 7], 1, True, whole(0, 256))):
    words = (f", axis = {axis}" if axis is not None else "") + (", keepdim" if keep else "")
    at = (-1 if axis is None else axis) % len(dims)
    out = [1 if i == at else d for i, d in enumerate(dims) if keep or i != at]
    entries.append(Entry(name, f"%y = argmax %x{words}\nreturn %y", {"x": (kind, dims, draw)},
                         {"y": shape_text("i64", out)},
                         lambda x, at=at, keep=keep: jnp.argmax(x, axis=at, keepdims=keep).astype(jnp.int64)))
file("argmax", "where the largest lies", entries)
