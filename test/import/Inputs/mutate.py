# mutate.py - changes model files at random (with a fixed seed) and checks that the compiler neither crashes nor hangs.
# SPDX-License-Identifier: Apache-2.0
#
#   mutate.py --count N --seed S [--keep] FOLDER DLC FILE...
import os
import random
import re

from mutation import arguments, run_all

args = arguments()
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
# Levels above code generation: what follows sees only what they let through.
run_all(args, lambda: ("mutated", mutate(), ["--emit=kernels"]), "model files", "mutated files", environment)
