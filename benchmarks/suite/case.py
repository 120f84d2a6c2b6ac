# case.py
# SPDX-License-Identifier: Apache-2.0
#
# A case: one graph, how it is called, what it is measured against, and its arrays, drawn from a seed.
import zlib

from suite.graph import concrete

SIZES = {"f32": 4, "f64": 8, "i32": 4, "i64": 8, "ui8": 1, "i1": 1}
SLOTS = {"adam": 2, "adamw": 2, "sgd": 0}


class Case:
    """`mode`: function, train (a whole step), gradients, apply (the update alone).
    `capacity`: the rows that dlc compiles for, where they are more than those of the call.
    `copies`: how many batches the calls take in turns, so that inputs come from where a training's do.
    `tolerance`: by which results may differ, relative to the largest of the tensor; None: they cannot be compared.
    `rivals`: {name: [cases]}, other forms of the same work, run by dlc itself in the same turns; their times add up.
    `peers`: names of those that run it; None: all that can."""

    def __init__(self, name, graph, batch=0, mode="function", peers=None, capacity=0, copies=1, tolerance=1e-4,
                 rivals=None, items=None, unit="rows"):
        self.name, self.graph, self.batch, self.mode, self.peers = name, graph, batch, mode, peers
        self.capacity, self.copies, self.tolerance, self.rivals = capacity or batch, copies, tolerance, rivals or {}
        self.items, self.unit = items or batch or 1, unit

    @property
    def entry(self):
        return {"function": "f", "train": "train_step", "gradients": "train_step.gradients",
                "apply": "train_step.apply"}[self.mode]

    @property
    def extent(self):
        """Rows of a call; 0 where the entry point has no batch."""
        return 0 if self.mode == "apply" else self.batch

    def arguments(self):
        """Name, shape and dtype of each input of the entry point, with the limit of integers."""
        if self.mode == "apply":
            return [("gradient." + p.name, p.shape, "f32", None) for p in self.graph.parameters]
        return [(i.name, concrete(i.shape, self.batch), i.dtype, i.limit) for i in self.graph.inputs]

    def work(self):
        """Floating-point operations of products, and the bytes that any program must move: what is read and written."""
        graph, batch = self.graph, self.batch
        weights = 4 * graph.elements(batch, graph.parameters)
        inputs = sum(SIZES[i.dtype] * graph.elements(batch, [i]) for i in graph.inputs)
        outputs = sum(SIZES[node.dtype] * graph.elements(batch, [node]) for _, node in graph.results)
        state = 2 * weights * (1 + SLOTS.get(graph.optimizer, 0))  # read and written
        if self.mode == "apply":
            return 0, weights + state
        if self.mode == "train":
            return graph.flops(batch, True), inputs + outputs + state
        if self.mode == "gradients":
            return graph.flops(batch, True), inputs + outputs + 2 * weights
        return graph.flops(batch, False), inputs + outputs + weights


class CommandCase:
    """Whole programs that run from start to end. `commands(peer, folder)` gives the lines of one contender, or None where it
    has none; `files` writes what they read; `absent` says why nobody can run."""

    mode = "command"

    def __init__(self, name, commands, files=None, peers=(), rivals=None, most_rounds=1 << 30, absent=None):
        self.name, self.commands, self.files, self.peers, self.rivals = name, commands, files, list(peers), rivals or {}
        self.most_rounds, self.absent = most_rounds, absent


def compilation(name, graph, batch, **more):
    """A case of dlc's own: compiling a model."""
    def files(folder):
        (folder / "model.mlir").write_text(graph.text())

    def commands(peer, folder):
        if peer.kind != "dlc":
            return None
        return [[str(peer.bin / "dlc"), str(folder / "model.mlir"), "-o", str(folder / "library.so"), "--batch", str(batch)]]

    return CommandCase(name, commands, files, **more)


def draw(case, seed):
    """Parameters and inputs, as NumPy arrays. Inputs have a leading axis of `copies`. An array depends on the seed and
    on its own name, so that all forms of a case get the same."""
    import numpy as np

    def generator(name):
        return np.random.default_rng([seed, zlib.crc32(name.encode())])

    def parameter(p):
        random = generator(p.name)
        if p.fill is not None:
            return np.float32(p.fill) + random.standard_normal(p.shape, np.float32) * np.float32(0.1)
        if p.fan_in:
            return (random.random(p.shape, np.float32) * 2 - 1) * np.float32(p.fan_in**-0.5)
        return random.standard_normal(p.shape, np.float32) * np.float32(0.02)

    def argument(name, shape, dtype, limit):
        random = generator(name)
        shape = (case.copies, *shape)
        if limit:
            return random.integers(0, limit, shape, {"i32": np.int32, "i64": np.int64}[dtype])
        scale = 1e-3 if case.mode == "apply" else 1
        return random.standard_normal(shape, np.float32) * np.float32(scale)

    return ({p.name: parameter(p) for p in case.graph.parameters},
            {name: argument(name, *rest) for name, *rest in case.arguments()})
