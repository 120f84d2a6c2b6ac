# kills.py - kills the compiler at each change that it makes to a file, and runs it once more.
# SPDX-License-Identifier: Apache-2.0
#
#   kills.py DISK.so DLC MODEL.mlir
#
# A killed run leaves the file that was there or the whole new one; the next run writes the same bytes as one that had
# the folder for itself, and leaves nothing but them.
import os
import subprocess
import sys

disk, program, model = sys.argv[1:]


def compile(output, kind, kill=0):
    environment = dict(os.environ, LD_PRELOAD=disk, KILL_AT=str(kill)) if kill else os.environ
    done = subprocess.run([program, model, f"--emit={kind}", "-o", output], capture_output=True, text=True,
                          env=environment)
    if done.returncode not in ([0, -9] if kill else [0]):
        sys.exit(f"{kind}, killed at change {kill}: {done.stdout}{done.stderr}")
    return done.returncode


def read(name):
    with open(name, "rb") as file:
        return file.read()


kills = left = 0
for kind in ["lib", "obj", "graph"]:
    os.mkdir(kind)
    output = os.path.join(kind, "out")
    compile(output, kind)
    new, old = read(output), b"what was there"
    change = 1
    while True:
        with open(output, "wb") as file:
            file.write(old)
        if compile(output, kind, kill=change) == 0:
            break
        if read(output) not in (old, new):
            sys.exit(f"{kind}, killed at change {change}: the file has other bytes")
        left += len(os.listdir(kind)) - 1
        compile(output, kind)
        if read(output) != new or os.listdir(kind) != ["out"]:
            sys.exit(f"{kind}, killed at change {change}: {os.listdir(kind)} is left")
        change += 1
        kills += 1
if not left:
    sys.exit("no killed run left anything behind: the kills came at the wrong places")
print(f"reliability: kills of the compiler while it writes: {kills} tried, 0 lost")
