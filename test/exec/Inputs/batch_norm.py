# batch_norm.py FOLDER - writes the cases of nn-batch_norm.mlir: inference, and a training step with what it remembers, as
# PyTorch makes them of the same numbers in f64.
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import sys

import torch

torch.manual_seed(1)
f64 = torch.float64
first, linear = torch.nn.BatchNorm1d(3, dtype=f64), torch.nn.Linear(3, 5, dtype=f64)
second = torch.nn.BatchNorm1d(5, momentum=0.3, eps=1e-3, dtype=f64)
layers = {"bn": first, "fc": linear, "bn2": second}


def channels_last(layer, x):
    return layer(x.transpose(1, 2)).transpose(1, 2)


def net(x):
    return channels_last(second, torch.relu(linear(channels_last(first, x))))


given = {}
for name, layer in layers.items():
    for key, value in layer.state_dict().items():
        if value.dtype == f64:
            with torch.no_grad():
                value.copy_(torch.rand(value.shape, dtype=f64) + 0.5)
        given[f"{name}.{key}"] = value.tolist()
x, c = torch.randn(6, 4, 3, dtype=f64), torch.randn(6, 4, 5, dtype=f64)
for layer in layers.values():
    layer.eval()
rows = [{"entry": "predict", "inputs": {"x": x.tolist()}, "parameters": given, "expect": {"y": net(x).tolist()}}]
frozen = (net(x) * c).mean()
frozen.backward()
after = {"loss": frozen.item()} | {f"{n}.{k}": (v - 0.1 * v.grad).tolist()
                                   for n, layer in layers.items() for k, v in layer.named_parameters()}
rows.append({"entry": "frozen", "inputs": {"x": x.tolist(), "c": c.tolist()}, "parameters": given,
             "expect": after | {f"{n}.{k}": v.tolist() for n, layer in layers.items() for k, v in layer.named_buffers()}})
for layer in layers.values():
    layer.train()
    layer.zero_grad()
loss = (net(x) * c).mean()
loss.backward()
after = {"loss": loss.item()}
for name, layer in layers.items():
    after |= {f"{name}.{k}": (v - 0.1 * v.grad).tolist() for k, v in layer.named_parameters()}
    after |= {f"{name}.{k}": v.tolist() for k, v in layer.named_buffers()}
rows.append({"entry": "step", "inputs": {"x": x.tolist(), "c": c.tolist()}, "parameters": given, "expect": after})
pathlib.Path(sys.argv[1], "Inputs", "nn-batch_norm.json").write_text(
    "[" + ",\n ".join(json.dumps(row) for row in rows) + "]\n")
