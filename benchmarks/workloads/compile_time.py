"""How long dlc takes to compile: mnist, and networks of 2, 48 and 400 layers that are written out."""
from suite.case import compilation
from suite.graph import BATCH, Graph
from workloads import mnist_step


def layers(count, width):
    g = Graph("deep")
    x = g.input("x", BATCH, width)
    label = g.input("label", BATCH, dtype="i32", limit=10)
    for layer in range(count):
        x = g.gelu(g.linear(f"fc{layer}", x, width))
    g.result("loss", g.cross_entropy(g.linear("head", x, 10), label))
    g.train("adam")
    return g


def cases(options):
    yield compilation("compile-time/mnist", mnist_step.network(0.2), 32)
    two = compilation("compile-time/2-layers", layers(2, 768), 32)
    yield two
    yield compilation("compile-time/48-layers", layers(48, 768), 32, rivals={"2 layers": [two]})
    yield compilation("compile-time/400-layers", layers(400, 768), 32, most_rounds=2)
