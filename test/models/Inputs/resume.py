# resume.py - stops a training after steps of all sorts, goes on, and compares checkpoints with one that did not stop.
# SPDX-License-Identifier: Apache-2.0
#
#   resume.py DLC_RUN MODEL.so DATA WHOLE.safetensors
import subprocess
import sys

program, library, data, whole = sys.argv[1:]


def train(*arguments):
    done = subprocess.run([program, "train", library, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def start(seed):
    return "--data", data, "--epochs", "2", "--seed", seed, "--validation", "0.1", "--out", "parts.safetensors", "--overwrite"


wanted = read(whole)
tried = lost = 0
for stops in [1], [20], [42], [43], [44], [85], [7, 43, 60]:
    train(*start("3"), "--steps", str(stops[0]), "--threads", "2")
    for threads, stop in enumerate(stops[1:] + [None], 1):
        if read("parts.safetensors") == wanted:
            sys.exit(f"the run was to stop after {stops}, and did not")
        end = ["--epochs", "2"] if stop is None else ["--steps", str(stop)]
        train("--resume", "parts.safetensors", "--threads", str(threads), *end)
    same = read("parts.safetensors") == wanted
    tried += 1
    lost += not same
    print(f"after steps {', '.join(map(str, stops))}: {'the same' if same else 'other'} bytes")
train(*start("4"))
print("another seed:", "the same" if read("parts.safetensors") == wanted else "other", "bytes")
print(f"reliability: runs that stopped and went on: {tried} tried, {lost} lost")
