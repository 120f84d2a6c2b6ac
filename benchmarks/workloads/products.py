"""Single products: random ones in all orders, few columns, few rows, a long summed axis; and dW with its update."""
import random

from suite.case import Case
from suite.graph import BATCH, Graph
from workloads.random_dense import log_uniform

# rows, columns, summed, order. N: as it is written, T: transposed.
SKINNY = [(100, 1, 1000, "NN"), (1000, 3, 1000, "NN"), (128, 10, 128, "TN"), (256, 1, 512, "NT"), (64, 17, 2048, "NN"),
          (1000, 5, 784, "NT"), (32, 10, 128, "NT"), (784, 1, 256, "TN")]
LONG = [(64, 768, 50257, "NN"), (7, 2206, 2213, "NN"), (64, 50257, 768, "NT"), (768, 50257, 64, "TN")]
FEW_ROWS = [(rows, columns, summed, order) for rows in (9, 12, 17, 24, 33) for columns, summed, order in
            ((784, 512, "NN"), (768, 3072, "NN"), (512, 512, "NT"))]


def product(m, n, k, order):
    g = Graph("product")
    a = g.input("a", *((k, m) if order[0] == "T" else (m, k)))
    b = g.input("b", *((n, k) if order[1] == "T" else (k, n)))
    g.result("y", g.matmul(a, b, order[0] == "T", order[1] == "T"))
    return g


def case(kind, m, n, k, order):
    return Case(f"products/{kind}-{m}x{n}x{k}-{order}", product(m, n, k, order), peers=["openblas", "onednn", "jax", "torch"])


def weighted(rows, inputs, outputs):
    """A linear layer's product, whose weight rests and may be packed."""
    g = Graph("weighted")
    g.result("y", g.linear("w", g.input("x", BATCH, inputs), outputs, bias=False))
    return Case(f"products/weight-{rows}x{outputs}x{inputs}", g, rows, peers=["openblas", "onednn", "onnxruntime", "torch"])


def update(batch, inputs, outputs, clip=None):
    """Whose step is a forward product, dW and the update of W."""
    g = Graph("update")
    x, d = g.input("x", batch, inputs), g.input("d", batch, outputs)
    g.result("loss", g.sum(g.mul(g.linear("w", x, outputs, bias=False), d)))
    g.train("adam", clip)
    return g


def forward(batch, inputs, outputs):
    g = update(batch, inputs, outputs)
    g.optimizer = None
    return g


def cases(options):
    for kind, shapes in (("skinny", SKINNY), ("long", LONG), ("few-rows", FEW_ROWS)):
        for shape in shapes:
            yield case(kind, *shape)
    source = random.Random(f"products {options.seed}")
    for _ in range(30):
        m, n, k = (log_uniform(source, 4, 2048) for _ in range(3))
        yield case("random", m, n, k, source.choice(("NN", "NT", "TN", "TT")))
    for m, n, k in ((512, 512, 512), (1024, 1024, 1024), (64, 3072, 768)):
        yield case("large", m, n, k, "NN")
    for rows, inputs, outputs in ((1, 784, 128), (32, 784, 128), (64, 768, 3072), (256, 512, 512)):
        yield weighted(rows, inputs, outputs)
    for batch, inputs, outputs in ((32, 784, 128), (64, 768, 3072), (256, 512, 512), (32, 2048, 2048)):
        size = f"{inputs}x{outputs}-b{batch}"
        yield Case(f"products/dw-adam-{size}", update(batch, inputs, outputs), mode="train", tolerance=1e-2,
                   peers=["jax"], rivals={"parts": [
                       Case(f"products/forward-{size}", forward(batch, inputs, outputs)),
                       Case(f"products/dw-{size}", product(inputs, outputs, batch, "TN")),
                       Case(f"products/adam-{size}", update(batch, inputs, outputs), mode="apply")]})
