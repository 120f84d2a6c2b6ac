# targets.py - compiles models for both targets and at -O0, and compares what they give.
# SPDX-License-Identifier: Apache-2.0
#
#   targets.py PROGRAM NAME[+OPTION]... ...: each NAME.mlir, with --OPTION
import subprocess
import sys

program, *names = sys.argv[1:]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


with open("/proc/cpuinfo") as file:
    wide = "avx512f" in file.read()
same = 0
for text in names:
    name, *options = text.split("+")
    options = [f"--{option}" for option in options]
    run("dlc", f"{name}.mlir", *options, "--target", "v3", "-o", f"{name}.v3.so")
    run("dlc", f"{name}.mlir", "--target", "v3", "-O0", "-o", f"{name}.slow.so")
    print(f"{name}:", run(program, "distance", f"./{name}.v3.so", f"./{name}.slow.so"), end="")
    if wide:
        run("dlc", f"{name}.mlir", *options, "--target", "v4", "-o", f"{name}.v4.so")
        narrow, broad = (run(program, "bits", f"./{name}.{target}.so").splitlines() for target in ("v3", "v4"))
        other = [line.rsplit(" ", 1)[0] for line, wanted in zip(broad, narrow, strict=True) if line != wanted]
        print(f"{name}: other bits in {', '.join(other)}" if other else f"{name}: the same bits")
        same += not other
        if not other and narrow[0].rsplit(" ", 1)[1] == narrow[-1].rsplit(" ", 1)[1]:
            sys.exit("all digests are one")
print(f"{same} of {len(names)} models give the same bits for v3 and v4" if wide
      else "skipped: this processor has no AVX-512")
