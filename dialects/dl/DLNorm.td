// DLNorm.td - softmax and normalisation.
// SPDX-License-Identifier: Apache-2.0

class DL_SoftmaxLikeOp<string mnemonic, string formula>
    : DL_ValueOp<mnemonic, 1, [], [], [Differentiable, Decomposable]> {
  let summary = formula;
  let arguments = (ins AnyTensor:$input, Option:$axis);
}
def DL_SoftmaxOp    : DL_SoftmaxLikeOp<"softmax", "exp(x) / sum(exp(x)) along `axis` (the last one unless given)">;
def DL_LogSoftmaxOp : DL_SoftmaxLikeOp<"log_softmax", "x - log(sum(exp(x))) along `axis` (the last one unless given)">;

def DL_LayerNormOp : DL_ValueOp<"layer_norm", 3, [], [], [Augmented, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * weight + bias, over the last axis";
  let description = "`epsilon` is 1.0e-5 unless given; the variance divides by the number of elements.";
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, AnyTensor:$bias, Real:$epsilon);
}
def DL_NormalizeOp : DL_ValueOp<"normalize", 1, [], [], [Differentiable, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) over the last axis, and the 1 / sqrt(variance + epsilon) that it used";
  let description = "What `layer_norm` becomes before it is differentiated: its second result is kept for the gradient.";
  let arguments = (ins AnyTensor:$input, Real:$epsilon);
  let results = (outs AnyTensor:$result, AnyTensor:$scale);
}
