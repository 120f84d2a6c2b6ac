# networks.py - part of generate.py: products, softmax, normalisation, losses, layers.
# SPDX-License-Identifier: Apache-2.0

entries = []
for name, a, b, y in (
        ("small", [3, 7], [7, 5], [3, 5]), ("odd", [17, 33], [33, 70], [17, 70]), ("row", [1, 17], [17, 33], [1, 33]),
        ("column", [33, 17], [17, 1], [33, 1]), ("dot", [1, 70], [70, 1], [1, 1]), ("outer", [7, 1], [1, 17], [7, 17]),
        ("one", [1, 1], [1, 1], [1, 1]), ("nothing_summed", [3, 0], [0, 5], [3, 5]), ("empty", [0, 7], [7, 5], [0, 5]),
        ("stack", [2, 3, 7], [2, 7, 17], [2, 3, 17]), ("shared", [2, 3, 7], [7, 5], [2, 3, 5]),
        ("shared_left", [3, 7], [2, 7, 5], [2, 3, 5]), ("stretched", [2, 1, 3, 7], [5, 7, 4], [2, 5, 3, 4]),
        ("long", [2, 300], [300, 3], [2, 3]), ("batched", ["batch", 17], [17, 33], ["batch", 33]),
        ("batched_stack", ["batch", 3, 7], ["batch", 7, 5], ["batch", 3, 5]), ("wide", [5, 17], [17, 130], [5, 130])):
    for suffix in ("", "_ta", "_tb", "_ta_tb"):
        ta, tb = "_ta" in suffix, "_tb" in suffix
        if suffix and name in ("small", "dot", "one", "long", "wide", "column", "shared_left") or (ta and name == "batched"):
            continue
        swap = lambda dims: dims[:-2] + [dims[-1], dims[-2]]
        words = (", transpose_a" if ta else "") + (", transpose_b" if tb else "")
        turn = lambda x, t: jnp.swapaxes(x, -1, -2) if t else x
        entries.append(Entry(name + suffix, f"%y = matmul %a, %b{words}\nreturn %y",
                             {"a": ("f32", swap(a) if ta else a, small), "b": ("f32", swap(b) if tb else b, small)},
                             {"y": shape_text("f32", y)},
                             lambda a, b, ta=ta, tb=tb: jnp.matmul(turn(a, ta), turn(b, tb)),
                             (19,) if suffix else (1, 3, 19)))
entries.append(Entry("batch_summed", "%y = matmul %a, %b, transpose_a\nreturn %y",
                     {"a": ("f32", ["batch", 7], small), "b": ("f32", ["batch", 17], small)}, {"y": "f32[7, 17]"},
                     lambda a, b: a.T @ b))
entries.append(Entry("fused", "%m = matmul %a, %b\n%s = add %m, %c\n%r = relu %s\n%y = mul %r, %d\nreturn %y, %s",
                     {"a": ("f32", ["batch", 17], small), "b": ("f32", [17, 33], small), "c": ("f32", [33], small),
                      "d": ("f32", ["batch", 1], small)}, {"y": "f32[batch, 33]", "s": "f32[batch, 33]"},
                     lambda a, b, c, d: (jnp.maximum(a @ b + c, 0) * d, a @ b + c)))
file("matmul", "the product of the last two axes", entries)

special_rows = values(1, 2, 3, 1000, 1000, 999, -1000, -1000, -1000, INF, 1, 2, -INF, 1, 2, NAN, 1, 2)
for op, function in (("softmax", jax.nn.softmax), ("log_softmax", jax.nn.log_softmax)):
    entries = []
    for name, dims, axis in (("last", [3, 17], None), ("first", [7, 33], 0), ("middle", [2, 5, 3], 1), ("list", [70], -1),
                             ("wide", [2, 130], 1), ("one", [3, 1], 1), ("empty", [0, 5], 1), ("rows", ["batch", 10], None),
                             ("deep", ["batch", 3, 7], 1), ("nothing", [3, 0], 1), ("over_batch", ["batch", 7], 0)):
        words = f", axis = {axis}" if axis is not None else ""
        entries.append(Entry(name, f"%y = {op} %x{words}\nreturn %y", {"x": ("f32", dims, small)},
                             {"y": shape_text("f32", dims)},
                             lambda x, axis=axis, function=function: function(x, axis=-1 if axis is None else axis) if x.size else x))
    entries.append(Entry("special", f"%y = {op} %x\nreturn %y", {"x": ("f32", [6, 3], special_rows)}, {"y": "f32[6, 3]"},
                         lambda x, function=function: jnp.where(jnp.isposinf(x).any(1, keepdims=True), NAN, function(x))))
    file(op, "softmax along an axis", entries)


def normal(x, epsilon=1e-5):
    d = x - x.mean(-1, keepdims=True)
    return d / jnp.sqrt((d * d).mean(-1, keepdims=True) + epsilon)


entries = []
for name, dims, words, epsilon in (("matrix", [3, 17], "", 1e-5), ("cube", [2, 3, 33], "", 1e-5), ("list", [70], "", 1e-5),
                                   ("one", [3, 1], "", 1e-5), ("epsilon", [3, 7], ", epsilon = 0.5", 0.5),
                                   ("empty", [0, 5], "", 1e-5), ("rows", ["batch", 17], "", 1e-5),
                                   ("deep", ["batch", 2, 67], "", 1e-5)):
    entries.append(Entry(name, f"%y = layer_norm %x, %w, %b{words}\nreturn %y",
                         {"x": ("f32", dims, small), "w": ("f32", [dims[-1]], small), "b": ("f32", [dims[-1]], small)},
                         {"y": shape_text("f32", dims)},
                         lambda x, w, b, epsilon=epsilon: normal(x, epsilon) * w + b, **({"tolerance": 1e-4, "absolute": 1e-4}
                                                                                       if 67 in dims else {})))
file("layer_norm", "normalisation over the last axis", entries)


def cross_entropy(score, target, ignore=None, smoothing=0.0):
    logs = jax.nn.log_softmax(score, -1)
    classes = score.shape[-1]
    if target.dtype.kind != "f":
        counts = jnp.ones(target.shape, bool) if ignore is None else target != ignore
        target = jax.nn.one_hot(jnp.where(counts, target, 0).astype(jnp.int32), classes, dtype=jnp.float64)
    else:
        counts = jnp.ones(target.shape[:-1], bool)
    share = target * (1 - smoothing) + smoothing / classes
    rows = -(share * logs).sum(-1)
    return jnp.where(counts, rows, 0).sum() / counts.sum()


shares = lambda shape: np.round(random.uniform(0, 1, shape) * 64) / 64
entries = []
for name, dims, kind, words, options in (
        ("rows", ["batch", 10], "i32", "", {}), ("one_class", [3, 1], "i64", "", {}), ("bytes", [5, 17], "ui8", "", {}),
        ("cube", [2, 3, 7], "i32", "", {}), ("single", [33], "i32", "", {}), ("wide", ["batch", 35], "i64", "", {}),
        ("smooth", ["batch", 10], "i32", ", label_smoothing = 0.125", {"smoothing": 0.125}),
        ("ignoring", [7, 5], "i32", ", ignore_index = 2", {"ignore": 2}),
        ("ignoring_negative", [7, 5], "i32", ", ignore_index = -100", {"ignore": -100}),
        ("ignoring_smooth", ["batch", 5], "i64", ", ignore_index = -1, label_smoothing = 0.25", {"ignore": -1, "smoothing": 0.25}),
        ("probabilities", ["batch", 7], "f32", "", {}), ("probabilities_cube", [2, 3, 5], "f32", "", {}),
        ("probabilities_smooth", [3, 17], "f32", ", label_smoothing = 0.125", {"smoothing": 0.125})):
    target = dims if kind == "f32" else dims[:-1]
    ignored = options.get("ignore")
    draw = shares if kind == "f32" else whole(0, dims[-1])
    if ignored is not None and ignored < 0: # the first row always counts
        draw = lambda shape, n=dims[-1], ignored=ignored: np.array([ignored if i % 3 == 2 else i % n for i in range(shape[0])])
    entries.append(Entry(name, f"%y = cross_entropy %x, %t{words}\nreturn %y",
                         {"x": ("f32", dims, small), "t": (kind, target, draw)}, {"y": "f32"},
                         lambda x, t, options=options: cross_entropy(x, t, **options)))
entries.append(Entry("nobody", "%y = cross_entropy %x, %t, ignore_index = 1\nreturn %y",
                     {"x": ("f32", [3, 5], small), "t": ("i32", [3], values(1, 1, 1))}, {"y": "f32"}, lambda x, t: jnp.array(0.0))) # not NaN, as PyTorch has it
entries.append(Entry("none", "%y = cross_entropy %x, %t\nreturn %y",
                     {"x": ("f32", [0, 5], small), "t": ("i32", [0], few)}, {"y": "f32"}, lambda x, t: jnp.array(NAN)))
entries.append(Entry("large", "%y = cross_entropy %x, %t\nreturn %y",
                     {"x": ("f32", [2, 3], values(1000, 0, -1000, 5000, 5000, 4000)), "t": ("i32", [2], values(2, 1))},
                     {"y": "f32"}, cross_entropy))
entries.append(Entry("out_of_range", "%y = cross_entropy %x, %t\nreturn %y",
                     {"x": ("f32", [3, 5], small), "t": ("i32", [3], values(1, 5, 2))}, {"y": "f32"},
                     lambda x, t: x.sum(), error="5"))
file("cross_entropy", "the mean of -log(softmax(score)) at the target", entries)

file("mse_loss", "the mean of (a - b)^2", [
    Entry(name, "%y = mse_loss %a, %b\nreturn %y", {"a": ("f32", dims, small), "b": ("f32", dims, small)}, {"y": "f32"},
          lambda a, b: ((a - b) ** 2).mean() if a.size else jnp.array(NAN))
    for name, dims in (("matrix", [3, 17]), ("list", [70]), ("number", []), ("one", [1, 1]), ("cube", [2, 3, 33]),
                       ("rows", ["batch", 17]), ("column", ["batch", 1]), ("flat", ["batch"]), ("empty", [0, 3]))])


def accuracy(score, target, k=1, ignore=None):
    score, target = np.asarray(score), np.asarray(target)
    right = counted = 0
    for row, wanted in zip(score.reshape(-1, score.shape[-1]), target.reshape(-1)):
        if wanted == ignore:
            continue
        counted += 1
        order = sorted(range(len(row)), key=lambda c: (-row[c], c))
        right += int(wanted) in order[:k] and not np.isnan(row).any()
    return np.float64(right / counted if counted else NAN)


entries = []
for name, dims, kind, words, options in (
        ("rows", ["batch", 10], "i32", "", {}), ("top", ["batch", 10], "i32", ", k = 3", {"k": 3}),
        ("all", [7, 3], "i64", ", k = 3", {"k": 3}), ("cube", [2, 17, 5], "ui8", ", k = 2", {"k": 2}),
        ("single", [33], "i32", "", {}), ("one_class", [3, 1], "i32", "", {}),
        ("ignoring", [17, 5], "i32", ", ignore_index = 2", {"ignore": 2}), ("none", [0, 5], "i32", "", {})):
    for suffix, draw in (("", small), ("_ties", whole(0, 2))):
        entries.append(Entry(name + suffix, f"%y = accuracy %x, %t{words}\nreturn %y",
                             {"x": ("f32", dims, draw), "t": (kind, dims[:-1], whole(0, dims[-1]))}, {"y": "f32"},
                             lambda x, t, options=options: accuracy(x, t, **options)))
entries.append(Entry("special", "%y = accuracy %x, %t\nreturn %y",
                     {"x": ("f32", [4, 3], values(1, NAN, 2, NAN, NAN, NAN, INF, 1, 2, -INF, -INF, 3)),
                      "t": ("i32", [4], values(1, 0, 0, 2))}, {"y": "f32"}, lambda x, t: jnp.array(0.5)))
file("accuracy", "the share of rows whose target is among the highest", entries)
