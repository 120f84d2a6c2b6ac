# plant_faults.py - puts faults into schedules of level `loops` and sees dlc-opt find each.
# SPDX-License-Identifier: Apache-2.0
#
#   plant_faults.py schedules.mlir          those below
#   plant_faults.py LOOPS.mlir COUNT        as many from a seed: a run is given another buffer than the one it needs
import random
import re
import subprocess
import sys

FAULTS = [  # what, (old text, new text) ..., message
    ("a store before the load",
     [("%b = memref.load %s[%i] : memref<16xf32>\n", ""),
      ("%q = arith.addf %a, %b : f32\n", ""),
      ("arith.mulf %a, %b", "arith.mulf %a, %a"),
      ("memref.store %p, %w1[%i] : memref<16xf32>", "memref.store %p, %s1[%i] : memref<16xf32>"),
      ("memref.store %q, %s1[%i] : memref<16xf32>",
       "%b = memref.load %s[%i] : memref<16xf32>\n memref.store %b, %s1[%i] : memref<16xf32>\n"
       " memref.store %p, %w1[%i] : memref<16xf32>")],
     "lets @k read an element that it has written over"),
    ("a load from where another point stores", [("load %s[%i]", "load %s[%first]")],
     "lets @k read elements in another place than it writes over them"),
    ("a load of another shape",
     [("%b = memref.load %s[%i] : memref<16xf32>",
       "%v = vector.load %s[%i] : memref<16xf32>, vector<4xf32>\n %b = vector.extract %v[0] : f32 from vector<4xf32>")],
     "lets @k read elements in another place than it writes over them"),
    ("a load at the entry of several parts", [("run @total(%sum) -> (%sum) parts 1 ", "run @total(%sum) -> (%sum) parts 16 ")],
     "lets @total read an element that it has written over"),
    ("a load at the entry of a loop", [("scf.if %some {", "scf.for %j = %first to %last step %last {")],
     "lets @total read an element that it has written over"),
    ("an input that is copied", [("%c1 = arith.constant 1 : index\n      scf.for",
                                  "memref.copy %w, %w1 : memref<16xf32> to memref<16xf32>\n"
                                  " %c1 = arith.constant 1 : index\n      scf.for")],
     "gives @k a buffer to write over that it reads as a whole"),
    ("an output that is read again", [("load %w[%i]", "load %w1[%i]")],
     "gives @k a buffer to write over that it reads again"),
    ("two values for one buffer", [("run @k(%w, %s) -> (%w, %s)", "run @k(%w, %s) -> (%w, %w)")],
     "lets @k write two values to one buffer"),
    ("an old value that is gone", [("array<i64: 2, 3, 4>", "array<i64: 0, 3, 4>")],
     "reads a buffer that has been written over"),
    ("a buffer that holds nothing yet", [("run @add(%w, %s) -> (%new)", "run @add(%new, %s) -> (%new)")],
     "reads a buffer that nothing has been written to"),
    ("copies in the wrong order",
     [("run @copy(%old) -> (%w) parts 16 {dl.values = array<i64: 1, 1>} : (memref<16xf32>) -> memref<16xf32>\n", ""),
      ("run @copy(%made) -> (%old) parts 16 {dl.values = array<i64: 2, 2>} : (memref<16xf32>) -> memref<16xf32>\n",
       "run @copy(%made) -> (%old) parts 16 {dl.values = array<i64: 2, 2>} : (memref<16xf32>) -> memref<16xf32>\n"
       " run @copy(%old) -> (%w) parts 16 {dl.values = array<i64: 1, 1>} : (memref<16xf32>) -> memref<16xf32>\n")],
     "reads a buffer that has been written over"),
    ("another value at the end", [("end {dl.values = array<i64: 2, 3>}", "end {dl.values = array<i64: 0, 3>}")],
     "leaves another value in a buffer than the one that belongs there"),
    ("no word of the end", [("end {dl.values = array<i64: 2, 3>}", "end")],
     "does not say which values it leaves in its buffers"),
    ("no word of the start", [(", dl.values = array<i64: 0, 1>} {", "} {")], "does not say which values its buffers hold"),
    ("one argument twice", [("%s = buffer argument[1]", "%s = buffer argument[0]")],
     "does not say which values its buffers hold"),
    ("no word of a run", [(" {dl.values = array<i64: 0, 1, 2, 3>}", "")],
     "does not say which values the buffers of a run hold"),
    ("a run of a kernel that is not there", [("run @add(", "run @sub(")],
     "does not say which values the buffers of a run hold"),
    ("a step that is not known", [("%new = buffer temporary : memref<16xf32>",
                                   "%new = place workspace : memref<16xf32>")],
     "has a step that is not known here"),
]


def verdict(text):
    """Empty where the schedules are right, else the message."""
    run = subprocess.run(["dlc-opt", "--dl-to-plan"], input=text, capture_output=True, text=True, timeout=100)
    found = re.search(r":\d+:\d+: error: the schedule (.*): this is a mistake in dlc", run.stderr)
    return found[1] if found else run.stderr if run.returncode else ""


def another_buffer(text, draw):
    """One operand of one run is another buffer of the same type."""
    runs = list(re.finditer(r"\brun @[^(]*\(([^)]*)\) -> \(([^)]*)\)", text))
    while True:
        run = draw.choice(runs)
        side = draw.choice([1, 2])
        operands = [one for one in run[side].split(", ") if one]
        if not operands:
            continue
        i = draw.randrange(len(operands))
        # Of this schedule, known above this run.
        above = text[text.rindex("dl.schedule @", 0, run.start()) : run.start()]
        types = dict(re.findall(r"(%[\w.#-]+) = (?:buffer [\w\[\]]+ :|slot .* ->) (memref<\w+>)", above))
        known = sorted(name for name, kind in types.items() if kind == types[operands[i]] and name != operands[i])
        if known:
            operands[i] = draw.choice(known)
            return text[: run.start(side)] + ", ".join(operands) + text[run.end(side) :]


with open(sys.argv[1]) as file:
    right = file.read()
problem = verdict(right)
print("as it is:", problem or "right")
missed, count = bool(problem), len(FAULTS)
if len(sys.argv) > 2:
    draw, count = random.Random(7), int(sys.argv[2])
    for i in range(count):
        found = verdict(another_buffer(right, draw))
        if not found or "\n" in found:
            print("not found: number", i)
            missed = True
else:
    for what, changes, message in FAULTS:
        wrong = right
        for old, new in changes:
            assert old in wrong, (what, old)
            wrong = wrong.replace(old, new, 1)
        found = verdict(wrong)
        print(f"{what}: {'found' if found == message else 'expected: ' + message + '; found: ' + (found or 'nothing')}")
        missed |= found != message
print(f"{count} faults, {'some missed' if missed else 'all found'}")
sys.exit(missed)
