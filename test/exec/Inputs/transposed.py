# transposed.py FOLDER - writes the models and cases of transposed convolutions and their layers; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
#
# PyTorch pads both sides alike: where padding differs, what is cut off is cut off by hand.
import torch.nn.functional as F

from torch_cases import Case, write


def transposed(cut=None, **options):
    def one(x, w, b=None):
        function = [F.conv_transpose1d, F.conv_transpose2d][x.dim() - 3]
        y = function(x.movedim(-1, 1), w, b, **options).movedim(1, -1)
        for axis, (low, high) in enumerate(cut or []):
            y = y.narrow(axis + 1, low, y.shape[axis + 1] - low - high)
        return y
    return one


write("conv1d_transpose", "filters that signals write", [
    Case("plain", "conv1d_transpose %x, %w", transposed(), {"x": [3, 6, 4], "w": [4, 5, 3]}),
    Case("moved", "conv1d_transpose %x, %w, stride = 3, padding = 1, output_padding = 2",
         transposed(stride=3, padding=1, output_padding=2), {"x": [2, 5, 3], "w": [3, 4, 4]}),
    Case("apart", "conv1d_transpose %x, %w, stride = 4", transposed(stride=4), {"x": [2, 3, 2], "w": [2, 3, 3]}),
    Case("spread", "conv1d_transpose %x, %w, stride = 2, dilation = 3, padding = [[1, 3]], groups = 2",
         transposed([[1, 3]], stride=2, dilation=3, groups=2), {"x": [2, 5, 4], "w": [4, 3, 3]}),
    Case("one", "conv1d_transpose %x, %w", transposed(), {"x": [2, 1, 1], "w": [1, 1, 1]}),
    Case("layer", "nn.conv1d_transpose NAME %x, 4, kernel = 3, stride = 2", transposed(stride=2),
         {"x": [2, 4, 3]}, parameters={"weight": [3, 4, 3], "bias": [4]}),
])
write("conv2d_transpose", "filters that pictures write", [
    Case("plain", "conv2d_transpose %x, %w", transposed(), {"x": [2, 3, 4, 3], "w": [3, 17, 3, 2]}),
    Case("doubled", "conv2d_transpose %x, %w, stride = 2", transposed(stride=2), {"x": [2, 3, 4, 5], "w": [5, 3, 2, 2]}),
    Case("moved", "conv2d_transpose %x, %w, stride = 2, padding = 1, output_padding = 1",
         transposed(stride=2, padding=1, output_padding=1), {"x": [2, 4, 3, 2], "w": [2, 3, 3, 3]}),
    Case("mixed", "conv2d_transpose %x, %w, stride = [2, 1], padding = [1, 0], dilation = [1, 2], groups = 2",
         transposed(stride=[2, 1], padding=[1, 0], dilation=[1, 2], groups=2), {"x": [2, 4, 3, 4], "w": [4, 3, 4, 2]}),
    Case("depthwise", "conv2d_transpose %x, %w, padding = 1, groups = 3", transposed(padding=1, groups=3),
         {"x": [2, 4, 5, 3], "w": [3, 1, 3, 3]}),
    Case("points", "conv2d_transpose %x, %w, stride = 3", transposed(stride=3), {"x": [2, 2, 3, 4], "w": [4, 5, 1, 1]}),
    Case("behind", "conv2d_transpose %x, %w, dilation = 3, output_padding = [2, 1]",
         transposed(dilation=3, output_padding=[2, 1], stride=1), {"x": [1, 2, 2, 2], "w": [2, 2, 2, 2]}),
    Case("layer", "nn.conv2d_transpose NAME %x, 6, kernel = [3, 2], stride = 2, padding = 1, output_padding = 1, groups = 2",
         transposed(stride=2, padding=1, output_padding=1, groups=2), {"x": [2, 3, 4, 4]},
         parameters={"weight": [4, 3, 3, 2], "bias": [6]}),
    Case("bare", "nn.conv2d_transpose NAME %x, 2, kernel = 2, dilation = 2, bias = false", transposed(dilation=2),
         {"x": [2, 3, 3, 3]}, parameters={"weight": [3, 2, 2, 2]}),
])
