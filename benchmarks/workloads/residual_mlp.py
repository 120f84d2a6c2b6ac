"""A training step of 12 residual blocks of 768 and 3072 with layer_norm and gelu, batch 64, Adam."""
from suite.case import Case
from suite.graph import BATCH, Graph


def network(blocks, width, hidden, classes):
    g = Graph("residual")
    x = g.input("x", BATCH, width)
    label = g.input("label", BATCH, dtype="i32", limit=classes)
    for b in range(blocks):
        h = g.layer_norm(f"block{b}.norm", x)
        h = g.gelu(g.linear(f"block{b}.up", h, hidden))
        x = g.add(x, g.linear(f"block{b}.down", h, width))
    g.result("loss", g.cross_entropy(g.linear("head", x, classes), label))
    g.train("adam")
    return g


def cases(options):
    yield Case("residual-mlp/12x768-b64", network(12, 768, 3072, 10), 64, "train", tolerance=5e-3,
               peers=["jax", "torch"])
