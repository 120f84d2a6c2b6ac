# tidy.py OBJ CLANG-TIDY FILE... - runs clang-tidy on these files, two at a time, and says how many were looked at.
# SPDX-License-Identifier: Apache-2.0
import concurrent.futures
import subprocess
import sys

build, tidy, files = sys.argv[1], sys.argv[2], sys.argv[3:]


def look(file):
    done = subprocess.run([tidy, "-p", build, "--quiet", file], capture_output=True, text=True)
    return done.stdout if done.returncode else ""


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    found = [text for text in pool.map(look, files) if text]
print("\n".join(found))
print(f"{len(files)} files, {len(found)} with faults")
