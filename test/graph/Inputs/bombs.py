# bombs.py - models that are small to write and large to compile.
# SPDX-License-Identifier: Apache-2.0
#
#   bombs.py KIND COUNT: doubling (each function calls the one above twice), deep (once), lines (element-wise, one after the
#   other), inputs (as many), constants (in one list), parameters (each with Adam), calls (of as many functions)
import sys


def function(name, arguments, lines, result, private=""):
    return [f" func {private}@{name}({arguments}) {{", *("  " + line for line in lines), f"  return {result}", " }"]


def calls(count, each):
    text = function("f0", "%x: f32[batch, 8]", ["%y = tanh %x"], "%y", "private ")
    for i in range(1, count):
        lines = [f"%v{k + 1} = call @f{i - 1}(%v{k})" for k in range(each)]
        text += function(f"f{i}", "%v0: f32[batch, 8]", lines, f"%v{each}", "private ")
    return text + function("f", "%x: f32[batch, 8]", [f"%y = call @f{count - 1}(%x)"], "%y")


def parameters(count):
    lines = [line for i in range(count) for line in (f'%w{i} = param "w{i}" f32[8] = zeros', f"%x{i + 1} = add %x{i}, %w{i}")]
    return function("loss", "%x0: f32[batch, 8]", [*lines, f"%l = mean %x{count}"], "%l") + [
        " train @step minimizes @loss {", '  optimize "*" with @adam', " }"]


kind, count = sys.argv[1], int(sys.argv[2])
ops = ["tanh", "relu", "sigmoid", "neg"]
models = {
    "doubling": lambda: calls(count, 2),
    "deep": lambda: calls(count, 1),
    "lines": lambda: function("f", "%v0: f32[batch, 8]", [f"%v{i + 1} = {ops[i % 4]} %v{i}" for i in range(count)], f"%v{count}"),
    "inputs": lambda: function("f", ", ".join(f"%x{i}: f32[batch, 8]" for i in range(count)),
                               ["%v0 = relu %x0", *(f"%v{i} = add %v{i - 1}, %x{i}" for i in range(1, count))],
                               f"%v{count - 1}"),
    "constants": lambda: function("f", f"%x: f32[batch, {count}]",
                                  [f"%c = constant f32[{count}] = [" + ", ".join(f"{i % 1000}.5" for i in range(count)) + "]",
                                   "%y = add %x, %c"], "%y"),
    "parameters": lambda: parameters(count),
    "calls": lambda: sum((function(f"g{i}", "%x: f32[batch, 8]", ["%y = tanh %x"], "%y", "private ") for i in range(count)), []) +
    function("f", "%v0: f32[batch, 8]", [f"%v{i + 1} = call @g{i}(%v{i})" for i in range(count)], f"%v{count}"),
}
print("\n".join(["dl.model @m {", *models[kind](), "}"]))
