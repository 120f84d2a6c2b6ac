"""Recurrent networks: the step of a character LSTM and of a GRU (64 characters, 32 of them), and an LSTM one step a call."""
from suite.case import Case
from suite.graph import BATCH, Graph


def characters(layer, length, vocabulary=65, features=64, width=256):
    g = Graph(layer)
    token = g.input("token", BATCH, length, dtype="i32", limit=vocabulary)
    following = g.input("next", BATCH, length, dtype="i32", limit=vocabulary)
    x = g.embedding("embed", token, vocabulary, features)
    y = getattr(g, layer)(layer, x, width)
    g.result("loss", g.cross_entropy(g.linear("head", y, vocabulary), following))
    g.train("adam")
    return g


def stream(features=64, width=256):
    g = Graph("stream")
    g.result("y", g.lstm("lstm", g.input("x", BATCH, 1, features), width, stateful=True))
    return g


def cases(options):
    for layer in ("lstm", "gru"):
        yield Case(f"recurrent/{layer}-step-b32", characters(layer, 64), 32, "train", copies=4, tolerance=5e-3,
                   peers=["jax", "torch"], items=32 * 64, unit="characters")
    yield Case("recurrent/lstm-stream", stream(), 1, copies=16, peers=["torch", "onnxruntime"], unit="steps")
