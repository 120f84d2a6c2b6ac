# recurrent.py FOLDER - writes nn-rnn, nn-lstm and nn-gru as models of test/exec and their cases: outputs, what is carried in
# the end, and every gradient, as PyTorch makes them of the same numbers in f64.
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import random
import sys

import torch

folder = pathlib.Path(sys.argv[1])
draw = random.Random(11)


def numbers(*shape):
    def some(shape):
        return [some(shape[1:]) for _ in range(shape[0])] if shape else draw.randint(-48, 48) / 32
    return torch.tensor(some(shape), dtype=torch.float64)


def short(tensor):
    def cut(x):
        return [cut(y) for y in x] if isinstance(x, list) else float(f"{x:.16g}")
    return cut(tensor.tolist())


# name, batch, time, inputs, features, options of the layer, is the state given
CASES = {
    "rnn": [("plain", 3, 5, 4, 6, {}, False), ("rectified", 2, 4, 3, 17, {"activation": "relu", "bias": False}, True),
            ("deep", 2, 3, 5, 7, {"layers": 2, "bidirectional": True}, True)],
    "gru": [("plain", 3, 5, 4, 6, {}, False), ("deep", 2, 4, 3, 5, {"layers": 2, "bidirectional": True}, True),
            ("lengths", 3, 4, 2, 3, {"bidirectional": True, "mask": [4, 1, 3]}, True)],
    "lstm": [("plain", 3, 5, 4, 6, {}, False), ("one", 1, 1, 1, 1, {}, True),
             ("deep", 2, 4, 3, 5, {"layers": 3, "bias": False}, True),
             ("both", 2, 3, 4, 9, {"layers": 2, "bidirectional": True}, True),
             ("lengths", 3, 4, 2, 3, {"layers": 2, "bidirectional": True, "mask": [2, 4, 1]}, True)],
}
TORCH = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
SPELLED = {True: "true", False: "false"}

for kind, cases in CASES.items():
    names = ["hidden", "cell"][:2 if kind == "lstm" else 1]
    functions, rows = [], []
    for name, batch, time, inputs, features, options, given in cases:
        layers, directions = options.get("layers", 1), 2 if options.get("bidirectional") else 1
        lengths = options.get("mask")
        more = {"nonlinearity": options["activation"]} if "activation" in options else {}
        layer = TORCH[kind](inputs, features, layers, bias=options.get("bias", True), batch_first=True,
                            bidirectional=directions == 2, dtype=torch.float64, **more)
        weights = {}
        with torch.no_grad():
            for weight, value in layer.named_parameters():
                weights[weight] = numbers(*value.shape) / 2
                value.copy_(weights[weight])
        x = numbers(batch, time, inputs).requires_grad_()
        states = [numbers(layers * directions, batch, features).requires_grad_() for _ in names]
        begin = (states[0] if len(states) == 1 else tuple(states)) if given else None
        fed = x if not lengths else torch.nn.utils.rnn.pack_padded_sequence(x, lengths, True, False)
        out, last = layer(fed, begin)
        if lengths:
            out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, True, total_length=time)
        last = [last] if len(names) == 1 else list(last)
        # A loss that every output has its own share in.
        c = numbers(batch, time, directions * features)
        d = [numbers(layers * directions, batch, features) for _ in names]
        loss = (out * c).sum() + sum((a * b).sum() for a, b in zip(last, d))
        loss.backward()

        words = "".join(f", {n}" if v is True else f", {n} = {SPELLED.get(v, v) if isinstance(v, bool) else v}"
                        for n, v in options.items() if n != "mask")
        words += ", mask = %m" * bool(lengths) + "".join(f", {n} = %{n}" for n in names if given)
        state = f"f32[{layers * directions}, batch, {features}]"
        arguments = [f"%x: f32[batch, {time}, {inputs}]"] + ([f"%m: i1[batch, {time}]"] if lengths else [])
        arguments += [f"%{n}: {state}" for n in names] if given else []
        results = [f"y: f32[batch, {time}, {directions * features}]"] + [f"{n}: {state}" for n in names]
        values = ", ".join(["%y"] + [f"%last_{n}" for n in names])
        line = f"    {values} = nn.{kind} \"{name}\" %x, {features}{words}, states\n"
        functions.append(f"  func @{name}({', '.join(arguments)}) -> ({', '.join(results)}) {{\n{line}"
                         f"    return {values}\n  }}\n")
        shares = [f"%c: f32[batch, {time}, {directions * features}]"] + [f"%d_{n}: {state}" for n in names]
        # Inputs that have a gradient are products with a parameter of ones.
        scaled, calls, ones = "", [], {}
        for argument in arguments:
            own, type_ = argument.split(": ")
            calls.append(own)
            if own == "%m":
                continue
            shape = type_.replace("batch, ", "").replace("batch", "")
            scaled += f"    %one_{own[1:]} = param \"{name}.one_{own[1:]}\" f32 = ones\n" \
                      f"    %by_{own[1:]} = mul {own}, %one_{own[1:]}\n"
            calls[-1] = "%by_" + own[1:]
            ones[own[1:]] = shape
        total = "    %p = mul %y, %c\n    %s = sum %p\n"
        sums = "%s"
        for n in names:
            total += f"    %p_{n} = mul %last_{n}, %d_{n}\n    %s_{n} = sum %p_{n}\n    %t_{n} = add {sums}, %s_{n}\n"
            sums = f"%t_{n}"
        functions.append(
            f"  func @{name}_loss({', '.join(arguments + shares)}) -> (loss: f32) {{\n{scaled}"
            f"    {values} = call @{name}({', '.join(calls)})\n{total}    return {sums}\n  }}\n"
            f"  train @{name}_step minimizes @{name}_loss {{ optimize \"*\" with @sgd }}\n")
        given_ = {"x": short(x)} | ({"m": [[i < n for i in range(time)] for n in lengths]} if lengths else {})
        given_ |= {n: short(s) for n, s in zip(names, states)} if given else {}
        parameters = {f"{name}.{n}": short(w) for n, w in weights.items()}
        rows.append({"entry": name, "inputs": given_, "parameters": parameters,
                     "expect": {"y": short(out)} | {n: short(s) for n, s in zip(names, last)}})
        gradients = {f"gradient.{name}.{n}": short(w.grad) for n, w in layer.named_parameters()}
        inputs_ = [("x", x)] + (list(zip(names, states)) if given else [])
        gradients |= {f"gradient.{name}.one_{n}": (t.detach() * t.grad).sum().item() for n, t in inputs_}
        rows.append({"entry": f"{name}_step.gradients",
                     "inputs": given_ | {"c": short(c)} | {f"d_{n}": short(s) for n, s in zip(names, d)},
                     "parameters": parameters | {f"{name}.one_{n}": 1 for n, _ in inputs_},
                     "expect": {"loss": loss.item()} | gradients})
    runs = "".join(
        f"// RUN: dlc %s --batch 5 {flags} -o %t.{i}.so && dlc-run check %t.{i}.so %S/Inputs/nn-{kind}.json\n"
        for i, flags in enumerate(["-O3", "-O0", "-O3 --float f64", "-O0 --float f64", "-O3 --target v3"]))
    (folder / f"nn-{kind}.mlir").write_text(
        f"// nn-{kind}.mlir - the layer, and the gradients through time, against PyTorch's\n"
        f"// SPDX-License-Identifier: Apache-2.0\n//\n{runs}dl.model @{kind} {{\n" + "\n".join(functions) + "}\n")
    (folder / "Inputs" / f"nn-{kind}.json").write_text("[" + ",\n ".join(json.dumps(row) for row in rows) + "]\n")
