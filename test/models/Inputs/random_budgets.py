# random_budgets.py - programs drawn from a seed, compiled for less memory than they would take.
# SPDX-License-Identifier: Apache-2.0
#
#   random_budgets.py FIRST LAST    checks the training programs of these seeds
#
# Each is compiled as it is and with budgets of 90, 70 and 50 % of its largest workspace. What is made keeps the budget and
# yields what the evaluator says, for all targets with the same bits; what is refused is refused with the budget's own words.
import re
import subprocess
import sys

import random_scans
from drawn_check import each_seed, has_avx512
from random_programs import Program

TARGETS = ("v3", "v4") if has_avx512() else ("v3",)
SHARES = (0.9, 0.7, 0.5)


def dlc(*arguments):
    done = subprocess.run(["dlc", *arguments], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def workspaces(text):
    return [int(bytes) for bytes in re.findall(r"dl\.workspace = (\d+)", text)]


def compared(model, capacity):
    """(how many budgets were kept, what is wrong)"""
    name, batch = model.removesuffix(".mlir"), ["--batch", str(capacity)]
    code, plan = dlc(model, *batch, "--emit=plan")
    if code:
        return 0, "does not compile"
    kept = 0
    for share in SHARES:
        budget = int(max(workspaces(plan)) * share)
        for target in TARGETS:
            code, text = dlc(model, *batch, "--memory-budget", str(budget), "--memory", "--target", target, "-o", f"{name}.{target}.so")
            if code:
                break
        if code:
            if not re.search(r"bytes of workspace, [0-9,]+ more than --memory-budget \d+, though all", text):
                return kept, text
            continue
        kept += 1
        _, less = dlc(model, *batch, "--memory-budget", str(budget), "--emit=plan")
        if max(workspaces(less)) > budget:
            return kept, f"takes {max(workspaces(less))} bytes, and was given {budget}"
        code, text = dlc(model, *batch, "--diff", "--quiet", "--library", ",".join(f"{name}.{target}.so" for target in TARGETS))
        if code:
            return kept, f"budget {budget}: {text}"
    return kept, ""


programs = kept = 0


def check(seed, folder):
    global programs, kept
    program = Program(seed) if seed % 4 else random_scans.Network(seed)  # loops, too
    if seed % 4 and not program.trains:
        return ""
    model = f"{folder}/{seed}.mlir"

    def write(text):
        with open(model, "w") as file:
            file.write(text)

    write(str(program) if seed % 4 else program.text())
    if seed % 4 and program.parts > 1 and "accumulate: " in dlc(model, "--emit=autodiff")[1]:
        write(str(Program(seed, parts=1)))  # its loss is not that of its parts
    some, problem = compared(model, program.batch if seed % 4 else program.capacity)
    programs += 1
    kept += some
    return problem


wrong = each_seed(int(sys.argv[1]), int(sys.argv[2]), check)
print(f"{programs} programs, {kept} budgets kept, {wrong} wrong")
