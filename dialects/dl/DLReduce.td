// DLReduce.td - ops that sum up axes.
// SPDX-License-Identifier: Apache-2.0

class DL_ReduceOp<string mnemonic, string formula, string types, string gradient, string source, list<Trait> traits,
                  string result = "the operand's">
    : DL_ValueOp<mnemonic, 1, [], [], !listconcat([Reduction, Differentiable], traits)> {
  let summary = formula;
  let description = !strconcat([{
    Over `axes` (negative ones count from the end), or over all of them if none are given. `keepdim` keeps the
    reduced axes with size 1. Over nothing: sum 0, mean NaN, amax -inf, amin +inf (integers: the least and
    the greatest).

    - Shapes: any.
    - Types: }], types, "; the result has ", result, ".\n    - Gradient: ", gradient, ".\n    - Source: ", source, ".\n  ");
  let arguments = (ins AnyTensor:$input, OptionalAttr<DL_SizesAttr>:$axes, UnitAttr:$keepdim);
}
def DL_SumOp  : DL_ReduceOp<"sum", "the sum over axes", "all but i1", "c, stretched",
                            "PyTorch's `sum`, which widens integers, too", [Fusible],
                            "the operand's, that of integers i64, so that many small ones do not wrap around">;
def DL_MeanOp : DL_ReduceOp<"mean", "the mean over axes; floats only", "floats", "c / count, stretched", "PyTorch's `mean`",
                            [Decomposable]>;
def DL_AmaxOp : DL_ReduceOp<"amax", "the largest over axes; NaN if one is; ties share the gradient equally", "all but i1",
                            "c where x = y, divided by how many there are", "PyTorch's `amax`", [Exact, Fusible]>;
def DL_AminOp : DL_ReduceOp<"amin", "the smallest over axes; NaN if one is; ties share the gradient equally", "all but i1",
                            "c where x = y, divided by how many there are", "PyTorch's `amin`", [Exact, Fusible]>;

def DL_ArgmaxOp : DL_ValueOp<"argmax", 1, [], [], [AlongAxis<-1>, NotDifferentiable, Decomposable]> {
  let summary = "Where the largest lies along `axis` (the last one unless given), as i64; the first of several";
  let description = [{
    NaN counts as largest, as in PyTorch.

    - Shapes: the axis must have an element; it is dropped, or kept with size 1 (`keepdim`).
    - Types: all but i1; the result is i64.
    - Gradient: none.
    - Source: PyTorch's `argmax`, which leaves open which of several it takes.
  }];
  let arguments = (ins AnyTensor:$input, Option:$axis, UnitAttr:$keepdim);
}

def DL_CountOp : DL_ValueOp<"count", 1, ["type"], [], [Generator, NotDifferentiable, FusibleOpInterface]> {
  let summary = "How many elements there are along `axes` (all of them if none are given), as a number of `type`";
  let description = [{
    What a mean divides by: known when compiled, but for the batch, of which the call says how long it is.

    - Shapes: any; the result is a number.
    - Types: any; the result has `type`: f32, f64, i32 or i64. The values of `like` are not read.
    - Gradient: none.
    - Source: the definition of a mean.
  }];
  let arguments = (ins AnyTensor:$like, TypeAttr:$type, OptionalAttr<DL_SizesAttr>:$axes);
}
