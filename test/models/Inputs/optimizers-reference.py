# optimizers-reference.py - what training lines do to two small parameters, by their definitions, in Python's floats.
# SPDX-License-Identifier: Apache-2.0
#
#   optimizers-reference.py > optimizers.json
#
# The loss is mean((a - wanted)^2) + mean((b - wanted)^2): the gradients are 2 (a - wanted) / 4 and 2 (b - wanted) / 3.
# Each optimizer is written from its paper, as PyTorch documents it, with bias corrections in place; five steps.
import json
import math

START = {"a": [0.5, -1.25, 2.0, 0.0], "b": [3.0, -0.125, 0.75]}
WANTED = {"a": [1.0, 1.0, -0.5, 0.25], "b": [0.0, 0.25, 0.5]}


def sgd(w, g, slots, t, lr=0.01, momentum=0.0, weight_decay=0.0, nesterov=0.0):
    m = slots.get("m", 0.0)
    d = g + weight_decay * w
    m = slots["m"] = momentum * m + d
    return w - lr * (d + momentum * m if nesterov else m)


def adam(w, g, slots, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, decoupled=False):
    if decoupled:
        w = w - lr * weight_decay * w
    else:
        g = g + weight_decay * w
    m = slots["m"] = beta1 * slots.get("m", 0.0) + (1 - beta1) * g
    v = slots["v"] = beta2 * slots.get("v", 0.0) + (1 - beta2) * g * g
    return w - lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)


def adamw(w, g, slots, t, weight_decay=0.01, **rest):
    return adam(w, g, slots, t, weight_decay=weight_decay, decoupled=True, **rest)


def own(w, g, slots, t, lr=0.02, shrink=0.01):
    """The one that the test's model defines: the largest gradient so far scales a step of tanh(g), and weights shrink."""
    top = slots["top"] = max(slots.get("top", 0.5), abs(g))
    return w * (1 - shrink * t) - lr * math.tanh(g) / top


RULES = {"sgd": sgd, "adam": adam, "adamw": adamw, "own": own}


def case(name, lines, groups, clip=None, settings=()):
    """groups: parameter -> (rule, options), None where frozen."""
    w = {key: list(values) for key, values in START.items()}
    slots = {key: [{} for _ in values] for key, values in START.items()}
    for t in range(1, 6):
        g = {key: [2 * (x - y) / len(w[key]) for x, y in zip(w[key], WANTED[key])] for key in w if groups[key]}
        if clip:
            norm = math.sqrt(sum(x * x for values in g.values() for x in values))
            g = {key: [x * min(1.0, clip / (norm + 1e-6)) for x in values] for key, values in g.items()}
        for key in g:
            rule, options = groups[key]
            w[key] = [RULES[rule](x, y, s, t, **options) for x, y, s in zip(w[key], g[key], slots[key])]
    expected = dict(w)
    for key in w:
        for slot in slots[key][0]:
            expected[f"optimizer.{key}.{slot}"] = [s[slot] for s in slots[key]]
    return {"name": name, "lines": lines, "settings": list(settings), "expected": expected}


def both(name, line, rule, clip=None, settings=(), **options):
    lines = [f'optimize "*" with {line}'] + ([f"clip_norm {clip}"] if clip else [])
    return case(name, lines, {"a": (rule, options), "b": (rule, options)}, clip, settings)


cases = [
    both("sgd", "@sgd", "sgd"),
    both("momentum", "@sgd(lr = 0.1, momentum = 0.9, weight_decay = 0.05)", "sgd", lr=0.1, momentum=0.9, weight_decay=0.05),
    both("nesterov", "@sgd(lr = 0.1, momentum = 0.9, nesterov = 1.0)", "sgd", lr=0.1, momentum=0.9, nesterov=1.0),
    both("adam", "@adam(lr = 0.05)", "adam", lr=0.05),
    both("adam with decay", "@adam(lr = 0.05, weight_decay = 0.1, beta1 = 0.8, beta2 = 0.95, eps = 1.0e-3)", "adam",
         lr=0.05, weight_decay=0.1, beta1=0.8, beta2=0.95, eps=1e-3),
    both("adamw", "@adamw(lr = 0.05, weight_decay = 0.1)", "adamw", lr=0.05, weight_decay=0.1),
    both("own", "@own", "own"),
    both("own, set", "@own(lr = 0.5)", "own", settings=["lr=0.1", "shrink=0.02"], lr=0.1, shrink=0.02),
    both("clipped", "@sgd(lr = 0.1, momentum = 0.9)", "sgd", clip=0.75, lr=0.1, momentum=0.9),
    both("not clipped", "@adam(lr = 0.05)", "adam", clip=1000.0, lr=0.05),
    case("frozen", ['optimize "*" with @sgd(lr = 0.1)', 'freeze "b"'], {"a": ("sgd", {"lr": 0.1}), "b": None}),
    # A frozen parameter is no part of the norm.
    case("frozen and clipped", ['optimize "a" with @sgd(lr = 0.1)', 'freeze "b"', "clip_norm 0.5"],
         {"a": ("sgd", {"lr": 0.1}), "b": None}, clip=0.5),
    case("groups", ['optimize "*" with @sgd(lr = 0.1)', 'optimize "b" with @adam(lr = 0.02)', "clip_norm 1.0"],
         {"a": ("sgd", {"lr": 0.1}), "b": ("adam", {"lr": 0.02})}, clip=1.0),
    case("groups, one rate set", ['optimize "a" with @adam(lr = 0.1)', 'optimize "b" with @adamw(lr = 0.02)'],
         {"a": ("adam", {"lr": 0.3}), "b": ("adamw", {"lr": 0.02})}, settings=["group0.lr=0.3"]),
    case("groups, all rates set but one", ['optimize "a" with @sgd(lr = 0.1)', 'optimize "b" with @adamw(lr = 0.02)'],
         {"a": ("sgd", {"lr": 0.05}), "b": ("adamw", {"lr": 0.25})}, settings=["lr=0.05", "group1.lr=0.25"]),
]
print(json.dumps({"start": START, "wanted": WANTED, "cases": cases}, indent=1))
