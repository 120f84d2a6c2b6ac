# checkpoint-settings.py - goes on from checkpoints with one changed setting each, and prints what comes of it.
# SPDX-License-Identifier: Apache-2.0
#
#   checkpoint-settings.py DLC_RUN MODEL.so GOOD EDIT_CHECKPOINT SETTINGS
#
# A line of SETTINGS is `KEY NAME JSON`, or `KEY = TEXT`.
import subprocess
import sys

program, library, good, edit, settings = sys.argv[1:]
with open(settings) as file:
    lines = file.read().splitlines()
for line in lines:
    key, name, value = line.split(" ", 2)
    change = [key, value] if name == "=" else [key, name, value]
    subprocess.run([sys.executable, edit, good, "edited.safetensors", *change], check=True)
    done = subprocess.run([program, "train", library, "--resume", "edited.safetensors", "--curve", "/dev/null"],
                          capture_output=True, text=True)
    said = done.stderr.splitlines()[0] if done.returncode == 1 else "goes on" if done.returncode == 0 else done
    print(f"{key if name == '=' else name} {value}: {said}", flush=True)
