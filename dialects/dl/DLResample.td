// DLResample.td - pictures and signals of other sizes.
// SPDX-License-Identifier: Apache-2.0

def DL_UpsampleOp : DL_ValueOp<"upsample", 1, [], [], [Augmented, Decomposable]> {
  let summary = "A signal or a picture of another size, each place read from the nearest one, or between its neighbours";
  let description = [{
    `scale_factor` is a whole number for all axes between batch and channels, or a list with one for each; `output_size` is the
    size itself, which may be smaller. `mode` is `nearest` (the default): place i of n reads place floor(i * size / n). Or it is
    `linear` for one axis, `bilinear` for two, `trilinear` for three: place i reads between the neighbours of
    (i + 1/2) * size / n - 1/2, which lies in the first or the last place where it is beyond them; with `align_corners` of
    i * (size - 1) / (n - 1), so that the first and the last place stay what they are. Between neighbours, weights of 0 are
    multiplied as well: an infinity makes NaN in places near it, with `align_corners` all along the axis.

    - Shapes: an input [batch, ..., channels] with one to three axes between; the result has the new sizes there. With
      `channels_first`, channels are axis 1 of both.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it is rewritten into: `broadcast` and `reshape`, or `contract` along each axis.
    - Source: PyTorch's `interpolate`, with channels last unless said; where `nearest` meets a whole number exactly, that place is read.
  }];
  let arguments = (ins AnyTensor:$input, OptionalAttr<DL_EachAttr>:$scale_factor, OptionalAttr<DL_EachAttr>:$output_size,
                       OptionalAttr<StrAttr>:$mode, UnitAttr:$align_corners, UnitAttr:$channels_first);
}
def DL_AdaptiveAvgPoolOp : DL_ValueOp<"adaptive_avg_pool", 1, ["output_size"], [], [Augmented, Decomposable]> {
  let summary = "The means of so many parts of a signal or a picture";
  let description = [{
    Along an axis, part i of n goes from floor(i * size / n) up to, and without, ceil((i + 1) * size / n): parts may overlap by
    one element. `output_size` is a number for all axes between batch and channels, or a list with one for each.

    - Shapes: an input [batch, ..., channels] with one to three axes between; the result has `output_size` there. With
      `channels_first`, channels are axis 1 of both.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it is rewritten into: `mean`, or `contract` along each axis.
    - Source: PyTorch's `adaptive_avg_pool1d` to `adaptive_avg_pool3d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$output_size, UnitAttr:$channels_first);
}
def DL_PixelShuffleOp : DL_ValueOp<"pixel_shuffle", 1, ["upscale_factor"], [], [MovesElements, Augmented, Decomposable]> {
  let summary = "A picture that is larger by a factor r, and has r * r times fewer channels: each place becomes a square of r x r";
  let description = [{
    Channel (k * r + i) * r + j of a place is channel k of the element (i, j) of its square.

    - Shapes: an input [batch, height, width, channels]; the result is [batch, height * r, width * r, channels / (r * r)].
      With `channels_first`, channels are axis 1 of both.
    - Types: any; the result has the operand's.
    - Gradient: of `reshape` and `transpose`, which it is rewritten into.
    - Source: Shi and others, 2016; PyTorch's `pixel_shuffle`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, Number:$upscale_factor, UnitAttr:$channels_first);
}
