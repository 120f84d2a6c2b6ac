# interrupt.py - runs a program and sends it signals once it has printed that its first epoch is done.
# SPDX-License-Identifier: Apache-2.0
#
# interrupt.py [SIGNAL...] PROGRAM ARGUMENTS... passes on what the program prints and adds its exit code. SIGINT unless
# others are named, at once or, after `later`, in a second; `close` closes the pipe that the program prints to, and `nohup` before
# all ignores SIGHUP.
import signal
import subprocess
import sys
import time

words = sys.argv[1:]
sends = []
while words[0].startswith("SIG") or words[0] in ("close", "nohup", "later"):
    sends.append(words.pop(0))
hangup = signal.SIG_DFL  # whatever the tests themselves were started with
if sends[:1] == ["nohup"]:
    sends.pop(0)
    hangup = signal.SIG_IGN
process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True,
                           preexec_fn=lambda: signal.signal(signal.SIGHUP, hangup))
sent = False
for line in process.stdout:
    if sent and line.startswith("epoch ") and "stopped" not in line:
        continue
    print(line, end="")
    if line.startswith("epoch 1/"):
        sent = True
        for name in sends or ["SIGINT"]:
            if name == "later":
                time.sleep(1)
            elif name != "close":
                process.send_signal(getattr(signal, name))
        if "close" in sends:
            break
process.stdout.close()
print("exit code", process.wait())
