# kills.py - kills a training at each change that it makes to a file, goes on, and compares with one that lived.
# SPDX-License-Identifier: Apache-2.0
#
#   kills.py DISK.so DLC_RUN MODEL.so DATA
#
# Whatever was written when the process died: the checkpoint is missing or whole, the run that goes on ends with the
# bytes of the undisturbed one, its best checkpoint and its picture too, every line of the log is whole, and nothing
# temporary is left.
import json
import os
import subprocess
import sys

disk, program, library, data = sys.argv[1:]
names = ["out.safetensors", "best.safetensors", "curve.svg", "log.jsonl"]
outputs = ["--log", "log.jsonl", "--curve", "curve.svg"]
fresh = ["--data", data, "--epochs", "3", "--seed", "5", "--validation", "0.2", "--best", "best.safetensors",
         "--out", "out.safetensors"]


def train(*arguments, kill=0):
    environment = dict(os.environ, LD_PRELOAD=disk, KILL_AT=str(kill)) if kill else os.environ
    done = subprocess.run([program, "train", library, *arguments, *outputs], capture_output=True, text=True,
                          env=environment)
    if done.returncode not in ([0, -9] if kill else [0]):
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.returncode


def read(name):
    with open(name, "rb") as file:
        return file.read()


def temporaries():
    return [name for name in os.listdir(".") if name.endswith(".dlc-tmp")]


train(*fresh)
wanted = {name: read(name) for name in names[:3]}
resumed = left = kills = 0
while True:
    for name in names:
        if os.path.exists(name):
            os.remove(name)
    if train(*fresh, kill=kills + 1) == 0:
        break
    kills += 1
    left += len(temporaries())
    if os.path.exists("out.safetensors"):
        resumed += 1
        train("--resume", "out.safetensors")
    else:
        train(*fresh, "--overwrite")
    for name in names[:3]:
        if read(name) != wanted[name]:
            sys.exit(f"killed at change {kills}: {name} has other bytes")
    events = [json.loads(line)["event"] for line in read("log.jsonl").decode().splitlines()]
    if events[0] != "start" or events[-1] != "end":
        sys.exit(f"killed at change {kills}: the log has {events[0]} ... {events[-1]}")
    if temporaries():
        sys.exit(f"killed at change {kills}: {temporaries()} is left")
print(f"reliability: kills while files are written: {kills} tried, 0 lost")
print(f"{kills} kills, {resumed} gone on from, {left} temporary files taken away, nothing lost")
