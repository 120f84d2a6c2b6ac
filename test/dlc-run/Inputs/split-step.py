# split-step.py - compares a train step with its gradients and apply, called one after the other.
# SPDX-License-Identifier: Apache-2.0
#
# split-step.py DLC-RUN LIBRARY: both ways start from the weights of one seed; their checkpoints may differ by
# rounding only.
import json
import struct
import subprocess
import sys
import zipfile

program, library = sys.argv[1:]
rows = 5
image = {"shape": [rows, 784], "values": [(i * 37 % 101) / 101 for i in range(rows * 784)]}
inputs = ["--input", "image=" + json.dumps(image), "--input", f"label={[i % 10 for i in range(rows)]}"]


def call(*arguments):
    subprocess.run([program, "call", library, *arguments], check=True)


def tensors(path):
    content = open(path, "rb").read()
    size = struct.unpack_from("<Q", content)[0]
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__", None)
    for name, entry in sorted(header.items()):
        first, last = entry["data_offsets"]
        data = content[8 + size + first:8 + size + last]
        yield name, struct.unpack(f"<{len(data) // 4}f", data)


call("train_step", *inputs, "--seed", "7", "--output", "whole.npz", "--save", "whole.st")
call("train_step.gradients", *inputs, "--seed", "7", "--output", "all.npz")
# apply takes the gradients alone: loss and metrics stay behind.
with zipfile.ZipFile("all.npz") as source, zipfile.ZipFile("gradients.npz", "w") as target:
    for name in source.namelist():
        if name.startswith("gradient."):
            target.writestr(name, source.read(name))
call("train_step.apply", "--inputs", "gradients.npz", "--seed", "7", "--save", "parts.st")
for (name, whole), (other, parts) in zip(tensors("whole.st"), tensors("parts.st"), strict=True):
    assert name == other
    for i, (a, b) in enumerate(zip(whole, parts, strict=True)):
        assert abs(a - b) <= 1e-6 * max(1, abs(a)), (name, i, a, b)
