# generate.py - writes ../<op>.mlir and <op>.json: models of one op each, and what they must compute.
# SPDX-License-Identifier: Apache-2.0
#
#   python3 -m venv venv && venv/bin/pip install jax numpy
#   venv/bin/python test/exec/Inputs/generate.py [OP...]
#
# The values come from JAX in f64, so nothing that the compiler computes with has a part in them. Inputs are
# multiples of 1/64, which f32 holds exactly: one file of values serves both precisions. Shapes are small and no
# multiples of anything; size 1, nothing at all, fewer rows than the model's capacity, NaN and infinities are among
# them. Both kinds of file are committed: the tests need neither Python nor JAX.
import json
import os
import sys

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.scipy.special import erf

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"f32": np.float64, "f64": np.float64, "i32": np.int32, "i64": np.int64, "ui8": np.uint8, "i1": np.bool_}
INF, NAN = float("inf"), float("nan")
RUN = """// RUN: dlc %s --batch 19 -O3 -o %t.so && dlc-run check %t.so %S/Inputs/{0}.json
// RUN: dlc %s --batch 19 -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/{0}.json
// RUN: dlc %s --batch 19 -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/{0}.json
// RUN: dlc %s --batch 19 -O0 --float f64 -o %t.640.so && dlc-run check %t.640.so %S/Inputs/{0}.json
// RUN: dlc %s --batch 19 -O3 --target v3 -o %t.v3.so && dlc-run check %t.v3.so %S/Inputs/{0}.json
"""
random = np.random.default_rng(3)


def uniform(low, high):
    """Draws from [low, high), on a grid of 1/64 where that is fine enough."""
    return lambda shape: np.round(random.uniform(low, high, shape) * 64) / 64


def whole(low, high):
    return lambda shape: random.integers(low, high, shape)


def values(*numbers):
    return lambda shape: np.array(numbers).reshape(shape)


def to_json(array):
    array = np.asarray(array)
    if array.size == 0:
        return {"shape": list(array.shape)}

    def one(x):
        if array.dtype == np.bool_:
            return bool(x)
        if array.dtype.kind in "iu":
            return int(x)
        x = float(x)
        return "nan" if x != x else "inf" if x == INF else "-inf" if x == -INF else int(x) if x == int(x) and x != 0 else x

    def build(x):
        return one(x) if x.ndim == 0 else [build(y) for y in x]

    return build(array)


class Entry:
    """One entry point. `args`: name -> (type, dims, values); `results`: name -> type, or (type, dims)."""

    def __init__(self, name, body, args, results, reference, rows=(1, 3, 19), **case):
        self.name, self.body, self.args, self.results = name, body, args, results
        self.reference, self.rows, self.case = reference, rows, case

    def has_batch(self):
        return any("batch" in str(dims) for _, dims, _ in self.args.values())

    def arrays(self, rows):
        made = {}
        for name, (kind, dims, draw) in self.args.items():
            shape = tuple(eval(d, {"batch": rows}) if isinstance(d, str) else d for d in dims)
            made[name] = np.asarray(draw(shape)).astype(TYPES[kind])
        return made

    def text(self):
        show = lambda kind, dims: kind + ("[" + ", ".join(map(str, dims)) + "]" if len(dims) else "")
        args = ", ".join(f"%{name}: {show(kind, dims)}" for name, (kind, dims, _) in self.args.items())
        results = ", ".join(f"{name}: {kind}" for name, kind in self.results.items())
        lines = "".join(f"    {line.strip()}\n" for line in self.body.strip().splitlines())
        return f"  func @{self.name}({args}) -> ({results}) {{\n{lines}  }}\n"

    def cases(self):
        for rows in self.rows if self.has_batch() else (0,):
            inputs = self.arrays(rows)
            expected = self.reference(*[jnp.asarray(x) for x in inputs.values()])
            if not isinstance(expected, tuple):
                expected = (expected,)
            case = {"entry": self.name, "inputs": {n: to_json(x) for n, x in inputs.items()}, **self.case}
            if "error" not in case:
                case["expect"] = {n: to_json(x) for n, x in zip(self.results, expected)}
            yield case


FILES = {}


def file(name, summary, entries):
    FILES[name] = (summary, entries)


def write(name):
    summary, entries = FILES[name]
    text = f"// {name}.mlir - {summary}\n// SPDX-License-Identifier: Apache-2.0\n//\n" + RUN.format(name)
    text += f"dl.model @{name.replace(chr(45), chr(95))} {{\n" + "\n".join(entry.text() for entry in entries) + "}\n"
    with open(os.path.join(HERE, "..", name + ".mlir"), "w") as out:
        out.write(text)
    cases = [case for entry in entries for case in entry.cases()]
    with open(os.path.join(HERE, name + ".json"), "w") as out:
        out.write("[" + ",\n ".join(json.dumps(case) for case in cases) + "]\n")


exec(open(os.path.join(HERE, "elementwise.py")).read())
for family in ("reductions.py", "shapes.py", "networks.py", "programs.py"):
    if os.path.exists(os.path.join(HERE, family)):
        exec(open(os.path.join(HERE, family)).read())
for chosen in sys.argv[1:] or FILES:
    random = np.random.default_rng(len(chosen) * 1000 + sum(map(ord, chosen)))
    write(chosen)
