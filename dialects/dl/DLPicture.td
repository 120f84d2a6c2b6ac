// DLPicture.td - windows over pictures and signals: convolutions and poolings.
// SPDX-License-Identifier: Apache-2.0

class DL_ConvolutionOp<string mnemonic, string sizes, string kernels, string places>
    : DL_ValueOp<mnemonic, 2, [], [], [Augmented, Decomposable]> {
  let summary = "Each window of the input times each filter, summed over the window's elements and channels";
  let description = !strconcat([{
    Not flipped: what is called convolution in neural networks. `stride`, `dilation` and `padding` are numbers, or lists with
    one for each axis; `padding` may be pairs [before, after], `valid` (none, the default), or `same`: ceil(size / stride)
    windows, and where the padding is odd, as that of an even kernel is, one more after than before. `padding_mode` says what
    the padding holds: `zeros` (the default), or what `pad` puts there with `mode = reflect`, `replicate` or `circular`. With
    `groups`, the channels of input and result are so many equal parts, and each part of the result reads its own part of the
    input.

    - Shapes: an input }], sizes, [{ and filters }], kernels, [{; the result is }], places, [{.
      With `channels_first`, the channels of the input and the features of the result are axis 1. Along an open axis windows
      move by 1, and the padding, `same` or numbers, makes one for each element.
    - Types: floats, both the same.
    - Gradient: through `pad`, or `shift` along an open axis, and `contract`, which it is rewritten into.
    - Source: PyTorch's `}], mnemonic, [{` (`padding_mode`: its layer's), with channels last unless said; TensorFlow's `same`
      where steps are longer than one.
  }]);
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding,
                       OptionalAttr<DL_EachAttr>:$dilation, Option:$groups, OptionalAttr<StrAttr>:$padding_mode,
                       UnitAttr:$channels_first);
}
def DL_Conv1dOp : DL_ConvolutionOp<"conv1d", "[batch, length, channels]", "[features, channels / groups, length]",
                                   "[batch, places, features]">;
def DL_Conv2dOp : DL_ConvolutionOp<"conv2d", "[batch, height, width, channels]",
                                   "[features, channels / groups, height, width]", "[batch, rows, columns, features]">;
def DL_Conv3dOp : DL_ConvolutionOp<"conv3d", "[batch, depth, height, width, channels]",
                                   "[features, channels / groups, depth, height, width]",
                                   "[batch, layers, rows, columns, features]">;

class DL_ConvolutionTransposeOp<string mnemonic, string sizes, string kernels, string places>
    : DL_ValueOp<mnemonic, 2, [], [], [Augmented, Decomposable]> {
  let summary = "What a convolution does to the gradient of its result: each element of the input times each filter, added up where "
                "the filters overlap";
  let description = !strconcat([{
    Along an axis the result has (size - 1) * stride + dilation * (kernel - 1) + 1 + output_padding places, less the padding,
    which is cut off at both ends. `stride`, `dilation`, `padding` and `output_padding` are numbers, or lists with one for each
    axis; `padding` may be pairs [before, after]. `output_padding` is less than the stride or the dilation. With `groups`, the
    channels of input and result are so many equal parts, and each part of the result is made of its own part of the input.

    - Shapes: an input }], sizes, [{ and filters }], kernels, [{; the result is }], places, [{.
      With `channels_first`, the channels of the input and the features of the result are axis 1.
    - Types: floats, both the same.
    - Gradient: through `contract`, which it is rewritten into.
    - Source: PyTorch's `}], !subst("_transpose", "", !subst("conv", "conv_transpose", mnemonic)), [{`, with channels last
      unless said.
  }]);
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding,
                       OptionalAttr<DL_EachAttr>:$output_padding, OptionalAttr<DL_EachAttr>:$dilation, Option:$groups,
                       UnitAttr:$channels_first);
}
def DL_Conv1dTransposeOp
    : DL_ConvolutionTransposeOp<"conv1d_transpose", "[batch, length, channels]", "[channels, features / groups, length]",
                                "[batch, places, features]">;
def DL_Conv2dTransposeOp
    : DL_ConvolutionTransposeOp<"conv2d_transpose", "[batch, height, width, channels]",
                                "[channels, features / groups, height, width]", "[batch, rows, columns, features]">;

def DL_MaxPoolOp : DL_ValueOp<"max_pool", 1, ["kernel"], [], [Exact, Differentiable, Decomposable]> {
  let summary = "The largest element of each window, for each channel";
  let description = [{
    `max_pool %x, 2` has windows of 2 x 2 elements of a picture, or of 2 of a signal; `max_pool %x, [2, 3]` others. `stride` is
    that of the kernel unless given; `padding` and `dilation` are those of `conv2d`, and what is padded is never the largest.
    With `ceil_mode`, a last window may reach beyond the padding, if it begins before it.

    - Shapes: an input [batch, ..., channels] with one to three axes between; the result has the windows' places there. With
      `channels_first`, channels are axis 1 of both. Along an open axis windows move by 1, and the padding makes one for each
      element.
    - Types: floats; the result has the operand's.
    - Gradient: c at the first of the largest elements of a window, in row-major order.
    - Source: PyTorch's `max_pool1d` to `max_pool3d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$kernel, OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding,
                       OptionalAttr<DL_EachAttr>:$dilation, UnitAttr:$ceil_mode, UnitAttr:$channels_first);
}
def DL_AvgPoolOp : DL_ValueOp<"avg_pool", 1, ["kernel"], [], [Augmented, Decomposable]> {
  let summary = "The mean of each window, for each channel";
  let description = [{
    `kernel`, `stride`, `padding` and `ceil_mode` are those of `max_pool`. What is padded counts as zeros; with
    `count_include_pad = false` a window is divided by the number of its elements that are not padding. What a last window has
    beyond the padding, with `ceil_mode`, never counts.

    - Shapes: those of `max_pool`.
    - Types: floats; the result has the operand's.
    - Gradient: through `contract`, which it is rewritten into.
    - Source: PyTorch's `avg_pool1d` to `avg_pool3d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$kernel, OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding,
                       OptionalAttr<BoolAttr>:$count_include_pad, UnitAttr:$ceil_mode, UnitAttr:$channels_first);
}
def DL_LpPoolOp : DL_ValueOp<"lp_pool", 1, ["kernel"], [], [Augmented, Decomposable]> {
  let summary = "(sum of x^p)^(1/p) over each window, for each channel";
  let description = [{
    p is `norm_type`, a number above 0 (2 unless given). `kernel` and `stride` are those of `max_pool`; there is no padding. With
    `ceil_mode` a last window that reaches beyond the input has the mean of the powers that there are, times the elements of a
    whole window. x^p is that of `pow`: with an odd p it may be negative, and so may be the sum, whose root is then NaN unless
    p is 1.

    - Shapes: those of `max_pool`.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it is rewritten into, `pow` and `avg_pool`; 0 where the sum is 0.
    - Source: PyTorch's `lp_pool1d` to `lp_pool3d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$kernel, Real:$norm_type, OptionalAttr<DL_EachAttr>:$stride,
                       UnitAttr:$ceil_mode, UnitAttr:$channels_first);
}
def DL_FlattenOp : DL_ValueOp<"flatten", 1, [], [], [MovesElements, Augmented, Decomposable]> {
  let summary = "The axes from `axis` (1 unless given) on as one";
  let description = [{
    - Shapes: any with more axes than `axis`.
    - Types: any; the result has the operand's.
    - Gradient: of `reshape`, which it is rewritten into.
    - Source: PyTorch's `nn.Flatten`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis);
}
