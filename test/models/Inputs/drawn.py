# drawn.py - shapes and choices of models that are drawn at random, as random_programs.py and random_rows.py have them.
# SPDX-License-Identifier: Apache-2.0
#
# A size is a number, or, negative, a multiple of the batch: -2 is `2 * batch`; or TIME, another size that is open until a call.
import math

BATCH, TIME = -1, -1000
LONGEST = 5  # the capacity of TIME


def size_text(size):
    return str(size) if size >= 0 else "time" if size == TIME else "batch" if size == BATCH else f"{-size} * batch"


def text(shape):
    return "[" + ", ".join(map(size_text, shape)) + "]"


def elements(shape, batch):
    return math.prod(size if size >= 0 else LONGEST if size == TIME else -size * batch for size in shape)


def batches(shape):
    """How many axes depend on the batch, or on the other open size, whichever are more."""
    return max(sum(size < 0 and size != TIME for size in shape), sum(size == TIME for size in shape))


def broadcast(a, b):
    """The shape that two shapes stretch to, or None."""
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + list(a), [1] * (rank - len(b)) + list(b)
    if any(x != y and x != 1 and y != 1 for x, y in zip(a, b)):
        return None
    return [y if x == 1 else x for x, y in zip(a, b)]


def late(random, candidates):
    """One of them, the later ones more often, or programs stay flat; None if there are none."""
    return random.choices(candidates, range(1, len(candidates) + 1))[0] if candidates else None
