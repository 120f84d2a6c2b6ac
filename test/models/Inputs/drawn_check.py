# drawn_check.py - compares a drawn model, compiled in several ways, with what it means.
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import tempfile


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return "" if result.returncode == 0 else f"{' '.join(command)}: exit code {result.returncode}\n{result.stdout}{result.stderr}"


def each_seed(first, last, check):
    """`check(seed, folder)` says what is wrong with what is drawn from each seed; it is printed. Returns of how many something
    is. The folder is empty for each of them."""
    wrong = 0
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as folder:
            if problems := check(seed, folder):
                wrong += 1
                print(f"seed {seed}:\n{problems}", flush=True)
    return wrong


def has_avx512():
    with open("/proc/cpuinfo") as file:
        return "avx512vl" in file.read()


def compare(name, text, batch, seed, trains=True, labels=False, options=(), samples=2, extents=()):
    """What is wrong with a model; empty if nothing is. Its library against the evaluator, of -O3 for both targets (whose bits
    agree, with one thread and with two) and of -O0, in f32 and f64, with a full batch, a short one, and one that is cut; ten
    steps of its training; derived gradients against differences. Files are `name` with an ending; `options` go to the
    comparison of -O0, `extents` to each: how large other open sizes are in the calls."""
    model = name + ".mlir"
    open(model, "w").write(text)
    rows = [batch, 2 * batch + 1] + ([(batch + 1) // 2] if batch > 1 else [])
    common = ["--quiet", "--batch", str(batch), "--seed", str(seed), "--batch-extent", ",".join(map(str, rows)), *extents]
    targets = ["v3", "v4"] if has_avx512() else ["v3"]
    single = [f"{name}{target}.so" for target in targets]
    for target, library in zip(targets, single):
        if problems := run("dlc", model, "--batch", str(batch), "--target", target, "-o", library):
            return problems
    problems = run("dlc", "--diff", model, "--library", ",".join(single), "--steps", "10", *common)
    # The slow twin takes turns with the fast one in f64.
    slow = ["--float", "f64"] if seed % 2 else []
    problems += run("dlc", "--diff", model, "--results", "-O0", *slow, "--steps", "3", *common, *options)
    double = name + ".f64.so"
    problems += run("dlc", model, "--float", "f64", "--batch", str(batch), "--target", targets[seed // 2 % len(targets)], "-o", double)
    if not problems:
        problems = run("dlc", "--diff", model, "--float", "f64", "--library", double, "--steps", "10", *common)
        if trains:
            problems += run("dlc-run", "gradcheck", double, "--samples", str(samples), "--seed", str(seed),
                            *(["--range", "label=4"] if labels else []))
    return problems
