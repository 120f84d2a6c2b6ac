# shapes.py - writes a model with matmuls, softmax, layer_norm and gelu of awkward sizes.
# SPDX-License-Identifier: Apache-2.0
#
#   shapes.py SIZE ... > shapes.mlir: one chain of layers through these widths
import sys

sizes = sys.argv[1:]
first, *rest = sizes
print("dl.model @shapes {\n  func private @net(%x0: f32[batch, " + first + "]) {")
for i, size in enumerate(rest):
    print(f'    %a{i} = nn.linear "fc{i}" %x{i}, {size}')
    if i % 4 == 0:
        print(f'    %b{i} = nn.layer_norm "ln{i}" %a{i}\n    %x{i + 1} = gelu %b{i}')
    elif i % 4 == 1:
        print(f"    %x{i + 1} = silu %a{i}")
    elif i % 4 == 2:
        print(f"    %b{i} = softmax %a{i}\n    %c{i} = add %b{i}, %a{i}\n    %x{i + 1} = tanh %c{i}")
    else:
        print(f"    %b{i} = dropout %a{i}, 0.1\n    %x{i + 1} = gelu %b{i}, tanh")
print(f"    return %x{len(rest)}\n  }}")
print(f"""  func @predict(%x: f32[batch, {first}]) -> (p: f32[batch, {rest[-1]}]) {{
    %s = call @net(%x)
    %p = softmax %s
    return %p
  }}
  func @loss(%x: f32[batch, {first}], %label: i32[batch]) -> (loss: f32) {{
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    return %l
  }}
  // Products of whole batches, transposed both ways.
  func @products(%a: f32[batch, 5, 7, 33], %b: f32[batch, 5, 33, 19]) -> (y: f32[batch, 5, 7, 19], z: f32[batch, 5, 19, 7]) {{
    %y = matmul %a, %b
    %z = matmul %b, %a, transpose_a, transpose_b
    return %y, %z
  }}
  train @step minimizes @loss {{ optimize "*" with @adam(lr = 1.0e-2) }}
}}""")
