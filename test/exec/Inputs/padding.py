# padding.py FOLDER - writes the models and cases of pad in its modes and of local_response_norm; see torch_cases.py.
# SPDX-License-Identifier: Apache-2.0
import torch.nn.functional as F

from torch_cases import Case, write


def padded(mode, low, high):
    """Axis by axis, as a signal of one channel."""
    def function(x):
        for axis, (before, after) in enumerate(zip(low, high)):
            if before or after:
                line = x.movedim(axis, -1)
                whole = F.pad(line.reshape(-1, 1, line.shape[-1]), [before, after], mode)
                x = whole.reshape(*line.shape[:-1], -1).movedim(-1, axis)
        return x
    return function


def case(name, mode, shape, low, high, **more):
    lists = "".join(f", {word} = {widths}" for word, widths in (("low", low), ("high", high)) if any(widths))
    return Case(name, f"pad %x{lists}, mode = {mode}", padded(mode, low, high), {"x": shape}, **more)


write("pad-modes", "what lies around is made of the input", [
    case("reflect", "reflect", [2, 5, 7, 3], [0, 2, 1, 0], [0, 1, 3, 0]),
    case("reflect_most", "reflect", [2, 4, 2], [0, 3, 1], [0, 3, 1]),
    case("reflect_last", "reflect", [3, 19], [0, 18], [0, 17]),
    case("reflect_before", "reflect", [2, 4, 3], [0, 2, 0], [0, 0, 0]),
    case("replicate", "replicate", [2, 3, 4, 2], [0, 1, 2, 0], [0, 3, 1, 0]),
    case("replicate_one", "replicate", [2, 1, 3], [0, 4, 0], [0, 2, 2]),
    case("replicate_behind", "replicate", [3, 17], [0, 0], [0, 5]),
    case("circular", "circular", [2, 4, 5, 3], [0, 1, 2, 0], [0, 3, 1, 0]),
    case("circular_all", "circular", [2, 3, 2], [0, 3, 2], [0, 3, 2]),
    case("circular_list", "circular", [35], [9], [1], batched=()),
    case("none", "reflect", [2, 3], [0, 0], [0, 0]),
])


def local(size, alpha=1e-4, beta=0.75, k=1.0):
    return lambda x: F.local_response_norm(x.movedim(-1, 1), size, alpha, beta, k).movedim(1, -1)


write("local_response_norm", "divided by what neighbouring channels have", [
    Case("five", "local_response_norm %x, 5", local(5), {"x": [2, 3, 2, 17]}),
    Case("strong", "local_response_norm %x, 3, alpha = 0.5, beta = 0.25, offset = 2", local(3, 0.5, 0.25, 2.0), {"x": [3, 4, 7]}),
    Case("even", "local_response_norm %x, 4, alpha = 2, beta = 1", local(4, 2.0, 1.0), {"x": [2, 2, 6]}),
    Case("wider", "local_response_norm %x, 9, alpha = 1", local(9, 1.0), {"x": [2, 2, 3, 4]}),
    Case("one", "local_response_norm %x, 1, alpha = 1", local(1, 1.0), {"x": [2, 3, 1]}),
])
