// DLLoss.td - losses and metrics: one number for all rows.
// SPDX-License-Identifier: Apache-2.0

def DL_CrossEntropyOp : DL_ValueOp<"cross_entropy", 2, [], [], [Augmented, Decomposable]> {
  let summary = "The mean of -log(softmax(score)) at the target";
  let description = [{
    `target` holds integers [...] for scores [..., classes], or probabilities of the scores' own shape. With
    integers, rows whose target is `ignore_index` do not count; the mean divides by those that do. With
    `label_smoothing` = s the target's share is 1 - s, and s is spread evenly over all classes (PyTorch's
    definition, for probabilities too).
  }];
  let arguments = (ins AnyTensor:$score, AnyTensor:$target, Option:$ignore_index, Real:$label_smoothing);
}
def DL_MseLossOp : DL_ValueOp<"mse_loss", 2, [], [], [Augmented, Decomposable]> {
  let summary = "The mean of (a - b)^2";
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
}
def DL_AccuracyOp : DL_ValueOp<"accuracy", 2, [], [], [NotDifferentiable, Decomposable]> {
  let summary = "The share of rows whose target is among the `k` highest scores (1 unless given)";
  let description = [{
    Of equal scores the lower class counts as higher. Rows whose target is `ignore_index` do not count.
  }];
  let arguments = (ins AnyTensor:$score, AnyTensor:$target, Option:$k, Option:$ignore_index);
}
