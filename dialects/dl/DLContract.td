// DLContract.td - products of matrices.
// SPDX-License-Identifier: Apache-2.0

def DL_MatmulOp : DL_ValueOp<"matmul", 2, [], [], [Fusible, Differentiable]> {
  let summary = "The product of the last two axes; the axes before them are broadcast";
  let description = [{
    a[..., m, k] and b[..., k, n] give [..., m, n]; `transpose_a` and `transpose_b` say that an operand is stored
    as [..., k, m] or [..., n, k]. Each element is summed in the order of k: 1,024 fused multiply-adds make a sum, and
    those are added in their order. Only products of at most 32 rows whose operands both lie along k sum 16 (f64: 8)
    interleaved chains, of 256 multiply-adds each, and add them as a tree.

    - Shapes: matrices or stacks of them; the summed sizes agree, the axes before the last two are broadcast.
    - Types: floats, both the same.
    - Gradient: c b' and a' c, in the form that the transposes ask for; summed over the axes that were stretched.
    - Source: NumPy's `matmul`, for two axes and more.
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs, UnitAttr:$transpose_a, UnitAttr:$transpose_b);
}
