# interrupt.py - runs a program and sends it Ctrl-C once it has printed that its first epoch is done.
# SPDX-License-Identifier: Apache-2.0
#
# interrupt.py PROGRAM ARGUMENTS... passes on what the program prints and adds its exit code.
import signal
import subprocess
import sys

process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True)
sent = False
for line in process.stdout:
    if sent and line.startswith("epoch "):
        continue
    print(line, end="")
    if line.startswith("epoch 1/"):
        process.send_signal(signal.SIGINT)
        sent = True
print("exit code", process.wait())
