# pairs.py - whether dlc finds both of two mistakes in one file.
# SPDX-License-Identifier: Apache-2.0
#
#   pairs.py --count N --seed S MODEL CASES FOLDER DLC: takes pairs of the mistakes in CASES (see mistakes.py) at random,
# both in one copy of MODEL. Of each, the first message that it has alone must come here too, on its line. Where the
# other mistake hides what is needed to tell (the type of a value, say), it cannot: such pairs are counted.
import argparse
import os
import random
import re
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("--count", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
for name in ("model", "cases", "folder", "dlc"):
    parser.add_argument(name)
args = parser.parse_args()
os.makedirs(args.folder, exist_ok=True)
source = open(args.model).read()


class Mistake:
    def __init__(self, name, old, new, messages):
        self.name, self.old, self.new = name, old, new
        self.begin, self.end = source.index(old), source.index(old) + len(old)
        self.line = source.count("\n", 0, self.begin) + 1
        self.added = new.count("\n") - old.count("\n")
        line, _, self.message = messages[0].split(":", 2)
        self.place = int(line)

    def place_after(self, other):
        """The line of the message where `other` is made too."""
        return self.place + (other.added if self.place > other.line else 0)


mistakes = []
for case in ("\n" + open(args.cases).read()).split("\n== ")[1:]:
    name, old, new, *messages = case.split("\n")
    old, new = (line[2:].replace("\\n", "\n") for line in (old, new))
    if old and messages and re.match(r"\d+:", messages[0]):
        mistakes.append(Mistake(name, old, new, messages))

rng = random.Random(args.seed)
hidden = tried = 0
while tried < args.count:
    first, second = sorted(rng.sample(mistakes, 2), key=lambda mistake: mistake.begin)
    if first.line + first.old.count("\n") >= second.line:
        continue  # on one line, or in each other
    text = source[:first.begin] + first.new + source[first.end:second.begin] + second.new + source[second.end:]
    file = os.path.join(args.folder, f"pair-{tried}.mlir")
    open(file, "w", encoding="utf-8").write(text)
    run = subprocess.run([args.dlc, file, "--emit=plan", "-o", os.devnull], capture_output=True, encoding="utf-8", timeout=60)
    assert run.returncode == 1, (file, run.returncode, run.stderr)
    found = {(int(line.split(":")[1]), line.split(":", 3)[3]) for line in run.stderr.split("\n") if ": error: " in line}
    missing = [one.name for one, other in ((first, second), (second, first))
               if (one.place_after(other), one.message) not in found]
    if missing:
        hidden += 1
        print(f"pair-{tried}: {first.name} with {second.name}: not found: {', '.join(missing)}")
    tried += 1
share = 100 * (tried - hidden) / tried
print(f"{tried} pairs of mistakes; both are found in {'at least' if share >= 85 else 'less than'} 85 of 100")
