// DLShape.td - ops that move elements.
// SPDX-License-Identifier: Apache-2.0

def DL_ReshapeOp : DL_ValueOp<"reshape", 1, ["shape"], [], [View, Differentiable]> {
  let summary = "The same elements in row-major order under another shape; one size may be `?`";
  let description = [{
    - Shapes: the number of elements stays; the sizes of the batch stay multiples of it.
    - Types: any; the result has the operand's.
    - Gradient: c in the operand's shape.
    - Source: PyTorch's `reshape`.
  }];
  let arguments = (ins AnyTensor:$input, DL_SizesAttr:$shape);
  let hasFolder = 1;
}
def DL_TransposeOp : DL_ValueOp<"transpose", 1, ["permutation"], [], [AffineView, Differentiable]> {
  let summary = "Axis i of the result is axis permutation[i] of the input";
  let description = [{
    - Shapes: each axis stands in `permutation` once.
    - Types: any; the result has the operand's.
    - Gradient: c with the inverse permutation.
    - Source: NumPy's `transpose`, PyTorch's `permute`.
  }];
  let arguments = (ins AnyTensor:$input, DL_SizesAttr:$permutation);
  let hasFolder = 1;
}
def DL_BroadcastOp : DL_ValueOp<"broadcast", 1, ["shape"], [], [AffineView, Differentiable]> {
  let summary = "The input stretched to a shape, as in NumPy";
  let description = [{
    - Shapes: axes are matched from the last on; those of size 1 are stretched, missing ones added.
    - Types: any; the result has the operand's.
    - Gradient: c summed over the axes that were stretched.
    - Source: NumPy's `broadcast_to`.
  }];
  let arguments = (ins AnyTensor:$input, DL_SizesAttr:$shape);
  let hasFolder = 1;
}
def DL_SliceOp : DL_ValueOp<"slice", 1, [], [], [AffineView, AlongAxis<0>, Differentiable]> {
  let summary = "`size` elements along `axis`, from `start` (0 unless given) on";
  let description = [{
    - Shapes: `axis` and `size` are needed; elements must be within the axis. Where it depends on the batch, so do
      `start` and `size`: `slice %x, axis = 0, start = batch, size = batch` of a [2 * batch, ...].
    - Types: any; the result has the operand's.
    - Gradient: c among zeros.
    - Source: PyTorch's `narrow`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, Option:$start, Option:$size);
  let hasFolder = 1;
}
def DL_SelectOp : DL_ValueOp<"select", 1, [], [], [AffineView, AlongAxis<0>, Differentiable]> {
  let summary = "The elements at `index` along `axis`, which is dropped; a negative index counts from the end";
  let description = [{
    - Shapes: `axis` and `index` are needed. An axis of the batch cannot be cut.
    - Types: any; the result has the operand's.
    - Gradient: c among zeros.
    - Source: PyTorch's `select`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, Option:$index);
}
def DL_FlipOp : DL_ValueOp<"flip", 1, [], [], [AffineView, Differentiable]> {
  let summary = "The elements in the other order along `axes` (all of them if none are given)";
  let description = [{
    Along the batch, the last row of the call comes first: a batch with such an op is not cut.

    - Shapes: any; the result has the operand's.
    - Types: any; the result has the operand's.
    - Gradient: c, flipped along the same axes.
    - Source: NumPy's `flip`.
  }];
  let arguments = (ins AnyTensor:$input, OptionalAttr<DL_SizesAttr>:$axes);
  let hasFolder = 1;
}
def DL_ShiftOp : DL_ValueOp<"shift", 1, [], [], [MovesElements, DeclareOpInterfaceMethods<FusibleOpInterface, ["getAccessMaps"]>, Differentiable]> {
  let summary = "The elements moved on by `by` places (0 unless given) along `axis`; `value` (0 unless given) comes in from outside";
  let description = [{
    y[..., t, ...] = x[..., t - by, ...]: `shift %x, axis = 1, by = 1` is what was there a step before. With `step`, element i of
    the axis behind is moved by `by - i * step`; and `count` makes so many elements of that axis, which has one. So
    `shift %x, axis = 1, by = 2, step = 1, count = 3` of a [batch, time, 1, channels] is [batch, time, 3, channels], the windows
    of a causal convolution: y[b, t, i, c] = x[b, t - 2 + i, 0, c].

    - Shapes: `axis` is needed; it may be open, but rows of the batch stay where they are. With `step`, the axis behind has a size
      that is a number; with `count`, it has 1 element. The result has the operand's shape, but for `count`.
    - Types: any that can hold `value`; the result has the operand's.
    - Gradient: c moved back, with zeros from outside, and summed over what `count` made of one.
    - Source: `pad` of one end and `slice` of the other, which an open axis does not allow; PyTorch's `roll` turns around instead.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, Option:$by, Option:$step, Option:$count, AnyNumber:$value);
  let hasFolder = 1;
}
def DL_ConcatOp : DL_ValueOp<"concat", -1, [], [], [MovesElements, AlongAxis<0>, Differentiable]> {
  let summary = "The inputs one after the other along `axis` (the first one unless given)";
  let description = [{
    - Shapes: all sizes but that of `axis` agree.
    - Types: any, all the same.
    - Gradient: each input its slice of c.
    - Source: PyTorch's `cat`.
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs, Option:$axis);
  let hasFolder = 1;
}
def DL_SplitOp : DL_ValueOp<"split", 1, ["count"], [], [MovesElements, AlongAxis<-1>, Differentiable, Decomposable]> {
  let summary = "`count` equal parts along `axis` (the last one unless given)";
  let description = [{
    - Shapes: the size of the axis is a multiple of `count`; not an axis of the batch.
    - Types: any; the result has the operand's.
    - Gradient: the cotangents of the parts, one after the other.
    - Source: NumPy's `split` into equal sections (the last axis unless given).
  }];
  let arguments = (ins AnyTensor:$input, Number:$count, Option:$axis);
  let results = (outs Variadic<AnyTensor>:$parts);
}
def DL_PadOp : DL_ValueOp<"pad", 1, [], [], [MovesElements, Augmented, Decomposable]> {
  let summary = "`low[i]` and `high[i]` elements before and after axis i, of `value` (0 unless given) or of what `mode` says";
  let description = [{
    `mode` is `constant` (the default); `reflect`: the elements beside the first and the last one, in the other order; `replicate`:
    the first and the last element; or `circular`: those of the other end. A convolution pads so with `padding_mode`.

    - Shapes: `low` and `high` have one number, at least 0, for each axis; an axis of the batch has 0. With `reflect` they are
      less than the size of the axis, with `circular` no more; with `replicate` there is an element.
    - Types: any that can hold `value`; the result has the operand's.
    - Gradient: the slice of c that lies over the input; in other modes of the ops it is rewritten into, `concat`, `slice`
      and `flip`, so that an element has the sum of c at all places that read it.
    - Source: NumPy's `pad` with a constant, `reflect`, `edge` and `wrap`; the names of modes are those of PyTorch.
  }];
  let arguments = (ins AnyTensor:$input, OptionalAttr<DL_SizesAttr>:$low, OptionalAttr<DL_SizesAttr>:$high, AnyNumber:$value,
                       OptionalAttr<StrAttr>:$mode);
}
def DL_OneHotOp : DL_ValueOp<"one_hot", 1, ["depth", "type"], [], [Exact, NotDifferentiable, Decomposable]> {
  let summary = "For each index `depth` elements of `type`, 1 at the index and 0 elsewhere";
  let description = [{
    `one_hot %label, 10, f32`. An index out of range is found before anything is computed, and reported with its row.

    - Shapes: any index [...]; the result is [..., depth].
    - Types: i32, i64 or ui8 as index; the result has `type`, which may be any.
    - Gradient: none.
    - Source: PyTorch's `one_hot`, whose result is i64.
  }];
  let arguments = (ins AnyTensor:$index, Number:$depth, TypeAttr:$type);
}
def DL_ReadOp : DL_ValueOp<"read", 1, [], ["at"], [MovesElements, AlongAxis<0>, Differentiable]> {
  let summary = "`size` elements along `axis` (0 unless given), from the place `at` on, which the call gives";
  let description = [{
    `read %x, at = %first, axis = 1, size = 3`: a `slice` whose start is a number of the call. A place from which not all
    elements lie within the axis is found before memory is touched, and reported.

    - Shapes: `at` is one number; the axis does not depend on the batch; the result has `size` elements along it.
    - Types: any; the result has the operand's; `at` is an integer.
    - Gradient: the cotangent, written into zeros.
    - Source: StableHLO's `dynamic_slice`, which moves the place into the axis instead.
  }];
  let arguments = (ins AnyTensor:$input, Optional<AnyTensor>:$at, Option:$axis, Option:$size);
}
def DL_WriteOp : DL_ValueOp<"write", 2, [], ["at"], [MovesElements, AlongAxis<0>, Differentiable]> {
  let summary = "x, with `value` in place of its elements along `axis` (0 unless given) from the place `at` on";
  let description = [{
    `write %x, %value, at = %first, axis = 1`. Where x is what a call remembers and nothing reads the old one later, only
    `value` is written; else x is copied first. A place at which `value` does not lie within the axis is found before memory
    is touched, and reported.

    - Shapes: `value` has x's sizes but along the axis, where it has at most as many, and which does not depend on the batch;
      `at` is one number; the result has x's.
    - Types: any, the same for both; `at` is an integer.
    - Gradient: c with zeros in place of those elements; for `value` those elements of c.
    - Source: StableHLO's `dynamic_update_slice`, which moves the place into the axis instead.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$value, Optional<AnyTensor>:$at, Option:$axis);
}
def DL_GatherOp : DL_ValueOp<"gather", 2, [], [], [MovesElements, Costly, Fusible, Differentiable]> {
  let summary = "Rows of a table: result[i..., :] = table[index[i...], :]";
  let description = [{
    An index out of range is found before memory is touched and reported with its row. With `batch_dims = 1`, each element of
    the first axis has a table of its own: result[b, i..., :] = table[b, index[b, i...], :].

    - Shapes: a table [rows, features], any index [...]; the result is [..., features]. With `batch_dims = 1`, a table
      [batch, rows, features] and an index [batch, ...].
    - Types: any table; i32, i64 or ui8 as index.
    - Gradient: of the table: `scatter_add` of c; of the index: none.
    - Source: ONNX's `Gather` along axis 0; PyTorch's `embedding`; TensorFlow's `batch_dims`.
  }];
  let arguments = (ins AnyTensor:$table, AnyTensor:$index, Option:$batch_dims);
}
def DL_ScatterAddOp : DL_ValueOp<"scatter_add", 2, ["count"], [], [NotDifferentiable]> {
  let summary = "A table of `count` rows, 0 but for the updates added up: result[index[i...], :] += update[i..., :]";
  let description = [{
    The gradient of `gather`. Updates are added in the order of their rows. With `batch_dims = 1`, each element of the first
    axis has a table of its own.

    - Shapes: an index [...], updates [..., features]; the result is [count, features], with `batch_dims = 1`
      [batch, count, features].
    - Types: integers as index; any updates.
    - Gradient: none: a gradient is not differentiated twice through it.
    - Source: PyTorch's `index_add_` to zeros.
  }];
  let arguments = (ins AnyTensor:$index, AnyTensor:$update, Number:$count, Option:$batch_dims);
}
def DL_CheckIndexOp : DL_ValueOp<"check_index", 1, ["limit"], [], [NotDifferentiable]> {
  let summary = "The input, once each element is known to be at least 0 and below `limit`";
  let description = [{
    The call fails with the place of this op, the row and the value otherwise. `ignore_index` is let through.

    - Shapes: any; the result has the operand's.
    - Types: integers.
    - Gradient: none.
    - Source: made by the compiler before `gather` and where labels are read.
  }];
  let arguments = (ins AnyTensor:$input, Number:$limit, Option:$ignore_index, OptionalAttr<StrAttr>:$op);
}
def DL_IotaOp : DL_ValueOp<"iota", 1, [], ["start"], [Generator, AlongAxis<-1>, NotDifferentiable, DeclareOpInterfaceMethods<FusibleOpInterface, ["getAccessMaps"]>]> {
  let summary = "start, start + 1, ... along `axis` (the last one unless given) of a tensor of this shape";
  let description = [{
    - Shapes: those of `like`, whose values are not read; `start` is one number.
    - Types: the result is i32, or i64 with `type = i64`, which an axis of 2^31 elements needs; `start` has its type.
    - Gradient: none.
    - Source: StableHLO's `iota`.
  }];
  let arguments = (ins AnyTensor:$like, Optional<AnyTensor>:$start, Option:$axis, OptionalAttr<TypeAttr>:$type);
}
