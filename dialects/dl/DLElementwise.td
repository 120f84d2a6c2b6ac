// DLElementwise.td - ops that act on each element alone.
// SPDX-License-Identifier: Apache-2.0

//===--- One operand ------------------------------------------------------===//

class DL_UnaryOp<string mnemonic, string formula, string gradient, string source, string types = "floats",
                 list<Trait> facts = []>
    : DL_ValueOp<mnemonic, 1, [], [], !listconcat([FusiblePointwise, Differentiable], facts)> {
  let summary = formula;
  let description = !strconcat("- Shapes: any; the result has the operand's.\n- Types: ", types,
                               "; the result has the operand's.\n- Gradient: ", gradient, ".\n- Source: ", source,
                               ".\n");
  let arguments = (ins AnyTensor:$input);
}
defvar Numbers = "all but i1";
def DL_NegOp : DL_UnaryOp<"neg", "-x", "-c", "PyTorch's `neg`", Numbers, [Exact]> { let hasFolder = 1; }
def DL_AbsOp : DL_UnaryOp<"abs", "|x|; its gradient at 0 is 0", "c * sign(x), 0 at 0", "PyTorch's `abs`", Numbers, [Exact]>;
def DL_ExpOp : DL_UnaryOp<"exp", "e to the power of x", "c * y", "PyTorch's `exp`", "floats", [Costly]>;
def DL_LogOp : DL_UnaryOp<"log", "the natural logarithm of x", "c / x", "PyTorch's `log`", "floats", [Costly]>;
def DL_SinOp : DL_UnaryOp<"sin", "the sine of x, in radians", "c * cos(x)", "PyTorch's `sin`", "floats", [Costly]>;
def DL_CosOp : DL_UnaryOp<"cos", "the cosine of x, in radians", "-c * sin(x)", "PyTorch's `cos`", "floats", [Costly]>;
def DL_ErfOp : DL_UnaryOp<"erf", "the error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0 to x",
                          "c * 2/sqrt(pi) * exp(-x*x)", "PyTorch's `erf`", "floats", [Costly]>;
def DL_SqrtOp    : DL_UnaryOp<"sqrt", "the square root of x", "c / (2 y)", "PyTorch's `sqrt`", "floats", [Costly]>;
def DL_RsqrtOp   : DL_UnaryOp<"rsqrt", "1 / sqrt(x)", "-c * y^3 / 2", "PyTorch's `rsqrt`", "floats", [Costly]>;
def DL_TanhOp    : DL_UnaryOp<"tanh", "the hyperbolic tangent of x", "c * (1 - y*y)", "PyTorch's `tanh`", "floats", [Costly]>;
def DL_SigmoidOp : DL_UnaryOp<"sigmoid", "1 / (1 + exp(-x))", "c * y * (1 - y)", "PyTorch's `sigmoid`", "floats", [Costly]>;
def DL_ReluOp    : DL_UnaryOp<"relu", "max(x, 0); its gradient at 0 is 0", "c where y > 0, else 0", "PyTorch's `relu`",
                              Numbers, [Exact]>;
def DL_SiluOp    : DL_UnaryOp<"silu", "x * sigmoid(x)", "c * s * (1 + x * (1 - s)), s = sigmoid(x)", "PyTorch's `silu`", "floats", [Costly]>;
def DL_SoftplusOp : DL_UnaryOp<"softplus", "log(1 + exp(x)), computed as max(x, 0) + log(1 + exp(-|x|))",
                               "c * sigmoid(x)", "PyTorch's `softplus` (beta 1, no threshold)", "floats", [Costly]>;
def DL_LeakyReluOp : DL_UnaryOp<"leaky_relu", "x where x > 0, else slope * x (slope: 0.01 unless given)",
                                "c where x > 0, else slope * c", "PyTorch's `leaky_relu`"> {
  let arguments = (ins AnyTensor:$input, Real:$slope);
}
def DL_GeluOp : DL_UnaryOp<"gelu", "x * (1 + erf(x / sqrt(2))) / 2; `tanh`: the approximation that GPT-2 uses",
                           "c times the derivative of the form that was computed",
                           "Hendrycks and Gimpel, 2016; with `tanh` 0.5 * x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 * x^3)))", "floats", [Costly]> {
  let arguments = (ins AnyTensor:$input, UnitAttr:$tanh);
}
def DL_ClampOp : DL_UnaryOp<"clamp", "x limited to min and max, either of which may be left out; NaN stays NaN",
                            "c where min <= x <= max, else 0",
                            "PyTorch's `clamp`; a limit that no element of the type can pass, as min = -5 for ui8, limits nothing",
                            Numbers> {
  let arguments = (ins AnyTensor:$input, AnyNumber:$min, AnyNumber:$max);
}
def DL_CastOp : DL_ValueOp<"cast", 1, ["type"], [], [FusiblePointwise, Differentiable]> {
  let summary = "The same values as another element type";
  let description = [{
    Floats are cut off towards zero when they become integers (out of range: the nearest integer; NaN: 0).
    Anything but 0 becomes true.

    - Shapes: any; the result has the operand's.
    - Types: any to any of f32, f64, i32, i64, ui8, i1.
    - Gradient: c cast back, between floats; none through other types.
    - Source: PyTorch's `to`, but that out-of-range values are defined.
  }];
  let arguments = (ins AnyTensor:$input, TypeAttr:$type);
  let hasFolder = 1;
}

//===--- Activations that stand for several ops ---------------------------===//

class DL_ActivationOp<string mnemonic, string formula, string gradient, string source, list<Trait> facts = []>
    : DL_ValueOp<mnemonic, 1, [], [], !listconcat([Pointwise, Differentiable, Decomposable], facts)> {
  let summary = formula;
  let description = !strconcat("- Shapes: any; the result has the operand's.\n- Types: floats; the result has the operand's.\n- Gradient: ",
                               gradient, ".\n- Source: ", source, ".\n");
  let arguments = (ins AnyTensor:$input);
}
def DL_Relu6Op : DL_ActivationOp<"relu6", "x limited to 0 and 6", "c where 0 < x < 6, else 0", "PyTorch's `relu6`", [Exact]>;
def DL_HardsigmoidOp : DL_ActivationOp<"hardsigmoid", "(x + 3) / 6 limited to 0 and 1", "c / 6 where -3 < x < 3, else 0",
                                       "PyTorch's `hardsigmoid`">;
def DL_HardswishOp : DL_ActivationOp<"hardswish", "x * hardsigmoid(x)", "c from 3 on, 0 up to -3, else c * (x / 3 + 1 / 2)",
                                     "Howard and others, 2019; PyTorch's `hardswish`">;
def DL_EluOp : DL_ActivationOp<"elu", "x where x > 0, else alpha * (exp(x) - 1) (alpha: 1 unless given)",
                               "c where x > 0, else c * alpha * exp(x)",
                               "Clevert, Unterthiner and Hochreiter, 2015; PyTorch's `elu`"> {
  let arguments = (ins AnyTensor:$input, Real:$alpha);
}
def DL_CeluOp : DL_ActivationOp<"celu", "x where x > 0, else alpha * (exp(x / alpha) - 1) (alpha: 1 unless given)",
                                "c where x > 0, else c * exp(x / alpha)", "Barron, 2017; PyTorch's `celu`"> {
  let arguments = (ins AnyTensor:$input, Real:$alpha);
}
def DL_SeluOp : DL_ActivationOp<"selu", "1.0507... * elu(x) with alpha = 1.6732..., which keep a mean of 0 and a variance of 1",
                                "that of `elu`, times 1.0507...",
                                "Klambauer, Unterthiner, Mayr and Hochreiter, 2017; PyTorch's `selu`">;
def DL_MishOp : DL_ActivationOp<"mish", "x * tanh(softplus(x))", "c * (t + x * sigmoid(x) * (1 - t*t)), t = tanh(softplus(x))",
                                "Misra, 2019; PyTorch's `mish`">;
def DL_PreluOp : DL_ValueOp<"prelu", 2, [], [], [Differentiable, Decomposable]> {
  let summary = "x where x > 0, else weight * x";
  let description = [{
    - Shapes: any input [..., channels], with `channels_first` [batch, channels, ...]; a weight of one number, f32[] or f32[1],
      or one for each channel, [channels]; the result has the input's.
    - Types: floats, both the same.
    - Gradient: c where x > 0, else c * weight; of the weight c * x where x is not above 0, else 0, summed over the axes along
      which it was stretched.
    - Source: He, Zhang, Ren and Sun, 2015; PyTorch's `prelu`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, AnyTensor:$weight, UnitAttr:$channels_first);
}

//===--- Two operands, broadcast as in NumPy ------------------------------===//

defvar broadcastShapes = [{
    - Shapes: matched from the last axis on; a missing axis or one of size 1 is stretched.
}];
class DL_BinaryOp<string mnemonic, string formula, string gradient, string source,
                  string types = "all but i1, both the same", list<Trait> traits = [Differentiable]>
    : DL_ValueOp<mnemonic, 2, [], [], !listconcat([FusiblePointwise], traits)> {
  let summary = formula;
  let description = !strconcat(broadcastShapes, "- Types: ", types, ".\n- Gradient: ", gradient,
                               ".\n- Source: ", source, ".\n");
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs);
}
/// A binary op with a gradient: an operand that was stretched gets the sum over what it was stretched along.
class DL_ArithmeticOp<string mnemonic, string formula, string gradient, string source,
                      string types = "all but i1, both the same", list<Trait> facts = []>
    : DL_BinaryOp<mnemonic, formula, !strconcat(gradient, "; summed over the axes that were stretched"), source,
                  types, !listconcat([Differentiable], facts)>;
def DL_AddOp : DL_ArithmeticOp<"add", "a + b", "c and c", "NumPy's `add`"> { let hasFolder = 1; }
def DL_SubOp : DL_ArithmeticOp<"sub", "a - b", "c and -c", "NumPy's `subtract`"> { let hasFolder = 1; }
def DL_MulOp : DL_ArithmeticOp<"mul", "a * b", "c * b and c * a", "NumPy's `multiply`"> { let hasFolder = 1; }
def DL_DivOp : DL_ArithmeticOp<"div", "a / b; integers are cut off towards zero, and division by 0 gives 0",
                           "c / b and -c * y / b", "NumPy's `divide`; integers as in C", "all but i1, both the same", [Costly]> { let hasFolder = 1; }
def DL_PowOp : DL_ArithmeticOp<"pow", "a to the power of b; floats only",
                           "c * b * a^(b-1), 0 where b = 0; and c * y * log(a), 0 where a = 0 and b >= 0",
                           "C's `pow`, PyTorch's gradient", "floats, both the same", [Costly]>;
def DL_MinOp : DL_ArithmeticOp<"min", "the smaller of a and b; NaN if either is; a tie shares its gradient equally",
                           "c to the smaller, half to each at a tie", "PyTorch's `minimum`",
                           "all but i1, both the same", [Exact]>;
def DL_MaxOp : DL_ArithmeticOp<"max", "the larger of a and b; NaN if either is; a tie shares its gradient equally",
                           "c to the larger, half to each at a tie", "PyTorch's `maximum`",
                           "all but i1, both the same", [Exact]>;

class DL_CompareOp<string mnemonic, string formula>
    : DL_BinaryOp<mnemonic, formula, "none", "PyTorch's `" # mnemonic # "`", "any, both the same; the result is i1",
                  [NotDifferentiable]>;
def DL_EqOp : DL_CompareOp<"eq", "a = b, as i1; false if either is NaN">;
def DL_NeOp : DL_CompareOp<"ne", "a is not b, as i1; true if either is NaN">;
def DL_LtOp : DL_CompareOp<"lt", "a < b, as i1; false if either is NaN">;
def DL_LeOp : DL_CompareOp<"le", "a <= b, as i1; false if either is NaN">;
def DL_GtOp : DL_CompareOp<"gt", "a > b, as i1; false if either is NaN">;
def DL_GeOp : DL_CompareOp<"ge", "a >= b, as i1; false if either is NaN">;

def DL_WhereOp : DL_ValueOp<"where", 3, [], [], [FusiblePointwise, MovesElements, Differentiable]> {
  let summary = "a where the condition (i1) holds, else b; all three are broadcast";
  let description = broadcastShapes # [{
    - Types: a condition of i1; a and b any, both the same.
    - Gradient: c where the condition holds, and c where it does not; summed over the axes that were stretched.
    - Source: PyTorch's `where`.
  }];
  let arguments = (ins AnyTensor:$condition, AnyTensor:$lhs, AnyTensor:$rhs);
  let hasFolder = 1;
}
