// DLRandom.td - what draws random numbers.
// SPDX-License-Identifier: Apache-2.0

def DL_DropoutOp : DL_SyntaxOp<DL_Dialect, "dropout", 1, ["rate"], [], /*two draw two masks: not Pure*/[NotDifferentiable]> {
  let summary = "In training each element is 0 with probability `rate`, else x / (1 - rate); in inference x itself";
  let description = [{
    In training mode it becomes `dropout_mask` and a product at level `graph`, in inference mode it vanishes.

    - Shapes: any; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: c times the mask, which is computed again rather than stored.
    - Source: Srivastava et al., 2014; PyTorch's `dropout`, with masks of its own.
  }];
  let arguments = (ins AnyTensor:$input, F64Attr:$rate);
  let results = (outs AnyTensor:$result);
}
def DL_DropoutMaskOp : DL_ValueOp<"dropout_mask", 2, ["rate"], ["key"], [Generator, Costly, NotDifferentiable, FusibleOpInterface, RandomOpInterface]> {
  let summary = "0 with probability `rate`, else 1 / (1 - rate), of the shape and type of `like`";
  let description = [{
    `random` is i64[3]: seed, step, first row. Element p (row-major, counted from the very first row) takes word
    w = p / 16 mod 4 of Philox4x32-10 (Salmon et al., 2011) with the counter (c low, c high, step low, step high),
    c = p / 64 * 16 + p mod 16, and the key seed xor h (low and high half), where h is the 64-bit FNV-1a hash of
    the stream's name. It is kept if the word is at least rate * 2^32 (rounded down). So 64 elements in a row take
    the four words of 16 counters, and a vector of 16 lanes needs no shuffle. In a kernel h is given as the number `key`.

    - Shapes: those of `like`, whose values are not read; `random` is i64[3], `key` an i64 number.
    - Types: floats.
    - Gradient: none.
    - Source: Salmon et al., 2011 (Random123).
  }];
  let arguments = (ins AnyTensor:$like, AnyTensor:$random, Optional<AnyTensor>:$key, F64Attr:$rate,
                       OptionalAttr<StrAttr>:$stream);
}
def DL_DrawOp : DL_ValueOp<"draw", 2, [], ["key"], [Generator, Exact, Costly, NotDifferentiable, FusibleOpInterface, RandomOpInterface]> {
  let summary = "For each element of `like` a random number u, 0 <= u < 1: a multiple of 2^-24";
  let description = [{
    What ops that draw are made of. Element p takes a word as in `dropout_mask`; u is word / 2^32, cut off to 24 bits.

    - Shapes: those of `like`, whose values are not read; `random` is i64[3], `key` an i64 number.
    - Types: floats.
    - Gradient: none.
    - Source: Salmon et al., 2011 (Random123).
  }];
  let arguments = (ins AnyTensor:$like, AnyTensor:$random, Optional<AnyTensor>:$key, OptionalAttr<StrAttr>:$stream);
}

//===----------------------------------------------------------------------===//
// Ops that draw: each becomes others where its function is inlined
//===----------------------------------------------------------------------===//

/// Two draw different numbers: not Pure.
class DL_DrawingOp<string mnemonic, int count, list<string> positional = []>
    : DL_SyntaxOp<DL_Dialect, mnemonic, count, positional, [], [NotDifferentiable, Drawing]> {
  let results = (outs AnyTensor:$result);
}

def DL_RandomUniformOp : DL_DrawingOp<"random_uniform", 1> {
  let summary = "For each element of `like` a random number from `min` (0 unless given) up to, and without, `max` (1)";
  let description = [{
    Draws in training and in inference; what is to happen in training alone stands in a function whose call says so, or is
    one of the ops below. The numbers depend on the seed, the step, the row and the name of the result, as the mask of
    `dropout` does: on nothing else, whatever the threads, and however a batch is cut. Each has 24 random bits.

    - Shapes: any; the result has that of `like`, whose values are not read.
    - Types: floats; the result has that of `like`.
    - Gradient: none.
    - Source: min + u * (max - min), where u is what `draw` yields; PyTorch's `rand_like`.
  }];
  let arguments = (ins AnyTensor:$like, AnyNumber:$min, AnyNumber:$max);
}
def DL_RandomNormalOp : DL_DrawingOp<"random_normal", 1> {
  let summary = "For each element of `like` a random number of a normal distribution: `mean` 0 and `deviation` 1 unless given";
  let description = [{
    Draws in training and in inference, as `random_uniform`. None is further from the mean than 5.8 deviations.

    - Shapes: any; the result has that of `like`, whose values are not read.
    - Types: floats; the result has that of `like`.
    - Gradient: none.
    - Source: Box and Muller, 1958: sqrt(-2 * log(1 - u)) * cos(2 * pi * v), u of the stream of the result and v of a
      second one; PyTorch's `randn_like`.
  }];
  let arguments = (ins AnyTensor:$like, Reals:$mean, Reals:$deviation);
}
def DL_RandomBernoulliOp : DL_DrawingOp<"random_bernoulli", 1, ["rate"]> {
  let summary = "For each element of `like` 1 with probability `rate`, else 0";
  let description = [{
    Draws in training and in inference, as `random_uniform`.

    - Shapes: any; the result has that of `like`, whose values are not read.
    - Types: floats; the result has that of `like`.
    - Gradient: none.
    - Source: 1 where u < rate; PyTorch's `bernoulli`.
  }];
  let arguments = (ins AnyTensor:$like, F64Attr:$rate);
}

//===----------------------------------------------------------------------===//
// Pictures that are changed in training, each row of the batch by numbers of its own
//===----------------------------------------------------------------------===//

def DL_SampleOp : DL_DrawingOp<"sample", 1> {
  let summary = "One class for each row of scores, drawn with the probabilities softmax(scores / `temperature`)";
  let description = [{
    `temperature` is 1 unless given. Of the classes only the `top_k` of largest scores are drawn, where that is given; of what
    is left, in falling order, with `top_p` only those before which the probabilities add up to less than that. Classes that
    score the same as the last of them are drawn, too. Of scores with NaN, or with inf, the first such class is drawn. In training as in inference; calls of a session that are to draw other
    numbers have other steps.

    - Shapes: scores [..., classes] with at least one class; the result has their shape without the last axis.
    - Types: floats; the result is i32.
    - Gradient: none.
    - Source: the class of the largest score plus -log(-log(u)) (Gumbel, 1954); Holtzman and others, 2020, for `top_p`.
  }];
  let arguments = (ins AnyTensor:$scores, Real:$temperature, Option:$top_k, Real:$top_p);
}
def DL_RandomFlipOp : DL_DrawingOp<"random_flip", 1> {
  let summary = "In training each row is flipped along `axis` with probability `rate`; in inference x itself";
  let description = [{
    `axis` is -2 unless given: of pictures the width, so that left and right change places; where channels are first, the
    width is `axis = -1`. `rate` is 0.5 unless given.

    - Shapes: any with at least two axes; the result has the operand's. `axis` is not the first one.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it becomes: `flip` and `where`.
    - Source: torchvision's `RandomHorizontalFlip` and `RandomVerticalFlip`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, Real:$rate);
}
def DL_RandomCropOp : DL_DrawingOp<"random_crop", 1, ["output_size"]> {
  let summary = "In training a piece of each picture, anywhere within it and its padding; in inference the piece in the middle";
  let description = [{
    `output_size` and `padding` (0 unless given) are numbers for both axes, or lists with one for each; `padding` is zeros on
    both sides. Each place of the piece is as likely as any other. Where the middle lies between two places, it is the first.

    - Shapes: pictures [batch, height, width, channels], with `channels_first` [batch, channels, height, width]; the result has
      `output_size` there, which is at most the padded size.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it becomes: `gather` and `where`.
    - Source: torchvision's `RandomCrop` with padding, and `CenterCrop`.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$output_size, OptionalAttr<DL_PaddingAttr>:$padding,
                       UnitAttr:$channels_first);
}
def DL_RandomShiftOp : DL_DrawingOp<"random_shift", 1, ["most"]> {
  let summary = "In training each picture is moved by up to `most` places along both axes; in inference x itself";
  let description = [{
    `most` is a number for both axes, or a list with one for each. What comes in from outside is 0.

    - Shapes: pictures [batch, height, width, channels], with `channels_first` [batch, channels, height, width]; the result has
      the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it becomes: `gather` and `where`.
    - Source: `random_crop` to the same size, with a padding of `most`.
  }];
  let arguments = (ins AnyTensor:$input, DL_EachAttr:$most, UnitAttr:$channels_first);
}
def DL_RandomAffineOp : DL_DrawingOp<"random_affine", 1> {
  let summary = "In training each picture is turned, scaled, slanted and moved around its middle; in inference x itself";
  let description = [{
    Turned by up to `rotation` degrees, either way; scaled by a factor from 1 - `scale` to 1 + `scale`; slanted along the
    width by up to `shear` degrees, either way; moved by up to `translation` times the size along each axis. Each is 0 unless
    given, and evenly distributed. Places of the result read between the four neighbours of where they come from; outside
    is 0. An infinity makes NaN in places near it.

    - Shapes: pictures [batch, height, width, channels], with `channels_first` [batch, channels, height, width]; the result has
      the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it becomes: `gather` and products.
    - Source: torchvision's `RandomAffine` with bilinear interpolation.
  }];
  let arguments = (ins AnyTensor:$input, Real:$rotation, Real:$scale, Real:$shear, Real:$translation,
                       UnitAttr:$channels_first);
}
def DL_RandomEraseOp : DL_DrawingOp<"random_erase", 1> {
  let summary = "In training a rectangle of each picture is `value` (0 unless given) with probability `rate` (0.5); in inference x itself";
  let description = [{
    The rectangle has from 0.02 to `area` (0.33 unless given) of the picture, evenly distributed, and its height divided by
    its width is from 0.3 to 3.3, as is its logarithm. Its sides are rounded to whole places, and are no longer than the
    picture's; it lies anywhere within.

    - Shapes: pictures [batch, height, width, channels], with `channels_first` [batch, channels, height, width]; the result has
      the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of `where`, which it becomes.
    - Source: Zhong and others, 2017; torchvision's `RandomErasing`, which tries again where a side is too long.
  }];
  let arguments = (ins AnyTensor:$input, Real:$rate, Real:$area, AnyNumber:$value, UnitAttr:$channels_first);
}
def DL_RandomBrightnessOp : DL_DrawingOp<"random_brightness", 1, ["strength"]> {
  let summary = "In training each row is multiplied by a number from 1 - `strength` to 1 + `strength`; in inference x itself";
  let description = [{
    The least is 0 where `strength` is above 1. Results are not limited to a range.

    - Shapes: any with at least one axis; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the product that it becomes.
    - Source: torchvision's `ColorJitter`, which limits them.
  }];
  let arguments = (ins AnyTensor:$input, F64Attr:$strength);
}
def DL_RandomContrastOp : DL_DrawingOp<"random_contrast", 1, ["strength"]> {
  let summary = "In training what each row has beyond its mean is multiplied by a number from 1 - `strength` to 1 + `strength`; in inference x itself";
  let description = [{
    The mean is that of all elements of the row. The least number is 0 where `strength` is above 1. Results are not limited to a
    range.

    - Shapes: any with at least two axes; the result has the operand's.
    - Types: floats; the result has the operand's.
    - Gradient: of the ops it becomes: `mean`, `mul` and `add`.
    - Source: torchvision's `ColorJitter`, which takes the mean of a grey picture, and limits results.
  }];
  let arguments = (ins AnyTensor:$input, F64Attr:$strength);
}
def DL_MixupOp : DL_DrawingOp<"mixup", 2> {
  let summary = "In training each row and its label are mixed with those of another row of the batch; in inference both are as they are";
  let description = [{
    `%x, %label = mixup %picture, %probabilities`. Row i of n meets row n - 1 - i: s * x[i] + (1 - s) * x[n - 1 - i], and the
    same of the labels, such as `one_hot` makes. Each row draws a share s of its own from the beta distribution with
    both parameters `alpha` (1 unless given, which is even). As rows meet, a batch with this op is not cut.

    - Shapes: any two with at least one axis, the first axes agree; the results have the operands'.
    - Types: floats; the results have the operands'.
    - Gradient: of the ops it becomes: `flip` and products.
    - Source: Zhang and others, 2017. Shares by Jöhnk, 1964: the first of 16 draws that he accepts, else 1/2.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$label, Real:$alpha);
  let results = (outs AnyTensor:$result, AnyTensor:$mixed);
}
