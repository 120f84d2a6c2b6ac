# reliability.py - the figures that a test prints are those that the page gives.
# SPDX-License-Identifier: Apache-2.0
#
#   reliability.py PAGE.md FILE...
#
# A line "reliability: WHAT: N tried, M lost" of a file must stand in the page as a row "| WHAT | N | M | ...", with N
# written as 1,000.
import re
import sys

page = open(sys.argv[1]).read()
found = wrong = 0
for name in sys.argv[2:]:
    for what, tried, lost in re.findall(r"^reliability: (.*): (\d+) tried, (\d+) lost$", open(name).read(), re.MULTILINE):
        found += 1
        row = f"| {what} | {int(tried):,} | {int(lost):,} |"
        if row not in page:
            wrong += 1
            print(f"{sys.argv[1]} lacks the row {row} ...")
if not found:
    sys.exit("no figures were printed")
sys.exit(wrong != 0)
