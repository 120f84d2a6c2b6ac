# sources.py ROOT - the project's own files of C and C++, one a line.
# SPDX-License-Identifier: Apache-2.0
import os
import sys

for folder, inner, files in os.walk(sys.argv[1]):
    inner[:] = sorted(name for name in inner if name != "build" and not name.startswith("."))
    for name in sorted(files):
        if name.endswith((".h", ".c", ".cpp")):
            print(os.path.join(folder, name))
