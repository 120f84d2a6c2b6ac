"""Networks of pictures: steps of LeNet and of ResNet-18, inference of LeNet, ResNet-18, ResNet-50, VGG-16 and MobileNetV2.

In inference norms are folded into the convolutions before them, as they are where a network is used.
"""
from suite.case import Case
from suite.graph import BATCH, Graph


def lenet():
    g = Graph("lenet")
    x = g.input("image", BATCH, 28, 28, 1)
    x = g.max_pool(g.relu(g.conv2d("conv1", x, 32, 5, padding=2)), 2)
    x = g.max_pool(g.relu(g.conv2d("conv2", x, 64, 5, padding=2)), 2)
    x = g.relu(g.linear("fc1", g.reshape(x, BATCH, 7 * 7 * 64), 512))
    return g, g.linear("fc2", x, 10)


def lenet_step():
    g, score = lenet()
    g.result("loss", g.cross_entropy(score, g.input("label", BATCH, dtype="i32", limit=10)))
    g.train("adam")
    return g


def lenet_predict():
    g, score = lenet()
    g.result("probability", g.softmax(score))
    return g


def classifier(g, x, classes=1000):
    g.result("probability", g.softmax(g.linear("fc", g.mean(x, axes=[1, 2]), classes)))
    return g


def resnet(name, blocks, deep):
    """`deep`: blocks of 1x1, 3x3 and 1x1, as from ResNet-50 on; else of two 3x3."""
    g = Graph(name)
    x = g.relu(g.conv2d("conv1", g.input("image", BATCH, 224, 224, 3), 64, 7, 2, 3))
    x = g.max_pool(x, 3, 2, 1)
    for stage, count in enumerate(blocks):
        width = 64 << stage
        features = width * (4 if deep else 1)
        for block in range(count):
            scope, stride = f"layer{stage + 1}.{block}", 2 if stage and not block else 1
            short = x
            if stride != 1 or x.shape[-1] != features:
                short = g.conv2d(scope + ".downsample", x, features, 1, stride)
            if deep:
                x = g.relu(g.conv2d(scope + ".conv1", x, width, 1))
                x = g.relu(g.conv2d(scope + ".conv2", x, width, 3, stride, 1))
                x = g.conv2d(scope + ".conv3", x, features, 1)
            else:
                x = g.relu(g.conv2d(scope + ".conv1", x, width, 3, stride, 1))
                x = g.conv2d(scope + ".conv2", x, width, 3, 1, 1)
            x = g.relu(g.add(x, short))
    return classifier(g, x)


def resnet18_step():
    """torchvision's ResNet-18 for pictures of 32 x 32 in ten classes, with SGD."""
    g = Graph("resnet18")

    def conv(name, norm, x, features, kernel, stride, padding):
        return g.batch_norm(norm, g.conv2d(name, x, features, kernel, stride, padding, bias=False))

    x = g.relu(conv("conv1", "bn1", g.input("image", BATCH, 32, 32, 3), 64, 7, 2, 3))
    x = g.max_pool(x, 3, 2, 1)
    for stage in range(4):
        features = 64 << stage
        for block in range(2):
            scope, stride = f"layer{stage + 1}.{block}", 2 if stage and not block else 1
            short = conv(scope + ".downsample.0", scope + ".downsample.1", x, features, 1, stride, 0) if stride > 1 else x
            x = g.relu(conv(scope + ".conv1", scope + ".bn1", x, features, 3, stride, 1))
            x = g.relu(g.add(conv(scope + ".conv2", scope + ".bn2", x, features, 3, 1, 1), short))
    score = g.linear("fc", g.mean(x, axes=[1, 2]), 10)
    g.result("loss", g.cross_entropy(score, g.input("label", BATCH, dtype="i32", limit=10)))
    g.train("sgd")
    return g


def vgg16():
    g = Graph("vgg16")
    x, layer = g.input("image", BATCH, 224, 224, 3), 0
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            x = g.relu(g.conv2d(f"conv{layer}", x, width, 3, 1, 1))
            layer += 1
        x = g.max_pool(x, 2)
    x = g.reshape(x, BATCH, 7 * 7 * 512)
    for name in ("fc1", "fc2"):
        x = g.relu(g.linear(name, x, 4096))
    g.result("probability", g.softmax(g.linear("fc3", x, 1000)))
    return g


def mobilenet():
    g = Graph("mobilenet_v2")
    x = g.relu6(g.conv2d("stem", g.input("image", BATCH, 224, 224, 3), 32, 3, 2, 1))
    number = 0
    for expand, features, count, first in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                           (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(count):
            stride, scope, before = first if block == 0 else 1, f"block{number}", x
            number += 1
            hidden = x.shape[-1] * expand
            if expand != 1:
                x = g.relu6(g.conv2d(scope + ".expand", x, hidden, 1))
            x = g.relu6(g.conv2d(scope + ".depthwise", x, hidden, 3, stride, 1, groups=hidden))
            x = g.conv2d(scope + ".project", x, features, 1)
            if stride == 1 and before.shape[-1] == features:
                x = g.add(x, before)
    return classifier(g, g.relu6(g.conv2d("last", x, 1280, 1)))


def cases(options):
    yield Case("pictures/lenet-step-b64", lenet_step(), 64, "train", copies=8, tolerance=5e-3, peers=["jax", "torch"])
    yield Case("pictures/resnet18-step-b32", resnet18_step(), 32, "train", copies=8, tolerance=2e-2,
               peers=["jax", "torch"])
    yield Case("pictures/lenet-predict-b1", lenet_predict(), 1, copies=16)
    # Many layers of first weights leave little of the picture: what is compared is relative to what is left.
    for graph in (resnet("resnet18", (2, 2, 2, 2), False), resnet("resnet50", (3, 4, 6, 3), True), vgg16(), mobilenet()):
        yield Case(f"pictures/{graph.name}-predict-b1", graph, 1, copies=2, tolerance=1e-3)
