# activations.py FOLDER - writes the models and cases of activations that stand for several ops; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import torch.nn.functional as F

from torch_cases import Case, write

# The gradient of PyTorch's own hardsigmoid has a sixth that is rounded to f32.
EDGES = [-200, -30, -3, -2.96875, -1, -0.03125, 0, 0.03125, 1, 2.96875, 3, 5.96875, 6, 6.03125, 30, 200]
SPECIAL = [float("inf"), float("-inf"), float("nan")]
OPS = [("relu6", "", F.relu6), ("hardsigmoid", "", lambda x: F.relu6(x + 3) / 6), ("hardswish", "", F.hardswish), ("elu", "", F.elu),
       ("elu", ", alpha = 0.75", lambda x: F.elu(x, 0.75)), ("celu", "", F.celu), ("celu", ", alpha = 1.5", lambda x: F.celu(x, 1.5)),
       ("selu", "", F.selu), ("mish", "", F.mish)]
cases = []
for op, options, function in OPS:
    name = op + ("_alpha" if options else "")
    cases.append(Case(name, f"{op} %x{options}", function, {"x": [3, 17]}))
    cases.append(Case(f"{name}_edges", f"{op} %x{options}", function, {"x": [16]}, (), numbers={"x": EDGES}))
    cases.append(Case(f"{name}_special", f"{op} %x{options}", function, {"x": [3]}, (), numbers={"x": SPECIAL}, slopes=False))
cases += [Case("number", "elu %x", F.elu, {"x": []}, ()), Case("empty", "mish %x", F.mish, {"x": [0, 5]}, (), slopes=False)]
write("activations", "activations that stand for several ops", cases)


def prelu(x, w):
    return F.prelu(x.movedim(-1, 1), w.reshape(-1)).movedim(1, -1) if x.dim() > 1 else F.prelu(x, w)


write("prelu", "a slope below 0 that is learned", [
    Case("one", "prelu %x, %w", prelu, {"x": [3, 17], "w": [1]}),
    Case("scalar", "prelu %x, %w", prelu, {"x": [3, 7], "w": []}),
    Case("channels", "prelu %x, %w", prelu, {"x": [3, 17], "w": [17]}),
    Case("picture", "prelu %x, %w", prelu, {"x": [2, 3, 4, 5], "w": [5]}),
    Case("list", "prelu %x, %w", prelu, {"x": [1], "w": [1]}, (), numbers={"x": [0.0]}),
    Case("layer", "nn.prelu NAME %x", prelu, {"x": [3, 7]}, parameters={"weight": [1]}),
    Case("layers", "nn.prelu NAME %x, num_parameters = 5", prelu, {"x": [2, 3, 5]}, parameters={"weight": [5]}),
])
