# mutation.py - what mutate.py and mutate-levels.py share: they change files at random, and dlc is to refuse what comes
# out in words or to compile it, and neither to crash nor to hang.
# SPDX-License-Identifier: Apache-2.0
import argparse
import collections
import os
import resource
import subprocess
import sys


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="go on after a failure, and keep the file")
    parser.add_argument("folder")
    parser.add_argument("dlc")
    parser.add_argument("files", nargs="+")
    return parser.parse_args()


def limit_memory():
    """To 4 GB, where there is a limit: a sanitized program reserves terabytes of addresses."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def run_all(args, draw, what, mutated, environment=None):
    """Compiles args.count files. `draw` yields a file's kind, its text and options of dlc; `what` and `mutated` name them
    in the figures and in the last line but one."""
    os.makedirs(args.folder, exist_ok=True)
    counts, failures = [0, 0], collections.Counter()
    for number in range(args.count):
        kind, text, options = draw()
        path = os.path.join(args.folder, f"{kind}-{number}.mlir")
        with open(path, "w") as out:
            out.write(text)
        run = subprocess.run([args.dlc, path, *options, "-o", os.devnull], capture_output=True, text=True, timeout=120,
                             env=environment, preexec_fn=limit_memory)
        told = (run.returncode == 1) == ("error: " in run.stderr) and "mistake in dlc" not in run.stderr
        if run.returncode in (0, 1) and told:
            counts[run.returncode] += 1
            os.remove(path)
            continue
        failures[kind, run.returncode] += 1
        print(f"{path}: exit code {run.returncode}\n{run.stderr[:4000]}", file=sys.stderr, flush=True)
        if not args.keep:
            sys.exit(1)
    for (kind, code), count in sorted(failures.items()):
        print(f"{kind}: {count} with exit code {code}")
    print(f"{args.count} {mutated}: {counts[0]} compiled, {counts[1]} refused")
    print(f"reliability: {what}: {args.count} tried, {sum(failures.values())} lost")
