# faulty.py - each gradient rule made wrong by a hundredth in turn: its test must notice.
# SPDX-License-Identifier: Apache-2.0
#
#   faulty.py SOURCES SCRATCH
#
# The rules are read from the sources, so that a new one cannot be forgotten: what has a rule and no test in grad/, or a
# test that does not see the mistake, fails.
import os
import re
import subprocess
import sys

sources, scratch = sys.argv[1:]
tests = os.path.join(sources, "test", "grad")
with open(os.path.join(sources, "dialects", "dl", "DLGradients.cpp")) as file:
    text = file.read()
# Rules of ops that are rewritten before they are differentiated are never asked: `GRADIENT(LayerNormOp) { return {}; }`.
names = re.findall(r"^(?:GRADIENT|UNARY|BINARY)\((\w+)Op\b(?!\) \{ return \{\}; \})", text, re.M)
rules = sorted(re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower() for name in names)
if len(rules) < 30:
    sys.exit(f"only {len(rules)} rules were found in DLGradients.cpp: has their form changed?")
tested_by = {"normalize": "layer_norm"}  # what layer_norm becomes
os.makedirs(scratch, exist_ok=True)
failed = 0
for rule in rules:
    test = os.path.join(tests, tested_by.get(rule, rule) + ".mlir")
    library = os.path.join(scratch, rule + ".so")
    if not os.path.exists(test):
        print(f"dl.{rule}: no test {test}")
        failed += 1
        continue
    with open(test) as file:
        run = re.search(r"RUN: dlc %s (.*) -o %t.so && dlc-run gradcheck %t.so t(.*)", file.read())
    compiling, checking = run.group(1).split(), run.group(2).split()
    subprocess.run(["dlc", test, *compiling, f"--faulty-gradient=dl.{rule}", "-o", library], check=True)
    found = subprocess.run(["dlc-run", "gradcheck", library, "t", *checking], capture_output=True, text=True)
    # A crash or a refusal is no verdict.
    if found.returncode != 1 or "gradients are wrong" not in found.stdout:
        print(f"dl.{rule}: the mistake was not noticed: {found.stdout}{found.stderr}")
        failed += 1
print(f"{len(rules) - failed} of {len(rules)} faulty rules were noticed")
sys.exit(failed != 0)
