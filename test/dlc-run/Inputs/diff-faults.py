# diff-faults.py - libraries that are wrong in one thing, compared with the model that they should be.
# SPDX-License-Identifier: Apache-2.0
#
# Each fault stands for a kind. It is put in by editing the model or a level of it that dlc printed, and compiling on;
# what the runtime gets is then as wrong as a mistake of the compiler would make it. The model as it is agrees.
import subprocess
import sys

TRAIN = """dl.model @m {
  func @loss(%x: f32[batch, 3]) -> (loss: f32) {
    %w = param "w" f32[3] = uniform(-0.9, 0.9)
    %s = param "s" f32[3] = uniform(-0.9, 0.9)
    %g = sigmoid %s
    %k = mul %w, %g
    %y = mul %x, %k
    %one = constant f32[batch, 3] = 1.0
    %l = mse_loss %y, %one
    return %l
  }
  optimizer @own(%w, %g) slots(%v = zeros, %u = zeros) scalars(%lr = 0.05, %mu = 0.9) {
    %a = mul %mu, %v
    %v1 = add %a, %g
    %b = mul %mu, %u
    %u1 = add %b, %v
    %d = sub %v1, %v
    %e = mul %mu, %d
    %f = add %v1, %e
    %h = mul %lr, %f
    %w1 = sub %w, %h
    return %w1, %v1, %u1
  }
  train @t minimizes @loss {
    optimize "*" with @own
    clip_norm 0.5
  }
}
"""
FORWARD = """dl.model @m {
  func @f(%x: f32[batch, 3], %i: i32[batch, 2], %b: ui8[batch, 2], %t: i32[batch]) -> (max: f32, mean: f32, clamped: ui8[batch, 2],
      padded: i32[batch, 3], zero: f32[batch, 3], loss: f32, half: f32[batch, 3], place: i32[batch, 3]) {
    %max = amax %x
    %mean = mean %x
    %clamped = clamp %b, min = 0
    %padded = pad %i, low = [0, 1], high = [0, 0], value = 300
    %null = constant f32 = 0.0
    %signed = mul %x, %null
    %zero = add %signed, %null
    %loss = cross_entropy %x, %t, ignore_index = 0
    %back = neg %x
    %both = concat %x, %back
    %half = slice %both, axis = 0, start = batch, size = batch
    %place = iota %x, axis = 0
    return %max, %mean, %clamped, %padded, %zero, %loss, %half, %place
  }
}
"""
ROWS = """dl.model @m {
  func @f(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %m = amax %x, axes = [0]
    %y = div %x, %m
    return %y
  }
}
"""
LONG = """dl.model @m {
  func @sums(%x: f32[100000]) -> (y: f32, square: f32) {
    %y = sum %x
    %s = mul %x, %x
    %square = sum %s
    return %y, %square
  }
  func @centred(%x: f32[batch, 64], %w: f32[64], %b: f32[64]) -> (y: f32[batch, 64]) {
    %y = layer_norm %x, %w, %b
    return %y
  }
}
"""

POOLED = """dl.model @m {
  func @loss(%x: f32[batch, 7, 2]) -> (loss: f32) {
    %w = param "w" f32[2] = constant(0.7)
    %a = mul %x, %w
    %p = max_pool %a, 3, stride = 2, padding = 1
    %s = sin %p
    %l = mean %s
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
"""

TILES = """dl.model @m {
  func @f(%x: f32[batch, 20, 20, 32], %w: f32[32, 32, 3, 3]) -> (y: f32[batch, 20, 20, 32]) {
    %a = sub %x, 3.2
    %r = relu %a
    %y = conv2d %r, %w, padding = 1
    return %y
  }
}
"""

# name, model, level at which it is edited, text, what it becomes, options of dlc --diff
FAULTS = [
    ("a weight that reads the new value of another", TRAIN, "model", "%h = mul %lr, %f\n", "%h = mul %mu, %f\n", []),
    ("a slot that reads the new value of another", TRAIN, "model", "%u1 = add %b, %v\n", "%u1 = add %b, %v1\n", []),
    ("a weight that reads the new value where the old is meant", TRAIN, "model", "%d = sub %v1, %v\n", "%d = sub %v1, %v1\n", []),
    ("a slot that is stored in the place of another", TRAIN, "model", "return %w1, %v1, %u1\n", "return %w1, %v1, %v1\n", []),
    ("two slots that change places", TRAIN, "model", "return %w1, %v1, %u1\n", "return %w1, %u1, %v1\n", []),
    ("a slot that is never written", TRAIN, "model", "return %w1, %v1, %u1\n", "return %w1, %v1, %u\n", []),
    ("a frozen weight that is trained", TRAIN.replace('    clip', '    freeze "s"\n    clip'), "model", '    freeze "s"\n', "", ["t"]),
    ("a limit of the norm that is another", TRAIN, "model", "clip_norm 0.5", "clip_norm 0.4999", []),
    ("a scalar that was rounded", TRAIN, "model", "%mu = 0.9)", "%mu = 0.90000005)", ["--float", "f64"]),
    ("a gradient that is a hundredth too large", TRAIN, "--faulty-gradient=dl.sigmoid", "", "", []),
    ("a gradient that goes back through windows", POOLED, "--faulty-gradient=dl.sin", "", "", []),
    ("a count of the capacity in a short call", FORWARD, "model", "%mean = mean %x",
     "%all = sum %x\n %n = constant f32 = 24.0\n %mean = div %all, %n", ["--batch-extent", "5"]),
    ("a limit that wraps in a small type", FORWARD, "model", "clamp %b, min = 0", "clamp %b, min = 2", []),
    ("padding that wraps in a small type", FORWARD, "model", "value = 300", "value = 44", []),
    ("a zero of the wrong sign", FORWARD, "model", "%zero = add %signed, %null", "%zero = neg %signed", []),
    ("a label that should not count", FORWARD, "model", ", ignore_index = 0", "", []),
    ("another part of a batch", FORWARD, "model", "start = batch, size", "start = 0, size", []),
    ("rows that are counted anew", FORWARD, "model", "%place = iota %x, axis = 0", "%place = iota %x, axis = 1", []),
    ("a call that is cut though its rows depend on each other", ROWS, "kernels", "dl.rows_independent = false",
     "dl.rows_independent = true", ["--batch-extent", "17"]),
    ("a kernel that reads another value", ROWS, "kernels", "amax %x", "amin %x", []),
    ("a sum that loses digits", LONG, "model", "%y = sum %x\n", "%k = constant f32 = 10000000.0\n %u = add %x, %k\n "
     "%v = sub %u, %k\n %y = sum %v\n", ["sums"]),
    ("rounding of one bit in ten", LONG, "model", "%square = sum %s", "%k = constant f32 = 1.000005\n %u = sum %s\n "
     "%square = mul %u, %k", ["sums"]),
    ("a row that is centred by a rounded mean", LONG, "model", "%y = layer_norm %x, %w, %b",
     "%k = constant f32 = 1000.0\n %u = add %x, %k\n %y = layer_norm %u, %w, %b", ["centred"]),
    ("an element of a filter's tile that is a thousandth too large", TILES, "kernels", "[0.0625, ", "[0.06256, ",
     ["--winograd", "--batch-extent", "1"]),
    ("an element of a result that a tile leaves out", TILES, "kernels", "64.0", "0.0",
     ["--winograd", "--batch-extent", "1"]),
]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def library(model, level, old, new, ways):
    open("m.mlir", "w").write(model)
    source, options = "wrong.mlir", []
    if level == "model" or level.startswith("-"):
        assert old in model
        open(source, "w").write(model.replace(old, new) if old else model)
        options = [level] * level.startswith("-")
    else:
        printed = run("dlc", "m.mlir", "--batch", "8", f"--emit={level}", *ways).stdout
        assert old in printed, printed
        open(source, "w").write(printed.replace(old, new))
    result = run("dlc", source, "--batch", "8", "-o", "wrong.so", *ways, *options)
    assert result.returncode == 0, result.stderr
    assert run("dlc", "m.mlir", "--batch", "8", "-o", "right.so", *ways).returncode == 0


seen = 0
for name, model, level, old, new, options in FAULTS:
    ways = options if options[:1] == ["--float"] else options[:1] if options[:1] == ["--winograd"] else []
    library(model, level, old, new, ways)
    check = lambda path: run("dlc", "--diff", "m.mlir", *options, "--library", path, "--quiet", "--steps", "3")
    # Where no call can be cut, a large one of the right library is refused.
    right = check("right.so") if model is not ROWS or "--batch-extent" not in options else None
    wrong = check("wrong.so")
    if right and right.returncode:
        print("NOT RIGHT:", name, right.stdout, right.stderr)
    if wrong.returncode == 0 or "departs" not in wrong.stdout or wrong.stderr:
        print("NOT SEEN:", name, wrong.stdout, wrong.stderr)
    else:
        seen += 1
print(f"{seen} of {len(FAULTS)} faults seen")
