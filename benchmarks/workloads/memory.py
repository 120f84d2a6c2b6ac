"""Work that memory bounds: transpose, sums over rows and over a middle axis, elementwise, softmax, concat; 256 KB to 256 MB."""
from suite.case import Case
from suite.graph import Graph

SIZES = {"256KB": 1 << 16, "4MB": 1 << 20, "64MB": 1 << 24, "256MB": 1 << 26}  # elements of f32
PEERS = ["jax", "torch"]


def one(op, *shape, **options):
    g = Graph(op)
    g.result("y", getattr(g, op)(g.input("x", *shape), **options))
    return g


def transposed(*shape):
    g = Graph("turn")
    x = g.input("x", *shape)
    g.result("y", g.transpose(x, *range(len(shape) - 2), len(shape) - 1, len(shape) - 2))
    return g


def joined(rows, columns):
    g = Graph("join")
    g.result("y", g.concat([g.input("a", rows, columns // 2), g.input("b", rows, columns // 2)], 1))
    return g


def added(elements):
    g = Graph("addition")
    g.result("y", g.add(g.input("a", elements), g.input("b", elements)))
    return g


def cases(options):
    yield Case("memory/transpose-512x1024", transposed(512, 1024), peers=PEERS)
    for size, elements in SIZES.items():
        rows = 1 << ((elements.bit_length() - 1) // 2)
        columns = elements // rows
        forms = {"transpose": transposed(rows, columns), "sum-rows": one("sum", rows, columns, axes=[0]),
                 "sum-columns": one("sum", rows, columns, axes=[1]), "amax": one("amax", rows, columns, axes=[1]),
                 "sum-middle": one("sum", 16, rows, columns // 16, axes=[1]), "gelu": one("gelu", elements),
                 "tanh": one("tanh", elements), "relu": one("relu", elements), "add": added(elements),
                 "softmax": one("softmax", elements // 1024, 1024), "concat": joined(rows, columns)}
        for name, graph in forms.items():
            yield Case(f"memory/{name}-{size}", graph, peers=PEERS)
