"""Inference of examples/mnist (784-128-relu-10, softmax), from one row to 256."""
from suite.case import Case
from suite.graph import BATCH, Graph


def network():
    g = Graph("mnist")
    h = g.relu(g.linear("fc1", g.input("image", BATCH, 784), 128))
    g.result("probability", g.softmax(g.linear("fc2", h, 10)))
    return g


def cases(options):
    for batch in (1, 32, 256):
        yield Case(f"predict/b{batch}", network(), batch, copies=16 if batch < 256 else 4)
