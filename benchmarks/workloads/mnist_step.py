"""The training step of examples/mnist (784-128-relu-dropout-10, Adam), with and without dropout."""
from suite.case import Case
from suite.graph import BATCH, Graph


def network(dropout, clip=None):
    g = Graph("mnist")
    image = g.input("image", BATCH, 784)
    label = g.input("label", BATCH, dtype="i32", limit=10)
    h = g.relu(g.linear("fc1", image, 128))
    if dropout:
        h = g.dropout(h, dropout)
    score = g.linear("fc2", h, 10)
    g.result("loss", g.cross_entropy(score, label))
    g.result("accuracy", g.accuracy(score, label))
    g.train("adam", clip)
    return g


def cases(options):
    for batch in (32, 128):
        for dropout in (0.2, 0):
            # The masks of dropout are random, so that results cannot be compared.
            yield Case(f"mnist-step/b{batch}{'' if dropout else '-no-dropout'}", network(dropout), batch, "train",
                       copies=50, tolerance=None if dropout else 1e-3)
    yield Case("mnist-step/apply", network(0), mode="apply", batch=32)
    yield Case("mnist-step/apply-clip", network(0, clip=1.0), mode="apply", batch=32)
