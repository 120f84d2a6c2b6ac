// DLReduce.td - ops that sum up axes.
// SPDX-License-Identifier: Apache-2.0

class DL_ReduceOp<string mnemonic, string formula, list<Trait> traits>
    : DL_ValueOp<mnemonic, 1, [], [], !listconcat([Differentiable], traits)> {
  let summary = formula;
  let description = [{
    Over `axes` (negative ones count from the end), or over all of them if none are given. `keepdim` keeps the
    reduced axes with size 1. Over nothing: sum 0, mean NaN, amax -inf, amin +inf (integers: the least and
    the greatest).
  }];
  let arguments = (ins AnyTensor:$input, OptionalAttr<ArrayAttr>:$axes, UnitAttr:$keepdim);
}
def DL_SumOp  : DL_ReduceOp<"sum", "the sum over axes", [Fusible]>;
def DL_MeanOp : DL_ReduceOp<"mean", "the mean over axes; floats only", [Decomposable]>;
def DL_AmaxOp : DL_ReduceOp<"amax", "the largest over axes; NaN if one is; ties share the gradient equally", [Fusible]>;
def DL_AminOp : DL_ReduceOp<"amin", "the smallest over axes; NaN if one is; ties share the gradient equally", [Fusible]>;

def DL_ArgmaxOp : DL_ValueOp<"argmax", 1, [], [], [NotDifferentiable, Decomposable]> {
  let summary = "Where the largest lies along `axis` (the last one unless given), as i64; the first of several";
  let description = "NaN counts as largest, as in PyTorch.";
  let arguments = (ins AnyTensor:$input, Option:$axis, UnitAttr:$keepdim);
}

def DL_CountOp : DL_ValueOp<"count", 1, ["type"], [], [NotDifferentiable, Fusible]> {
  let summary = "How many elements there are along `axes` (all of them if none are given), as a number of `type`";
  let description = "What a mean divides by: known when compiled, but for the batch, of which the call says how long it is.";
  let arguments = (ins AnyTensor:$like, TypeAttr:$type, OptionalAttr<ArrayAttr>:$axes);
}
