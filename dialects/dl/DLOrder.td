// DLOrder.td - ops along an axis whose results depend on its order: running sums, and the order of elements.
// SPDX-License-Identifier: Apache-2.0

def DL_CumsumOp : DL_ValueOp<"cumsum", 1, [], [], [AlongAxis<-1>, Differentiable]> {
  let summary = "The sum of all elements up to each place along `axis` (the last one unless given)";
  let description = [{
    With `reverse`, of all elements from each place on; with `exclusive`, without the element at the place itself, so that
    the first sum (with `reverse` the last) is 0. f32 is added up in f64, and each sum is rounded once.

    - Shapes: any with at least one axis; the result has the operand's.
    - Types: all but i1; the result has the operand's, that of integers i64, as of `sum`.
    - Gradient: `cumsum` of c from the other end.
    - Source: PyTorch's `cumsum`, which widens integers, too; `reverse` and `exclusive` are ONNX's.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, UnitAttr:$reverse, UnitAttr:$exclusive);
}
def DL_TopkOp : DL_ValueOp<"topk", 1, ["k"], [], [MovesElements, AlongAxis<-1>, Differentiable]> {
  let summary = "The `k` largest elements along `axis` (the last one unless given), the largest first, and their places";
  let description = [{
    `%values, %places = topk %x, 5`. With `smallest`, the k smallest, the smallest first. Of equal elements the first comes
    first. NaN counts as largest, as in `argmax`.

    - Shapes: k is at least 1 and at most the size of the axis, which does not depend on the batch; both results have k there.
    - Types: all but i1; the values have the operand's, the places are i64.
    - Gradient: c at the places that were taken, 0 elsewhere.
    - Source: PyTorch's `topk`, which leaves open which of equal elements it takes.
  }];
  let arguments = (ins AnyTensor:$input, Number:$k, Option:$axis, UnitAttr:$smallest);
  let results = (outs AnyTensor:$result, AnyTensor:$places);
}
def DL_SortOp : DL_ValueOp<"sort", 1, [], [], [MovesElements, AlongAxis<-1>, Augmented, Decomposable]> {
  let summary = "The elements along `axis` (the last one unless given), the smallest first, and the places where they were";
  let description = [{
    `%values, %places = sort %x`. With `descending`, the largest first. Equal elements keep their order. NaN counts as
    largest. Takes n * log(n) steps for n elements; its gradient n * n, each of them for 16 elements at once.

    - Shapes: the axis has an element, and does not depend on the batch; both results have the operand's.
    - Types: all but i1; the values have the operand's, the places are i64.
    - Gradient: of `topk`, which it is rewritten into: each element of c back at its place.
    - Source: PyTorch's `sort` with `stable`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, UnitAttr:$descending);
  let results = (outs AnyTensor:$result, AnyTensor:$places);
}
def DL_ArgsortOp : DL_ValueOp<"argsort", 1, [], [], [AlongAxis<-1>, NotDifferentiable, Decomposable]> {
  let summary = "The places of the elements along `axis` (the last one unless given) in their order, the smallest first";
  let description = [{
    The second result of `sort`. With `descending`, the largest first. Equal elements keep their order. NaN counts as largest.

    - Shapes: the axis has an element, and does not depend on the batch; the result has the operand's.
    - Types: all but i1; the result is i64.
    - Gradient: none.
    - Source: PyTorch's `argsort` with `stable`.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, UnitAttr:$descending);
}
