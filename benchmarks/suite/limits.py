# limits.py
# SPDX-License-Identifier: Apache-2.0
#
# The limits of the machine, measured in the same run (native/limits.cpp), and what they allow a case.
import json
import subprocess

from suite.environment import Absent

SECONDS = 0.2  # of each measurement


def measure(environment, threads):
    try:
        program = environment.program("limits", "limits.cpp", ["-O3", "-march=native"])
        text = subprocess.run([program, str(threads), str(SECONDS)], capture_output=True, text=True, check=True).stdout
        return json.loads(text)
    except (Absent, subprocess.CalledProcessError) as error:
        return {"absent": str(error), "flops": 0, "levels": []}


def level_of(limits, size):
    """The smallest level that holds `size` bytes."""
    return next((level for level in limits["levels"] if size <= level["bytes"]), None)


def least_seconds(row, limits):
    """What no program goes below: the time of its products at the peak, or of its bytes at the bandwidth of the level
    that holds them, whichever is longer; and the name of that limit."""
    if not row["bytes"]:
        return 0, ""
    level = level_of(limits, row["bytes"])
    by_memory = row["bytes"] / max(level[kind] for kind in ("read", "write", "copy")) if level else 0
    by_products = row["flops"] / limits["flops"] if limits["flops"] else 0
    return (by_products, "peak") if by_products >= by_memory else (by_memory, level["name"])
