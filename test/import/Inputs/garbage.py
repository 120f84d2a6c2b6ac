# garbage.py - large and deep files that are no models: dlc refuses them with one error, soon, and does not crash.
# SPDX-License-Identifier: Apache-2.0
#
#   garbage.py FOLDER DLC
import os
import random
import subprocess
import sys

folder, dlc = sys.argv[1:]
rng = random.Random(1)
deep = 20000


def body(line):
    return "dl.model @m {\n func @f(%x: f32[batch, 4]) {\n  " + line + "\n  return %x\n }\n}\n"


files = {
    "letters": "".join(rng.choices("abcdefghij \n", k=1000000)) * 20,
    "words": " ".join(rng.choices('func @a { } ( ) %x relu dl.model "a" f32[ batch ] , -> 1.0'.split(), k=1000000)),
    "mistakes": "dl.model @m {\n" + "".join("func @f%d(%%x: f32[4]) { rellu }\n" % i for i in range(100000)) + "}\n",
    "unclosed": 'dl.model @m { "' + "a" * 1000000,
    "braces": "{" * deep,
    "angles": "<" * deep,
    "closing": "}" * deep,
    "sizes": body("%y = reshape %x, [" + "(" * deep + "batch" + ")" * deep + ", 4]"),
    "terms": body("%y = reshape %x, [" + " + ".join(["batch"] * deep) + ", 4]"),
    "factors": body("%y = reshape %x, [" + " * ".join(["n", "m"] * deep) + ", 4]"),
    "lists": body("%y = constant f32[4] = " + "[" * deep + "1.0" + "]" * deep),
    "attributes": body("%y = relu %x {a.b = " + "[" * deep + "1" + "]" * deep + "}"),
    "scans": body('scan 2 "a" {\n' * deep),
    "types": body("%y = cast %x, " + "tuple<" * deep + "f32" + ">" * deep),
    "places": body("%y = relu %x loc(" + "fused[" * deep + '"a"' + "]" * deep + ")"),
    "signs": body("%y = leaky_relu %x, slope = " + "-" * deep + "1.0"),
    "functions": body("%y = cast %x, " + "() -> " * deep + "f32"),
}
for name, text in files.items():
    path = os.path.join(folder, "garbage-" + name + ".mlir")
    with open(path, "w") as out:
        out.write(text)
    run = subprocess.run([dlc, path, "-o", os.devnull], capture_output=True, text=True, timeout=120)
    if run.returncode != 1 or "error: " not in run.stderr or len(run.stderr.splitlines()) > 60:
        sys.exit(f"{name}: exit code {run.returncode}\n{run.stderr[:2000]}")
    os.remove(path)
print(len(files), "files of garbage, all refused")
