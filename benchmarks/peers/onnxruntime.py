"""ONNX Runtime: inference of a model that the suite writes, through bound inputs and outputs."""
try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper
except ImportError:  # in the process that starts workers
    onnx = None

PACKAGES = ["onnxruntime==1.32.0", "onnx==1.23.2", "numpy==2.4.6"]
MODES = ("function",)


def variables(threads):
    return {}


class Writer:
    """ONNX nodes of a graph, one after the other. A value is its name."""

    def __init__(self, batch):
        self.nodes, self.constants, self.count, self.batch = [], [], 0, batch
        self.state = {}  # what a call begins with and the next one goes on with: {name: (shape, name afterwards)}

    def node(self, op, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"v{self.count}" + f".{i}" * (i > 0) for i in range(outputs)]
        self.nodes.append(helper.make_node(op, [self.operand(i) for i in inputs], names, **attributes))
        return names[0] if outputs == 1 else names

    def operand(self, value):
        if isinstance(value, str):
            return value
        self.count += 1
        array = np.asarray(value, np.int64 if isinstance(value, list) else np.float32)
        self.constants.append(onnx.numpy_helper.from_array(array, f"c{self.count}"))
        return f"c{self.count}"


WRITER = []  # of the model that is being written


def node(op, *inputs, **attributes):
    return WRITER[0].node(op, *inputs, **attributes)


def matmul(a, b, transpose_a=False, transpose_b=False):
    if transpose_a or transpose_b:  # of matrices: the suite has no other transposed products of inputs
        return node("Gemm", a, b, transA=int(transpose_a), transB=int(transpose_b))
    return node("MatMul", a, b)


def reduction(op):
    def write(x, axes=None, keepdim=False):
        inputs = (x,) if axes is None else (x, list(axes))
        return node(op, *inputs, keepdims=int(keepdim))

    return write


def channels_first(op, x, *rest, **attributes):
    """ONNX has channels first; ONNX Runtime drops the transposes between one op and the next."""
    inner = node(op, node("Transpose", x, perm=[0, 3, 1, 2]), *rest, **attributes)
    return node("Transpose", inner, perm=[0, 2, 3, 1])


def conv2d(x, weight, bias, features, kernel, stride, padding, groups):
    operands = [x, weight] if bias is None else [x, weight, bias]
    return channels_first("Conv", *operands, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4,
                          group=groups)


def max_pool(x, kernel, stride, padding):
    return channels_first("MaxPool", x, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4)


def lstm(x, w, u, b, c, features, stateful):
    """ONNX has time first, and the gates in the order i, o, f, g."""
    writer, order = WRITER[0], [gate * features + i for gate in (0, 3, 1, 2) for i in range(features)]
    w, u, b, c = (node("Unsqueeze", node("Gather", part, order, axis=0), [0]) for part in (w, u, b, c))
    begin = [f"state{len(writer.state) + i}" for i in range(2)]
    y, *last = node("LSTM", node("Transpose", x, perm=[1, 0, 2]), w, u, node("Concat", b, c, axis=1), "", *begin, outputs=3,
                    hidden_size=features)
    writer.state |= {name: ((1, writer.batch, features), after) for name, after in zip(begin, last)}
    return node("Transpose", node("Squeeze", y, [1]), perm=[1, 0, 2])


OPS = {
    "lstm": lstm, "conv2d": conv2d, "max_pool": max_pool, "relu6": lambda x: node("Clip", x, 0.0, 6.0),
    "reshape": lambda x, shape: node("Reshape", x, shape),
    "linear": lambda x, w, *rest, bias=True: node("Gemm", x, w, *(rest[:1] if bias else ()), transB=1),
    "matmul": matmul, "relu": lambda x: node("Relu", x), "tanh": lambda x: node("Tanh", x),
    "sigmoid": lambda x: node("Sigmoid", x), "exp": lambda x: node("Exp", x), "sqrt": lambda x: node("Sqrt", x),
    "gelu": lambda x, tanh=False: node("Gelu", x, approximate="tanh" if tanh else "none"),
    "softmax": lambda x, axis=-1: node("Softmax", x, axis=axis),
    "add": lambda a, b: node("Add", a, b), "sub": lambda a, b: node("Sub", a, b), "mul": lambda a, b: node("Mul", a, b),
    "sum": reduction("ReduceSum"), "mean": reduction("ReduceMean"), "amax": reduction("ReduceMax"),
    "transpose": lambda x, order: node("Transpose", x, perm=list(order)),
    "concat": lambda *xs, axis=0: node("Concat", *xs, axis=axis),
}


class Program:
    def __init__(self, case, parameters, inputs, threads):
        from suite.worker import Form

        self.case, self.Form = case, Form
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.session = onnxruntime.InferenceSession(self.model(parameters), options, providers=["CPUExecutionProvider"])
        self.bindings, self.next = [], 0
        value_of = onnxruntime.OrtValue.ortvalue_from_numpy
        # Calls read one memory of the state and write the other, in turns.
        self.state = [{name: value_of(np.zeros(shape, np.float32)) for name, (shape, _) in WRITER[0].state.items()}
                      for _ in range(2)]
        self.names = [name for name, _ in case.graph.results]
        first = self.session.run(self.names, {name: value[0] for name, value in inputs.items()} |
                                 {name: value.numpy() for name, value in self.state[0].items()})
        self.memory = [value_of(value) for value in first]  # one of the results for all of them
        for i in range(case.copies * (1 + case.copies % 2)):
            binding = self.session.io_binding()
            for name, value in inputs.items():
                binding.bind_ortvalue_input(name, value_of(value[i % case.copies]))
            for name, value in zip(self.names, self.memory):
                binding.bind_ortvalue_output(name, value)
            for name, (_, after) in WRITER[0].state.items():
                binding.bind_ortvalue_input(name, self.state[i % 2][name])
                binding.bind_ortvalue_output(after, self.state[1 - i % 2][name])
            self.bindings.append(binding)

    def model(self, parameters):
        from suite.graph import concrete

        WRITER[:] = [Writer(self.case.batch)]
        graph, batch, types = self.case.graph, self.case.batch, {"f32": TensorProto.FLOAT, "i32": TensorProto.INT32,
                                                                "i64": TensorProto.INT64}
        results = graph.evaluate(OPS, {name: name for name in parameters}, {i.name: i.name for i in graph.inputs}, batch)
        for name, value in results.items():
            WRITER[0].nodes.append(helper.make_node("Identity", [value], [name]))
        shapes = {name: node for name, node in graph.results}

        def typed(node, name):
            return helper.make_tensor_value_info(name, types[node.dtype], concrete(node.shape, batch))

        def state(name, shape):
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        carried = WRITER[0].state.items()
        made = helper.make_graph(
            WRITER[0].nodes, graph.name,
            [typed(i, i.name) for i in graph.inputs] + [state(name, shape) for name, (shape, _) in carried],
            [typed(shapes[name], name) for name in results] + [state(after, shape) for _, (shape, after) in carried],
            [onnx.numpy_helper.from_array(np.ascontiguousarray(v), n) for n, v in parameters.items()] + WRITER[0].constants)
        return helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10).SerializeToString()

    def forms(self):
        return {"bound": self.bound}

    def bound(self):
        run, bindings = self.session.run_with_iobinding, self.bindings

        def call(count):
            at = self.next
            for _ in range(count):
                run(bindings[at])
                at = (at + 1) % len(bindings)
            self.next = at

        return self.Form(call)

    def outputs(self, steps):
        for value in self.state[0].values():
            value.update_inplace(np.zeros(value.shape(), np.float32))
        for i in range(steps):
            self.session.run_with_iobinding(self.bindings[i % len(self.bindings)])
        self.next = steps % len(self.bindings)
        return {name: value.numpy() for name, value in zip(self.names, self.memory)}
