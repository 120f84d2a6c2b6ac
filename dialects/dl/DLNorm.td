// DLNorm.td - softmax and normalisation.
// SPDX-License-Identifier: Apache-2.0

class DL_SoftmaxLikeOp<string mnemonic, string formula, string gradient>
    : DL_ValueOp<mnemonic, 1, [], [], [AlongAxis<-1>, Differentiable, Decomposable]> {
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
  let summary = "(x - mean) / sqrt(variance + epsilon) over `axes` (the last one unless given), and the 1 / sqrt(variance + epsilon) that it used";
  let description = [{
    What `layer_norm`, `group_norm` and `instance_norm` become before they are differentiated: its second result is kept for the
    gradient. `epsilon` is 1.0e-5 unless given; the variance divides by the number of elements.

    - Shapes: any with at least one axis; the first result has the operand's, in the second the sizes of `axes` are 1.
    - Types: floats.
    - Gradient: scale * (c - mean(c) - y * mean(c * y)), and what the cotangent of the scale adds.
    - Source: the definition, differentiated.
  }];
  let arguments = (ins AnyTensor:$input, OptionalAttr<DL_SizesAttr>:$axes, Real:$epsilon);
  let results = (outs AnyTensor:$result, AnyTensor:$scale);
}
def DL_RmsNormOp : DL_ValueOp<"rms_norm", 2, [], [], [Augmented, Decomposable]> {
  let summary = "x / sqrt(mean(x*x) + epsilon) * weight, over the last axis";
  let description = [{
    `epsilon` is the distance from 1 to the next number of the type unless given: 2^-23 in f32, 2^-52 in f64.

    - Shapes: any with at least one axis; weight [features]; the result has the input's.
    - Types: floats, both the same.
    - Gradient: of the ops it is rewritten into: products, `mean` and `rsqrt`.
    - Source: Zhang and Sennrich, 2019; PyTorch's `rms_norm` over one axis.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, Real:$epsilon);
}
def DL_GroupNormOp : DL_ValueOp<"group_norm", 3, ["groups"], [], [Augmented, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) * weight + bias, over all places and the channels of a group";
  let description = [{
    The channels are so many equal parts, one after the other. `epsilon` is 1.0e-5 unless given; the variance divides by the
    number of elements.

    - Shapes: an input [batch, ..., channels], with `channels_first` [batch, channels, ...]; weight and bias [channels]; the
      result has the input's.
    - Types: floats, all the same.
    - Gradient: through `normalize`, which it is rewritten into: `normal * weight + bias`.
    - Source: Wu and He, 2018; PyTorch's `group_norm`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, AnyTensor:$bias, Number:$groups, Real:$epsilon,
                       UnitAttr:$channels_first);
}
def DL_InstanceNormOp : DL_ValueOp<"instance_norm", 1, [], [], [Augmented, Decomposable]> {
  let summary = "(x - mean) / sqrt(variance + epsilon) over all places of a channel";
  let description = [{
    `epsilon` is 1.0e-5 unless given; the variance divides by the number of places. A weight for each channel is a `mul`, a bias
    an `add`, as in `nn.instance_norm`.

    - Shapes: an input [batch, ..., channels], with `channels_first` [batch, channels, ...], with at least one axis between; the
      result has the input's.
    - Types: floats; the result has the operand's.
    - Gradient: through `normalize`, which it is rewritten into.
    - Source: Ulyanov, Vedaldi and Lempitsky, 2016; PyTorch's `instance_norm` without running statistics, with channels
      last unless said.
  }];
  let arguments = (ins AnyTensor:$input, Real:$epsilon, UnitAttr:$channels_first);
}
def DL_StandardizeOp : DL_ValueOp<"standardize", 1, [], [], [Augmented, Decomposable]> {
  let summary = "(x - mean) / deviation, with constants for each channel";
  let description = [{
    `standardize %x, mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225]`. Each is a number for all channels, or
    a list with one for each; `mean` is 0 and `deviation` 1 unless given.

    - Shapes: any input [..., channels], with `channels_first` [batch, channels, ...]; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it is rewritten into: c / deviation.
    - Source: torchvision's `Normalize`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, Reals:$mean, Reals:$deviation, UnitAttr:$channels_first);
}
def DL_LocalResponseNormOp : DL_ValueOp<"local_response_norm", 1, ["size"], [], [Augmented, Decomposable]> {
  let summary = "x / (offset + alpha * m)^beta, m the mean of the squares of `size` neighbouring channels";
  let description = [{
    The neighbours are those from `size / 2` channels before up to (size - 1) / 2 behind; those that there are not count as
    0. `alpha` is 1.0e-4, `beta` 0.75 and `offset` 1 unless given.

    - Shapes: an input [batch, ..., channels], with `channels_first` [batch, channels, ...]; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it is rewritten into: `avg_pool`, `pow` and `div`.
    - Source: Krizhevsky and others, 2012; PyTorch's `local_response_norm`, where `offset` is called k, with channels last
      unless said.
  }];
  let arguments = (ins AnyTensor:$input, Number:$size, Real:$alpha, Real:$beta, Real:$offset,
                       UnitAttr:$channels_first);
}
