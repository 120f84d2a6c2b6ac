# shapes.py - part of generate.py: ops that move elements.
# SPDX-License-Identifier: Apache-2.0


def moved(name, words, dims, out, function, kind="f32", draw=None, rows=(1, 3, 19)):
    """One input, one result. What is computed around the op makes it part of a kernel in a second entry."""
    draw = draw or (small if kind in ("f32", "f64") else whole(0, 2) if kind == "i1" else whole(0, 100))
    result = {"y": shape_text(kind, out)}
    plain = Entry(name, f"%y = {words}\nreturn %y", {"x": (kind, dims, draw)}, result, function, rows)
    if kind != "f32":
        return [plain]
    inside = words.replace("%x", "%e")
    return [plain, Entry(name + "_fused", f"%e = mul %x, %x\n%m = {inside}\n%y = sub %m, %s\nreturn %y",
                         {"x": (kind, dims, draw), "s": ("f32", [], small)}, result,
                         lambda x, s: function(x * x) - s, rows)]


def joined(*lists):
    return [entry for part in lists for entry in part]


KINDS = ("f64", "i32", "i64", "ui8", "i1")
file("reshape", "the same elements under another shape", joined(
    moved("flat", "reshape %x, [51]", [3, 17], [51], lambda x: x.reshape(51)),
    moved("split", "reshape %x, [7, ?]", [35], [7, 5], lambda x: x.reshape(7, 5)),
    moved("number", "reshape %x, []", [1, 1], [], lambda x: x.reshape(())),
    moved("ones", "reshape %x, [1, 7, 1]", [7], [1, 7, 1], lambda x: x.reshape(1, 7, 1)),
    moved("empty", "reshape %x, [4, 0]", [0, 5], [4, 0], lambda x: x.reshape(4, 0)),
    moved("rows", "reshape %x, [batch, 2, 17]", ["batch", 34], ["batch", 2, 17], lambda x: x.reshape(-1, 2, 17)),
    moved("merge", "reshape %x, [?, 5]", ["batch", 3, 5], ["3 * batch", 5], lambda x: x.reshape(-1, 5)),
    moved("part", "reshape %x, [batch, ?]", ["3 * batch", 5], ["batch", 15], lambda x: x.reshape(-1, 15)),
    *[moved(kind, "reshape %x, [2, 5]", [10], [2, 5], lambda x: x.reshape(2, 5), kind) for kind in KINDS]))
file("transpose", "axes in another order", joined(
    moved("matrix", "transpose %x, [1, 0]", [3, 17], [17, 3], lambda x: x.T),
    moved("large", "transpose %x, [1, 0]", [70, 33], [33, 70], lambda x: x.T),
    moved("cube", "transpose %x, [2, 0, 1]", [2, 3, 17], [17, 2, 3], lambda x: x.transpose(2, 0, 1)),
    moved("inner", "transpose %x, [0, -1, 1]", [2, 7, 5], [2, 5, 7], lambda x: x.transpose(0, 2, 1)),
    moved("four", "transpose %x, [0, 2, 1, 3]", [2, 3, 5, 17], [2, 5, 3, 17], lambda x: x.transpose(0, 2, 1, 3)),
    moved("same", "transpose %x, [0, 1]", [3, 7], [3, 7], lambda x: x),
    moved("one", "transpose %x, [0]", [1], [1], lambda x: x),
    moved("empty", "transpose %x, [1, 0]", [0, 5], [5, 0], lambda x: x.T),
    moved("rows", "transpose %x, [0, 2, 1]", ["batch", 3, 17], ["batch", 17, 3], lambda x: x.transpose(0, 2, 1)),
    *[moved(kind, "transpose %x, [1, 0]", [3, 7], [7, 3], lambda x: x.T, kind) for kind in KINDS]))
file("broadcast", "stretched to a shape", joined(
    moved("number", "broadcast %x, [3, 17]", [], [3, 17], lambda x: jnp.broadcast_to(x, (3, 17))),
    moved("row", "broadcast %x, [3, 17]", [17], [3, 17], lambda x: jnp.broadcast_to(x, (3, 17))),
    moved("column", "broadcast %x, [2, 3, 33]", [3, 1], [2, 3, 33], lambda x: jnp.broadcast_to(x, (2, 3, 33))),
    moved("same", "broadcast %x, [7]", [7], [7], lambda x: x),
    moved("empty", "broadcast %x, [0, 5]", [5], [0, 5], lambda x: jnp.broadcast_to(x, (0, 5))),
    moved("rows", "broadcast %x, [batch, 17]", ["batch", 1], ["batch", 17], lambda x: jnp.broadcast_to(x, (x.shape[0], 17))),
    *[moved(kind, "broadcast %x, [3, 7]", [7], [3, 7], lambda x: jnp.broadcast_to(x, (3, 7)), kind) for kind in KINDS]))
file("slice", "elements along an axis", joined(
    moved("list", "slice %x, axis = 0, start = 2, size = 5", [9], [5], lambda x: x[2:7]),
    moved("columns", "slice %x, axis = -1, start = 3, size = 17", [3, 33], [3, 17], lambda x: x[:, 3:20]),
    moved("first", "slice %x, axis = 1, size = 1", [3, 7], [3, 1], lambda x: x[:, :1]),
    moved("middle", "slice %x, axis = 1, start = 1, size = 2", [2, 4, 5], [2, 2, 5], lambda x: x[:, 1:3]),
    moved("all", "slice %x, axis = 0, size = 7", [7], [7], lambda x: x),
    moved("none", "slice %x, axis = 1, start = 2, size = 0", [3, 7], [3, 0], lambda x: x[:, 2:2]),
    moved("rows", "slice %x, axis = 1, start = 1, size = 16", ["batch", 18], ["batch", 16], lambda x: x[:, 1:17]),
    *[moved(kind, "slice %x, axis = 0, start = 1, size = 3", [7], [3], lambda x: x[1:4], kind) for kind in KINDS]))
file("select", "one element along an axis", joined(
    moved("number", "select %x, axis = 0, index = 3", [7], [], lambda x: x[3]),
    moved("row", "select %x, axis = 0, index = -1", [3, 17], [17], lambda x: x[-1]),
    moved("column", "select %x, axis = -1, index = 2", [33, 3], [33], lambda x: x[:, 2]),
    moved("middle", "select %x, axis = 1, index = -2", [2, 7, 5], [2, 5], lambda x: x[:, -2]),
    moved("one", "select %x, axis = 1, index = 0", [3, 1], [3], lambda x: x[:, 0]),
    moved("empty", "select %x, axis = 1, index = 4", [0, 5], [0], lambda x: x[:, 4]),
    moved("rows", "select %x, axis = 1, index = 2", ["batch", 3, 17], ["batch", 17], lambda x: x[:, 2]),
    *[moved(kind, "select %x, axis = 1, index = 1", [3, 7], [3], lambda x: x[:, 1], kind) for kind in KINDS]))


def several(name, words, shapes, out, axis, kind="f32", before=""):
    names = "abcd"[:len(shapes)]
    draw = small if kind in ("f32", "f64") else whole(0, 2)
    return Entry(name, f"%y = concat {', '.join('%' + n for n in names)}{words}\nreturn %y",
                 {n: (kind, dims, draw) for n, dims in zip(names, shapes)}, {"y": shape_text(kind, out)},
                 lambda *parts: jnp.concatenate(parts, axis))


file("concat", "one after the other", [
    several("lists", "", [[3], [17], [1]], [21], 0), several("columns", ", axis = 1", [[3, 17], [3, 1], [3, 33]], [3, 51], 1),
    several("rows", ", axis = 0", [[2, 17], [5, 17]], [7, 17], 0), several("single", ", axis = -1", [[3, 7]], [3, 7], 1),
    several("middle", ", axis = 1", [[2, 1, 5], [2, 3, 5]], [2, 4, 5], 1),
    several("with_nothing", ", axis = 1", [[3, 0], [3, 7], [3, 0]], [3, 7], 1),
    several("empty", ", axis = 1", [[0, 2], [0, 3]], [0, 5], 1),
    several("batched", ", axis = 1", [["batch", 17], ["batch", 3]], ["batch", 20], 1),
    several("batched_middle", ", axis = 1", [["batch", 2, 5], ["batch", 1, 5]], ["batch", 3, 5], 1),
    *[several(kind, "", [[3], [4]], [7], 0, kind) for kind in KINDS],
    Entry("twice", "%e = exp %x\n%y = concat %e, %x, %e, axis = 1\nreturn %y", {"x": ("f32", ["batch", 7], small)},
          {"y": "f32[batch, 21]"}, lambda x: jnp.concatenate([jnp.exp(x), x, jnp.exp(x)], 1)),
    Entry("of_batches", "%y = concat %a, %b\nreturn %y",
          {"a": ("f32", ["batch", 3], small), "b": ("f32", ["2 * batch", 3], small)}, {"y": "f32[3 * batch, 3]"},
          lambda a, b: jnp.concatenate([a, b]))])


def parts(name, count, words, dims, part, axis, kind="f32"):
    draw = small if kind in ("f32", "f64") else whole(0, 2)
    names = [f"%p{i}" for i in range(count)]
    return Entry(name, f"{', '.join(names)} = split %x, {count}{words}\nreturn {', '.join(names)}",
                 {"x": (kind, dims, draw)}, {n[1:]: shape_text(kind, part) for n in names},
                 lambda x: tuple(jnp.split(x, count, axis)))


file("split", "equal parts", [
    parts("last", 3, "", [5, 51], [5, 17], 1), parts("first", 2, ", axis = 0", [6, 7], [3, 7], 0),
    parts("middle", 2, ", axis = 1", [2, 4, 5], [2, 2, 5], 1), parts("ones", 7, "", [7], [1], 0),
    parts("single", 1, "", [3, 7], [3, 7], 1), parts("empty", 2, "", [0, 6], [0, 3], 1),
    parts("batched", 3, "", ["batch", 21], ["batch", 7], 1), *[parts(kind, 2, "", [8], [4], 0, kind) for kind in KINDS],
    Entry("swapped", "%a, %b = split %x, 2\n%s = mul %a, %b\n%y = concat %b, %s, %a, axis = 1\nreturn %y",
          {"x": ("f32", ["batch", 34], small)}, {"y": "f32[batch, 51]"},
          lambda x: jnp.concatenate([x[:, 17:], x[:, :17] * x[:, 17:], x[:, :17]], 1))])

file("pad", "elements before and after", joined(
    moved("list", "pad %x, low = [2], high = [3]", [7], [12], lambda x: jnp.pad(x, (2, 3))),
    moved("matrix", "pad %x, low = [1, 2], high = [0, 3]", [3, 17], [4, 22], lambda x: jnp.pad(x, ((1, 0), (2, 3)))),
    moved("value", "pad %x, high = [0, 1], value = -1.5", [3, 7], [3, 8],
          lambda x: jnp.pad(x, ((0, 0), (0, 1)), constant_values=-1.5)),
    moved("low", "pad %x, low = [0, 1, 0]", [2, 3, 5], [2, 4, 5], lambda x: jnp.pad(x, ((0, 0), (1, 0), (0, 0)))),
    moved("nothing", "pad %x, low = [0]", [7], [7], lambda x: x),
    moved("around_nothing", "pad %x, low = [0, 2], high = [0, 1]", [3, 0], [3, 3], lambda x: jnp.zeros((3, 3))
          if x.shape == (3, 0) else x),
    moved("batched", "pad %x, low = [0, 1], high = [0, 2]", ["batch", 17], ["batch", 20],
          lambda x: jnp.pad(x, ((0, 0), (1, 2)))),
    *[moved(kind, "pad %x, low = [1], high = [1]", [3], [5], lambda x: jnp.pad(x, 1), kind) for kind in KINDS]))

entries = []
for name, table, index, kind, index_kind in (
        ("rows", [5, 17], [7], "f32", "i32"), ("number", [5, 33], [], "f32", "i32"), ("matrix", [9, 3], [2, 5], "f32", "i64"),
        ("narrow", [7, 1], [33], "f32", "i32"), ("one_row", [1, 17], [3], "f32", "ui8"), ("none", [5, 17], [0], "f32", "i32"),
        ("batched", [11, 17], ["batch"], "f32", "i32"), ("tokens", [11, 7], ["batch", 5], "f32", "ui8"),
        ("f64", [5, 3], [4], "f64", "i32"), ("i32", [5, 3], [4], "i32", "i32"), ("i64", [5, 3], [4], "i64", "i64"),
        ("ui8", [5, 3], [4], "ui8", "i32"), ("i1", [5, 3], [4], "i1", "i32")):
    draw = small if kind in ("f32", "f64") else whole(0, 2)
    entries.append(Entry(name, "%y = gather %table, %index\nreturn %y",
                         {"table": (kind, table, draw), "index": (index_kind, index, whole(0, table[0]))},
                         {"y": shape_text(kind, index + [table[1]])}, lambda table, index: table[index.astype(jnp.int64)]))
entries.append(Entry("fused", "%i = add %index, %index\n%g = gather %table, %i\n%e = mul %g, %g\n%y = sum %e, axes = [1]\nreturn %y",
                     {"table": ("f32", [20, 17], small), "index": ("i32", ["batch"], whole(0, 10))}, {"y": "f32[batch]"},
                     lambda table, index: (table[2 * index] ** 2).sum(1)))
for name, index, message in (("bad", [1, 5, 2, 0, 1, 2, 3], "5"), ("negative", [1, 2, 2, -1, 1, 2, 3], "-1")):
    entry = Entry("checked_" + name, "%y = gather %table, %index\nreturn %y",
                  {"table": ("f32", [5, 2], small), "index": ("i32", [7], values(*index))}, {"y": "f32[7, 2]"},
                  lambda table, index: table[index], error=message)
    entries.append(entry)
file("gather", "rows of a table", entries)

counted = lambda shape, axis, start=0: lambda *a: jnp.broadcast_to(
    (jnp.arange(shape[axis]) + start).reshape([-1 if i == axis % len(shape) else 1 for i in range(len(shape))]),
    shape).astype(jnp.int32)
file("iota", "start, start + 1, ... along an axis", [
    Entry("last", "%y = iota %x\nreturn %y", {"x": ("f32", [3, 17], small)}, {"y": "i32[3, 17]"}, counted((3, 17), 1)),
    Entry("first", "%y = iota %x, axis = 0\nreturn %y", {"x": ("i64", [33, 2], few)}, {"y": "i32[33, 2]"}, counted((33, 2), 0)),
    Entry("middle", "%y = iota %x, axis = -2\nreturn %y", {"x": ("i1", [2, 7, 3], coin)}, {"y": "i32[2, 7, 3]"},
          counted((2, 7, 3), 1)),
    Entry("from", "%y = iota %x, start = %s\nreturn %y", {"x": ("ui8", [70], coin), "s": ("i32", [], values(-5))},
          {"y": "i32[70]"}, counted((70,), 0, -5)),
    Entry("one", "%y = iota %x\nreturn %y", {"x": ("f32", [1], small)}, {"y": "i32[1]"}, counted((1,), 0)),
    Entry("empty", "%y = iota %x\nreturn %y", {"x": ("f32", [0, 3], small)}, {"y": "i32[0, 3]"}, counted((0, 3), 1)),
    Entry("rows", "%y = iota %x, axis = 0\nreturn %y", {"x": ("f32", ["batch", 3], small)}, {"y": "i32[batch, 3]"},
          lambda x: counted((x.shape[0], 3), 0)()),
    Entry("fused", "%i = iota %x\n%f = cast %i, f32\n%y = mul %f, %x\nreturn %y", {"x": ("f32", ["batch", 17], small)},
          {"y": "f32[batch, 17]"}, lambda x: x * jnp.arange(17.0))])


def fixed(name, shape, words, kind, array):
    dims = list(np.shape(array))
    return Entry(name, f"%y = constant {shape} = {words}\nreturn %y", {"x": ("f32", [], small)}, {"y": shape_text(kind, dims)},
                 lambda x: np.asarray(array, TYPES[kind]))


file("constant", "one value, or a list of values", [
    fixed("number", "f32", "0.5", "f32", 0.5), fixed("splat", "f32[3, 17]", "-2.25", "f32", np.full((3, 17), -2.25)),
    fixed("list", "f32[3]", "[1.0, -2.5, 3.0]", "f32", [1, -2.5, 3]),
    fixed("matrix", "f32[2, 3]", "[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]", "f32", [[1, 2, 3], [4, 5, 6]]),
    fixed("f64", "f64[2]", "[0.1, 0.2]", "f64", [0.1, 0.2]), fixed("i32", "i32[4]", "[1, -2, 3, 4]", "i32", [1, -2, 3, 4]),
    fixed("i64", "i64[2]", "7", "i64", [7, 7]), fixed("ui8", "ui8[3]", "[0, 128, 255]", "ui8", [0, 128, 255]),
    fixed("i1", "i1[3]", "[true, false, true]", "i1", [True, False, True]),
    fixed("empty", "f32[0, 3]", "1.0", "f32", np.zeros((0, 3))), fixed("one", "f32[1, 1]", "[[2.0]]", "f32", [[2.0]]),
    Entry("batch", "%c = constant f32[batch, 3] = 1.5\n%y = add %c, %x\nreturn %y", {"x": ("f32", ["batch", 1], small)},
          {"y": "f32[batch, 3]"}, lambda x: jnp.broadcast_to(1.5 + x, (x.shape[0], 3))),
    Entry("fused", "%c = constant f32[17] = [" + ", ".join(f"{i}.0" for i in range(17)) + "]\n%y = mul %c, %x\nreturn %y",
          {"x": ("f32", ["batch", 17], small)}, {"y": "f32[batch, 17]"}, lambda x: x * jnp.arange(17.0))])
