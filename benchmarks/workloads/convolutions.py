"""Single convolutions: forward with a weight at rest, and a whole training step of one (forward, both gradients, update)."""
from suite.case import Case
from suite.graph import BATCH, Graph

# name: height and width, channels, features, kernel, stride, groups, rows of the forward case and of the step
SHAPES = {
    "3x3-56x64": (56, 64, 64, 3, 1, 1, 1, 8),
    "3x3-28x128": (28, 128, 128, 3, 1, 1, 1, 8),
    "3x3-14x256": (14, 256, 256, 3, 1, 1, 1, 8),
    "3x3-7x512": (7, 512, 512, 3, 1, 1, 1, 8),
    "3x3-s2-28x64-128": (28, 64, 128, 3, 2, 1, 1, 8),
    "7x7-s2-224x3-64": (224, 3, 64, 7, 2, 1, 1, 8),
    "1x1-56x64-256": (56, 64, 256, 1, 1, 1, 1, 8),
    "1x1-14x1024-256": (14, 1024, 256, 1, 1, 1, 1, 8),
    "5x5-28x1-32": (28, 1, 32, 5, 1, 1, 16, 64),
    "5x5-14x32-64": (14, 32, 64, 5, 1, 1, 16, 64),
    "depthwise-56x128": (56, 128, 128, 3, 1, 128, 1, 8),
    "depthwise-s2-112x96": (112, 96, 96, 3, 2, 96, 1, 8),
}


def convolution(name, size, channels, features, kernel, stride, groups, step):
    """Of a step the input is a parameter, too, so that it has a gradient: `scale` times a picture."""
    g = Graph("convolution")
    x = g.input("x", BATCH, size, size, channels)
    if step:
        x = g.mul(x, g.parameter("scale", channels, fill=1, init="ones"))
    y = g.conv2d("c", x, features, kernel, stride, kernel // 2, groups, bias=False)
    if not step:
        g.result("y", y)
        return g
    side = (size + stride - 1) // stride
    g.result("loss", g.mean(g.mul(y, g.input("d", BATCH, side, side, features))))
    g.train("sgd")
    return g


def cases(options):
    for name, (*shape, rows, step_rows) in SHAPES.items():
        yield Case(f"convolutions/{name}", convolution(name, *shape, step=False), rows, copies=4, tolerance=1e-3)
        yield Case(f"convolutions/step-{name}", convolution(name, *shape, step=True), step_rows, "train", copies=4,
                   tolerance=1e-2, peers=["jax", "torch"])
