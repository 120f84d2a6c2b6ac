# channels_first-net.py FOLDER - writes the cases of channels_first-net.mlir: a network in PyTorch's own layout, in inference and
# in a training step, as PyTorch makes them of the same numbers in f64.
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(3)
f64 = torch.float64


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 6, 3, padding=1, padding_mode="reflect", bias=False)
        self.bn1 = torch.nn.BatchNorm2d(6)
        self.conv2 = torch.nn.Conv2d(6, 6, 3, padding=1, groups=6)
        self.act = torch.nn.PReLU(6)
        self.up = torch.nn.ConvTranspose2d(6, 4, 2, stride=2)
        self.norm = torch.nn.GroupNorm(2, 10)
        self.fc = torch.nn.Linear(10 * 2 * 3, 5)

    def forward(self, x):
        a = torch.relu(self.bn1(self.conv1(x)))
        b = a + self.act(self.conv2(a))
        b = b * torch.sigmoid(b.mean((2, 3), keepdim=True))
        c = torch.cat([self.up(F.max_pool2d(b, 2)), b], 1)
        d = F.pad(self.norm(c), (0, 1, 1, 0))
        return self.fc(F.adaptive_avg_pool2d(d, (2, 3)).flatten(1))


net = Net().to(f64)
with torch.no_grad():
    for name, value in [*net.named_parameters(), *net.named_buffers()]:
        if value.dtype == f64:
            value.copy_(torch.round((torch.rand(value.shape, dtype=f64) + (0.5 if value.dim() == 1 else -0.5)) * 64) / 64)
given = {name: value.tolist() for name, value in net.state_dict().items()}
x = torch.round(torch.randn(3, 3, 4, 6, dtype=f64) * 32) / 32
c = torch.round(torch.randn(3, 5, dtype=f64) * 32) / 32
net.eval()
rows = [{"entry": "predict", "inputs": {"x": x.tolist()}, "parameters": given, "expect": {"y": net(x).tolist()}}]
net.train()
loss = (net(x) * c).mean()
loss.backward()
after = {"loss": loss.item()} | {name: (v - 0.1 * v.grad).tolist() for name, v in net.named_parameters()}
after |= {name: v.tolist() for name, v in net.named_buffers()}
rows.append({"entry": "step", "inputs": {"x": x.tolist(), "c": c.tolist()}, "parameters": given, "expect": after})
pathlib.Path(sys.argv[1], "Inputs", "channels_first-net.json").write_text(
    "[" + ",\n ".join(json.dumps(row, separators=(",", ":")) for row in rows) + "]\n")
