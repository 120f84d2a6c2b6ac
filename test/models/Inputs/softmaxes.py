# softmaxes.py - a model that adds up softmaxes of one row, each of the row times another number.
# SPDX-License-Identifier: Apache-2.0
#
#   softmaxes.py COUNT COLUMNS
import sys

count, columns = int(sys.argv[1]), int(sys.argv[2])
print(f"dl.model @softmaxes {{\n  func @f(%x: f32[batch, {columns}]) -> (y: f32[batch, {columns}]) {{")
for i in range(count):
    print(f"    %c{i} = constant f32 = {i / 4}\n    %m{i} = mul %x, %c{i}\n    %s{i} = softmax %m{i}")
    if i:
        print(f"    %y{i} = add %{f'y{i - 1}' if i > 1 else 's0'}, %s{i}")
print(f"    return %y{count - 1}\n  }}\n}}")
