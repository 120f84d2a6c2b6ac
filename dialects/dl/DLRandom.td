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
def DL_DropoutMaskOp : DL_ValueOp<"dropout_mask", 2, ["rate"], ["key"], [NotDifferentiable, Fusible]> {
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
