# resampling.py FOLDER - writes the models and cases of upsample, adaptive_avg_pool and pixel_shuffle; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import torch.nn.functional as F

from torch_cases import Case, write


def resized(**options):
    return lambda x: F.interpolate(x.movedim(-1, 1), **options).movedim(1, -1)


def nearest(name, options, shape, **sizes):
    return Case(name, f"upsample %x, {options}", resized(**sizes), {"x": shape})


def linear(name, shape, result, corners):
    mode = ["linear", "bilinear", "trilinear"][len(shape) - 3]
    text = str(result) if len(result) > 1 else result[0]
    return Case(name, f"upsample %x, output_size = {text}, mode = {mode}{', align_corners' if corners else ''}",
                resized(size=result, mode=mode, align_corners=corners), {"x": shape})


write("upsample", "signals and pictures of other sizes", [
    nearest("doubled", "scale_factor = 2", [3, 3, 4, 5], scale_factor=2),
    nearest("signal", "scale_factor = 3", [2, 5, 3], scale_factor=3),
    nearest("each", "scale_factor = [1, 4]", [2, 3, 2, 1], scale_factor=[1, 4]),
    nearest("to_size", "output_size = [9, 5], mode = nearest", [2, 6, 7, 3], size=[9, 5]),
    nearest("smaller", "output_size = 2", [2, 6, 4, 3], size=2),
    nearest("space", "scale_factor = 2", [1, 2, 3, 2, 2], scale_factor=2),
    linear("line", [2, 5, 3], [10], False),
    linear("line_corners", [2, 5, 3], [8], True),
    Case("bilinear", "upsample %x, scale_factor = 2, mode = bilinear", resized(scale_factor=2, mode="bilinear"), {"x": [3, 3, 4, 5]}),
    Case("corners", "upsample %x, scale_factor = 3, mode = bilinear, align_corners",
         resized(scale_factor=3, mode="bilinear", align_corners=True), {"x": [2, 3, 4, 2]}),
    linear("thirds", [2, 3, 6, 2], [9, 8], False),
    linear("odd", [2, 7, 5, 1], [5, 11], False),
    linear("odd_corners", [2, 7, 5, 1], [5, 11], True),
    linear("less", [1, 9, 10, 3], [2, 3], False),
    linear("to_one", [2, 4, 3, 2], [1, 1], False),
    linear("to_one_corners", [2, 4, 3, 2], [1, 1], True),
    linear("of_one", [2, 1, 1, 17], [3, 4], False),
    linear("of_one_corners", [2, 1, 1, 2], [3, 4], True),
    linear("same", [2, 3, 4, 2], [3, 4], False),
    linear("space_linear", [1, 2, 3, 2, 2], [4, 2, 3], False),
])


def pooled(size):
    functions = {3: F.adaptive_avg_pool1d, 4: F.adaptive_avg_pool2d, 5: F.adaptive_avg_pool3d}
    return lambda x: functions[x.dim()](x.movedim(-1, 1), size).movedim(1, -1)


def shuffled(r):
    return lambda x: F.pixel_shuffle(x.movedim(-1, 1), r).movedim(1, -1)


write("adaptive_avg_pool", "means of so many parts", [
    Case(name, f"adaptive_avg_pool %x, {size}", pooled(size), {"x": shape})
    for name, shape, size in (("halves", [3, 6, 4, 5], [3, 2]), ("overlapping", [2, 7, 5, 3], [3, 4]), ("all", [2, 5, 3, 17], 1),
                              ("signal", [2, 10, 3], 4), ("more", [2, 3, 4, 2], [5, 4]), ("space", [1, 4, 3, 5, 2], [2, 2, 3]))
])
write("pixel_shuffle", "channels that become squares", [
    Case(name, f"pixel_shuffle %x, {r}", shuffled(r), {"x": shape})
    for name, shape, r in (("doubled", [3, 3, 4, 8], 2), ("tripled", [2, 2, 1, 9], 3), ("same", [2, 3, 2, 5], 1))
])
