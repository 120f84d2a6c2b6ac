# mutate.py - changes model files at random (with a fixed seed) and checks that the compiler neither crashes nor hangs.
# SPDX-License-Identifier: Apache-2.0
#
#   mutate.py --count N --seed S FOLDER DLC FILE...
import argparse
import os
import random
import re
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=300)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("folder")
parser.add_argument("dlc")
parser.add_argument("files", nargs="+")
args = parser.parse_args()
os.makedirs(args.folder, exist_ok=True)
rng = random.Random(args.seed)
texts = ["\n".join(line for line in open(file).read().split("\n") if not line.lstrip().startswith("//"))
         for file in args.files]
tokens = [re.findall(r"[%@]?[A-Za-z_][\w.]*|\d+\.?\d*(?:e[-+]?\d+)?|\"[^\"]*\"|\s+|->|.", text, re.S) for text in texts]
pool = [token for file in tokens for token in file if not token.isspace()] + [
    "-1", "0", "99999999999999999999", "1e-3", "?", "batch", "[", "]", "{", "}", "(", ")", ",", "<", ">", "=", ":", "f16", "\"", "//",
    "loc(", "#", "!", "tensor<", "%x#1", "-"]


def mutate_lines(text):
    """A line less, a line moved, or a brace more."""
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(3)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines[at] += rng.choice("{}")
    else:
        lines.insert(rng.randrange(len(lines)), lines.pop(at))
    return "\n".join(lines)


def mutate():
    if rng.randrange(3) == 0:
        return mutate_lines(rng.choice(texts))
    file = list(rng.choice(tokens))
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(file))
        kind = rng.randrange(6)
        if kind == 0:
            del file[at]
        elif kind == 1:
            file[at] = rng.choice(pool)
        elif kind == 2:
            file.insert(at, rng.choice(pool))
        elif kind == 3:
            other = rng.randrange(len(file))
            file[at], file[other] = file[other], file[at]
        elif kind == 4:
            del file[at:at + rng.randrange(1, 20)]
        else:
            file.insert(at, file[rng.randrange(len(file))])
        if not file:
            file = [" "]
    return "".join(file)


# What is freed is filled with these bytes: who still reads it finds no pointers there.
environment = dict(os.environ, GLIBC_TUNABLES="glibc.malloc.perturb=165")
counts = [0, 0]
for number in range(args.count):
    text = mutate()
    path = os.path.join(args.folder, f"mutated-{number}.mlir")
    with open(path, "w") as out:
        out.write(text)
    # Levels above code generation: what follows sees only what they let through.
    run = subprocess.run([args.dlc, path, "--emit=kernels", "-o", os.devnull], capture_output=True, text=True, timeout=120,
                         env=environment)
    if run.returncode not in (0, 1) or (run.returncode == 1) != ("error: " in run.stderr) or "mistake in dlc" in run.stderr:
        sys.exit(f"{path}: exit code {run.returncode}\n{run.stderr[:4000]}")
    counts[run.returncode] += 1
    os.remove(path)
print(f"{args.count} mutated files: {counts[0]} compiled, {counts[1]} refused")
print(f"reliability: model files: {args.count} tried, 0 lost")
