"""Training steps of dense networks drawn from the seed: 2 to 6 layers of 5 to 2048, batch 7 to 256, two heads."""
import random

from suite.case import Case
from suite.graph import BATCH, Graph

ACTIVATIONS = ("relu", "gelu", "tanh", "sigmoid", "silu")


def log_uniform(source, low, high):
    """Every magnitude as likely as every other."""
    return min(high, max(low, round(low * (high / low) ** source.random())))


def network(source, name):
    g = Graph(name)
    x = g.input("x", BATCH, log_uniform(source, 5, 2048))
    activation = source.choice(ACTIVATIONS)
    widths = [log_uniform(source, 5, 2048) for _ in range(source.randint(2, 6) - 1)]
    norms = source.random() < 0.3
    for layer, width in enumerate(widths):
        x = g.linear(f"fc{layer}", x, width)
        if norms:
            x = g.layer_norm(f"norm{layer}", x)
        x = getattr(g, activation)(x)
    classes = log_uniform(source, 2, 1000)
    loss = g.cross_entropy(g.linear("head", x, classes), g.input("label", BATCH, dtype="i32", limit=classes))
    if source.random() < 0.3:  # a second head, which predicts numbers
        values = log_uniform(source, 1, 64)
        loss = g.add(loss, g.mse_loss(g.linear("second", x, values), g.input("target", BATCH, values)))
    g.result("loss", loss)
    g.train(source.choice(("adam", "adam", "sgd")))
    return g, log_uniform(source, 7, 256), "-".join(map(str, [x.shape[-1] if not widths else widths[0]] + widths[1:]))


def cases(options):
    for number in range(options.count):
        source = random.Random(f"dense {options.seed} {number}")
        graph, batch, widths = network(source, f"net{number}")
        inputs = graph.inputs[0].shape[-1]
        yield Case(f"random-dense/{number}-{inputs}-{widths}-b{batch}", graph, batch, "train", copies=4,
                   tolerance=5e-3, peers=["jax"])
