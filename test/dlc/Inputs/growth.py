# growth.py - processor time of `dlc --emit=kernels` for models of n and of 4 n layers, parameters, lines, results.
# SPDX-License-Identifier: Apache-2.0
#
# Steps that are linear take 4 times as long, quadratic ones 16 times. The limit lies between, and the least of some runs
# counts: other programs on the machine cost caches, not steps.
import subprocess, sys, tempfile, pathlib

LIMIT = 9
TRAIN = 'train @step minimizes @loss { optimize "*" with @adam }'


def chain(first, lines):
    """Lines in which %0, %1 ... stand for the line before and its successor."""
    text, value = "", first
    for i, line in enumerate(lines):
        text += line.replace("%1", f"%v{i}").replace("%0", value) + "\n"
        value = f"%v{i}"
    return text, value


def layers(n):
    text, end = chain("%x", [f'%a{i} = nn.linear "l{i}" %0, 16\n%1 = gelu %a{i}' for i in range(n)])
    return f"""func @loss(%x: f32[batch, 16], %y: f32[batch, 16]) -> (loss: f32) {{
{text}%l = mse_loss {end}, %y
return %l
}}
{TRAIN}"""


def parameters(n):
    text, end = chain("%x", [f'%w{i} = param "w{i}" f32[8] = zeros\n%1 = add %0, %w{i}' for i in range(n)])
    return f"""func @loss(%x: f32[batch, 8]) -> (loss: f32) {{
{text}%q = mul {end}, {end}
%l = mean %q
return %l
}}
{TRAIN}"""


def lines(n):
    ops = ["tanh", "sigmoid"]
    text, end = chain("%z", [f"%1 = {ops[i % 2]} %0" for i in range(n)])
    return f"""func @loss(%x: f32[batch, 8]) -> (loss: f32) {{
%w = param "w" f32[8] = zeros
%z = add %x, %w
{text}%l = mean {end}
return %l
}}
{TRAIN}"""


def results(n):
    text = "".join(f"%s{i} = mul %x, {i + 1}.5\n%t{i} = softmax %s{i}\n%m{i} = mean %t{i}\n" for i in range(n))
    names = ", ".join(f"%m{i}" for i in range(n))
    return f"""func @f(%x: f32[batch, 8]) -> ({", ".join(f"m{i}: f32" for i in range(n))}) {{
{text}return {names}
}}"""


def measure(folder, model):
    path = folder / "model.mlir"
    path.write_text("dl.model @m {\n" + model + "\n}\n")
    best = None
    for _ in range(2):
        run = subprocess.run(["dlc", path, "--emit=kernels", "--timing", "-o", "/dev/null"], stderr=subprocess.PIPE,
                             text=True, timeout=200)
        if run.returncode:
            sys.exit(run.stderr)
        rows = [line.split() for line in run.stderr.splitlines()]
        spent = sum(float(row[3]) for row in rows if row[0] in ("graph", "autodiff", "layout", "kernels"))
        best = spent if best is None else min(best, spent)
    return best


fast = 0
with tempfile.TemporaryDirectory() as name:
    for make, n in (layers, 150), (parameters, 300), (lines, 1000), (results, 300):
        few, many = (measure(pathlib.Path(name), make(count)) for count in (n, 4 * n))
        print(f"{make.__name__}: {few:.0f} ms for {n}, {many:.0f} ms for {4 * n}: {many / few:.1f} times")
        fast += many > LIMIT * few
print(fast, "grow too fast")
