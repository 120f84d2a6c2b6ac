# mutate-levels.py - changes what `dlc --emit=LEVEL` prints (with a fixed seed) and checks that dlc refuses it in words or
# compiles it, and neither crashes nor hangs.
# SPDX-License-Identifier: Apache-2.0
#
#   mutate-levels.py --count N --seed S [--keep] FOLDER DLC FILE...     --keep: goes on after a failure, and keeps the file
import argparse
import collections
import os
import random
import re
import resource
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", action="store_true")
parser.add_argument("folder")
parser.add_argument("dlc")
parser.add_argument("files", nargs="+")
args = parser.parse_args()
os.makedirs(args.folder, exist_ok=True)
rng = random.Random(args.seed)
levels = ["import", "graph", "autodiff", "layout", "kernels", "loops", "plan", "llvm"]
texts = []
for file in args.files:
    for level in levels:
        texts.append((level, subprocess.run([args.dlc, file, "--emit=" + level], capture_output=True, text=True,
                                            check=True).stdout))
token = re.compile(r"[%@#!]?[A-Za-z_][\w.$]*|-?\d+\.?\d*(?:[eE][-+]?\d+)?|\"[^\"\n]*\"|->|\S")


def attribute(text):
    """Takes out an attribute, or gives it a value of another kind."""
    found = [m for m in re.finditer(r"([\w.]+ = )(\"[^\"]*\"|[-\w.]+|\[[^\[\]]*\]|\{[^{}]*\}|@\w+)", text)]
    if not found:
        return text
    one = rng.choice(found)
    value = rng.choice(["", '"x"', "1 : i64", "-1 : i64", "true", "[]", "{}", "f32", "@x", "unit", "1.0 : f64", "array<i64>", "loc(unknown)"])
    return text[:one.start()] + (one.group(1) + value if value else "dl.gone") + text[one.end():]


def mutate(text):
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        lines = text.split("\n")
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.randrange(8)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[other])
        elif kind == 2:
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == 3:
            other = min(at + 1, len(lines) - 1)
            lines[at], lines[other] = lines[other], lines[at]
        elif kind < 6:
            words = list(token.finditer(text))
            one, two = rng.choice(words), rng.choice(words)
            with_ = rng.choice(["", two.group(), two.group(), "0", "-1", "4294967296", "f64", "%0", "?", "{", "}"])
            text = text[:one.start()] + with_ + text[one.end():]
            continue
        else:
            text = attribute(text)
            continue
        text = "\n".join(lines)
    return text


counts, failures = [0, 0], collections.Counter()
for number in range(args.count):
    level, text = rng.choice(texts)
    path = os.path.join(args.folder, f"{level}-{number}.mlir")
    with open(path, "w") as out:
        out.write(mutate(text))
    limits = lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    run = subprocess.run([args.dlc, path, "-o", os.devnull, *(["--emit=llvm"] if level != "llvm" else [])],
                         capture_output=True, text=True, timeout=120, preexec_fn=limits)
    if run.returncode not in (0, 1) or (run.returncode == 1) != ("error: " in run.stderr):
        if not args.keep:
            sys.exit(f"{path}: exit code {run.returncode}\n{run.stderr[:4000]}")
        failures[level, run.returncode] += 1
        print(path, run.returncode, run.stderr[:200].replace("\n", " | "), flush=True)
        continue
    counts[run.returncode] += 1
    os.remove(path)
for (level, code), count in sorted(failures.items()):
    print(f"{level}: {count} with exit code {code}")
print(f"{args.count} mutated levels: {counts[0]} compiled, {counts[1]} refused")
print(f"reliability: printed levels: {args.count} tried, {sum(failures.values())} lost")
