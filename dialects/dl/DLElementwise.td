// DLElementwise.td - ops that act on each element alone.
// SPDX-License-Identifier: Apache-2.0

//===--- One operand ------------------------------------------------------===//

class DL_UnaryOp<string mnemonic, string formula, list<Trait> traits = [Differentiable]>
    : DL_ValueOp<mnemonic, 1, [], [], !listconcat([Fusible], traits)> {
  let summary = formula;
  let arguments = (ins AnyTensor:$input);
}
def DL_NegOp     : DL_UnaryOp<"neg", "-x"> { let hasFolder = 1; }
def DL_AbsOp     : DL_UnaryOp<"abs", "|x|; its gradient at 0 is 0">;
def DL_ExpOp     : DL_UnaryOp<"exp", "e to the power of x">;
def DL_LogOp     : DL_UnaryOp<"log", "the natural logarithm of x">;
def DL_SinOp     : DL_UnaryOp<"sin", "the sine of x, in radians">;
def DL_CosOp     : DL_UnaryOp<"cos", "the cosine of x, in radians">;
def DL_ErfOp     : DL_UnaryOp<"erf", "the error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0 to x">;
def DL_SqrtOp    : DL_UnaryOp<"sqrt", "the square root of x">;
def DL_RsqrtOp   : DL_UnaryOp<"rsqrt", "1 / sqrt(x)">;
def DL_TanhOp    : DL_UnaryOp<"tanh", "the hyperbolic tangent of x">;
def DL_SigmoidOp : DL_UnaryOp<"sigmoid", "1 / (1 + exp(-x))">;
def DL_ReluOp    : DL_UnaryOp<"relu", "max(x, 0); its gradient at 0 is 0">;
def DL_SiluOp    : DL_UnaryOp<"silu", "x * sigmoid(x)">;
def DL_SoftplusOp : DL_UnaryOp<"softplus", "log(1 + exp(x)), computed as max(x, 0) + log(1 + exp(-|x|))">;
def DL_LeakyReluOp : DL_UnaryOp<"leaky_relu", "x where x > 0, else slope * x (slope: 0.01 unless given)"> {
  let arguments = (ins AnyTensor:$input, Real:$slope);
}
def DL_GeluOp : DL_UnaryOp<"gelu", "x * (1 + erf(x / sqrt(2))) / 2; `tanh`: the approximation that GPT-2 uses"> {
  let description = [{
    With `tanh`: 0.5 * x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3))) (Hendrycks and Gimpel, 2016).
  }];
  let arguments = (ins AnyTensor:$input, UnitAttr:$tanh);
}
def DL_ClampOp : DL_UnaryOp<"clamp", "x limited to min and max, either of which may be left out"> {
  let description = "The gradient passes where min <= x <= max, as in PyTorch. NaN stays NaN.";
  let arguments = (ins AnyTensor:$input, Real:$min, Real:$max);
}
def DL_CastOp : DL_ValueOp<"cast", 1, ["type"], [], [Fusible, Differentiable]> {
  let summary = "The same values as another element type";
  let description = [{
    Floats are cut off towards zero when they become integers (out of range: the nearest integer; NaN: 0).
    Anything but 0 becomes true. Gradients pass between float types.
  }];
  let arguments = (ins AnyTensor:$input, TypeAttr:$type);
  let hasFolder = 1;
}

//===--- Two operands, broadcast as in NumPy ------------------------------===//

class DL_BinaryOp<string mnemonic, string formula, list<Trait> traits = [Differentiable]>
    : DL_ValueOp<mnemonic, 2, [], [], !listconcat([Fusible], traits)> {
  let summary = formula;
  let description = [{
    Sizes are matched from the last axis on; a missing axis or one of size 1 is stretched. Both operands have
    one element type.
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
}
def DL_AddOp : DL_BinaryOp<"add", "a + b"> { let hasFolder = 1; }
def DL_SubOp : DL_BinaryOp<"sub", "a - b"> { let hasFolder = 1; }
def DL_MulOp : DL_BinaryOp<"mul", "a * b"> { let hasFolder = 1; }
def DL_DivOp : DL_BinaryOp<"div", "a / b; integers are cut off towards zero, and division by 0 gives 0"> { let hasFolder = 1; }
def DL_PowOp : DL_BinaryOp<"pow", "a to the power of b; floats only">;
def DL_MinOp : DL_BinaryOp<"min", "the smaller of a and b; NaN if either is; a tie shares its gradient equally">;
def DL_MaxOp : DL_BinaryOp<"max", "the larger of a and b; NaN if either is; a tie shares its gradient equally">;

class DL_CompareOp<string mnemonic, string formula> : DL_BinaryOp<mnemonic, formula, [NotDifferentiable]>;
def DL_EqOp : DL_CompareOp<"eq", "a = b, as i1; false if either is NaN">;
def DL_NeOp : DL_CompareOp<"ne", "a is not b, as i1; true if either is NaN">;
def DL_LtOp : DL_CompareOp<"lt", "a < b, as i1; false if either is NaN">;
def DL_LeOp : DL_CompareOp<"le", "a <= b, as i1; false if either is NaN">;
def DL_GtOp : DL_CompareOp<"gt", "a > b, as i1; false if either is NaN">;
def DL_GeOp : DL_CompareOp<"ge", "a >= b, as i1; false if either is NaN">;

def DL_WhereOp : DL_ValueOp<"where", 3, [], [], [Fusible, Differentiable]> {
  let summary = "a where the condition (i1) holds, else b; all three are broadcast";
  let arguments = (ins AnyTensor:$condition, AnyTensor:$lhs, AnyTensor:$rhs);
  let hasFolder = 1;
}
