"""A transformer's block composed of ops (causal attention, gelu): its step, and 12 of them as a network's step."""
from suite.case import Case
from suite.graph import BATCH, Graph


def attention(g, name, x, time, width, heads):
    size = width // heads

    def part(which):
        p = g.linear(f"{name}.{which}", x, width)
        return g.transpose(g.reshape(p, BATCH, time, heads, size), 0, 2, 1, 3)

    q, k, v = part("q"), part("k"), part("v")
    score = g.mul(g.matmul(q, k, transpose_b=True), size**-0.5)
    mixed = g.matmul(g.softmax(g.causal(score)), v)
    joined = g.reshape(g.transpose(mixed, 0, 2, 1, 3), BATCH, time, width)
    return g.linear(f"{name}.out", joined, width)


def network(blocks, time, width, heads, vocabulary):
    g = Graph("gpt")
    token = g.input("token", BATCH, time, dtype="i32", limit=vocabulary)
    target = g.input("target", BATCH, time, dtype="i32", limit=vocabulary)
    x = g.embedding("token", token, vocabulary, width)
    for b in range(blocks):
        x = g.add(x, attention(g, f"h{b}.attention", g.layer_norm(f"h{b}.norm1", x), time, width, heads))
        h = g.gelu(g.linear(f"h{b}.up", g.layer_norm(f"h{b}.norm2", x), 4 * width), tanh=True)
        x = g.add(x, g.linear(f"h{b}.down", h, width))
    score = g.linear("head", g.layer_norm("norm", x), vocabulary, bias=False)
    g.result("loss", g.cross_entropy(score, target))
    g.train("adamw")
    return g


def cases(options):
    yield Case("gpt-block/1x768-t64-b4", network(1, 64, 768, 12, 512), 4, "train", tolerance=5e-3,
               peers=["jax", "torch"], items=256, unit="tokens")
    yield Case("gpt-block/6x192-t64-b8", network(6, 64, 192, 6, 65), 8, "train", tolerance=5e-3,
               peers=["jax", "torch"], items=512, unit="tokens")
