# zoo.py - the networks of examples/models as PyTorch has them, and what is stored of them.
# SPDX-License-Identifier: Apache-2.0
#
#   zoo.py check NAME ... [--steps N]   compiled within limits of time and memory: names, shapes, logits and losses of steps are
#                                       those stored in zoo/
#
# The others need torch and numpy, and find dlc on the PATH:
#   zoo.py store NAME ...         writes zoo/NAME.names, and zoo/NAME.json: logits, and losses of steps, from dlc's initial weights
#   zoo.py compare NAME ... [--size N] [--batch N]   deviations of logits, loss, gradients and states, with random weights
#   zoo.py time NAME ... [--size N]   one thread: a prediction of one picture and a training step of eight, in turns
#
# The networks of torchvision are built here again under its names; where it is installed, `store` checks that its own have
# the same.
import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile


def networks():
    import torch
    from torch import nn
    import torch.nn.functional as F

    def conv(i, o, k=1, s=1, p=0, g=1):
        return nn.Conv2d(i, o, k, s, p, groups=g, bias=False)

    class BasicBlock(nn.Module):
        def __init__(self, i, o, s):
            super().__init__()
            self.conv1, self.bn1 = conv(i, o, 3, s, 1), nn.BatchNorm2d(o)
            self.conv2, self.bn2 = conv(o, o, 3, 1, 1), nn.BatchNorm2d(o)
            self.downsample = nn.Sequential(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s != 1 or i != o else nn.Identity()

        def forward(self, x):
            y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
            return F.relu(y + self.downsample(x))

    class Bottleneck(nn.Module):
        def __init__(self, i, o, s):
            super().__init__()
            w = o // 4
            self.conv1, self.bn1 = conv(i, w), nn.BatchNorm2d(w)
            self.conv2, self.bn2 = conv(w, w, 3, s, 1), nn.BatchNorm2d(w)
            self.conv3, self.bn3 = conv(w, o), nn.BatchNorm2d(o)
            self.downsample = nn.Sequential(conv(i, o, 1, s), nn.BatchNorm2d(o)) if s != 1 or i != o else nn.Identity()

        def forward(self, x):
            y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
            return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))

    class ResNet(nn.Module):
        def __init__(self, block, depths, expansion, classes):
            super().__init__()
            self.conv1, self.bn1 = conv(3, 64, 7, 2, 3), nn.BatchNorm2d(64)
            width = 64
            for stage, depth in enumerate(depths):
                layers = []
                for at in range(depth):
                    features = 64 * 2**stage * expansion
                    layers.append(block(width, features, 2 if stage and not at else 1))
                    width = features
                setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            self.fc = nn.Linear(width, classes)

        def forward(self, x):
            x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(x.mean((2, 3)))

    class VGG16(nn.Module):
        def __init__(self, classes):
            super().__init__()
            layers, width = [], 3
            for features in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0):
                layers += [nn.Conv2d(width, features, 3, padding=1), nn.ReLU()] if features else [nn.MaxPool2d(2)]
                width = features or width
            self.features = nn.Sequential(*layers)
            self.classifier = nn.Sequential(nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
                                            nn.Dropout(), nn.Linear(4096, classes))

        def forward(self, x):
            return self.classifier(F.adaptive_avg_pool2d(self.features(x), 7).flatten(1))

    def conv_norm(*sizes):
        return nn.Sequential(conv(*sizes), nn.BatchNorm2d(sizes[1]), nn.ReLU6())

    class InvertedResidual(nn.Module):
        def __init__(self, i, o, s, expand):
            super().__init__()
            h = i * expand
            first = [conv_norm(i, h)] if expand != 1 else []
            self.conv = nn.Sequential(*first, conv_norm(h, h, 3, s, 1, h), conv(h, o), nn.BatchNorm2d(o))
            self.residual = s == 1 and i == o

        def forward(self, x):
            return x + self.conv(x) if self.residual else self.conv(x)

    class MobileNetV2(nn.Module):
        def __init__(self, classes):
            super().__init__()
            layers, width = [conv_norm(3, 32, 3, 2, 1)], 32
            for t, c, n, s in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
                for at in range(n):
                    layers.append(InvertedResidual(width, c, 1 if at else s, t))
                    width = c
            self.features = nn.Sequential(*layers, conv_norm(320, 1280))
            self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, classes))

        def forward(self, x):
            return self.classifier(self.features(x).mean((2, 3)))

    class DenseLayer(nn.Module):
        def __init__(self, i):
            super().__init__()
            self.norm1, self.conv1 = nn.BatchNorm2d(i), conv(i, 128)
            self.norm2, self.conv2 = nn.BatchNorm2d(128), conv(128, 32, 3, 1, 1)

        def forward(self, x):
            return torch.cat([x, self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))], 1)

    def named(*modules):
        result = nn.Sequential()
        for name, module in modules:
            result.add_module(name, module)
        return result

    class DenseNet121(nn.Module):
        def __init__(self, classes):
            super().__init__()
            parts = [("conv0", conv(3, 64, 7, 2, 3)), ("norm0", nn.BatchNorm2d(64)), ("relu0", nn.ReLU()), ("pool0", nn.MaxPool2d(3, 2, 1))]
            width = 64
            for block, depth in enumerate((6, 12, 24, 16), 1):
                parts.append((f"denseblock{block}", named(*((f"denselayer{at + 1}", DenseLayer(width + 32 * at)) for at in range(depth)))))
                width += 32 * depth
                if block < 4:
                    parts.append((f"transition{block}", named(("norm", nn.BatchNorm2d(width)), ("relu", nn.ReLU()),
                                                              ("conv", conv(width, width // 2)), ("pool", nn.AvgPool2d(2)))))
                    width //= 2
            self.features = named(*parts, ("norm5", nn.BatchNorm2d(width)))
            self.classifier = nn.Linear(width, classes)

        def forward(self, x):
            return self.classifier(F.relu(self.features(x)).mean((2, 3)))

    class Convolutions(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.conv1, self.norm1 = conv(i, o, 3, 1, 1), nn.BatchNorm2d(o)
            self.conv2, self.norm2 = conv(o, o, 3, 1, 1), nn.BatchNorm2d(o)

        def forward(self, x):
            return F.relu(self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))

    class Up(Convolutions):
        def __init__(self, i, o):
            super().__init__(2 * o, o)
            self.transpose = nn.ConvTranspose2d(i, o, 2, 2)

        def forward(self, below, across):
            return super().forward(torch.cat([self.transpose(below), across], 1))

    class UNet(nn.Module):
        def __init__(self, classes, width=32):
            super().__init__()
            for at in range(4):
                setattr(self, f"down{at + 1}", Convolutions(width * 2**at // 2 if at else 3, width * 2**at))
                setattr(self, f"up{at + 1}", Up(width * 2 ** (at + 1), width * 2**at))
            self.bottom = Convolutions(8 * width, 16 * width)
            self.head = nn.Conv2d(width, classes, 1)

        def forward(self, x):
            across = []
            for at in range(4):
                across.append(getattr(self, f"down{at + 1}")(x))
                x = F.max_pool2d(across[-1], 2)
            x = self.bottom(x)
            for at in reversed(range(4)):
                x = getattr(self, f"up{at + 1}")(x, across[at])
            return self.head(x)

    return {
        "vgg16": VGG16,
        "resnet18": lambda classes: ResNet(BasicBlock, (2, 2, 2, 2), 1, classes),
        "resnet50": lambda classes: ResNet(Bottleneck, (3, 4, 6, 3), 4, classes),
        "mobilenet_v2": MobileNetV2,
        "densenet121": DenseNet121,
        "unet": UNet,
    }


def lines(state):
    """A line for each tensor of a state dict: its name and its shape."""
    return "".join(f"{name} {'x'.join(map(str, value.shape)) or 'number'}\n" for name, value in sorted(state.items()))


STORED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "zoo")
SIZE, STEPS, RATE = 64, 2, 0.001


def element(name):
    """The type in which stored numbers are compared: gradients through norms over few elements need the digits of f64."""
    return "f32" if name == "vgg16" else "f64"


def sample(numbers):
    """Sixteen of many numbers."""
    return numbers[:: max(1, len(numbers) // 16)][:16]


def write_inputs(folder, kind):
    """image.npy in f32 or f64, label.npy of each, pixels.npy of each of their pixels; made without numpy."""
    import struct

    def write(name, kind, letter, shape, values):
        text = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape}, }}"
        text += " " * (-(len(text) + 11) % 64) + "\n"
        with open(f"{folder}/{name}.npy", "wb") as file:
            file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode())
            file.write(struct.pack(f"<{len(values)}{letter}", *values))

    write("image", kind[0] + str(int(kind[1:]) // 8), {"f32": "f", "f64": "d"}[kind], (2, SIZE, SIZE, 3), [i * 7919 % 1009 / 512 - 1 for i in range(2 * SIZE * SIZE * 3)])
    write("label", "i4", "i", (2,), [7, 123])
    write("pixels", "i4", "i", (2, SIZE, SIZE), [i * 7919 % 1009 % 2 for i in range(2 * SIZE * SIZE)])


def store(name):
    import numpy
    import torch
    classes = 2 if name == "unet" else 1000
    network = networks()[name](classes)
    names = lines(network.state_dict())
    try:
        from torchvision import models
        if hasattr(models, name):
            assert names == lines(getattr(models, name)().state_dict()), f"{name} is not as torchvision's"
    except ImportError:
        print(f"{name}: not compared with torchvision, which is not installed")
    with open(f"{STORED}/{name}.names", "w") as file:
        file.write(names)
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(folder, element(name))
        library = compile_model(name, folder, "--size", f"size={SIZE}", "--batch", "2", "--float", element(name), dropout=False)
        subprocess.run(["dlc-run", "call", library, "predict", "--seed", "1", "--input", f"image={folder}/image.npy", "--save",
                        f"{folder}/first.safetensors"], check=True, stdout=subprocess.DEVNULL)
        first = load(f"{folder}/first.safetensors")
        image, label = (torch.from_numpy(numpy.load(f"{folder}/{n}.npy")) for n in ("image", "pixels" if name == "unet" else "label"))
    network.double().load_state_dict({n: torch.from_numpy(first[n].copy()) for n in network.state_dict()})
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    image, label = image.permute(0, 3, 1, 2).double(), label.long()
    with torch.inference_mode():
        logits = network.eval()(image)
    logits = logits.permute(0, 2, 3, 1) if logits.dim() == 4 else logits
    parameters = network.train().parameters()
    optimizer = torch.optim.Adam(parameters, RATE) if name == "unet" else torch.optim.SGD(
        parameters, RATE, 0.9, weight_decay={"vgg16": 5e-4, "mobilenet_v2": 4e-5}.get(name, 1e-4))
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(image), label)
        loss.backward()
        optimizer.step()
        losses.append(float(f"{loss.item():.12g}"))
    with open(f"{STORED}/{name}.json", "w") as file:
        json.dump({"logits": [float(f"{x:.12g}") for x in sample(logits.flatten().tolist())], "losses": losses}, file)
        file.write("\n")
    print(name, losses)


def check(name, folder, count):
    def limited():
        resource.setrlimit(resource.RLIMIT_CPU, (180, 180))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    def printed(*command):
        text = subprocess.run(["dlc-run", *command, "--json"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in text.splitlines()]

    library = compile_model(name, folder, "--size", f"size={SIZE}", "--batch", "2", "--float", element(name), dropout=False,
                            limits=limited)
    with open(f"{STORED}/{name}.names") as file:
        expected = file.read().splitlines()
    found = [f"{about['name']} {'x'.join(map(str, about['shape'])) or 'number'}" for about in printed("info", library)
             if about.get("kind") in ("parameter", "buffer")]
    missing, other = set(expected) - set(found), set(found) - set(expected)
    if missing or other or len(found) != len(expected):
        sys.exit(f"{name}: {len(found)} tensors; missing {sorted(missing)[:9]}; not expected {sorted(other)[:9]}")

    with open(f"{STORED}/{name}.json") as file:
        numbers = json.load(file)

    def flat(value):
        return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]

    def agree(what, values, reference, tolerance):
        most = max(map(abs, reference))
        worst = max(abs(a - b) for a, b in zip(values, reference, strict=True)) / most
        if not worst < tolerance:
            sys.exit(f"{name}: {what} {values}, expected {reference}")

    tolerance = 1e-9 if element(name) == "f64" else 1e-5
    write_inputs(folder, element(name))
    given = ["--seed", "1", "--input", f"image={folder}/image.npy"]
    agree("logits", sample(flat(printed("call", library, "predict", *given)[-1]["outputs"]["logits"])), numbers["logits"], tolerance)
    losses = []
    if count:
        given += ["--input", f"label={folder}/{'pixels' if name == 'unet' else 'label'}.npy"]
        steps = printed("call", library, "train_step", *given, "--set", f"lr={RATE}", "--repeat", str(count))
        losses = [step["loss"] for step in steps if step["event"] == "call"]
        agree("losses", losses, numbers["losses"][:count], tolerance)
    print(f"{name}: {len(found)} names and shapes, {len(numbers['logits'])} logits and {len(losses)} losses agree")


def save(path, tensors):
    """A safetensors file of a dictionary of torch tensors."""
    header, parts, at = {}, [], 0
    for name, value in tensors.items():
        raw = value.detach().contiguous().numpy().tobytes()
        kind = {"float32": "F32", "float64": "F64", "int64": "I64"}[str(value.dtype).split(".")[1]]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [at, at + len(raw)]}
        parts.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.writelines(parts)


def load(path):
    import numpy
    raw = open(path, "rb").read()
    length = int.from_bytes(raw[:8], "little")
    kinds = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}
    result = {}
    for name, about in json.loads(raw[8 : 8 + length]).items():
        if name != "__metadata__" and about["dtype"] in kinds:
            first, last = (8 + length + at for at in about["data_offsets"])
            result[name] = numpy.frombuffer(raw[first:last], kinds[about["dtype"]]).reshape(about["shape"])
    return result


def compile_model(name, folder, *options, dropout=True, limits=None):
    """The library of a network of examples/models."""
    text = open(os.path.join(os.path.dirname(__file__), f"../../../examples/models/{name}.mlir")).read()
    if not dropout:
        text = re.sub(r"(dropout %\w+), [0-9.]+", r"\1, 0.0", text)
    source, library = f"{folder}/{name}.mlir", f"{folder}/{name}.so"
    with open(source, "w") as file:
        file.write(text)
    subprocess.run(["dlc", source, "-o", library, *options], check=True, preexec_fn=limits)
    return library


def call(library, entry, folder, inputs, weights, *options):
    """What an entry point returns, and what is saved after it."""
    import numpy
    numpy.savez(f"{folder}/in.npz", **inputs)
    subprocess.run(["dlc-run", "call", library, entry, "--weights", weights, "--inputs", f"{folder}/in.npz", "--output",
                    f"{folder}/out.npz", "--save", f"{folder}/after.safetensors", *options], check=True, stdout=subprocess.DEVNULL)
    return dict(numpy.load(f"{folder}/out.npz")), load(f"{folder}/after.safetensors")


def random_network(name, classes):
    """A network whose norms and states are random, too, without dropout."""
    import torch
    torch.manual_seed(1)
    network = networks()[name](classes)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor, low, high in ((module.weight, 0.5, 1.5), (module.bias, -0.5, 0.5), (module.running_mean, -0.2, 0.2),
                                      (module.running_var, 0.5, 1.5)):
                torch.nn.init.uniform_(tensor, low, high)
    return network


def references(network, image, label):
    """Logits in inference, then loss, gradients and states of a step in training, of copies of a network."""
    import copy
    import torch
    network = copy.deepcopy(network).to(image.dtype)
    result = {"logits": {"logits": network.eval()(image)}}
    loss = torch.nn.functional.cross_entropy(network.train()(image), label)
    loss.backward()
    result["loss"] = {"loss": loss}
    result["gradients"] = {n: p.grad for n, p in network.named_parameters()}
    result["states"] = dict(network.named_buffers())
    if result["logits"]["logits"].dim() == 4:
        result["logits"]["logits"] = result["logits"]["logits"].permute(0, 2, 3, 1)
    return {kind: {n: v.detach().double().numpy() for n, v in values.items()} for kind, values in result.items()}


def deviation(found, reference):
    """The largest difference relative to the largest element of its tensor, and which tensor that is. A tensor that is 0 but
    for rounding (the gradient of a bias in front of a norm) counts relative to the largest element of all."""
    most = max(abs(value).max() for value in reference.values())

    def relative(name, value):
        size = abs(value).max()
        return abs(found[name] - value).max() / (size if size > 1e-9 * most else most)

    return max((relative(name, value), name) for name, value in reference.items())


def compare(name, size, batch):
    import torch
    torch.manual_seed(2)
    classes = 2 if name == "unet" else 1000
    image = torch.randn(batch, 3, size, size)
    label = torch.randint(classes, (batch, size, size) if name == "unet" else (batch,))
    network = random_network(name, classes)
    exact = references(network, image.double(), label)
    found = {"PyTorch f32": references(network, image, label)}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("f64", "f32"):
            library = compile_model(name, folder, "--size", f"size={size}", "--batch", str(batch), "--float", kind, dropout=False)
            to = torch.float64 if kind == "f64" else torch.float32
            weights = f"{folder}/weights.safetensors"
            save(weights, {n: v.to(to) if v.is_floating_point() else v for n, v in network.state_dict().items()})
            inputs = {"image": image.permute(0, 2, 3, 1).to(to).numpy()}
            predicted, _ = call(library, "predict", folder, inputs, weights)
            inputs["label"] = label.to(torch.int32).numpy()
            derived, _ = call(library, "train_step.gradients", folder, inputs, weights)
            _, after = call(library, "train_step", folder, inputs, weights)
            found[f"dlc {kind}"] = {"logits": predicted, "loss": derived, "states": after,
                                    "gradients": {n[len("gradient.") :]: v for n, v in derived.items() if n.startswith("gradient.")}}
    for who, values in found.items():
        parts = []
        for kind, reference in exact.items():
            if reference:
                worst, where = deviation(values[kind], reference)
                parts.append(f"{kind} {worst:.1e}" + (f" ({where})" if kind in ("gradients", "states") else ""))
        print(f"{name} {size} x {size}, batch {batch}, {who}: " + ", ".join(parts), flush=True)


def time_calls(name, size, rounds=5):
    """Time of the processor, so that other work on the machine counts little: the median of rounds taken in turns."""
    import time
    import numpy
    import torch
    torch.set_num_threads(1)
    classes = 2 if name == "unet" else 1000
    network = networks()[name](classes).to(memory_format=torch.channels_last)
    one, eight = (torch.randn(n, 3, size, size).contiguous(memory_format=torch.channels_last) for n in (1, 8))
    label = torch.randint(classes, (8, size, size) if name == "unet" else (8,))
    optimizer = (torch.optim.Adam(network.parameters(), 1e-3, fused=True) if name == "unet" else
                 torch.optim.SGD(network.parameters(), 1e-3, momentum=0.9, weight_decay=1e-4, fused=True))

    def predict():
        with torch.inference_mode():
            network(one).softmax(1)

    def step():
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(network(eight), label).backward()
        optimizer.step()

    def theirs(function):
        function()
        start = time.process_time()
        for _ in range(calls):
            function()
        return (time.process_time() - start) / calls

    def ours(library, entry, inputs):
        used = []
        for repeat in (1, 1 + calls):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(["dlc-run", "call", library, entry, "--threads", "1", "--inputs", inputs, "--repeat", str(repeat), "--output",
                            f"{folder}/out.npz"], check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return (used[1] - used[0]) / calls

    with tempfile.TemporaryDirectory() as folder:
        library = compile_model(name, folder, "--size", f"size={size}", "--batch", "1,8")
        for entry, function, image, calls in (("predict", predict, one, 20), ("train_step", step, eight, 3)):
            network.train(entry == "train_step")
            inputs = {"image": image.permute(0, 2, 3, 1).contiguous().numpy()}
            if entry == "train_step":
                inputs["label"] = label.to(torch.int32).numpy()
            numpy.savez(f"{folder}/{entry}.npz", **inputs)
            pairs = [(ours(library, entry, f"{folder}/{entry}.npz"), theirs(function)) for _ in range(rounds)]
            a, b, ratio = (statistics.median(column) for column in zip(*((a, b, b / a) for a, b in pairs)))
            print(f"{name} {size} x {size}, {entry}, batch {len(image)}: dlc {a * 1e3:.1f} ms, PyTorch {b * 1e3:.1f} ms, ratio "
                  f"{ratio:.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["check", "store", "compare", "time"])
    parser.add_argument("names", nargs="+")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--size", type=int)
    parser.add_argument("--batch", type=int, default=4)
    given = parser.parse_args()
    for name in given.names:
        if given.command == "check":
            with tempfile.TemporaryDirectory() as folder:
                check(name, folder, given.steps)
        elif given.command == "store":
            store(name)
        elif given.command == "compare":
            compare(name, given.size or 64, given.batch)
        else:
            time_calls(name, given.size or 224)


if __name__ == "__main__":
    main()
