# graph.py
# SPDX-License-Identifier: Apache-2.0
#
# A network, written once: dlc's text of it, its work, and what a peer walks to compute the same.
#   g = Graph("net")
#   x = g.input("x", BATCH, 784)
#   g.result("y", g.relu(g.linear("fc", x, 128)))
# A node is one op with the name and the options that it has in dlc's language. A peer has a function for each op
# (peers/jax.py: OPS), so that a workload is one file, and an op that is new to the suite is a line in each peer.
import math

BATCH = "batch"  # the size of an axis that a call decides


class Node:
    """One value. `positional` and `options` are those of the op in dlc's language."""

    def __init__(self, op, operands, shape, dtype="f32", positional=(), options=None, name=None, layer=None):
        self.op, self.operands, self.shape, self.dtype = op, operands, tuple(shape), dtype
        self.positional, self.options, self.name, self.layer = positional, options or {}, name, layer

    def __repr__(self):
        return f"{self.op}{list(self.shape)}"


class Parameter(Node):
    """A stored tensor. `fan_in` bounds its first values; `transposed` says that a product reads it transposed."""

    def __init__(self, name, shape, fan_in=0, fill=None, transposed=False, init=None):
        super().__init__("parameter", [], shape, name=name)
        self.fan_in, self.fill, self.transposed, self.init = fan_in, fill, transposed, init


def broadcast(*shapes):
    rank = max(map(len, shapes))
    out = []
    for sizes in zip(*[(1,) * (rank - len(s)) + tuple(s) for s in shapes]):
        larger = [s for s in sizes if s != 1]
        out.append(larger[0] if larger else 1)
    return tuple(out)


def reduced(shape, axes, keepdim):
    axes = [a % len(shape) for a in (axes if axes is not None else range(len(shape)))]
    if keepdim:
        return tuple(1 if i in axes else s for i, s in enumerate(shape))
    return tuple(s for i, s in enumerate(shape) if i not in axes)


def windowed(shape, features, kernel, stride, padding):
    """Of pictures, what windows of them make."""
    return (shape[0], *((size + 2 * padding - kernel) // stride + 1 for size in shape[1:3]), features)


ELEMENTWISE = ("neg abs exp log sin cos erf sqrt rsqrt tanh sigmoid relu relu6 silu softplus leaky_relu gelu clamp "
               "softmax log_softmax").split()
BINARY = "add sub mul div pow min max".split()
REDUCTIONS = "sum mean amax amin".split()


class Graph:
    def __init__(self, name):
        self.name, self.nodes, self.inputs, self.parameters, self.results = name, [], [], [], []
        self.buffers = {}  # what dlc's layers keep beside their parameters, by name: (shape, value, NumPy's type)
        self.optimizer = self.clip = None

    # What a network is made of.

    def _add(self, node):
        self.nodes.append(node)
        return node

    def input(self, name, *shape, dtype="f32", limit=None):
        """`limit`: integers are drawn below it."""
        node = self._add(Node("input", [], shape, dtype, name=name))
        node.limit = limit
        self.inputs.append(node)
        return node

    def parameter(self, name, *shape, init="normal(0.02)", **about):
        node = self._add(Parameter(name, shape, init=init, **about))
        self.parameters.append(node)
        return node

    def result(self, name, node):
        self.results.append((name, node))

    def train(self, optimizer="adam", clip=None):
        """The first result is a loss, which `optimizer` minimises."""
        self.optimizer, self.clip = optimizer, clip

    def linear(self, name, x, features, bias=True):
        inputs = x.shape[-1]
        operands = [x, self.parameter(name + ".weight", features, inputs, init=None, fan_in=inputs, transposed=True)]
        if bias:
            operands.append(self.parameter(name + ".bias", features, init=None, fan_in=inputs))
        return self._add(Node("linear", operands, x.shape[:-1] + (features,), positional=(features,),
                              options={} if bias else {"bias": False}, layer=name))

    def embedding(self, name, index, count, features):
        table = self.parameter(name + ".weight", count, features, init=None, fan_in=1)
        return self._add(Node("embedding", [index, table], index.shape + (features,), positional=(count, features),
                              layer=name))

    def recurrent(self, op, gates, name, x, features, stateful):
        """[batch, time, inputs]; weights and biases of one layer, named as dlc and PyTorch name them."""
        size, inputs = gates * features, x.shape[-1]
        about = {"init": None, "fan_in": features}
        operands = [x, self.parameter(name + ".weight_ih_l0", size, inputs, transposed=True, **about),
                    self.parameter(name + ".weight_hh_l0", size, features, transposed=True, **about),
                    self.parameter(name + ".bias_ih_l0", size, **about), self.parameter(name + ".bias_hh_l0", size, **about)]
        return self._add(Node(op, operands, x.shape[:-1] + (features,), positional=(features,),
                              options={"stateful": True} if stateful else {}, layer=name))

    def lstm(self, name, x, features, stateful=False):
        """`stateful`: a call begins where the one before ended. The function is then one of a session."""
        return self.recurrent("lstm", 4, name, x, features, stateful)

    def gru(self, name, x, features):
        return self.recurrent("gru", 3, name, x, features, False)

    def layer_norm(self, name, x):
        size = x.shape[-1]
        weight, bias = (self.parameter(f"{name}.{part}", size, init=None, fill=fill)
                        for part, fill in (("weight", 1), ("bias", 0)))
        return self._add(Node("layer_norm", [x, weight, bias], x.shape, layer=name))

    def batch_norm(self, name, x):
        """In training: by the batch at hand."""
        size = x.shape[-1]
        weight, bias = (self.parameter(f"{name}.{part}", size, init=None, fill=fill)
                        for part, fill in (("weight", 1), ("bias", 0)))
        self.buffers |= {f"{name}.running_mean": ((size,), 0, "float32"), f"{name}.running_var": ((size,), 1, "float32"),
                         f"{name}.num_batches_tracked": ((), 0, "int64")}
        return self._add(Node("batch_norm", [x, weight, bias], x.shape, layer=name))

    def conv2d(self, name, x, features, kernel, stride=1, padding=0, groups=1, bias=True):
        """Pictures [batch, height, width, channels]; the filter is [features, channels / groups, height, width]."""
        channels = x.shape[-1] // groups
        fan_in = channels * kernel * kernel
        operands = [x, self.parameter(name + ".weight", features, channels, kernel, kernel, init=None, fan_in=fan_in),
                    self.parameter(name + ".bias", features, init=None, fan_in=fan_in) if bias else None]
        options = {"kernel": kernel, "stride": stride, "padding": padding, "groups": groups}
        return self._add(Node("conv2d", operands, windowed(x.shape, features, kernel, stride, padding),
                              positional=(features,), options=options, layer=name))

    def max_pool(self, x, kernel, stride=None, padding=0):
        stride = stride or kernel
        return self._add(Node("max_pool", [x], windowed(x.shape, x.shape[-1], kernel, stride, padding),
                              positional=(kernel,), options={"stride": stride, "padding": padding}))

    def matmul(self, a, b, transpose_a=False, transpose_b=False):
        rows = a.shape[-1] if transpose_a else a.shape[-2]
        columns = b.shape[-2] if transpose_b else b.shape[-1]
        options = {k: True for k, on in (("transpose_a", transpose_a), ("transpose_b", transpose_b)) if on}
        return self._add(Node("matmul", [a, b], broadcast(a.shape[:-2], b.shape[:-2]) + (rows, columns),
                              options=options))

    def reshape(self, x, *shape):
        return self._add(Node("reshape", [x], shape, x.dtype, positional=(list(shape),)))

    def transpose(self, x, *order):
        return self._add(Node("transpose", [x], [x.shape[i] for i in order], x.dtype, positional=(list(order),)))

    def concat(self, xs, axis):
        shape = list(xs[0].shape)
        shape[axis] = sum(x.shape[axis] for x in xs)
        return self._add(Node("concat", list(xs), shape, xs[0].dtype, options={"axis": axis}))

    def slice(self, x, axis, start, size):
        shape = list(x.shape)
        shape[axis] = size
        return self._add(Node("slice", [x], shape, x.dtype, options={"axis": axis, "start": start, "size": size}))

    def dropout(self, x, rate):
        return self._add(Node("dropout", [x], x.shape, positional=(rate,)))

    def cross_entropy(self, score, target):
        return self._add(Node("cross_entropy", [score, target], ()))

    def causal(self, score):
        """Scores [..., time, time] with those of later positions at -1e9."""
        square = self._add(Node("constant", [], score.shape[-2:], positional=(list(score.shape[-2:]), 0.0)))
        query, key = (self._add(Node("iota", [square], square.shape, "i32", options={"axis": axis})) for axis in (0, 1))
        past = self._add(Node("le", [key, query], square.shape, "i1"))
        return self._add(Node("where", [past, score, -1e9], score.shape))

    def accuracy(self, score, target):
        return self._add(Node("accuracy", [score, target], ()))

    def mse_loss(self, a, b):
        return self._add(Node("mse_loss", [a, b], ()))

    def __getattr__(self, op):
        if op in ELEMENTWISE:
            return lambda x, **options: self._add(Node(op, [x], x.shape, options=options))
        if op in BINARY:
            return lambda a, b: self._add(Node(op, [a, b], broadcast(*[getattr(v, "shape", ()) for v in (a, b)])))
        if op in REDUCTIONS:
            return lambda x, axes=None, keepdim=False: self._add(
                Node(op, [x], reduced(x.shape, axes, keepdim),
                     options={k: v for k, v in (("axes", axes), ("keepdim", keepdim)) if v}))
        raise AttributeError(f"the suite has no op {op}")

    # What others make of it.

    def text(self):
        """The model as dlc reads it: @f, and where there is an optimizer `train @train_step`."""
        names, lines = {}, []

        def typed(node):
            return f"{node.dtype}[{', '.join(map(str, node.shape))}]"

        def word(value):
            if isinstance(value, list):
                return "[" + ", ".join(map(word, value)) + "]"
            if isinstance(value, bool):
                return "true" if value else "false"
            # A number with an exponent needs a point.
            return str(value) if "e" not in str(value) or "." in str(value) else str(value).replace("e", ".0e")

        for number, node in enumerate(self.nodes):
            names[node] = f"%v{number}" if node.op != "input" else f"%{node.name}"
            if node.op == "input" or node.op == "parameter" and node.init is None:
                continue
            if node.op == "parameter":
                lines.append(f'{names[node]} = param "{node.name}" {typed(node)} = {node.init}')
                continue
            if node.op == "constant":
                lines.append(f"{names[node]} = constant {typed(node)} = {word(node.positional[1])}")
                continue
            operands = node.operands
            op = node.op
            if node.layer is not None:
                op = f'nn.{op} "{node.layer}"'
                operands = [o for o in operands if isinstance(o, Node) and (o.op != "parameter" or o.init is not None)]
            parts = [names[o] if isinstance(o, Node) else word(float(o)) for o in operands]
            parts += [word(value) for value in node.positional]
            if node.op == "conv2d" and node.operands[2] is None:
                parts.append("bias = false")
            parts += [key if value is True else f"{key} = {word(value)}" for key, value in node.options.items()]
            lines.append(f"{names[node]} = {op} {', '.join(parts)}")
        inputs = ", ".join(f"%{node.name}: {typed(node)}" for node in self.inputs)
        results = ", ".join(f"{name}: {typed(node)}" for name, node in self.results)
        body = "\n".join("    " + line for line in lines)
        kind = "session " if self.is_session() else ""
        text = f"dl.model @{self.name} {{\n  func {kind}@f({inputs}) -> ({results}) {{\n{body}\n"
        text += f"    return {', '.join(names[node] for _, node in self.results)}\n  }}\n"
        if self.optimizer:
            text += f'  train @train_step minimizes @f {{\n    optimize "*" with @{self.optimizer}\n'
            text += f"    clip_norm {float(self.clip)}\n" if self.clip else ""
            text += "  }\n"
        return text + "}\n"

    def evaluate(self, ops, parameters, inputs, batch):
        """The results by name, with a peer's ops on a peer's arrays. Numbers stay Python's."""
        values = {}
        for node in self.nodes:
            if node.op == "input":
                values[node] = inputs[node.name]
            elif node.op == "parameter":
                values[node] = parameters[node.name]
            else:
                operands = [values[o] if isinstance(o, Node) else o for o in node.operands]
                values[node] = ops[node.op](*operands, *sized(node.positional, batch), **node.options)
        return {name: values[node] for name, node in self.results}

    def uses(self, op):
        return any(node.op == op for node in self.nodes)

    def is_session(self):
        return any(node.options.get("stateful") for node in self.nodes)

    # Its work, for a batch of a size.

    def flops(self, batch, training):
        """Of its products alone: two for each multiply and add. A step has those of the gradients too."""
        total, trained = 0, set()
        for node in self.nodes:
            if node.op == "parameter" or any(o in trained for o in node.operands):
                trained.add(node)
            if node.op in ("lstm", "gru"):
                x, inputs, features = node.operands[0], node.operands[1].shape, node.operands[2].shape
                times = (2 + (x in trained), 3) if training else (1, 1)
                total += 2 * count(x.shape[:-1], batch) * (times[0] * math.prod(inputs) + times[1] * math.prod(features))
            if node.op not in ("matmul", "linear", "conv2d"):
                continue
            shape = count(node.shape, batch)
            summed = (math.prod(node.operands[1].shape[1:]) if node.op == "conv2d"
                      else node.operands[0].shape[-2 if node.options.get("transpose_a") else -1])
            times = 1 + (sum(o in trained for o in node.operands[:2]) if training else 0)
            total += 2 * shape * (batch if summed == BATCH else summed) * times
        return total

    def elements(self, batch, nodes):
        return sum(count(node.shape, batch) for node in nodes)


def sized(positional, batch):
    """Sizes in lists, with the batch as it is in this call."""
    return [[batch if v == BATCH else v for v in value] if isinstance(value, list) else value for value in positional]


def concrete(shape, batch):
    return tuple(batch if s == BATCH else s for s in shape)


def count(shape, batch):
    return math.prod(concrete(shape, batch))
