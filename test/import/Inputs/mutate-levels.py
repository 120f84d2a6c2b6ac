# mutate-levels.py - changes what `dlc --emit=LEVEL` prints (with a fixed seed) and checks that dlc refuses it in words or
# compiles it, and neither crashes nor hangs.
# SPDX-License-Identifier: Apache-2.0
#
#   mutate-levels.py --count N --seed S [--keep] FOLDER DLC FILE...
import random
import re
import subprocess

from mutation import arguments, run_all

args = arguments()
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


def draw():
    level, text = rng.choice(texts)
    return level, mutate(text), [] if level == "llvm" else ["--emit=llvm"]


run_all(args, draw, "printed levels", "mutated levels")
