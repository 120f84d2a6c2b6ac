# windows.py FOLDER - writes the models and cases of padding_mode, lp_pool, ceil_mode and channels_first; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import torch
import torch.nn.functional as F

from torch_cases import Case, write

CONVOLUTIONS = [torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d]
TRANSPOSED = [torch.nn.ConvTranspose1d, torch.nn.ConvTranspose2d]


def options(given):
    said = {True: "true", False: "false"}
    return "".join(f", {name} = {said[value] if isinstance(value, bool) else value}" for name, value in given.items())


def module(kind, channels, w, b=None, **given):
    """PyTorch's layer with these weights."""
    features = w.shape[0] if kind in CONVOLUTIONS else w.shape[1] * given.get("groups", 1)
    layer = kind(channels, features, list(w.shape[2:]), bias=b is not None, dtype=torch.float64, **given)
    weights = {"weight": w} if b is None else {"weight": w, "bias": b}
    return lambda x: torch.func.functional_call(layer, weights, (x,))


def torch_names(given):
    """Words that PyTorch's layers take, of options in the language."""
    words = {name: value for name, value in given.items() if not (name == "padding_mode" and value == "zeros")}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in words.items()}


def last(function):
    """A function of tensors whose first has its channels first, for one that has them last."""
    return lambda x, *rest: function(x.movedim(-1, 1), *rest).movedim(1, -1)


def convolution(name, x, w, axes=2, first=False, **given):
    def function(x, w):
        return module(CONVOLUTIONS[axes - 1], x.shape[1], w, **torch_names(given))(x)
    flag = ", channels_first" if first else ""
    return Case(name, f"conv{axes}d %x, %w{options(given)}{flag}", function if first else last(function), {"x": x, "w": w})


def transposed(name, x, w, axes=2, **given):
    def function(x, w):
        return module(TRANSPOSED[axes - 1], x.shape[1], w, **torch_names(given))(x)
    return Case(name, f"conv{axes}d_transpose %x, %w{options(given)}, channels_first", function, {"x": x, "w": w})


write("padding_mode", "convolutions whose padding repeats what is in the input", [
    convolution("reflect", [2, 5, 6, 2], [3, 2, 3, 3], padding=2, padding_mode="reflect"),
    convolution("reflect_most", [2, 5, 4, 2], [3, 2, 3, 3], padding=[4, 3], padding_mode="reflect", stride=2),
    convolution("replicate", [2, 4, 5, 4], [6, 2, 2, 3], padding=[2, 1], padding_mode="replicate", groups=2),
    convolution("replicate_one", [2, 1, 1, 2], [3, 2, 3, 3], padding=3, padding_mode="replicate", dilation=2),
    convolution("circular", [2, 4, 5, 3], [3, 1, 3, 3], padding=1, padding_mode="circular", groups=3),
    convolution("circular_all", [2, 3, 4, 2], [2, 2, 3, 2], padding=[3, 4], padding_mode="circular", stride=[2, 3]),
    convolution("zeros", [2, 4, 4, 2], [2, 2, 3, 3], padding=1, padding_mode="zeros"),
    convolution("same", [2, 6, 5, 2], [2, 2, 3, 4], padding="same", padding_mode="reflect"),
    convolution("same_circular", [2, 6, 5, 2], [2, 2, 2, 4], padding="same", padding_mode="circular"),
    convolution("signal", [2, 7, 3], [5, 3, 4], axes=1, padding=5, padding_mode="reflect", stride=2),
    convolution("signal_circular", [2, 7, 3], [3, 1, 5], axes=1, padding=2, padding_mode="circular", groups=3),
    convolution("volume", [2, 3, 2, 4, 2], [2, 2, 2, 2, 3], axes=3, padding=1, padding_mode="replicate"),
    convolution("volume_circular", [2, 2, 3, 2, 1], [2, 1, 2, 3, 1], axes=3, padding=[1, 2, 0], padding_mode="circular"),
    convolution("first", [2, 2, 5, 4], [3, 2, 3, 3], first=True, padding=[2, 1], padding_mode="reflect"),
])


def lp(name, x, line, numbers=None, slopes=True, **given):
    axes = len(x) - 2
    function = [F.lp_pool1d, F.lp_pool2d, F.lp_pool3d][axes - 1]
    norm = given.pop("norm_type", 2.0)
    kernel = given.pop("kernel_size")
    each = tuple(kernel) if isinstance(kernel, list) else kernel if axes == 1 else (kernel,) * axes
    words = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    return Case(name, line, last(lambda x: function(x, norm, each, **words)), {"x": x}, numbers=numbers, slopes=slopes,
                differences=norm % 2 == 0)  # the others have roots of what is positive alone


def positive(shape):
    import random
    draw = random.Random(str(shape))
    some = lambda shape: [some(shape[1:]) for _ in range(shape[0])] if shape else draw.randint(8, 96) / 32
    return {"x": some(shape)}


write("lp_pool", "roots of sums of powers", [
    lp("two", [2, 6, 8, 3], "lp_pool %x, 2", kernel_size=2),
    lp("three", [2, 5, 7, 2], "lp_pool %x, 3, norm_type = 3, stride = 2", positive([2, 5, 7, 2]), kernel_size=3, norm_type=3.0,
       stride=2),
    lp("one", [2, 5, 4], "lp_pool %x, 2, norm_type = 1, stride = 1", positive([2, 5, 4]), kernel_size=2, norm_type=1.0,
       stride=1),
    lp("between", [2, 6, 5, 2], "lp_pool %x, [2, 3], norm_type = 1.5, stride = [1, 2]", positive([2, 6, 5, 2]),
       kernel_size=[2, 3], norm_type=1.5, stride=[1, 2]),
    lp("half", [2, 4, 4, 2], "lp_pool %x, 2, norm_type = 0.5", positive([2, 4, 4, 2]), kernel_size=2, norm_type=0.5),
    lp("four", [2, 6, 6, 2], "lp_pool %x, 3, norm_type = 4", kernel_size=3, norm_type=4.0),
    lp("ceiling", [2, 7, 6, 2], "lp_pool %x, 3, stride = 2, ceil_mode", kernel_size=3, stride=2, ceil_mode=True),
    lp("ceiling_signal", [2, 8, 3], "lp_pool %x, 3, stride = 3, ceil_mode", kernel_size=3, stride=3, ceil_mode=True),
    lp("volume", [2, 4, 3, 4, 2], "lp_pool %x, [2, 1, 2]", kernel_size=[2, 1, 2]),
    # Nothing but zeros in a window: PyTorch's gradient is 0 there.
    lp("zero", [1, 4, 4, 1], "lp_pool %x, 2", {"x": [[[[0], [0], [1], [2]], [[0], [0], [3], [-1]],
                                                     [[2], [0], [0], [0]], [[0], [0], [0], [0]]]]}, kernel_size=2),
    lp("negative", [1, 4, 1], "lp_pool %x, 2, norm_type = 3", {"x": [[[-2], [1], [2], [-1]]]}, slopes=False, kernel_size=2,
       norm_type=3.0),
])


def average(name, x, line, kernel, **given):
    function = [F.avg_pool1d, F.avg_pool2d, F.avg_pool3d][len(x) - 3]
    return Case(name, line, last(lambda x: function(x, kernel, **given)), {"x": x})


write("avg_pool-ceil", "means of windows that reach beyond the padding", [
    average("signal", [2, 8, 3], "avg_pool %x, 3, ceil_mode", 3, ceil_mode=True),
    average("padded", [2, 6, 7, 2], "avg_pool %x, 3, stride = 2, padding = 1, ceil_mode", 3, stride=2, padding=1, ceil_mode=True),
    average("inside", [2, 6, 7, 2], "avg_pool %x, [3, 2], stride = [2, 2], padding = [1, 0], count_include_pad = false, ceil_mode",
            (3, 2), stride=(2, 2), padding=(1, 0), count_include_pad=False, ceil_mode=True),
    average("left", [2, 5, 6, 2], "avg_pool %x, 2, stride = 3, padding = 1, ceil_mode", 2, stride=3, padding=1, ceil_mode=True),
    average("exact", [2, 6, 6, 2], "avg_pool %x, 2, ceil_mode", 2, ceil_mode=True),
    average("volume", [2, 3, 4, 5, 2], "avg_pool %x, 2, ceil_mode", 2, ceil_mode=True),
])


def first(name, line, function, inputs, **more):
    return Case(name, line + ", channels_first", function, inputs, **more)


def group_norm(groups):
    return lambda x, w, b: F.group_norm(x, groups, w, b)


def constants(x):
    mean, deviation = torch.tensor([0.5, 0.25, -1.0], dtype=x.dtype), torch.tensor([2.0, 0.5, 1.0], dtype=x.dtype)
    return (x - mean.view(3, 1, 1)) / deviation.view(3, 1, 1)


write("channels_first", "ops on pictures with the channels first", [
    convolution("conv1d", [2, 4, 9], [6, 2, 3], axes=1, first=True, stride=2, padding=1, groups=2),
    convolution("conv2d", [2, 3, 7, 6], [5, 3, 3, 2], first=True, stride=[2, 1], padding=[1, 0], dilation=[1, 2]),
    convolution("depthwise", [2, 4, 5, 6], [4, 1, 3, 3], first=True, padding=1, groups=4),
    convolution("multiplied", [2, 3, 5, 6], [6, 1, 3, 3], first=True, groups=3),
    convolution("conv3d", [2, 2, 3, 4, 5], [3, 2, 2, 2, 3], axes=3, first=True, padding=[1, 0, 1]),
    convolution("point", [2, 3, 1, 1], [4, 3, 1, 1], first=True),
    transposed("conv1d_transpose", [2, 3, 5], [3, 2, 4], axes=1, stride=3, padding=1, output_padding=2),
    transposed("conv2d_transpose", [2, 4, 3, 4], [4, 3, 3, 2], stride=[2, 1], padding=[1, 0], dilation=[1, 2], groups=2),
    first("max_pool", "max_pool %x, [3, 2], stride = 2, padding = 1, ceil_mode",
          lambda x: F.max_pool2d(x, (3, 2), 2, 1, ceil_mode=True), {"x": [2, 3, 6, 7]}),
    first("avg_pool", "avg_pool %x, 3, stride = 2, padding = 1, count_include_pad = false",
          lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), {"x": [2, 3, 6, 7]}),
    first("lp_pool", "lp_pool %x, 2, stride = 1", lambda x: F.lp_pool2d(x, 2, 2, 1), {"x": [2, 2, 4, 5]}),
    first("upsample", "upsample %x, scale_factor = [2, 3]", lambda x: F.interpolate(x, scale_factor=(2, 3)), {"x": [2, 3, 3, 4]}),
    first("bilinear", "upsample %x, output_size = [5, 7], mode = bilinear",
          lambda x: F.interpolate(x, size=(5, 7), mode="bilinear", align_corners=False), {"x": [2, 3, 3, 4]}),
    first("linear", "upsample %x, output_size = 9, mode = linear, align_corners",
          lambda x: F.interpolate(x, size=9, mode="linear", align_corners=True), {"x": [2, 3, 4]}),
    first("adaptive_avg_pool", "adaptive_avg_pool %x, [3, 2]", lambda x: F.adaptive_avg_pool2d(x, (3, 2)), {"x": [2, 3, 7, 5]}),
    first("pixel_shuffle", "pixel_shuffle %x, 2", lambda x: F.pixel_shuffle(x, 2), {"x": [2, 12, 2, 3]}),
    first("group_norm", "group_norm %x, %w, %b, 2", group_norm(2), {"x": [2, 4, 3, 5], "w": [4], "b": [4]}),
    first("group_norm_of_rows", "group_norm %x, %w, %b, 2", group_norm(2), {"x": [2, 6], "w": [6], "b": [6]}),
    first("instance_norm", "instance_norm %x", lambda x: F.instance_norm(x), {"x": [2, 3, 3, 5]}),
    first("local_response_norm", "local_response_norm %x, 3, alpha = 0.5",
          lambda x: F.local_response_norm(x, 3, 0.5), {"x": [2, 5, 2, 3]}),
    first("standardize", "standardize %x, mean = [0.5, 0.25, -1], deviation = [2, 0.5, 1]", constants, {"x": [2, 3, 2, 3]}),
    first("prelu", "prelu %x, %w", lambda x, w: F.prelu(x, w), {"x": [2, 3, 2, 3], "w": [3]}),
    first("prelu_of_all", "prelu %x, %w", lambda x, w: F.prelu(x, w), {"x": [2, 3, 2, 3], "w": [1]}),
    first("prelu_of_rows", "prelu %x, %w", lambda x, w: F.prelu(x, w), {"x": [2, 3], "w": [3]}),
])


def layer(name, line, function, x, parameters):
    return first(name, line, function, {"x": x}, parameters=parameters)


def convolved(kind, **given):
    return lambda x, w, b: module(kind, x.shape[1], w, b, **given)(x)


write("nn-channels_first", "layers of pictures with the channels first", [
    layer("conv1d", "nn.conv1d NAME %x, 4, kernel = 3, padding = 2, padding_mode = circular",
          convolved(torch.nn.Conv1d, padding=2, padding_mode="circular"), [2, 3, 6], {"weight": [4, 3, 3], "bias": [4]}),
    layer("conv2d", "nn.conv2d NAME %x, 4, kernel = [3, 2], stride = 2, padding = 1, padding_mode = reflect, groups = 2",
          convolved(torch.nn.Conv2d, stride=2, padding=1, padding_mode="reflect", groups=2), [2, 2, 5, 6],
          {"weight": [4, 1, 3, 2], "bias": [4]}),
    layer("conv1d_transpose", "nn.conv1d_transpose NAME %x, 2, kernel = 3, stride = 2",
          convolved(torch.nn.ConvTranspose1d, stride=2), [2, 3, 4], {"weight": [3, 2, 3], "bias": [2]}),
    layer("conv2d_transpose", "nn.conv2d_transpose NAME %x, 2, kernel = 2, stride = 2, output_padding = 1",
          convolved(torch.nn.ConvTranspose2d, stride=2, output_padding=1), [2, 3, 2, 3], {"weight": [3, 2, 2, 2], "bias": [2]}),
    layer("group_norm", "nn.group_norm NAME %x, 3", group_norm(3), [2, 6, 2, 3], {"weight": [6], "bias": [6]}),
    layer("instance_norm", "nn.instance_norm NAME %x, affine", lambda x, w, b: F.instance_norm(x, weight=w, bias=b),
          [2, 3, 4, 2], {"weight": [3], "bias": [3]}),
    layer("prelu", "nn.prelu NAME %x, num_parameters = 3", lambda x, w: F.prelu(x, w), [2, 3, 2, 2], {"weight": [3]}),
])
