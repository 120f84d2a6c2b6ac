# peak-memory.py LEAST MOST COMMAND... - runs a command and fails where it fails, or where the most memory that it held at once
# is not between LEAST and MOST MB.
# SPDX-License-Identifier: Apache-2.0
import resource
import subprocess
import sys

least, most = map(int, sys.argv[1:3])
subprocess.run(sys.argv[3:], check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 // 1000000
print(f"{peak} MB")
if not least <= peak <= most:
    sys.exit(f"the command held {peak} MB; expected {least} to {most}")
