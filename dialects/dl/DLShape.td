// DLShape.td - ops that move elements.
// SPDX-License-Identifier: Apache-2.0

def DL_ReshapeOp : DL_ValueOp<"reshape", 1, ["shape"], [], [Differentiable]> {
  let summary = "The same elements in row-major order under another shape; one size may be `?`";
  let arguments = (ins AnyTensor:$input, ArrayAttr:$shape);
  let hasFolder = 1;
}
def DL_TransposeOp : DL_ValueOp<"transpose", 1, ["permutation"], [], [Fusible, Differentiable]> {
  let summary = "Axis i of the result is axis permutation[i] of the input";
  let arguments = (ins AnyTensor:$input, ArrayAttr:$permutation);
  let hasFolder = 1;
}
def DL_BroadcastOp : DL_ValueOp<"broadcast", 1, ["shape"], [], [Fusible, Differentiable]> {
  let summary = "The input stretched to a shape, as in NumPy";
  let arguments = (ins AnyTensor:$input, ArrayAttr:$shape);
  let hasFolder = 1;
}
def DL_SliceOp : DL_ValueOp<"slice", 1, [], [], [Fusible, Differentiable]> {
  let summary = "`size` elements along `axis`, from `start` (0 unless given) on";
  let arguments = (ins AnyTensor:$input, Option:$axis, Option:$start, Option:$size);
  let hasFolder = 1;
}
def DL_SelectOp : DL_ValueOp<"select", 1, [], [], [Fusible, Differentiable]> {
  let summary = "The elements at `index` along `axis`, which is dropped; a negative index counts from the end";
  let arguments = (ins AnyTensor:$input, Option:$axis, Option:$index);
}
def DL_ConcatOp : DL_ValueOp<"concat", -1, [], [], [Differentiable]> {
  let summary = "The inputs one after the other along `axis` (the first one unless given)";
  let arguments = (ins Variadic<AnyTensor>:$inputs, Option:$axis);
  let hasFolder = 1;
}
def DL_SplitOp : DL_ValueOp<"split", 1, ["count"], [], [Differentiable, Decomposable]> {
  let summary = "`count` equal parts along `axis` (the last one unless given)";
  let arguments = (ins AnyTensor:$input, Number:$count, Option:$axis);
  let results = (outs Variadic<AnyTensor>:$parts);
}
def DL_PadOp : DL_ValueOp<"pad", 1, [], [], [Differentiable]> {
  let summary = "`low[i]` and `high[i]` elements of `value` (0 unless given) before and after axis i";
  let arguments = (ins AnyTensor:$input, OptionalAttr<ArrayAttr>:$low, OptionalAttr<ArrayAttr>:$high, Real:$value);
}
def DL_GatherOp : DL_ValueOp<"gather", 2, [], [], [Fusible, Differentiable]> {
  let summary = "Rows of a table: result[i..., :] = table[index[i...], :]";
  let description = [{
    ONNX's Gather along axis 0. An index out of range is found before memory is touched and reported with its row.
  }];
  let arguments = (ins AnyTensor:$table, AnyTensor:$index);
}
def DL_ScatterAddOp : DL_ValueOp<"scatter_add", 2, ["count"], [], [NotDifferentiable]> {
  let summary = "A table of `count` rows, 0 but for the updates added up: result[index[i...], :] += update[i..., :]";
  let description = "The gradient of `gather`. Updates are added in the order of their rows.";
  let arguments = (ins AnyTensor:$index, AnyTensor:$update, Number:$count);
}
def DL_CheckIndexOp : DL_ValueOp<"check_index", 1, ["limit"], [], [NotDifferentiable]> {
  let summary = "The input, once each element is known to be at least 0 and below `limit`";
  let description = [{
    The call fails with the place of this op, the row and the value otherwise. `ignore_index` is let through.
  }];
  let arguments = (ins AnyTensor:$input, Number:$limit, Option:$ignore_index, OptionalAttr<StrAttr>:$op);
}
def DL_IotaOp : DL_ValueOp<"iota", 1, [], ["start"], [NotDifferentiable, Fusible]> {
  let summary = "start, start + 1, ... along `axis` (the last one unless given) of a tensor of this shape, as i32";
  let arguments = (ins AnyTensor:$like, Optional<AnyTensor>:$start, Option:$axis);
}
