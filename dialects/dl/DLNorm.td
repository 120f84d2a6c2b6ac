// DLNorm.td - softmax and normalisation.
// SPDX-License-Identifier: Apache-2.0

class DL_SoftmaxLikeOp<string mnemonic, string formula, string gradient>
    : DL_ValueOp<mnemonic, 1, [], [], [Differentiable, Decomposable]> {
  let summary = formula;
  let description = !strconcat([{
    The largest of the axis is subtracted first, so that nothing overflows.

    - Shapes: any with at least one axis; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: }], gradient, ".\n    - Source: PyTorch's `", mnemonic, "`.\n  ");
  let arguments = (ins AnyTensor:$input, Option:$axis);
}
def DL_SoftmaxOp    : DL_SoftmaxLikeOp<"softmax", "exp(x) / sum(exp(x)) along `axis` (the last one unless given)",
                                       "y * (c - sum(c * y))">;
def DL_LogSoftmaxOp : DL_SoftmaxLikeOp<"log_softmax", "x - log(sum(exp(x))) along `axis` (the last one unless given)",
                                       "c - exp(y) * sum(c)">;

def DL_LayerNormOp : DL_ValueOp<"layer_norm", 3, [], [], [Augmented, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * weight + bias, over the last axis";
  let description = [{
    `epsilon` is 1.0e-5 unless given; the variance divides by the number of elements.

    - Shapes: any with at least one axis; weight and bias [features]; the result has the input's.
    - Types: floats, all the same.
    - Gradient: through `normalize`, which it is rewritten into: `normal * weight + bias`.
    - Source: Ba, Kiros and Hinton, 2016; PyTorch's `layer_norm` over one axis.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, AnyTensor:$bias, Real:$epsilon);
}
def DL_NormalizeOp : DL_ValueOp<"normalize", 1, [], [], [Differentiable, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) over the last axis, and the 1 / sqrt(variance + epsilon) that it used";
  let description = [{
    What `layer_norm` becomes before it is differentiated: its second result is kept for the gradient.

    - Shapes: the first result has the operand's, of the second the last size is 1.
    - Types: floats.
    - Gradient: scale * (c - mean(c) - y * mean(c * y)), and what the cotangent of the scale adds.
    - Source: the definition, differentiated.
  }];
  let arguments = (ins AnyTensor:$input, Real:$epsilon);
  let results = (outs AnyTensor:$result, AnyTensor:$scale);
}
