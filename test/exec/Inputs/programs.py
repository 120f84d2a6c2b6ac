# programs.py - part of generate.py: layers and their gradients, dropout, what an entry point may return.
# SPDX-License-Identifier: Apache-2.0


class Program:
    """Functions as they are written, and cases for them: (entry, {member: ...}) with arrays as values."""

    def __init__(self, text, cases):
        self.written, self.given = text, cases

    def text(self):
        return "".join(f"  {line}\n" if line.strip() else "\n" for line in self.written.strip("\n").splitlines())

    def cases(self):
        for entry, members in self.given():
            case = {"entry": entry}
            for member, value in members.items():
                case[member] = {n: to_json(x) for n, x in value.items()} if isinstance(value, dict) else value
            yield case


def layer(name, words, x, parameters, y, reference, kind="f32", draw=None, rows=(1, 3, 19), **members):
    """A layer as a function and in a training step; `parameters`: name -> dims. What comes before it gets a gradient too,
    where it is of floats: that of a scale."""
    draw = draw or small
    floats = draw is small
    own = kind if floats else ("f64" if "type = f64" in words else "f32")
    scaled = f"%s = param \"{name}.scale\" {kind}[{x[-1]}] = ones\n    %x = mul %u, %s\n    " if floats else ""
    text = f"""
func @{name}(%x: {shape_text(kind, x)}) -> (y: {shape_text(own, y)}) {{
  %y = {words}
  return %y
}}
func @{name}_loss(%{"u" if floats else "x"}: {shape_text(kind, x)}, %c: {shape_text(own, y)}) -> (loss: {own}) {{
  {scaled.replace("    %x", "  %x").rstrip()}
  %y = {words}
  %m = mul %y, %c
  %loss = sum %m
  return %loss
}}
train @{name}_step minimizes @{name}_loss {{
  optimize "*" with @sgd
}}
"""
    text = "\n".join(line for line in text.splitlines() if line.strip()) + "\n"
    batched = any("batch" in str(d) for d in x)

    def cases():
        for count in rows if batched else (0,):
            shape = lambda dims: tuple(eval(d, {"batch": count}) if isinstance(d, str) else d for d in dims)
            given = np.asarray(draw(shape(x))).astype(TYPES[kind])
            weights = {f"{name}.{p}": small(tuple(dims)) for p, dims in parameters.items()}
            values = [jnp.asarray(w) for w in weights.values()]
            out = reference(jnp.asarray(given), *values)
            yield name, {"inputs": {"x": given}, "parameters": weights, "expect": {"y": out}, **members}
            c = small(shape(y))
            if floats:
                scale = small((x[-1],))
                loss = lambda scale, *values: (reference(given * scale, *values) * c).sum()
                value, found = jax.value_and_grad(loss, argnums=tuple(range(len(values) + 1)))(jnp.asarray(scale), *values)
                weights = {f"{name}.scale": scale, **weights}
            else:
                loss = lambda *values: (reference(given, *values) * c).sum()
                value, found = jax.value_and_grad(loss, argnums=tuple(range(len(values))))(*values)
            expected = {"loss": value, **{f"gradient.{p}": g for p, g in zip(weights, found)}}
            yield name + "_step.gradients", {"inputs": {"u" if floats else "x": given, "c": c}, "parameters": weights,
                                             "expect": expected, **members}

    return Program(text, cases)


linear = lambda x, w, b=0.0: jnp.matmul(x, w.T) + b
file("nn-linear", "a layer x W' + b: values and gradients", [
    layer("rows", 'nn.linear "rows" %x, 7', ["batch", 17], {"weight": [7, 17], "bias": [7]}, ["batch", 7], linear),
    layer("plain", 'nn.linear "plain" %x, 33, bias = false', ["batch", 5], {"weight": [33, 5]}, ["batch", 33], linear),
    layer("turned", 'nn.linear "turned" %x, 3, weight = in_out', ["batch", 17], {"weight": [17, 3], "bias": [3]}, ["batch", 3],
          lambda x, w, b: linear(x, w.T, b)),
    layer("turned_plain", 'nn.linear "turned_plain" %x, 9, weight = in_out, bias = false, init = normal(0.5)', [5, 7],
          {"weight": [7, 9]}, [5, 9], lambda x, w: linear(x, w.T)),
    layer("one", 'nn.linear "one" %x, 1', ["batch", 1], {"weight": [1, 1], "bias": [1]}, ["batch", 1], linear),
    layer("column", 'nn.linear "column" %x, 1', ["batch", 35], {"weight": [1, 35], "bias": [1]}, ["batch", 1], linear),
    layer("vector", 'nn.linear "vector" %x, 5', [17], {"weight": [5, 17], "bias": [5]}, [5], linear),
    layer("deep", 'nn.linear "deep" %x, 4', ["batch", 3, 7], {"weight": [4, 7], "bias": [4]}, ["batch", 3, 4], linear),
    layer("empty", 'nn.linear "empty" %x, 3', [0, 5], {"weight": [3, 5], "bias": [3]}, [0, 3], linear),
    layer("wide", 'nn.linear "wide" %x, 33', [3, 67], {"weight": [33, 67], "bias": [33]}, [3, 33], linear),
    layer("f64", 'nn.linear "f64" %x, 5', ["batch", 9], {"weight": [5, 9], "bias": [5]}, ["batch", 5], linear, "f64")])

rows_of = lambda index, table: table[index.astype(jnp.int64)]
file("nn-embedding", "a layer of a table's rows: values and gradients", [
    layer("rows", 'nn.embedding "rows" %i, 7, 5'.replace("%i", "%x"), ["batch"], {"weight": [7, 5]}, ["batch", 5], rows_of, "i32",
          whole(0, 7)),
    layer("tokens", 'nn.embedding "tokens" %x, 11, 17, init = normal(0.02)', ["batch", 3], {"weight": [11, 17]},
          ["batch", 3, 17], rows_of, "i64", whole(0, 11)),
    layer("bytes", 'nn.embedding "bytes" %x, 256, 3', [5, 2], {"weight": [256, 3]}, [5, 2, 3], rows_of, "ui8", whole(0, 256)),
    layer("same", 'nn.embedding "same" %x, 3, 1', [33], {"weight": [3, 1]}, [33, 1], rows_of, "i32", whole(1, 2)),
    layer("number", 'nn.embedding "number" %x, 5, 9', [], {"weight": [5, 9]}, [9], rows_of, "i32", whole(0, 5)),
    layer("one", 'nn.embedding "one" %x, 1, 7', ["batch"], {"weight": [1, 7]}, ["batch", 7], rows_of, "ui8", whole(0, 1)),
    layer("empty", 'nn.embedding "empty" %x, 5, 3', [0], {"weight": [5, 3]}, [0, 3], rows_of, "i32", whole(0, 5)),
    layer("f64", 'nn.embedding "f64" %x, 5, 3, type = f64', ["batch"], {"weight": [5, 3]}, ["batch", 3], rows_of, "i64",
          whole(0, 5))])

affine = lambda epsilon=1e-5: lambda x, w, b: normal(x, epsilon) * w + b
file("nn-layer_norm", "a layer that normalises the last axis: values and gradients", [
    layer(name, f'nn.layer_norm "{name}" %x{words}', x, {"weight": [x[-1]], "bias": [x[-1]]}, x, affine(epsilon), kind,
          **({} if kind == "f64" else {"tolerance": 1e-4, "absolute": 1e-4}))
    for name, words, x, epsilon, kind in (
        ("rows", "", ["batch", 17], 1e-5, "f32"), ("deep", "", ["batch", 2, 35], 1e-5, "f32"),
        ("list", "", [33], 1e-5, "f32"), ("one", "", ["batch", 1], 1e-5, "f32"),
        ("epsilon", ", epsilon = 0.5", ["batch", 7], 0.5, "f32"), ("empty", "", [0, 5], 1e-5, "f32"),
        ("f64", "", ["batch", 9], 1e-5, "f64"), ("f64_epsilon", ", epsilon = 0.125", [3, 5], 0.125, "f64"))])


# What an entry point may return, and what it may leave alone.
file("entry-points", "inputs that are returned, values returned twice, inputs that nobody reads", [
    Entry("same", "return %x", {"x": ("f32", ["batch", 17], small)}, {"y": "f32[batch, 17]"}, lambda x: x),
    *[Entry("same_" + kind, "return %x", {"x": (kind, ["batch"], whole(0, 2))}, {"y": f"{kind}[batch]"}, lambda x: x)
      for kind in KINDS],
    Entry("same_number", "return %x", {"x": ("f32", [], small)}, {"y": "f32"}, lambda x: x),
    Entry("same_empty", "return %x", {"x": ("f32", [0, 3], small)}, {"y": "f32[0, 3]"}, lambda x: x),
    Entry("same_inside", "return %x", {"x": ("f32", [3, "batch", 2], small)}, {"y": "f32[3, batch, 2]"}, lambda x: x),
    Entry("both", "return %x, %x", {"x": ("f32", ["batch", 5], small)}, {"y": "f32[batch, 5]", "z": "f32[batch, 5]"},
          lambda x: (x, x)),
    Entry("swapped", "return %b, %a", {"a": ("f32", ["batch", 3], small), "b": ("f32", ["batch", 3], small)},
          {"y": "f32[batch, 3]", "z": "f32[batch, 3]"}, lambda a, b: (b, a)),
    Entry("twice", "%y = exp %x\nreturn %y, %y", {"x": ("f32", ["batch", 7], small)},
          {"y": "f32[batch, 7]", "z": "f32[batch, 7]"}, lambda x: (jnp.exp(x), jnp.exp(x))),
    Entry("thrice", "%y = sum %x\nreturn %y, %y, %y", {"x": ("f32", [5, 7], small)}, {"y": "f32", "z": "f32", "w": "f32"},
          lambda x: (x.sum(),) * 3),
    Entry("on_the_way", "%y = exp %x\n%z = neg %y\nreturn %z, %y, %x", {"x": ("f32", ["batch", 7], small)},
          {"z": "f32[batch, 7]", "y": "f32[batch, 7]", "x": "f32[batch, 7]"}, lambda x: (-jnp.exp(x), jnp.exp(x), x)),
    Entry("reshaped", "%y = reshape %x, [batch, 6]\nreturn %y, %x", {"x": ("f32", ["batch", 2, 3], small)},
          {"y": "f32[batch, 6]", "z": "f32[batch, 2, 3]"}, lambda x: (x.reshape(-1, 6), x)),
    Entry("reshaped_twice", "%e = exp %x\n%y = reshape %e, [batch, 6]\nreturn %y, %e, %y", {"x": ("f32", ["batch", 2, 3], small)},
          {"y": "f32[batch, 6]", "e": "f32[batch, 2, 3]", "z": "f32[batch, 6]"},
          lambda x: (jnp.exp(x).reshape(-1, 6), jnp.exp(x), jnp.exp(x).reshape(-1, 6))),
    Entry("unread", "%y = neg %x\nreturn %y", {"x": ("f32", ["batch", 3], small), "u": ("f32", ["batch", 70], small)},
          {"y": "f32[batch, 3]"}, lambda x, u: -x),
    Entry("unread_all", "%y = constant f32[3] = [1.0, 2.0, 3.0]\nreturn %y", {"u": ("i64", ["batch"], whole(0, 9))},
          {"y": "f32[3]"}, lambda u: jnp.array([1.0, 2.0, 3.0])),
    Entry("unread_work", "%d = exp %u\n%e = sum %d\n%y = neg %x\nreturn %y",
          {"x": ("f32", ["batch", 3], small), "u": ("f32", [5], small)}, {"y": "f32[batch, 3]"}, lambda x, u: -x),
    Entry("constants", "%a = constant f32[batch, 2] = 1.5\n%b = constant f32[2] = [1.0, 2.0]\nreturn %a, %b, %b",
          {"u": ("f32", ["batch"], small)}, {"y": "f32[batch, 2]", "z": "f32[2]", "w": "f32[2]"},
          lambda u: (jnp.full((u.shape[0], 2), 1.5), jnp.array([1.0, 2.0]), jnp.array([1.0, 2.0]))),
    Program("""
func @parameter(%x: f32[batch]) -> (w: f32[3, 5], x: f32[batch], v: f32[3, 5]) {
  %w = param "w" f32[3, 5] = ones
  %v = exp %w
  return %w, %x, %v
}
""", lambda: [("parameter", {"inputs": {"x": x}, "parameters": {"w": w}, "expect": {"w": w, "x": x, "v": np.exp(w)}})
              for x, w in [(small((2,)), small((3, 5)))]])])


# Dropout. The masks are computed here from the published description of Philox4x32-10 and of the streams
# (docs/operations.md), by nothing that the compiler or the runtime share.
def philox(counter, key):
    counter, key = list(counter), list(key)
    for _ in range(10):
        low, high = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [high >> 32 ^ counter[1] ^ key[0], high & 0xFFFFFFFF, low >> 32 ^ counter[3] ^ key[1], low & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def mask(shape, rate, stream, seed, step):
    """0, or 1 / (1 - rate) for what is kept."""
    assert philox([0] * 4, [0] * 2) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]  # Random123's own vector
    key = 0xCBF29CE484222325
    for byte in stream.encode():
        key = (key ^ byte) * 0x100000001B3 % 2**64
    key ^= seed
    words = []
    for p in range(int(np.prod(shape))):
        c = p // 64 * 16 + p % 16
        words.append(philox([c % 2**32, c >> 32, step % 2**32, step >> 32], [key % 2**32, key >> 32])[p // 16 % 4])
    kept = np.array(words, np.uint64).reshape(shape) >= int(rate * 2**32)
    # Whatever is asked for is a fair draw: within five standard deviations of the share that is to be kept.
    assert abs(kept.mean() - (1 - rate)) <= 5 * np.sqrt(rate * (1 - rate) / kept.size), (stream, kept.mean())
    return kept / (1 - rate)


def dropped():
    for seed, step, rows in ((0, 1, 19), (7, 1, 19), (7, 2, 19), (7, 2, 3), (2**40 + 3, 2**33 + 5, 1)):
        x, c, w = small((rows, 17)), small((rows, 17)), small((17,))
        call = {"seed": seed, "step": step}
        d, e, inner = (mask((rows, 17), rate, stream, seed, step) for rate, stream in ((0.25, "d"), (0.5, "e"), (0.25, "in.d")))
        assert rows == 1 or ((d > 0) != (e > 0)).any() and ((d > 0) != (inner > 0)).any()
        yield "sampled", {"inputs": {"x": x}, **call, "expect": {"y": x * d, "z": x * e, "inner": x * inner}}
        again = mask((rows, 17), 0.25, "twice.d", seed, step), mask((rows, 17), 0.25, "twice.d#1", seed, step)
        assert rows == 1 or (again[0] != again[1]).any()
        yield "again", {"inputs": {"x": x}, **call, "expect": {"y": x * again[0], "z": x * again[1]}}
        yield "inferred", {"inputs": {"x": x}, **call, "expect": {"y": x, "z": x, "inner": x}}
        # loss = sum(c * d(x * w)): the gradient's mask is the one of the value.
        yield "step.gradients", {"inputs": {"x": x, "c": c}, "parameters": {"w": w}, **call, "expect": {
            "loss": (c * (x * w) * d).sum(), "y": x * w * d, "gradient.w": (c * d * x).sum(0)}}
    masks = [mask((19, 17), 0.25, "d", 7, step) for step in (1, 2)]
    assert (masks[0] != masks[1]).any()
    # Shares, with what a binomial allows: five standard deviations.
    count = 100000
    for seed, step in ((1, 1), (1, 2), (2, 1)):
        for name, rate in (("half", 0.5), ("tenth", 0.1), ("most", 0.9), ("none", 0.0)):
            yield "share_" + name, {"inputs": {"x": np.array(1.0)}, "seed": seed, "step": step, "tolerance": 1e-9,
                                    "absolute": 5 * np.sqrt(count * rate * (1 - rate)) + 0.5,
                                    "expect": {"kept": np.array(count * (1 - rate))}}
            # All that is kept is one value.
            yield "value_" + name, {"inputs": {"x": np.array(3.0)}, "seed": seed, "step": step,
                                    "expect": {"least": np.array(3 / (1 - rate)), "most": np.array(3 / (1 - rate))}}
        # The product of two independent masks of one half is 4 with probability 1/4.
        yield "together", {"inputs": {"x": np.array(1.0)}, "seed": seed, "step": step, "tolerance": 1e-9,
                           "absolute": 5 * np.sqrt(count * 3 / 16), "expect": {"both": np.array(count / 4)}}


shares_text = "".join(f"""
func private @drop_{name}(%x: f32) {{
  %all = broadcast %x, [100000]
  %d = dropout %all, {rate}
  return %d
}}
func @share_{name}(%x: f32) -> (kept: f32) {{
  %d = call @drop_{name}(%x), training
  %zero = constant f32 = 0.0
  %k = gt %d, %zero
  %f = cast %k, f32
  %kept = sum %f
  return %kept
}}
func @value_{name}(%x: f32) -> (least: f32, most: f32) {{
  %d = call @drop_{name}(%x), training
  %most = amax %d
  %zero = constant f32 = 0.0
  %k = gt %d, %zero
  %w = where %k, %d, %most
  %least = amin %w
  return %least, %most
}}""" for name, rate in (("half", 0.5), ("tenth", 0.1), ("most", 0.9), ("none", 0.0)))
file("dropout", "masks in training, nothing in inference", [Program("""
func private @net(%x: f32[batch, 17]) {
  %d = dropout %x, 0.25
  return %d
}
func private @all(%x: f32[batch, 17]) {
  %d = dropout %x, 0.25
  %e = dropout %x, 0.5
  %n = call "in" @net(%x)
  return %d, %e, %n
}
func @sampled(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17], inner: f32[batch, 17]) {
  %y, %z, %n = call @all(%x), training
  return %y, %z, %n
}
func @again(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17]) {
  %y = call "twice" @net(%x), training
  %z = call "twice" @net(%x), training
  return %y, %z
}
func @inferred(%x: f32[batch, 17]) -> (y: f32[batch, 17], z: f32[batch, 17], inner: f32[batch, 17]) {
  %y, %z, %n = call @all(%x)
  return %y, %z, %n
}
func @loss(%x: f32[batch, 17], %c: f32[batch, 17]) -> (loss: f32, y: f32[batch, 17]) {
  %w = param "w" f32[17] = ones
  %v = mul %x, %w
  %y = call @net(%v)
  %m = mul %y, %c
  %loss = sum %m
  return %loss, %y
}
train @step minimizes @loss {
  optimize "*" with @sgd
}
func @together(%x: f32) -> (both: f32) {
  %a = call "a" @drop_half(%x), training
  %b = call "b" @drop_half(%x), training
  %p = mul %a, %b
  %zero = constant f32 = 0.0
  %k = gt %p, %zero
  %f = cast %k, f32
  %both = sum %f
  return %both
}
""".replace("func @together", shares_text.strip() + "\nfunc @together"), dropped)])

# Optimizers whose new values are old ones of another place: nothing may be overwritten before it is read. The values are
# by hand; w is [2, 3] and v [[1, 2], [3, 4]] before each step.
UPDATES = {
    "swap": ("(m = 7)", "return %m, %w", {"w": [7, 7], "w.m": [2, 3], "v": [[7, 7], [7, 7]], "v.m": [[1, 2], [3, 4]]}),
    "rotate": ("(a = 1, b = 2, c = 3)", "%n = add %w, %a\nreturn %a, %b, %c, %n",
               {"w": [1, 1], "w.a": [2, 2], "w.b": [3, 3], "w.c": [3, 4], "v": [[1, 1], [1, 1]], "v.a": [[2, 2], [2, 2]],
                "v.b": [[3, 3], [3, 3]], "v.c": [[2, 3], [4, 5]]}),
    "both": ("(d = 5, e = 6)", "%n = add %w, %d\nreturn %n, %n, %w",
             {"w": [7, 8], "w.d": [7, 8], "w.e": [2, 3], "v": [[6, 7], [8, 9]], "v.d": [[6, 7], [8, 9]], "v.e": [[1, 2], [3, 4]]}),
    "still": ("(f = 4)", "return %w, %f", {"w": [2, 3], "w.f": [4, 4], "v": [[1, 2], [3, 4]], "v.f": [[4, 4], [4, 4]]}),
    "turned": ("(t = 5)", "%t1 = transpose %w, [1, 0]\n%s = add %w, %t1\nreturn %s, %t1",
               {"w": [2, 3], "v": [[2, 5], [5, 8]], "v.t": [[1, 3], [2, 4]]}),
    "turned_sum": ("(u = 5)", "%s = add %w, %u\n%t1 = transpose %s, [1, 0]\n%p = mul %t1, %w\nreturn %p, %t1",
                   {"v": [[6, 16], [21, 36]], "v.u": [[6, 8], [7, 9]]})}


def updates():
    text = """
func @loss(%x: f32[batch, 2]) -> (loss: f32) {
  %w = param "w" f32[2] = ones
  %v = param "v" f32[2, 2] = ones
  %y = mul %x, %w
  %z = matmul %y, %v, transpose_b
  %l = mean %z
  return %l
}
func @product(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
  %v = param "v" f32[2, 2] = ones
  %y = matmul %x, %v, transpose_b
  return %y
}
"""
    for name, (slots, body, _) in UPDATES.items():
        given = ", ".join(f"%{s.split(' = ')[0]} = constant({s.split(' = ')[1]}.0)" for s in slots[1:-1].split(", "))
        only = "\n  freeze \"w\"" if "turned" in name else ""
        lines = "".join(f"  {line}\n" for line in body.splitlines())
        text += f"optimizer @{name}(%w, %g) slots({given}) {{\n{lines}}}\n"
        text += f"train @{name}_step minimizes @loss {{\n  optimize \"*\" with @{name}{only}\n}}\n"
    return text


def updated():
    for name, (slots, _, expected) in UPDATES.items():
        given = {"inputs": {"x": np.array([[1.0, 2.0]])}, "parameters": {"w": np.array([2, 3]), "v": np.array([[1, 2], [3, 4]])}}
        start = {f"{p}.{s}": np.full(shape, float(value)) for s, value in
                 (slot.split(" = ") for slot in slots[1:-1].split(", ")) for p, shape in (("w", 2), ("v", (2, 2)))
                 if p == "v" or "turned" not in name}
        # x * w = [2, 6]; times v': [14, 30], of which the mean is 22.
        yield name + "_step", {"inputs": given["inputs"], "parameters": {**given["parameters"], **start}, "expect": {"loss": np.array(22.0), **{n: np.array(v) for n, v in expected.items()}}}
    before = {"w": [2, 3], "v": [[1, 2], [3, 4]], "w.m": [7, 7], "v.m": [[7, 7], [7, 7]]}
    # Slots start as they are told to.
    yield "swap_step", {**given, "repeat": 2, "expect": {n: np.array(v) for n, v in before.items()}}


file("updates", "old values of one stored tensor that are new values of another", [Program(updates(), updated)])
