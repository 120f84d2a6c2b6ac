# worker.py
# SPDX-License-Identifier: Apache-2.0
#
# The worker of a Python peer: native/rounds.h in Python.
#   worker.py PEER FOLDER THREADS
# peers/PEER.py's `program` gives {form: Form}: several ways to make the same calls. The first round finds the fastest, and
# the others are dropped.
import importlib
import json
import os
import pickle
import statistics
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

TRIAL_SECONDS = 0.3  # of each form, before the fastest is taken


class Form:
    """`call(n)` makes n calls, or a multiple of `each` that is no less, and returns when they are done."""

    def __init__(self, call, each=1):
        self.call, self.each = call, each


def peak_memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def seconds_of(form, seconds):
    """Of one call, after as many as fit into `seconds`."""
    form.call(form.each)
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds or count == 0:
        form.call(form.each)
        count += form.each
    return (time.perf_counter() - start) / count


def round_of(form, seconds, block):
    each = seconds_of(form, max(block, seconds / 10))
    calls = max(1, round(block / each / form.each)) * form.each
    wall, cpu = [], []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(wall) < 2:
        used, start = time.process_time(), time.perf_counter()
        form.call(calls)
        wall.append((time.perf_counter() - start) / calls)
        cpu.append((time.process_time() - used) / calls)
    return {"wall": wall, "cpu": cpu, "calls": calls, "memory": peak_memory()}


def answer(**words):
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main():
    name, folder, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    import numpy as np

    from suite.session import read_safetensors

    module = importlib.import_module(f"peers.{name}")
    case = pickle.loads((folder / "case.pickle").read_bytes())
    weights = read_safetensors(folder / "weights.safetensors")
    parameters = {p.name: weights[p.name] for p in case.graph.parameters}
    inputs = {argument[0]: np.load(folder / "inputs" / f"{argument[0]}.npy") for argument in case.arguments()}
    start = time.perf_counter()
    program = module.Program(case, parameters, inputs, threads)
    forms, failed = {}, {}
    for form, make in program.forms().items():
        try:
            forms[form] = make()
            forms[form].call(forms[form].each)
        except Exception as error:  # a form that this version of the peer lacks
            failed[form] = f"{type(error).__name__}: {error}"[:200]
    if not forms:
        sys.exit("; ".join(f"{form}: {error}" for form, error in failed.items()).replace("\n", " "))
    answer(ready=True, compile_seconds=time.perf_counter() - start, failed=failed)
    chosen, tried = None, {}
    for line in sys.stdin:
        command, *words = line.split()
        if command == "outputs":
            for output, value in program.outputs(int(words[1])).items():
                np.save(os.path.join(words[0], output + ".npy"), value)
            answer(outputs=True)
        elif command == "round":
            if chosen is None:
                figure = min if words[2] == "wall" else statistics.fmean  # see session.summary
                tried = {form: figure(round_of(forms[form], TRIAL_SECONDS, float(words[1]))[words[2]]) for form in forms}
                chosen = min(tried, key=tried.get)
                forms = {chosen: forms[chosen]}
            answer(form=chosen, forms=tried, **round_of(forms[chosen], float(words[0]), float(words[1])))


main()
