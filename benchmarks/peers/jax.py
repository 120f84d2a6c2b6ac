"""JAX: the jitted whole step with donated buffers, one by one and several scanned in one call."""
import math
import time

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
except ImportError:  # in the process that starts workers
    jax = None

PACKAGES = ["jax==0.10.2", "numpy==2.4.6"]

LONG_SECONDS = 0.01  # of a step, from which scanning saves nothing that can be measured
UNROLL = 2  # rounds of a recurrent layer that are written out: 1 is slower for a GRU, 4 and 8 for an LSTM
RANDOM = []  # the key of this step, while a step is traced


def variables(threads):
    flags = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={threads}"
    return {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "2"}


def dropout(x, rate):
    RANDOM[0], key = jax.random.split(RANDOM[0])
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def layer_norm(x, weight, bias, epsilon=1e-5):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + epsilon) * weight + bias


def batch_norm(x, weight, bias, epsilon=1e-5):
    axes = tuple(range(x.ndim - 1))
    centred = x - x.mean(axes)
    return centred * jax.lax.rsqrt((centred * centred).mean(axes) + epsilon) * weight + bias


def cross_entropy(score, target):
    return -jnp.take_along_axis(jax.nn.log_softmax(score), target[..., None], -1).mean()


def reduction(function):
    return lambda x, axes=None, keepdim=False: function(x, axis=None if axes is None else tuple(axes), keepdims=keepdim)


def matmul(a, b, transpose_a=False, transpose_b=False):
    return jnp.matmul(jnp.swapaxes(a, -1, -2) if transpose_a else a, jnp.swapaxes(b, -1, -2) if transpose_b else b)


def conv2d(x, weight, bias, features, kernel, stride, padding, groups):
    return jax.lax.conv_general_dilated(x, weight, (stride, stride), [(padding, padding)] * 2, feature_group_count=groups,
                                        dimension_numbers=("NHWC", "OIHW", "NHWC")) + (0 if bias is None else bias)


def max_pool(x, kernel, stride, padding):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, kernel, kernel, 1), (1, stride, stride, 1),
                                 [(0, 0), (padding, padding), (padding, padding), (0, 0)])


def recurrent(cell, count):
    """The products of the inputs of all steps are one; `cell` takes those of a step and of what is carried."""
    def layer(x, w, u, b, c, features):
        inputs = jnp.swapaxes(x @ w + b, 0, 1)
        zero = jnp.zeros((x.shape[0], features), x.dtype)

        def step(carried, p):
            carried = cell(p, carried[0] @ u + c, carried)
            return carried, carried[0]

        return jnp.swapaxes(jax.lax.scan(step, (zero,) * count, inputs, unroll=UNROLL)[1], 0, 1)

    return layer


def lstm_cell(p, q, carried):
    i, f, g, o = jnp.split(p + q, 4, -1)
    cell = jax.nn.sigmoid(f) * carried[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(cell), cell


def gru_cell(p, q, carried):
    (r, z, n), (hr, hz, hn) = jnp.split(p, 3, -1), jnp.split(q, 3, -1)
    z = jax.nn.sigmoid(z + hz)
    return ((1 - z) * jnp.tanh(n + jax.nn.sigmoid(r + hr) * hn) + z * carried[0],)


# A weight of a linear or recurrent layer is kept as the product reads it: [inputs, features].
OPS = {
    "lstm": recurrent(lstm_cell, 2), "gru": recurrent(gru_cell, 1),
    "conv2d": conv2d, "max_pool": max_pool, "relu6": lambda x: jnp.clip(x, 0, 6),
    "linear": lambda x, w, *rest, bias=True: x @ w + rest[0] if bias else x @ w,
    "embedding": lambda index, table, *sizes: table[index],
    "layer_norm": layer_norm, "batch_norm": batch_norm, "dropout": dropout, "matmul": matmul, "cross_entropy": cross_entropy,
    "accuracy": lambda score, target: (score.argmax(-1) == target).mean(dtype=jnp.float32),
    "mse_loss": lambda a, b: ((a - b) ** 2).mean(),
    "relu": lambda x: jnp.maximum(x, 0), "gelu": lambda x, tanh=False: jax.nn.gelu(x, approximate=tanh),
    "tanh": lambda x: jnp.tanh(x), "sigmoid": lambda x: jax.nn.sigmoid(x), "silu": lambda x: jax.nn.silu(x),
    "exp": lambda x: jnp.exp(x), "log": lambda x: jnp.log(x), "sqrt": lambda x: jnp.sqrt(x),
    "softmax": lambda x, axis=-1: jax.nn.softmax(x, axis), "log_softmax": lambda x, axis=-1: jax.nn.log_softmax(x, axis),
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
    "min": lambda a, b: jnp.minimum(a, b), "max": lambda a, b: jnp.maximum(a, b),
    "sum": reduction(lambda x, **o: jnp.sum(x, **o)), "mean": reduction(lambda x, **o: jnp.mean(x, **o)),
    "amax": reduction(lambda x, **o: jnp.max(x, **o)), "amin": reduction(lambda x, **o: jnp.min(x, **o)),
    "reshape": lambda x, shape: x.reshape(shape), "transpose": lambda x, order: x.transpose(order),
    "concat": lambda *xs, axis=0: jnp.concatenate(xs, axis),
    "slice": lambda x, axis=0, start=0, size=0: jax.lax.slice_in_dim(x, start, start + size, axis=axis),
    "constant": lambda shape, value: jnp.full(shape, value, jnp.float32),
    "iota": lambda x, axis=-1: jax.lax.broadcasted_iota(jnp.int32, x.shape, axis % x.ndim),
    "le": lambda a, b: a <= b, "where": lambda c, a, b: jnp.where(c, a, b),
}


def update(graph, parameters, slots, gradients, step):
    """PyTorch's formulas and defaults, as dlc's."""
    if graph.clip:
        norm = jnp.sqrt(sum((g * g).sum() for g in gradients.values()))
        scale = jnp.minimum(1, graph.clip / (norm + 1e-6))
        gradients = {name: g * scale for name, g in gradients.items()}
    if graph.optimizer == "sgd":
        return {name: p - 0.01 * gradients[name] for name, p in parameters.items()}, slots
    decay = 1 - 1e-3 * 0.01 if graph.optimizer == "adamw" else 1
    m = {name: 0.9 * slots[0][name] + 0.1 * g for name, g in gradients.items()}
    v = {name: 0.999 * slots[1][name] + 0.001 * g * g for name, g in gradients.items()}
    rate, root = 1e-3 / (1 - 0.9**step), jnp.sqrt(1 - 0.999**step)
    return {name: p * decay - rate * m[name] / (jnp.sqrt(v[name]) / root + 1e-8)
            for name, p in parameters.items()}, (m, v)


class Program:
    def __init__(self, case, parameters, inputs, threads):
        from suite.worker import Form

        self.case, self.graph, self.Form = case, case.graph, Form
        self.turned = {p.name for p in self.graph.parameters if p.transposed}
        self.first = {name: self.turn(name, value) for name, value in parameters.items()}
        self.stacked = {name: jnp.asarray(value) for name, value in inputs.items()}
        self.batches = [{name: jnp.asarray(value[i]) for name, value in inputs.items()} for i in range(case.copies)]
        self.state = self.begin()
        self.next = 0
        self.step = jax.jit(self.whole_step, donate_argnums=0)

    def turn(self, name, value):
        return np.ascontiguousarray(value.T) if name in self.turned else value

    def begin(self):
        parameters = {name: jnp.array(value) for name, value in self.first.items()}
        slots = tuple({name: jnp.zeros_like(p) for name, p in parameters.items()} for _ in range(2))
        return parameters, (slots if self.graph.optimizer != "sgd" else ()), jnp.float32(0), jax.random.PRNGKey(0)

    def results(self, parameters, inputs):
        return self.graph.evaluate(OPS, parameters, inputs, self.case.batch)

    def loss(self, parameters, inputs):
        results = self.results(parameters, inputs)
        return next(iter(results.values())), results

    def whole_step(self, state, inputs):
        parameters, slots, step, key = state
        RANDOM[:] = [key]
        step = step + 1
        if self.case.mode == "apply":
            results, gradients = {}, {n.partition(".")[2]: self.turn_traced(n, g) for n, g in inputs.items()}
        else:
            (_, results), gradients = jax.value_and_grad(self.loss, has_aux=True)(parameters, inputs)
        parameters, slots = update(self.graph, parameters, slots, gradients, step)
        return (parameters, slots, step, RANDOM[0]), results

    def turn_traced(self, name, value):
        return value.T if name.partition(".")[2] in self.turned else value

    def function(self, parameters, inputs):
        if self.case.mode != "gradients":
            return self.results(parameters, inputs)
        (_, results), gradients = jax.value_and_grad(self.loss, has_aux=True)(parameters, inputs)
        return {**results, **{"gradient." + name: self.turn_traced("gradient." + name, g)
                              for name, g in gradients.items()}}

    def batch(self):
        self.next = (self.next + 1) % len(self.batches)
        return self.batches[self.next]

    def forms(self):
        if self.case.mode in ("train", "apply"):
            return {"jit, donated": self.one_by_one, "jit, donated, scanned": self.scanned}
        return {"jit": self.called, "jit, outputs donated": self.donated}

    def one_by_one(self):
        def call(count):
            for _ in range(count):
                self.state, result = self.step(self.state, self.batch())
            jax.block_until_ready((self.state, result))

        return self.Form(call)

    def scanned(self):
        start = time.perf_counter()
        self.one_by_one().call(2)
        if time.perf_counter() - start > 2 * LONG_SECONDS:
            raise RuntimeError("the step is long")
        copies = self.case.copies
        length = max(copies, 10)

        def steps(state, stacked):
            def body(state, i):
                return self.whole_step(state, {name: value[i % copies] for name, value in stacked.items()})

            return jax.lax.scan(body, state, jnp.arange(length))

        compiled = jax.jit(steps, donate_argnums=0)

        def call(count):
            for _ in range(max(1, math.ceil(count / length))):
                self.state, result = compiled(self.state, self.stacked)
            jax.block_until_ready((self.state, result))

        return self.Form(call, length)

    def called(self):
        compiled = jax.jit(self.function)
        parameters = {name: jnp.array(value) for name, value in self.first.items()}

        def call(count):
            for _ in range(count):
                result = compiled(parameters, self.batch())
            jax.block_until_ready(result)

        return self.Form(call)

    def donated(self):
        compiled = jax.jit(lambda old, parameters, inputs: self.function(parameters, inputs), donate_argnums=0,
                           keep_unused=True)
        parameters = {name: jnp.array(value) for name, value in self.first.items()}
        old = jax.block_until_ready(jax.jit(self.function)(parameters, self.batch()))

        def call(count):
            nonlocal old
            for _ in range(count):
                old = compiled(old, parameters, self.batch())
            jax.block_until_ready(old)

        return self.Form(call)

    def outputs(self, steps):
        if self.case.mode not in ("train", "apply"):
            result = jax.jit(self.function)(self.begin()[0], self.batches[(steps - 1) % len(self.batches)])
            return {name: np.asarray(value) for name, value in result.items()}
        state = self.begin()
        for i in range(steps):
            state, result = self.step(state, self.batches[i % len(self.batches)])
        return {**{name: np.asarray(value) for name, value in result.items()},
                **{"parameter." + name: self.turn(name, np.asarray(value)) for name, value in state[0].items()}}
