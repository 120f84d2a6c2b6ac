# diff-ops.py - `dlc-run diff` for each model of a folder, as it is and with the op that it is named after made wrong.
# SPDX-License-Identifier: Apache-2.0
import glob
import math
import os
import re
import subprocess
import sys


def differs(file, entry, *options):
    command = ["dlc-run", "diff", file, entry, "--quiet", *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if result.returncode == 0:
        return False
    if "departs" not in result.stdout or result.stderr:
        print("WRONG:", " ".join(command), result.stdout, result.stderr)
    return True


def entry_of(text, op):
    """The first entry point that has the op and at least ten floats as its result, from which a fault stands out."""
    for name, inputs, sizes, body in re.findall(r"func @(\w+)\((.*?)\) -> \(\w+: f32(?:\[([^\]]*)\])?(.*?)^  }", text, re.M | re.S):
        numbers = [int(size) if size.strip().isdigit() else 32 for size in sizes.split(",")] if sizes else []
        whole = op in ("sum", "mean", "accuracy", "cross_entropy", "mse_loss") and "[0" not in inputs
        changes = op != "cast" or "f32" not in inputs and "f64" not in inputs
        if (whole or math.prod(numbers) >= 10) and changes and re.search(rf"= {op}\b", body):
            return name
    return None


done = 0
for file in sorted(glob.glob(os.path.join(sys.argv[1], "*.mlir"))):
    op = os.path.basename(file)[: -len(".mlir")]
    entry = entry_of(open(file).read(), op)
    if not entry or op in ("constant", "iota"):  # what reads nothing is no value on the way
        continue
    if differs(file, entry):
        print("WRONG:", op, "departs without a fault")
    if not differs(file, entry, "--faulty-op", "dl." + op):
        print("WRONG: a faulty", op, "is not seen in", entry)
    done += 1
print(done, "ops made wrong, all seen")
