"""PyTorch: eager with a fused optimizer, and torch.compile of the whole step (Inductor, weights packed where they rest)."""
try:
    import torch
    import torch.nn.functional as F
except ImportError:  # in the process that starts workers
    torch = None

PACKAGES = ["torch==2.15.0", "numpy==2.4.6"]


def variables(threads):
    return {"TORCHINDUCTOR_COMPILE_THREADS": "1"}


def reduction(name):
    def function(x, axes=None, keepdim=False):
        dims = tuple(axes) if axes is not None else tuple(range(x.dim()))
        return getattr(torch, name)(x, dim=dims, keepdim=keepdim)

    return function


def conv2d(x, weight, bias, features, kernel, stride, padding, groups):
    """Channels last: the views cost nothing."""
    return F.conv2d(x.permute(0, 3, 1, 2), weight, bias, stride, padding, 1, groups).permute(0, 2, 3, 1)


def batch_norm(x, weight, bias):
    return F.batch_norm(x.permute(0, 3, 1, 2), None, None, weight, bias, training=True).permute(0, 2, 3, 1)


STATE = {}  # what a stateful layer goes on with, by its weight


def recurrent(function, count):
    """What torch.nn.LSTM and torch.nn.GRU call."""
    def layer(x, w, u, b, c, features, stateful=False):
        begin = STATE.get(w) or [x.new_zeros(1, x.shape[0], features) for _ in range(count)]
        result, *last = function(x, begin if count > 1 else begin[0], [w, u, b, c], True, 1, 0.0, w.requires_grad, False,
                                 True)
        if stateful:
            STATE[w] = last
        return result

    return layer


OPS = {
    "lstm": recurrent(lambda *operands: torch.lstm(*operands), 2), "gru": recurrent(lambda *operands: torch.gru(*operands), 1),
    "conv2d": conv2d, "batch_norm": batch_norm,
    "max_pool": lambda x, kernel, stride, padding: F.max_pool2d(x.permute(0, 3, 1, 2), kernel, stride,
                                                                padding).permute(0, 2, 3, 1),
    "relu6": lambda x: F.relu6(x),
    "linear": lambda x, w, *rest, bias=True: F.linear(x, w, rest[0] if bias else None),
    "embedding": lambda index, table, *sizes: F.embedding(index, table),
    "layer_norm": lambda x, w, b, epsilon=1e-5: F.layer_norm(x, w.shape, w, b, epsilon),
    "dropout": lambda x, rate: F.dropout(x, rate),
    "matmul": lambda a, b, transpose_a=False, transpose_b=False: torch.matmul(a.mT if transpose_a else a,
                                                                              b.mT if transpose_b else b),
    "cross_entropy": lambda score, target: F.cross_entropy(score.reshape(-1, score.shape[-1]), target.reshape(-1)),
    "accuracy": lambda score, target: (score.argmax(-1) == target).float().mean(),
    "mse_loss": lambda a, b: F.mse_loss(a, b),
    "relu": lambda x: F.relu(x), "gelu": lambda x, tanh=False: F.gelu(x, approximate="tanh" if tanh else "none"),
    "tanh": lambda x: torch.tanh(x), "sigmoid": lambda x: torch.sigmoid(x), "silu": lambda x: F.silu(x),
    "exp": lambda x: torch.exp(x), "log": lambda x: torch.log(x), "sqrt": lambda x: torch.sqrt(x),
    "softmax": lambda x, axis=-1: torch.softmax(x, axis), "log_softmax": lambda x, axis=-1: torch.log_softmax(x, axis),
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "min": lambda a, b: torch.minimum(a, b), "max": lambda a, b: torch.maximum(a, b),
    "sum": reduction("sum"), "mean": reduction("mean"), "amax": reduction("amax"), "amin": reduction("amin"),
    "reshape": lambda x, shape: x.reshape(shape), "transpose": lambda x, order: x.permute(order).contiguous(),
    "concat": lambda *xs, axis=0: torch.cat(xs, axis),
    "slice": lambda x, axis=0, start=0, size=0: x.narrow(axis, start, size),
    "constant": lambda shape, value: torch.full(shape, value),
    "iota": lambda x, axis=-1: torch.arange(x.shape[axis]).view([-1 if i == axis % x.dim() else 1 for i in range(x.dim())])
                                    .expand(x.shape),
    "le": lambda a, b: a <= b, "where": lambda c, a, b: torch.where(c, a, b),
}


class Program:
    def __init__(self, case, parameters, inputs, threads):
        from suite.worker import Form

        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        self.case, self.graph, self.Form = case, case.graph, Form
        self.first = {name: self.weight(torch.tensor(value)) for name, value in parameters.items()}
        self.batches = [{name: self.tensor(value[i]) for name, value in inputs.items()} for i in range(case.copies)]
        self.next = 0

    def weight(self, value):
        return value.contiguous(memory_format=torch.channels_last) if value.dim() == 4 else value

    def tensor(self, value):
        value = torch.tensor(value)
        return value.long() if value.dtype == torch.int32 else value

    def batch(self):
        self.next = (self.next + 1) % len(self.batches)
        return self.batches[self.next]

    def results(self, parameters, inputs):
        return self.graph.evaluate(OPS, parameters, inputs, self.case.batch)

    def loss(self, parameters, inputs):
        results = self.results(parameters, inputs)
        return next(iter(results.values())), results

    def forms(self):
        return {"eager": self.eager, "compiled": self.compiled}

    def form(self, step):
        def call(count):
            for _ in range(count):
                step(self.batch())

        return self.Form(call)

    # Eager.

    def eager_step(self):
        """(parameters, step(inputs) -> results) with the fused optimizer, where this version has one."""
        parameters = {name: value.clone().requires_grad_() for name, value in self.first.items()}
        kind, more = {"adam": (torch.optim.Adam, {"lr": 1e-3}), "adamw": (torch.optim.AdamW, {"lr": 1e-3}),
                      "sgd": (torch.optim.SGD, {"lr": 0.01})}[self.graph.optimizer]
        try:
            optimizer = kind(parameters.values(), fused=True, **more)
        except (TypeError, RuntimeError):
            optimizer = kind(parameters.values(), foreach=True, **more)

        def step(inputs):
            results = {}
            if self.case.mode == "apply":
                for name, value in parameters.items():
                    value.grad = inputs["gradient." + name]
                if self.graph.clip:  # changes the gradients, so that they are copied first
                    for value in parameters.values():
                        value.grad = value.grad.clone()
            else:
                optimizer.zero_grad(set_to_none=True)
                loss, results = self.loss(parameters, inputs)
                loss.backward()
            if self.graph.clip:
                torch.nn.utils.clip_grad_norm_(list(parameters.values()), self.graph.clip)
            optimizer.step()
            return results

        return parameters, step

    def eager_function(self):
        if self.case.mode == "gradients":
            parameters = {name: value.clone().requires_grad_() for name, value in self.first.items()}

            def function(inputs):
                loss, results = self.loss(parameters, inputs)
                gradients = torch.autograd.grad(loss, list(parameters.values()))
                return {**results, **{"gradient." + name: g for name, g in zip(parameters, gradients)}}

            return function

        def function(inputs):
            with torch.no_grad():
                return self.results(self.first, inputs)

        return function

    def eager(self):
        return self.form(self.eager_step()[1] if self.case.mode in ("train", "apply") else self.eager_function())

    # Compiled.

    def compiled(self):
        if self.case.mode == "function":
            return self.form(self.compiled_function())
        if self.case.mode == "gradients":
            step = torch.compile(lambda parameters, inputs: torch.func.grad_and_value(self.loss, has_aux=True)(
                parameters, inputs), fullgraph=True)
            return self.form(lambda inputs: step(self.first, inputs))
        return self.form(self.compiled_step())

    def compiled_function(self):
        program = self

        class Network(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.weights = torch.nn.ParameterList(
                    [torch.nn.Parameter(value, requires_grad=False) for value in program.first.values()])

            def forward(self, inputs):
                return program.results(dict(zip(program.first, self.weights)), inputs)

        # Frozen: what depends on weights alone (their packing) is done once.
        options = {"freezing": True} if self.first else {}
        compiled = torch.compile(Network().eval(), fullgraph=True, options=options)

        def function(inputs):
            with torch.no_grad():
                return compiled(inputs)

        return function

    def compiled_step(self):
        names = list(self.first)
        parameters = {name: value.clone() for name, value in self.first.items()}
        m, v = ({name: torch.zeros_like(value) for name, value in parameters.items()} for _ in range(2))
        count = torch.zeros(())
        kind, clip = self.graph.optimizer, self.graph.clip

        def whole_step(parameters, m, v, count, inputs):
            results = {}
            if self.case.mode == "apply":
                gradients = {name: inputs["gradient." + name] for name in names}
            else:
                gradients, (_, results) = torch.func.grad_and_value(self.loss, has_aux=True)(parameters, inputs)
            if clip:
                norm = torch.sqrt(sum((g * g).sum() for g in gradients.values()))
                scale = torch.clamp(clip / (norm + 1e-6), max=1.0)
                gradients = {name: g * scale for name, g in gradients.items()}
            count += 1
            for name in names:
                p, g = parameters[name], gradients[name]
                if kind == "sgd":
                    p.sub_(0.01 * g)
                    continue
                a, b = m[name], v[name]
                if kind == "adamw":
                    p.mul_(1 - 1e-3 * 0.01)
                a.mul_(0.9).add_(0.1 * g)
                b.mul_(0.999).add_(0.001 * g * g)
                p.sub_(1e-3 / (1 - 0.9**count) * a / (b.sqrt() / torch.sqrt(1 - 0.999**count) + 1e-8))
            return results

        compiled = torch.compile(whole_step, fullgraph=True)

        def step(inputs):
            with torch.no_grad():
                return compiled(parameters, m, v, count, inputs)

        return step

    def outputs(self, steps):
        if self.case.mode not in ("train", "apply"):
            STATE.clear()
            function = self.eager_function()
            for i in range(steps):
                result = function(self.batches[i % len(self.batches)])
            return {name: value.detach().numpy() for name, value in result.items()}
        parameters, step = self.eager_step()
        for i in range(steps):
            result = step(self.batches[i % len(self.batches)])
        return {**{name: value.detach().numpy() for name, value in result.items()},
                **{"parameter." + name: value.detach().numpy() for name, value in parameters.items()}}
