# optimizers.py - trains two small parameters with the lines of optimizers.json and compares weights and slots.
# SPDX-License-Identifier: Apache-2.0
#
#   optimizers.py OPTIMIZERS.json FLOAT TOLERANCE [FLAG ...]     (FLAGs are handed to dlc)
import json
import struct
import subprocess
import sys

with open(sys.argv[1]) as file:
    reference = json.load(file)
real, tolerance, flags = sys.argv[2], float(sys.argv[3]), sys.argv[4:]
letter, size = ("d", 8) if real == "f64" else ("f", 4)

MODEL = """dl.model @small {
  func @loss(%wanted_a: f32[4], %wanted_b: f32[3]) -> (loss: f32) {
    %a = param "a" f32[4] = zeros
    %b = param "b" f32[3] = zeros
    %la = mse_loss %a, %wanted_a
    %lb = mse_loss %b, %wanted_b
    %l = add %la, %lb
    return %l
  }
  optimizer @own(%w, %g) slots(%top = constant(0.5)) scalars(%lr = 2.0e-2, %shrink = 1.0e-2, %step) {
    %size = abs %g
    %top1 = max %top, %size
    %t = tanh %g
    %u = div %t, %top1
    %s = mul %lr, %u
    %one = constant f32 = 1.0
    %less = mul %shrink, %step
    %keep = sub %one, %less
    %k = mul %w, %keep
    %w1 = sub %k, %s
    return %w1, %top1
  }
  train @step minimizes @loss {
    LINES
  }
}
"""


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def write(path, tensors):
    header, data = {}, b""
    for name, values in tensors.items():
        bits = struct.pack(f"<{len(values)}{letter}", *values)
        header[name] = {"dtype": real.upper(), "shape": [len(values)], "data_offsets": [len(data), len(data) + len(bits)]}
        data += bits
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    (length,) = struct.unpack_from("<Q", raw)
    tensors = {}
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == real.upper():
            first, last = entry["data_offsets"]
            tensors[name] = struct.unpack_from(f"<{(last - first) // size}{letter}", raw, 8 + length + first)
    return tensors


def compare(name, found, expected):
    worst, where = 0.0, ""
    if found.keys() != expected.keys():
        return f"{name}: found the tensors {sorted(found)}, expected {sorted(expected)}"
    for tensor, values in expected.items():
        for i, (x, y) in enumerate(zip(found[tensor], values, strict=True)):
            off = abs(x - y) / max(1.0, abs(y))
            if not off <= worst:
                worst, where = off, f", {tensor}[{i}]: found {x}, expected {y}"
    return f"{name}: right" if worst <= tolerance else f"{name}: off by {worst:.3g}{where}"


wanted = [f"--input=wanted_{key}={json.dumps(values)}" for key, values in reference["wanted"].items()]
write("start.safetensors", reference["start"])
failures = 0
for case in reference["cases"]:
    with open("small.mlir", "w") as file:
        file.write(MODEL.replace("LINES", "\n    ".join(case["lines"])))
    run("dlc", "small.mlir", f"--float={real}", *flags, "-o", "small.so")
    run("dlc-run", "call", "small.so", "step", "--weights", "start.safetensors", *wanted, "--repeat", "5",
        *(f"--set={x}" for x in case["settings"]), "--save", "end.safetensors")
    result = compare(case["name"], read("end.safetensors"), case["expected"])
    failures += not result.endswith(": right")
    print(result)
print(f"{len(reference['cases'])} cases, {failures} failures")
sys.exit(failures != 0)
