"""Calls of fewer rows than the library was compiled for: one row of 32 against a library for one row."""
from suite.case import Case
from suite.graph import BATCH, Graph
from workloads import mnist_step, predict


def deep():
    g = Graph("deep")
    x = g.input("x", BATCH, 256)
    for layer in range(4):
        x = g.gelu(g.linear(f"fc{layer}", x, 256))
    g.result("y", g.linear("head", x, 10))
    return g


def cases(options):
    for name, graph in (("mnist", predict.network()), ("deep", deep())):
        for rows in (1, 7):
            exact = Case(f"short-calls/{name}-{rows}-exact", graph, rows, peers=[])
            yield Case(f"short-calls/{name}-{rows}-of-32", graph, rows, capacity=32, peers=[],
                       rivals={"compiled for as many": [exact]})
    step = mnist_step.network(0)
    exact = Case("short-calls/step-8-exact", step, 8, "train", peers=[])
    yield Case("short-calls/step-8-of-128", step, 8, "train", capacity=128, peers=[],
               rivals={"compiled for as many": [exact]})
