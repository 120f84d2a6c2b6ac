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
class NN_ConvolutionOp<string mnemonic, string shape> : NN_LayerOp<mnemonic, ["features"]> {
  let summary = "dl." # mnemonic # " with filters and a bias of its own";
  let description = !strconcat([{
    Parameters `name.weight` }], shape, [{ and `name.bias` [features], PyTorch's; `bias = false` leaves the bias
    out. Both start uniform within 1 / sqrt(elements of a filter), as in PyTorch; with `init = ...` the weight starts so,
    and the bias at 0. `kernel` is a number or a list, and is needed; `stride`, `padding`, `padding_mode`, `dilation`, `groups`
    and `channels_first` are those of the op.

    - Shapes: those of the op; the number of channels must be known.
    - Types: floats; the parameters have the input's.
    - Gradient: of the ops it expands into.
    - Source: PyTorch's layer of that name, with channels last unless said.
  }]);
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$features, OptionalAttr<DL_EachAttr>:$kernel,
                       OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding, OptionalAttr<DL_EachAttr>:$dilation,
                       Option:$groups, OptionalAttr<StrAttr>:$padding_mode, UnitAttr:$channels_first,
                       OptionalAttr<BoolAttr>:$bias, OptionalAttr<DL_InitAttr>:$init);
}
def NN_Conv1dOp : NN_ConvolutionOp<"conv1d", "[features, channels / groups, length]">;
def NN_Conv2dOp : NN_ConvolutionOp<"conv2d", "[features, channels / groups, height, width]">;
class NN_ConvolutionTransposeOp<string mnemonic, string shape> : NN_LayerOp<mnemonic, ["features"]> {
  let summary = "dl." # mnemonic # " with filters and a bias of its own";
  let description = !strconcat([{
    Parameters `name.weight` }], shape, [{ and `name.bias` [features], PyTorch's; `bias = false` leaves the bias out. Both start
    uniform within 1 / sqrt(features / groups * elements of a window), as in PyTorch; with `init = ...` the weight starts so, and
    the bias at 0. `kernel` is a number or a list, and is needed; `stride`, `padding`, `output_padding`, `dilation`, `groups`
    and `channels_first` are those of the op.

    - Shapes: those of the op; the number of channels must be known.
    - Types: floats; the parameters have the input's.
    - Gradient: of the ops it expands into.
    - Source: PyTorch's `nn.ConvTranspose1d` and `nn.ConvTranspose2d`, with channels last unless said.
  }]);
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$features, OptionalAttr<DL_EachAttr>:$kernel,
                       OptionalAttr<DL_EachAttr>:$stride, OptionalAttr<DL_PaddingAttr>:$padding,
                       OptionalAttr<DL_EachAttr>:$output_padding, OptionalAttr<DL_EachAttr>:$dilation, Option:$groups,
                       UnitAttr:$channels_first, OptionalAttr<BoolAttr>:$bias, OptionalAttr<DL_InitAttr>:$init);
}
def NN_Conv1dTransposeOp : NN_ConvolutionTransposeOp<"conv1d_transpose", "[channels, features / groups, length]">;
def NN_Conv2dTransposeOp : NN_ConvolutionTransposeOp<"conv2d_transpose", "[channels, features / groups, height, width]">;
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
def NN_RmsNormOp : NN_LayerOp<"rms_norm"> {
  let summary = "dl.rms_norm over the last axis, with a parameter `name.weight` (ones)";
  let description = [{
    `epsilon` is that of `dl.rms_norm` unless given.

    - Shapes: any input [..., features] whose last size is known; the result has the input's.
    - Types: floats; the parameter has the input's.
    - Gradient: of `dl.rms_norm`.
    - Source: PyTorch's `nn.RMSNorm` over one axis.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Real:$epsilon);
}
def NN_GroupNormOp : NN_LayerOp<"group_norm", ["groups"]> {
  let summary = "dl.group_norm with parameters `name.weight` (ones) and `name.bias` (zeros)";
  let description = [{
    Both are [channels]. `epsilon` is 1.0e-5 unless given.

    - Shapes: an input [batch, ..., channels], with `channels_first` [batch, channels, ...]; the number of channels must be
      known; the result has the input's.
    - Types: floats; the parameters have the input's.
    - Gradient: of `dl.group_norm`.
    - Source: PyTorch's `nn.GroupNorm`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$groups, Real:$epsilon, UnitAttr:$channels_first);
}
def NN_InstanceNormOp : NN_LayerOp<"instance_norm"> {
  let summary = "dl.instance_norm; with `affine`, times a parameter `name.weight` (ones), plus `name.bias` (zeros)";
  let description = [{
    Both are [channels]. `epsilon` is 1.0e-5 unless given. There are no running statistics: training and inference do the same.

    - Shapes: an input [batch, ..., channels], with `channels_first` [batch, channels, ...], with at least one axis between; with
      `affine`, the number of channels must be known; the result has the input's.
    - Types: floats; the parameters have the input's.
    - Gradient: of `dl.instance_norm`.
    - Source: PyTorch's `nn.InstanceNorm1d` to `nn.InstanceNorm3d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, UnitAttr:$affine, Real:$epsilon, UnitAttr:$channels_first);
}
def NN_PreluOp : NN_LayerOp<"prelu"> {
  let summary = "dl.prelu with a weight of its own";
  let description = [{
    Parameter `name.weight` [num_parameters], which starts at 0.25 unless `init` says otherwise. `num_parameters` is 1 unless
    given, or the number of channels.

    - Shapes: any input [..., channels], with `channels_first` [batch, channels, ...]; the result has the input's.
    - Types: floats; the parameter has the input's.
    - Gradient: of `dl.prelu`.
    - Source: PyTorch's `nn.PReLU`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Option:$num_parameters, OptionalAttr<DL_InitAttr>:$init,
                       UnitAttr:$channels_first);
}
def NN_BatchNormOp : NN_LayerOp<"batch_norm"> {
  let summary = "Each channel centred and scaled over all rows and places, or (in inference) by what training remembers";
  let description = [{
    The last axis is the channels, with `channels_first` axis 1. In training y = (x - mean) / sqrt(variance + epsilon) * weight + bias, where mean and variance
    are those of the call over all other axes, and the variance divides by the number n of elements; and the states go on:
    `name.running_mean` to (1 - momentum) of itself plus momentum times the mean, `name.running_var` likewise with the variance
    times n / (n - 1), `name.num_batches_tracked` to one more. In inference, or called with the mode `inference`, the states stand
    in for mean and variance and stay as they are. `momentum` is 0.1 unless given, `epsilon` 1.0e-5. Parameters `name.weight`
    (ones) and `name.bias` (zeros), [channels].

    - Shapes: any input [batch, ..., channels], with `channels_first` [batch, channels, ...]; the number of channels must be
      known; the result has the input's.
    - Types: floats; parameters and states have the input's, `num_batches_tracked` is i64.
    - Gradient: of `normalize` in training, of the formula in inference.
    - Source: PyTorch's `nn.BatchNorm1d` and `nn.BatchNorm2d`, with channels last unless said.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Real:$epsilon, Real:$momentum, UnitAttr:$channels_first);
}
def NN_CacheOp : NN_LayerOp<"cache", ["context"], ["at"]> {
  let summary = "In a session: what the calls so far have given, one after the other along `axis` (1 unless given); else the input";
  let description = [{
    `nn.cache "k" %k, context, at = %first`: the input is written to the places from `at` on of the session state `name.cache`,
    which has `context` places along the axis and begins as 0; the result is all of it. What lies behind the last place that was
    written is to be masked, as by `lt %place, %seen`. In all other functions, which see a sequence as a whole, the result is the
    input.

    - Shapes: an input of at least two axes, of which only the first may depend on the batch; `at` is one number.
    - Types: any; `at` is an integer.
    - Gradient: of the input.
    - Source: the key-value caches of transformers.
  }];
  let arguments = (ins AnyTensor:$input, StrAttr:$name, Number:$context, Option:$axis, Optional<AnyTensor>:$at);
}
class NN_RecurrentOp<string mnemonic, string gates, string formula, string states, string cells, list<string> keyed, dag more>
    : DL_SyntaxOp<NN_Dialect, mnemonic, 1, ["features"], keyed,
                  [DeclareOpInterfaceMethods<NN_LayerInterface, ["expand"]>]> {
  let summary = "A recurrent layer: " # formula;
  let description = !strconcat("    ", formula, [{

    `layers` of them stand on each other (1 unless given); with `bidirectional` each has a second one that runs from the end,
    and the two results lie side by side. In training, `dropout` sets elements of what goes from one layer to the next to 0.
    What is carried begins with `hidden` }], states, [{, [layers * directions, batch, features], or with 0. Where
    `mask` [batch, time] is false (or 0), a step changes nothing and its output is 0: sequences of different lengths. With
    `states` the results are the outputs and what is carried in the end, of `hidden`'s shape. With `stateful`, what is carried
    begins with what the call before left there: of the same session, or of the training step before (gradients end there).
    That is the session state `name.hidden_lk` [batch, features]}], cells, [{; in other functions it is 0. Not with `bidirectional`.

    Parameters, PyTorch's, of layer k: `name.weight_ih_lk` [}], gates, [{ * features, inputs], `name.weight_hh_lk` [}], gates,
    [{ * features, features], `name.bias_ih_lk` and `name.bias_hh_lk` [}], gates, [{ * features]; those of the second direction
    end in `_reverse`. `bias = false` leaves the biases out. All start uniform within 1 / sqrt(features).

    - Shapes: the input is [batch, time, inputs] with known `time` and `inputs`; the output [batch, time, directions * features].
    - Types: floats; the parameters have the input's.
    - Gradient: of the `scan` that it expands into.
    - Source: PyTorch's layer of that name, batch first.
  }]);
  let arguments = !con((ins AnyTensor:$input, StrAttr:$name, Number:$features, Option:$layers, UnitAttr:$bidirectional,
                            OptionalAttr<BoolAttr>:$bias, Real:$dropout, UnitAttr:$states, UnitAttr:$stateful,
                            Optional<AnyTensor>:$mask,
                            Optional<AnyTensor>:$hidden), more);
  let results = (outs Variadic<AnyTensor>:$results);
}
def NN_RnnOp : NN_RecurrentOp<"rnn", "1", "h' = tanh(x W' + b + h U' + c), or with relu (`activation = relu`)", "", "",
                              ["mask", "hidden"], (ins OptionalAttr<StrAttr>:$activation)>;
def NN_GruOp : NN_RecurrentOp<"gru", "3", "r, z = sigmoid(x W' + b + h U' + c); n = tanh(x W' + b + r (h U' + c)); "
                              "h' = (1 - z) n + z h", "", "", ["mask", "hidden"], (ins)>;
def NN_LstmOp : NN_RecurrentOp<"lstm", "4", "i, f, o = sigmoid(x W' + b + h U' + c), g = tanh(...) (in the order i, f, g, o); "
                               "cell' = f cell + i g; h' = o tanh(cell')", " and `cell`", " and `name.cell_lk`", ["mask", "hidden", "cell"],
                               (ins Optional<AnyTensor>:$cell)>;
#endif
