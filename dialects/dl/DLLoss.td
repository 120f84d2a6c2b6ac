// DLLoss.td - losses and metrics: one number for all rows.
// SPDX-License-Identifier: Apache-2.0

def DL_CrossEntropyOp : DL_ValueOp<"cross_entropy", 2, [], [], [Augmented, Decomposable]> {
  let summary = "The mean of -log(softmax(score)) at the target";
  let description = [{
    `target` holds integers [...] for scores [..., classes], or probabilities of the scores' own shape. With
    integers, rows whose target is `ignore_index` do not count; the mean divides by those that do, and is 0 where none
    does, as are its gradients. With `label_smoothing` = s the target's share is 1 - s, and s is spread evenly over all
    classes (PyTorch's definition, for probabilities too).

    - Shapes: scores [..., classes]; targets [...] or, as probabilities, [..., classes]. The result is a number.
    - Types: floats; integers, or the scores' own type, as target.
    - Gradient: through what it is rewritten into, `log_softmax` and a mean; none for the target's integers.
    - Source: PyTorch's `cross_entropy` with reduction "mean", which is NaN where no row counts.
  }];
  let arguments = (ins AnyTensor:$score, AnyTensor:$target, Option:$ignore_index, Real:$label_smoothing);
}
def DL_MseLossOp : DL_ValueOp<"mse_loss", 2, [], [], [Augmented, Decomposable]> {
  let summary = "The mean of (a - b)^2";
  let description = [{
    - Shapes: two tensors of one shape; the result is a number.
    - Types: floats, both the same.
    - Gradient: through what it is rewritten into: 2 (a - b) / count * c, and the negative.
    - Source: PyTorch's `mse_loss` with reduction "mean".
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
}
def DL_AccuracyOp : DL_ValueOp<"accuracy", 2, [], [], [NotDifferentiable, Decomposable]> {
  let summary = "The share of rows whose target is among the `k` highest scores (1 unless given)";
  let description = [{
    Of equal scores the lower class counts as higher. Rows whose target is `ignore_index` do not count; where none
    does, the result is 0.

    - Shapes: scores [..., classes], targets [...]. The result is a number.
    - Types: floats, integers as target; the result has the scores'.
    - Gradient: none.
    - Source: Keras's `SparseTopKCategoricalAccuracy`, with ties settled.
  }];
  let arguments = (ins AnyTensor:$score, AnyTensor:$target, Option:$k, Option:$ignore_index);
}
