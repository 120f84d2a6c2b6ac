# norms.py FOLDER - writes the models and cases of rms_norm, group_norm, instance_norm and their layers; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import torch.nn.functional as F

from torch_cases import Case, write


def rms(epsilon=None):
    return lambda x, w: F.rms_norm(x, [x.shape[-1]], w, epsilon)


def group(groups, epsilon=1e-5):
    return lambda x, w, b: F.group_norm(x.movedim(-1, 1), groups, w, b, epsilon).movedim(1, -1)


def instance(epsilon=1e-5):
    return lambda x, w=None, b=None: F.instance_norm(x.movedim(-1, 1), weight=w, bias=b, eps=epsilon).movedim(1, -1)


write("rms_norm", "each row by its root mean square", [
    Case("matrix", "rms_norm %x, %w, epsilon = 0.125", rms(0.125), {"x": [3, 17], "w": [17]}),
    Case("cube", "rms_norm %x, %w, epsilon = 1.0e-6", rms(1e-6), {"x": [2, 3, 33], "w": [33]}),
    Case("list", "rms_norm %x, %w, epsilon = 1.0e-5", rms(1e-5), {"x": [70], "w": [70]}, ()),
    Case("one", "rms_norm %x, %w, epsilon = 0.5", rms(0.5), {"x": [3, 1], "w": [1]}),
    Case("zeros", "rms_norm %x, %w, epsilon = 0.25", rms(0.25), {"x": [2, 3], "w": [3]}, (), numbers={"x": [[0.0] * 3] * 2}),
    Case("empty", "rms_norm %x, %w", rms(), {"x": [0, 5], "w": [5]}, (), slopes=False),
    # Of these, the epsilon of f32 makes no difference that f64 shows.
    Case("large", "rms_norm %x, %w", rms(), {"x": [2, 3], "w": [3]}, (), numbers={"x": [[3e6, -4e6, 5e6], [1e6, 2e6, -7e6]]},
         slopes=False),
    Case("layer", "nn.rms_norm NAME %x, epsilon = 0.25", rms(0.25), {"x": [3, 7]}, parameters={"weight": [7]}),
])
write("group_norm", "over all places and the channels of a group", [
    Case("plain", "group_norm %x, %w, %b, 2", group(2), {"x": [3, 4, 5, 6], "w": [6], "b": [6]}),
    Case("all", "group_norm %x, %w, %b, 1", group(1), {"x": [2, 5, 7], "w": [7], "b": [7]}),
    Case("each", "group_norm %x, %w, %b, 5", group(5), {"x": [2, 3, 4, 5], "w": [5], "b": [5]}),
    Case("rows", "group_norm %x, %w, %b, 3, epsilon = 0.125", group(3, 0.125), {"x": [3, 12], "w": [12], "b": [12]}),
    Case("wide", "group_norm %x, %w, %b, 2", group(2), {"x": [2, 3, 34], "w": [34], "b": [34]}),
    Case("alone", "group_norm %x, %w, %b, 4, epsilon = 0.5", lambda x, w, b: x * 0 * w + b, {"x": [3, 4], "w": [4], "b": [4]}),
    # Of large equal numbers, nothing is left but the bias, exactly.
    Case("equal", "group_norm %x, %w, %b, 2", lambda x, w, b: x * 0 * w + b, {"x": [2, 3, 5, 4], "w": [4], "b": [4]},
         numbers={"x": [[[[4097.03125] * 4] * 5] * 3] * 2}, slopes=False),
    Case("layer", "nn.group_norm NAME %x, 3", group(3), {"x": [2, 5, 6]}, parameters={"weight": [6], "bias": [6]}),
])
write("instance_norm", "over all places of a channel", [
    Case("signal", "instance_norm %x", instance(), {"x": [3, 9, 4]}),
    Case("picture", "instance_norm %x, epsilon = 0.125", instance(0.125), {"x": [2, 4, 5, 17]}),
    Case("space", "instance_norm %x", instance(), {"x": [2, 2, 3, 4, 2]}),
    Case("bare", "nn.instance_norm NAME %x", instance(), {"x": [2, 7, 3]}),
    Case("layer", "nn.instance_norm NAME %x, affine, epsilon = 0.25", instance(0.25), {"x": [2, 3, 3, 5]},
         parameters={"weight": [5], "bias": [5]}),
])

