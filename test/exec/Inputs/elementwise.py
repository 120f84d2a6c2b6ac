# elementwise.py - part of generate.py: ops that act on each element alone.
# SPDX-License-Identifier: Apache-2.0

SHAPES = {"number": [], "one": [1], "odd": [7], "more": [33], "matrix": [3, 17], "cube": [2, 1, 35],
          "empty": [0, 5], "rows": ["batch", 17]}


def shape_text(kind, dims):
    return kind + ("[" + ", ".join(map(str, dims)) + "]" if len(dims) else "")


def unary(op, summary, reference, draw, special=None, words="", integers=()):
    entries = []
    for name, dims in SHAPES.items():
        entries.append(Entry(name, f"%y = {op} %x{words}\nreturn %y", {"x": ("f32", dims, draw)},
                             {"y": shape_text("f32", dims)}, reference))
    if special:
        dims = [len(special)]
        entries.append(Entry("special", f"%y = {op} %x{words}\nreturn %y", {"x": ("f32", dims, values(*special))},
                             {"y": shape_text("f32", dims)}, reference))
    for kind in integers:
        numbers = [0, 1, 7, 200, 255] if kind == "ui8" else [-7, -1, 0, 1, 100000]
        entries.append(Entry(kind, f"%y = {op} %x{words}\nreturn %y", {"x": (kind, [5], values(*numbers))},
                             {"y": f"{kind}[5]"}, reference))
    return entries


ALL = ("i32", "i64", "ui8")
EDGE = (0.0, -0.0, 1, -1, INF, -INF, NAN)
wide, positive = uniform(-4, 4), uniform(0.03, 5)
unary_ops = {
    "neg": ("-x", lambda x: -x, wide, EDGE, "", ALL),
    "abs": ("|x|", lambda x: abs(x), wide, EDGE, "", ALL),
    "exp": ("e to the power of x", jnp.exp, wide, (0.0, INF, -INF, NAN, 1000, -1000), ""),
    "log": ("the natural logarithm", jnp.log, positive, (0.0, 1, INF, -1, NAN, 4096, 0.015625), ""),
    "sin": ("the sine", jnp.sin, uniform(-20, 20), (0.0, 1000, -1000, INF, NAN), ""),
    "cos": ("the cosine", jnp.cos, uniform(-20, 20), (0.0, 1000, -1000, INF, NAN), ""),
    "erf": ("the error function", erf, uniform(-3, 3), (0.0, 0.5, 6, -6, INF, -INF, NAN), ""),
    "sqrt": ("the square root", jnp.sqrt, positive, (0.0, 4, INF, -1, NAN), ""),
    "rsqrt": ("1 / sqrt(x)", lambda x: 1 / jnp.sqrt(x), positive, (0.0, 4, INF, -1, NAN), ""),
    "tanh": ("the hyperbolic tangent", jnp.tanh, wide, (0.0, 0.015625, 30, -30, INF, -INF, NAN), ""),
    "sigmoid": ("1 / (1 + exp(-x))", lambda x: 1 / (1 + jnp.exp(-x)), wide, (0.0, 40, -80, INF, -INF, NAN), ""),
    "relu": ("max(x, 0)", lambda x: jnp.maximum(x, 0), wide, (0.0, INF, -INF, NAN), "", ALL),
    "silu": ("x * sigmoid(x)", lambda x: x / (1 + jnp.exp(-x)), wide, (0.0, 40, -80, INF, NAN), ""),
    "softplus": ("log(1 + exp(x))", lambda x: jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-abs(x))), wide,
                 (0.0, 100, -30, INF, -INF, NAN), ""),
    "leaky_relu": ("x, or slope * x below 0", lambda x: jnp.where(x > 0, x, 0.01 * x), wide, EDGE, ""),
    "gelu": ("x * (1 + erf(x / sqrt(2))) / 2", lambda x: x * (1 + erf(x / np.sqrt(2))) / 2, wide,
             (0.0, 10, -5, INF, NAN), ""),
    "clamp": ("x limited to min and max", lambda x: jnp.clip(x, -0.75, 2), wide, EDGE, ", min = -0.75, max = 2.0"),
}
for op, (summary, *rest) in unary_ops.items():
    file(op, summary, unary(op, summary, *rest))
leaky = lambda dims: Entry("slope", "%y = leaky_relu %x, slope = 0.25\nreturn %y", {"x": ("f32", dims, wide)},
                           {"y": shape_text("f32", dims)}, lambda x: jnp.where(x > 0, x, 0.25 * x))
FILES["leaky_relu"][1].append(leaky([3, 17]))
FILES["gelu"][1].append(Entry(
    "by_tanh", "%y = gelu %x, tanh\nreturn %y", {"x": ("f32", [3, 17], wide)}, {"y": "f32[3, 17]"},
    lambda x: 0.5 * x * (1 + jnp.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))))
for name, words, function in (("from_below", "min = -0.75", lambda x: jnp.maximum(x, -0.75)),
                              ("from_above", "max = 2.0", lambda x: jnp.minimum(x, 2))):
    FILES["clamp"][1].append(Entry(name, f"%y = clamp %x, {words}\nreturn %y",
                                   {"x": ("f32", [9], lambda s: np.array([-4, -1, 0, 1, 2, 3, INF, -INF, NAN]))},
                                   {"y": "f32[9]"}, function))
for kind in ("i32", "i64"):
    FILES["clamp"][1].append(Entry(kind, "%y = clamp %x, min = -2.0, max = 3.0\nreturn %y",
                                   {"x": (kind, [9], values(-9, -3, -2, -1, 0, 2, 3, 4, 99))}, {"y": f"{kind}[9]"},
                                   lambda x: jnp.clip(x, -2, 3)))


# cast: NumPy leaves out-of-range conversions open; the reference says what the language promises.
def cast_reference(to):
    def convert(x):
        x = np.asarray(x)
        if to == "i1":
            return x != 0
        if to in ("f32", "f64") or x.dtype.kind != "f":
            return x.astype(TYPES[to])
        limits = np.iinfo(TYPES[to])
        return np.array([0 if v != v else int(min(max(v, limits.min), limits.max)) if abs(v) != INF else
                         limits.max if v > 0 else limits.min for v in x.ravel().tolist()],
                        dtype=TYPES[to]).reshape(x.shape)
    return convert


cast_inputs = {
    "f32": (0, -0.75, 0.75, -1.5, 2.5, 100, 255, 256, -300, 16777216, 3e9, -3e9, 2.0 ** 64, -(2.0 ** 64), INF, -INF, NAN),
    "f64": (0, -0.75, 0.75, -1.5, 2.5, 100, 255, 256, -300, 2147483647, 2147483648, -2147483649, 1e19, -1e19, INF,
            -INF, NAN),
    "i32": (0, 1, -1, 2, 100, 127, 128, 255, 256, 257, -128, -129, 65536, 1000000, -1000000, 8388608, -8388608),
    "i64": (0, 1, -1, 2, 100, 127, 128, 255, 256, 257, -128, -129, 65536, 1000000, -1000000, 4294967295, -4294967296),
    "ui8": (0, 1, 2, 3, 4, 5, 6, 7, 100, 126, 127, 128, 129, 200, 253, 254, 255),
    "i1": (0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1)}
entries = []
for source, numbers in cast_inputs.items():
    for to in TYPES:
        entries.append(Entry(f"{source}_to_{to}", f"%y = cast %x, {to}\nreturn %y",
                             {"x": (source, [17], values(*numbers))}, {"y": f"{to}[17]"}, cast_reference(to)))
entries.append(Entry("rows", "%i = cast %x, i32\n%y = cast %i, f32\nreturn %y",
                     {"x": ("f32", ["batch", 17], uniform(-9, 9))}, {"y": "f32[batch, 17]"}, jnp.trunc))
entries.append(Entry("pixels", "%y = cast %x, f32\nreturn %y",
                     {"x": ("ui8", ["batch", 33], whole(0, 256))}, {"y": "f32[batch, 33]"},
                     lambda x: x.astype(jnp.float64)))
entries.append(Entry("empty", "%y = cast %x, i32\nreturn %y", {"x": ("f32", [0, 3], wide)}, {"y": "i32[0, 3]"},
                     lambda x: x.astype(jnp.int32)))
file("cast", "the same values as another element type", entries)

#===--- Two operands --------------------------------------------------------------------------------------===#

PAIRS = {"numbers": ([], [], []), "number": ([7], [], [7]), "same": ([3, 17], [3, 17], [3, 17]),
         "row": ([3, 17], [17], [3, 17]), "column": ([3, 1], [3, 33], [3, 33]), "outer": ([7, 1], [1, 33], [7, 33]),
         "deep": ([2, 1, 35], [3, 1], [2, 3, 35]), "ones": ([1, 1], [1], [1, 1]), "empty": ([0, 5], [5], [0, 5]),
         "batched": (["batch", 17], ["batch", 1], ["batch", 17]), "bias": (["batch", 33], [33], ["batch", 33])}
INTEGERS = {"i32": ((-7, 7, -7, 7, 0, 5, 2147483647, -2147483648, 12345), (2, -2, -2, 2, 3, 0, 2, -1, 12345)),
            "i64": ((-7, 7, -7, 7, 0, 5, 2 ** 40, -2 ** 63, 12345), (2, -2, -2, 2, 3, 0, 3, -1, 12345)),
            "ui8": ((0, 1, 200, 255, 7, 100, 128, 3, 254), (3, 0, 100, 255, 2, 200, 127, 5, 16))}
SPECIAL = ((NAN, 1, INF, -INF, INF, 0.0, 2, -1, NAN, 0.0), (1, NAN, INF, INF, 2, 0.0, 2, 3, NAN, -1))


def binary(op, reference, left, right, result="", integers=tuple(INTEGERS), special=SPECIAL, bools=False):
    entries = []
    text = f"%y = {op} %a, %b\nreturn %y"
    out = lambda kind, dims: {"y": shape_text(result or kind, dims)}
    for name, (a, b, c) in PAIRS.items():
        entries.append(Entry(name, text, {"a": ("f32", a, left), "b": ("f32", b, right)}, out("f32", c), reference))
    entries.append(Entry("special", text, {"a": ("f32", [10], values(*special[0])), "b": ("f32", [10], values(*special[1]))},
                         out("f32", [10]), reference))
    for kind in integers:
        a, b = INTEGERS[kind]
        make = lambda numbers, kind=kind: (kind, [9], lambda s: np.array(numbers, TYPES[kind]))
        entries.append(Entry(kind, text, {"a": make(a), "b": make(b)}, out(kind, [9]), reference))
    if bools:
        entries.append(Entry("i1", text, {"a": ("i1", [4], values(0, 0, 1, 1)), "b": ("i1", [4], values(0, 1, 0, 1))},
                             out("i1", [4]), reference))
    return entries


def divide(a, b):
    if a.dtype.kind == "f":
        return a / b
    a, b = np.asarray(a), np.asarray(b)
    quotient = [0 if y == 0 else int(x) if y == 1 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
                for x, y in zip(a.tolist(), b.tolist())]
    bits = a.dtype.itemsize * 8
    wrap = [q - (1 << bits) if a.dtype.kind == "i" and q >= 1 << (bits - 1) else q for q in quotient]
    return np.array(wrap, a.dtype)


small = uniform(-3, 3)
file("add", "a + b", binary("add", lambda a, b: a + b, small, small))
file("sub", "a - b", binary("sub", lambda a, b: a - b, small, small))
file("mul", "a * b", binary("mul", lambda a, b: a * b, small, small))
file("div", "a / b", binary("div", divide, small, uniform(0.5, 3)))
file("min", "the smaller of a and b", binary("min", jnp.minimum, small, small))
file("max", "the larger of a and b", binary("max", jnp.maximum, small, small))
file("pow", "a to the power of b",
     binary("pow", lambda a, b: np.power(np.asarray(a), np.asarray(b)), uniform(0.1, 3), small, integers=(),
            special=((0.0, 2, -2, -2, 0.0, INF, 1, NAN, -1, 0.5), (0.0, 3, 3, 0.5, 2, -1, NAN, 0.0, 4, INF))))
few = whole(-2, 3)
for op, function in (("eq", jnp.equal), ("ne", jnp.not_equal), ("lt", jnp.less), ("le", jnp.less_equal),
                     ("gt", jnp.greater), ("ge", jnp.greater_equal)):
    file(op, "a comparison, as i1", binary(op, function, few, few, result="i1", bools=True))

choose = lambda c, a, b: jnp.where(c, a, b)
coin = whole(0, 2)
entries = []
for name, (c, a, b, y) in {"numbers": ([], [], [], []), "same": ([3, 17], [3, 17], [3, 17], [3, 17]),
                           "condition": ([17], [3, 17], [3, 1], [3, 17]), "values": ([5, 33], [], [33], [5, 33]),
                           "outer": ([7, 1], [1, 33], [7, 33], [7, 33]), "empty": ([0, 5], [5], [5], [0, 5]),
                           "rows": (["batch", 1], ["batch", 17], [17], ["batch", 17])}.items():
    entries.append(Entry(name, "%y = where %c, %a, %b\nreturn %y",
                         {"c": ("i1", c, coin), "a": ("f32", a, small), "b": ("f32", b, small)},
                         {"y": shape_text("f32", y)}, choose))
for kind in ("i32", "i64", "ui8", "i1"):
    entries.append(Entry(kind, "%y = where %c, %a, %b\nreturn %y",
                         {"c": ("i1", [7], coin), "a": (kind, [7], coin), "b": (kind, [7], whole(0, 2))},
                         {"y": f"{kind}[7]"}, choose))
entries.append(Entry("nan", "%l = lt %a, %b\n%y = where %l, %a, %b\nreturn %y",
                     {"a": ("f32", [10], values(*SPECIAL[0])), "b": ("f32", [10], values(*SPECIAL[1]))},
                     {"y": "f32[10]"}, lambda a, b: jnp.where(a < b, a, b)))
file("where", "a where the condition holds, else b", entries)
