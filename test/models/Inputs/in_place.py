# in_place.py - training steps whose kernels replace several stored tensors, each made from old values of the others:
# cases for `dlc-run check` of in-place.mlir, computed in double precision, one number after the other.
# SPDX-License-Identifier: Apache-2.0
#
#   in_place.py TOLERANCE STEPS
import json
import math
import sys

tolerance, steps = float(sys.argv[1]), int(sys.argv[2])
ROWS, INPUTS, OUTPUTS = 3, 5, 18


def grid(count, seed):
    """Multiples of 1/64 in -1..1, which f32 holds exactly."""
    numbers = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2**31
        numbers.append((seed >> 8) % 129 / 64 - 1)
    return numbers


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def matrix_gradients(x, t, w, s):
    """Loss and gradients of mean((x (w * sigmoid(s)) - t)^2)."""
    k = [a * sigmoid(b) for a, b in zip(w, s)]
    loss, gk = 0.0, [0.0] * len(k)
    count = ROWS * OUTPUTS
    for r in range(ROWS):
        for j in range(OUTPUTS):
            y = sum(x[r * INPUTS + i] * k[i * OUTPUTS + j] for i in range(INPUTS))
            off = y - t[r * OUTPUTS + j]
            loss += off * off / count
            for i in range(INPUTS):
                gk[i * OUTPUTS + j] += x[r * INPUTS + i] * 2 * off / count
    return loss, gk


def vector_gradients(x, t, w, s):
    """Loss and gradients of mean((w * sigmoid(s) - t)^2)."""
    off = [a * sigmoid(b) - c for a, b, c in zip(w, s, t)]
    return sum(o * o for o in off) / len(off), [2 * o / len(off) for o in off]


# What an optimizer makes of one element: (new weight, slots by name).
def sgd(w, g, slots, step):
    m = 0.9 * slots["m"] + g
    return w - 0.5 * m, {"m": m}


def adam(w, g, slots, step):
    m = 0.9 * slots["m"] + 0.1 * g
    v = 0.999 * slots["v"] + 0.001 * g * g
    rate = 0.05 / (1 - 0.9**step)
    return w - rate * m / (math.sqrt(v) / math.sqrt(1 - 0.999**step) + 1e-8), {"m": m, "v": v}


def nesterov(w, g, slots, step):
    v = 0.75 * slots["velocity"] - 0.5 * g
    return w + v + 0.75 * (v - slots["velocity"]), {"velocity": v}


def previous(w, g, slots, step):
    return w - 0.5 * g + 0.25 * (w - slots["old"]), {"old": w}


def crossed(w, g, slots, step):
    p, q = slots["p"] + g, slots["q"] - slots["p"] * g
    return w - 0.5 * slots["q"] * p, {"p": p, "q": q}


OPTIMIZERS = {  # slots and what they start from
    "sgd": (sgd, {"m": 0}),
    "adam": (adam, {"m": 0, "v": 0}),
    "nesterov": (nesterov, {"velocity": 0}),
    "previous": (previous, {"old": 0.5}),
    "crossed": (crossed, {"p": 0.25, "q": 0.5}),
}
NETS = {  # gradients of w * sigmoid(s), inputs, targets, shape
    "matrix": (matrix_gradients, grid(ROWS * INPUTS, 1), grid(ROWS * OUTPUTS, 2), (INPUTS, OUTPUTS)),
    "vector": (vector_gradients, [], grid(70, 3), (70,)),
}


def shaped(values, shape):
    return values if len(shape) == 1 else [values[i : i + shape[1]] for i in range(0, len(values), shape[1])]


def train(net, optimizer, given=None):
    """A case: the step, or what applies the given gradients."""
    gradients, x, t, shape = NETS[net]
    update, initial = OPTIMIZERS[optimizer]
    size = math.prod(shape)
    stored = {"w": grid(size, 4), "s": grid(size, 5)}
    slots = {p: {slot: [value] * size for slot, value in initial.items()} for p in stored}
    case = {"name": f"{net}, {optimizer}", "entry": f"{net}_{optimizer}", "repeat": steps, "expect": {},
            "parameters": {f"{net}.{p}": shaped(values, shape) for p, values in stored.items()},
            "inputs": {"x": shaped(x, (ROWS, INPUTS)), "t": shaped(t, (ROWS, OUTPUTS) if x else shape)},
            "tolerance": tolerance, "absolute": tolerance}
    if given:
        case["name"] += ", applied"
        case["entry"] += ".apply"
        case["inputs"] = {f"gradient.{net}.{p}": shaped(values, shape) for p, values in given.items()}
    elif not x:
        del case["inputs"]["x"]
    for step in range(1, steps + 1):
        own = given
        if not given:
            case["expect"]["loss"], gk = gradients(x, t, stored["w"], stored["s"])
            sig = [sigmoid(b) for b in stored["s"]]
            own = {"w": [g * b for g, b in zip(gk, sig)],
                   "s": [g * a * b * (1 - b) for g, a, b in zip(gk, stored["w"], sig)]}
        for p in stored:
            made = [update(stored[p][i], own[p][i], {slot: v[i] for slot, v in slots[p].items()}, step)
                    for i in range(size)]
            stored[p] = [weight for weight, _ in made]
            slots[p] = {slot: [new[slot] for _, new in made] for slot in initial}
    for p in stored:
        case["expect"][f"{net}.{p}"] = shaped(stored[p], shape)
        for slot in initial:
            case["expect"][f"{net}.{p}.{slot}"] = shaped(slots[p][slot], shape)
    return case


cases = [train(net, optimizer) for net in NETS for optimizer in OPTIMIZERS]
cases += [train("vector", optimizer, {"w": grid(70, 6), "s": grid(70, 7)}) for optimizer in OPTIMIZERS]
print(json.dumps(cases))
