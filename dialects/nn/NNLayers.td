// NNLayers.td - the dialect `nn`: layers that own their parameters.
// SPDX-License-Identifier: Apache-2.0
#ifndef NN_LAYERS_TD
#define NN_LAYERS_TD
include "dialects/dl/DLBase.td" // not DLOps.td: -gen-op-decls writes every op that it sees

def NN_Dialect : Dialect {
  let name = "nn";
  let summary = "Layers that own their parameters; each expands into `dl.param` and `dl` ops";
  let cppNamespace = "::dlc::nn";
  let dependentDialects = ["::dlc::DLDialect"];
}

def NN_LayerInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::dlc::nn";
  let methods = [InterfaceMethod<"Writes the layer as parameters and `dl` ops; yields its results.",
                                 "::llvm::SmallVector<::mlir::Value>", "expand", (ins "::dlc::nn::Expansion &":$e)>];
}

/// nn.layer "name" %input, ..., positional, ..., options
class NN_LayerOp<string mnemonic, list<string> positional = [], list<string> keyed = []>
    : DL_SyntaxOp<NN_Dialect, mnemonic, 1, positional, keyed,
                  [DeclareOpInterfaceMethods<NN_LayerInterface, ["expand"]>]> {
  let results = (outs AnyTensor:$result);
}

def NN_LinearOp : NN_LayerOp<"linear", ["features"]> {
  let summary = "y = x W' + b over the last axis";
  let description = [{
    Parameters `name.weight` [features, inputs] and `name.bias` [features], PyTorch's. `weight = in_out` stores
    the weight as [inputs, features], `bias = false` leaves the bias out. Both start uniform within
    1 / sqrt(inputs), as in PyTorch; with `init = ...` the weight starts so, and the bias at 0.

    - Shapes: any input [..., inputs] whose last size is known; the result is [..., features].
    - Types: floats; the parameters have the input's.
    - Gradient: of the ops it expands into, `matmul` and `add`.
    - Source: PyTorch's `nn.Linear`.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$features, OptionalAttr<BoolAttr>:$bias,
                       OptionalAttr<StrAttr>:$weight, OptionalAttr<DL_InitAttr>:$init);
}
def NN_EmbeddingOp : NN_LayerOp<"embedding", ["count", "features"]> {
  let summary = "A row of a table for each integer";
  let description = [{
    Parameter `name.weight` [count, features], which starts normal(1.0) unless `init` says otherwise. `type` is
    f32 unless given.

    - Shapes: any index [...]; the result is [..., features].
    - Types: integers as index; a table of f32 or f64.
    - Gradient: of `gather`.
    - Source: PyTorch's `nn.Embedding`.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$count, Number:$features,
                       OptionalAttr<DL_InitAttr>:$init, OptionalAttr<TypeAttr>:$type);
}
def NN_LayerNormOp : NN_LayerOp<"layer_norm"> {
  let summary = "dl.layer_norm over the last axis, with parameters `name.weight` (ones) and `name.bias` (zeros)";
  let description = [{
    `epsilon` is 1.0e-5 unless given.

    - Shapes: any input [..., features] whose last size is known; the result has the input's.
    - Types: floats; the parameters have the input's.
    - Gradient: of `dl.layer_norm`.
    - Source: PyTorch's `nn.LayerNorm` over one axis.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Real:$epsilon);
}
#endif
