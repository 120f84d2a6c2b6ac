"""Cross-entropy over 50,257 classes: the loss, and the loss with the gradient of the scores."""
from suite.case import Case
from suite.graph import Graph


def network(rows, classes, stored):
    g = Graph("loss")
    score = g.parameter("score", rows, classes, init="normal(1.0)") if stored else g.input("score", rows, classes)
    g.result("loss", g.cross_entropy(score, g.input("label", rows, dtype="i32", limit=classes)))
    if stored:
        g.train("sgd")
    return g


def cases(options):
    for rows in (8, 64, 256):
        yield Case(f"cross-entropy/forward-{rows}x50257", network(rows, 50257, False), peers=["jax", "torch"])
        # Scores that are a parameter have a gradient that the entry point returns.
        yield Case(f"cross-entropy/gradient-{rows}x50257", network(rows, 50257, True), mode="gradients",
                   peers=["jax", "torch"])
