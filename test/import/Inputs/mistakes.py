# mistakes.py - what dlc says about each of many ways to mistype a model.
# SPDX-License-Identifier: Apache-2.0
#
#   mistakes.py [--update] MODEL CASES FOLDER DLC: CASES is a text of
#       == name
#       < what is replaced in MODEL (\n is a line's end; nothing: the end of the file is meant)
#       > by what
#       line:column: error: what dlc says then, all of it; nothing where it compiles
import os
import subprocess
import sys

update = sys.argv[1] == "--update"
model, path, folder, dlc = sys.argv[1 + update:]
os.makedirs(folder, exist_ok=True)
source, failed, seen = open(model).read(), 0, []
cases = [case.split("\n") for case in ("\n" + open(path).read()).split("\n== ")]
text = cases[0][1:]
for name, old, new, *expected in cases[1:]:
    before, after = (line[2:].replace("\\n", "\n") for line in (old, new))
    assert before in source, name
    file = os.path.join(folder, name + ".mlir")
    with open(file, "w", encoding="utf-8") as out:
        out.write(source.replace(before, after, 1) if before else source + after)
    run = subprocess.run([dlc, file, "--emit=plan", "-o", os.devnull], capture_output=True, encoding="utf-8", timeout=60)
    found = run.stderr.replace(file + ":", "").rstrip("\n").split("\n") if run.stderr else []
    assert run.returncode == (1 if found else 0), (name, run.returncode, run.stderr)
    expected = [line for line in expected if line]
    if found != expected:
        failed += 1
        print(name, "expected:", *expected, "found:", *found, sep="\n  ")
    text += ["== " + name, old, new, *found, ""]
if update:
    open(path, "w").write("\n".join(text).rstrip("\n") + "\n")
print(f"{len(cases) - 1} mistakes, {failed} of them with another message")
