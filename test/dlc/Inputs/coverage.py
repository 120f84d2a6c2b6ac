# coverage.py - which places that report a user's mistake no test has reached.
# SPDX-License-Identifier: Apache-2.0
#
#   coverage.py SOURCES LOG: LOG is what DLC_DIAGNOSTIC_LOG collected (file:line, as the compiler knows them)
import os
import re
import sys

sources, log = sys.argv[1:]
folders = ("dialects", "compiler", "tools")
hit = set()
for entry in open(log):
    path, line = entry.strip().rsplit(":", 1)
    found = re.search("(?:^|/)((?:%s)/.*)$" % "|".join(folders), os.path.normpath(path))
    if found:
        hit.add((found.group(1), int(line)))

# Calls that report; the three-line helpers that hand their caller's place on are not places of their own.
report = re.compile(r"\b(?:complain|stop|fail)\(")
declares = re.compile(r"\b(?:InFlightDiagnostic|nullptr_t|void|LogicalResult|int)\s+(?:\w+::)*(?:complain|stop|fail)\(")
places, missed = 0, []
for folder in folders:
    for root, _, files in os.walk(os.path.join(sources, folder)):
        for file in sorted(files):
            name = os.path.relpath(os.path.join(root, file), sources)
            # EmitEntries' `fail` writes code that fails when the model runs.
            # Of the tools, the compiler's command line counts.
            if not file.endswith(".cpp") or file in ("Diagnostics.cpp", "EmitEntries.cpp") or (
                    folder == "tools" and name != "tools/dlc.cpp"):
                continue
            lines = open(os.path.join(root, file)).read().split("\n")
            for number, text in enumerate(lines, 1):
                if not report.search(text) or declares.search(text) or text.lstrip().startswith("//"):
                    continue
                statement, last = text, number
                while not statement.rstrip().endswith((";", "{", "}")) and last < len(lines):
                    statement += lines[last]
                    last += 1
                # What never happens unless the compiler itself is wrong cannot be tested.
                if re.search(r"\bplace\b|mistake in dlc", statement):
                    continue
                places += 1
                if not any((name, at) in hit for at in range(number, last + 1)):
                    missed.append(f"{name}:{number}: {text.strip()}")
for one in missed:
    print("no test sees", one)
print(f"{places} places report mistakes; " + (f"{len(missed)} are not tested" if missed else "all are tested"))
