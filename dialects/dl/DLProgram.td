// DLProgram.td - what a model file is made of, and what the compiler makes of it. Parsers: DLProgram.cpp.
// SPDX-License-Identifier: Apache-2.0

class DL_ProgramOp<string mnemonic, list<Trait> traits = []> : Op<DL_Dialect, mnemonic, traits> {
  let hasCustomAssemblyFormat = 1;
}
class DL_NamedOp<string mnemonic, list<Trait> traits = []>
    : DL_ProgramOp<mnemonic, !listconcat([KeepsResultNames], traits)> {
  let extraClassDefinition = resultNames;
}
/// Bodies need no prefix `dl.`; the default dialect does not nest by itself.
class DL_RegionOp<string mnemonic, list<Trait> traits = []>
    : DL_ProgramOp<mnemonic, !listconcat(traits, [DeclareOpInterfaceMethods<OpAsmOpInterface,
      ["getDefaultDialect", "getAsmBlockArgumentNames", "getAsmResultNames"]>, SingleBlock])> {
  let regions = (region SizedRegion<1>:$body);
  let extraClassDefinition = !strconcat(resultNames, [{
    ::llvm::StringRef $cppClass::getDefaultDialect() { return "dl"; }
    void $cppClass::getAsmBlockArgumentNames(::mlir::Region &region, ::mlir::OpAsmSetValueNameFn set) {
      ::dlc::nameArguments(region, set);
    }
  }]);
}

//===--- What a person writes ---------------------------------------------===//

def DL_ModelOp : DL_RegionOp<"model", [Symbol, SymbolTable, IsolatedFromAbove, NoTerminator]> {
  let summary = "A model: sizes with defaults, functions, training steps, optimizers";
  let description = [{
    `model @name sizes(width = 768, ...) open(time = 64, ...) { ... }`. One in a file. The name is that of the library and of
    its checkpoints. Sizes are numbers when the model is compiled; what is open is known when it is called, and is then 1 to
    the capacity that stands here. The batch is open too.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$size_names, DL_SizesAttr:$size_values,
                       StrArrayAttr:$open_names, DL_SizesAttr:$open_sizes);
}
def DL_FuncOp : DL_RegionOp<"func", [Symbol, IsolatedFromAbove]> {
  let summary = "An entry point; `private`: a template; `session`: an entry point with state per stream";
  let description = [{
    `func @name(%x: f32[batch, 4]) -> (y: f32[batch, 2]) { ... }`. An entry point's sizes are known but for open ones.
    In a private function a name in an argument's shape is bound by what the caller passes, and `<name = size>` are
    sizes of its own. Results that are not written down are those of `return`. A `func session` is called through a session,
    which has a `state session` of its own.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, OptionalAttr<StrAttr>:$sym_visibility, UnitAttr:$session,
                       StrArrayAttr:$size_names, DL_SizesAttr:$size_values,
                       StrArrayAttr:$arg_names, DL_ShapesAttr:$arg_shapes,
                       StrArrayAttr:$result_names, DL_ShapesAttr:$result_shapes);
}
def DL_ReturnOp : DL_ProgramOp<"return", [Terminator, Pure]> {
  let summary = "The end of a body, and what it yields";
  let description = [{
    `return %a, %b`. In an optimizer: the weight, then the slots.
  }];
  let arguments = (ins Variadic<AnyTensor>:$values);
}

class DL_CallLikeOp<string mnemonic> : DL_NamedOp<mnemonic> {
  let results = (outs Variadic<AnyTensor>:$results);
}
def DL_CallOp : DL_CallLikeOp<"call"> {
  let summary = "A function's body in this place; `scope` goes before the names of its parameters";
  let description = [{
    `call "scope" @function<size = 2>(%x), training`. Results have the function's types. The mode, where given, holds
    for all that is called inside.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyTensor>:$args, OptionalAttr<StrAttr>:$scope,
                       OptionalAttr<DictionaryAttr>:$sizes, OptionalAttr<StrAttr>:$mode);
}
def DL_StackOp : DL_CallLikeOp<"stack"> {
  let summary = "`count` instances, each fed with the results of the one before";
  let description = [{
    `stack 12 "h" @block(%x, %mask)`. The results replace the first arguments, the others are the same for each. The
    parameters of instance i have the scope `h.i`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyTensor>:$args, Number:$count, StrAttr:$scope,
                       OptionalAttr<DictionaryAttr>:$sizes, OptionalAttr<StrAttr>:$mode);
}
def DL_ScanOp : DL_RegionOp<"scan", [AttrSizedOperandSegments, Pure]> {
  let summary = "A loop over slices of tensors, or (count, scope) over parameter sets";
  let description = [{
    `%all, %last = scan (%xt in %x along 1) carry (%h = %h0) { ... yield %y carry %h1 }`: the body runs once for each slice
    of %x along axis 1, the first first; with `scan reverse`, the last first. What is carried is %h0 in the first round, and
    then what the round before carried. Results: what each round yields, stacked up along the axis of the first tensor at the
    place of its slice; then what the last round carried. `scan 12 "h" carry (...)`: twelve rounds, whose parameters have the
    scopes `h.0` to `h.11`; without a scope all share theirs. Values from outside may be read.

    From level `graph` on a scan runs along axis 0 and has no scope.
  }];
  let arguments = (ins Variadic<AnyTensor>:$scanned, Variadic<AnyTensor>:$initial, DenseI64ArrayAttr:$axes,
                       Option:$count, OptionalAttr<StrAttr>:$scope, UnitAttr:$reverse);
  let results = (outs Variadic<AnyTensor>:$results);
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    YieldOp getYield();
    /// How many rounds there are; unknown where a size is.
    ::dlc::Dim getRounds();
    ::mlir::ValueRange getScannedArguments() { return getBody().getArguments().take_front(getScanned().size()); }
    ::mlir::ValueRange getCarriedArguments() { return getBody().getArguments().drop_front(getScanned().size()); }
    ::mlir::ResultRange getStackedResults() { return getResults().drop_back(getInitial().size()); }
    ::mlir::ResultRange getLastResults() { return getResults().take_back(getInitial().size()); }
    /// Values from outside that the body reads, each once, in the order in which it meets them; no constants.
    ::llvm::SmallVector<::mlir::Value> getCaptured();
  }];
}
def DL_YieldOp : DL_ProgramOp<"yield", [Terminator, Pure, AttrSizedOperandSegments]> {
  let summary = "The end of a scan's body: what is stacked up, and what is carried to the next step";
  let description = [{
    `yield %stacked, ... carry %carried, ...`.
  }];
  let arguments = (ins Variadic<AnyTensor>:$stacked, Variadic<AnyTensor>:$carried);
}

class DL_StoredOp<string mnemonic, list<Trait> traits = []> : DL_NamedOp<mnemonic, traits> {
  let results = (outs AnyTensor:$result);
}
def DL_ParamOp : DL_StoredOp<"param"> {
  let summary = "A parameter's value";
  let description = [{
    `param "wte.weight" f32[vocabulary, width] = normal(0.02)`. Scopes of calls go before the name. All its sizes must be
    known; one full name has one shape and one initialiser.
  }];
  let arguments = (ins StrAttr:$name, DL_ShapeAttr:$shape, DL_InitAttr:$init);
}
def DL_StateOp : DL_StoredOp<"state"> {
  let summary = "What the model, or (session) one stream of calls, remembers: its value before this call";
  let description = [{
    `state "mean" f32[width] = zeros`. Scopes of calls go before the name. What `update` says of it in a training step is its
    value in the next call; elsewhere it stays as it is. Saved with the parameters.

    `state session "h" f32[batch, width] = zeros`: that of one stream of calls, updated in a `func session` and by training steps.
    Other functions read its initial value. Only its first axis may depend on the batch.
  }];
  let arguments = (ins StrAttr:$name, DL_ShapeAttr:$shape, DL_InitAttr:$init, UnitAttr:$session);
}
def DL_ConstantOp : DL_StoredOp<"constant", [Pure, Generator, MovesElements, FusibleOpInterface, NotDifferentiable]> {
  let summary = "A tensor of one value, or of a list of values in row-major order";
  let description = [{
    `constant f32[2, 2] = [[1.0, 2.0], [3.0, 4.0]]`, `constant f32[batch, 4] = 0.0`, `constant i1 = true`.
  }];
  let arguments = (ins DL_ShapeAttr:$shape, AnyAttr:$value);
  let extraClassDeclaration = [{
    /// The one value of all elements, if there is one.
    std::optional<double> getSplat();
    /// How many numbers are written down: one for all elements, or one for each.
    size_t getCount();
    /// The i-th of them; a whole one where the elements are integers.
    double getReal(size_t i);
    int64_t getWhole(size_t i);
  }];
}
def DL_UpdateOp : DL_ProgramOp<"update"> {
  let summary = "What a state holds after this call";
  let description = [{
    `update "mean", %new`. Once in a call, outside of scans. Of a `state`: in training steps; of a `state session`: in sessions,
    too; without effect elsewhere.
  }];
  let arguments = (ins StrAttr:$name, AnyTensor:$value);
}

def DL_TrainOp : DL_RegionOp<"train", [Symbol, NoTerminator]> {
  let summary = "A training step: minimise the first result of a function";
  let description = [{
    `train @step minimizes @loss { ... }`. Makes three entry points: `step`, `step.gradients` and `step.apply`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$loss);
}
def DL_OptimizeOp : DL_ProgramOp<"optimize"> {
  let summary = "Parameters whose names match are updated by an optimizer; a later line wins";
  let description = [{
    `optimize "*.bias", "ln_*" with @adamw(lr = 6.0e-4)`. Patterns are globs. Each line is a group with scalars of its
    own, which a call may set.
  }];
  let arguments = (ins StrArrayAttr:$parameters, FlatSymbolRefAttr:$optimizer, DictionaryAttr:$scalars);
}
def DL_FreezeOp : DL_ProgramOp<"freeze"> {
  let summary = "Parameters whose names match stay as they are";
  let description = [{
    `freeze "body.*"`. Frozen parameters have no gradient and no slots.
  }];
  let arguments = (ins StrArrayAttr:$parameters);
}
def DL_ClipNormOp : DL_ProgramOp<"clip_norm"> {
  let summary = "All gradients are scaled down together if their norm is above the limit";
  let description = [{
    `clip_norm 1.0`: each gradient times min(1, limit / (norm + 1e-6)), the norm taken over all of them. PyTorch's
    `clip_grad_norm_`.
  }];
  let arguments = (ins F64Attr:$limit);
}
def DL_AccumulateOp : DL_ProgramOp<"accumulate"> {
  let summary = "A step is made of `count` smaller batches, whose gradients are added up";
  let description = [{
    `accumulate 4`: the step takes up to four times the rows of `--batch`, a multiple of four. They are divided into four
    equal parts, one after the other, in the memory that one part needs, but for results that are rows. Gradients and results
    are those of all rows together: means are weighed by what they are means over; where nothing counts in any part they are
    0. What is computed of a batch as a whole, as the statistics of `batch_norm` or rows that are held against each other, is
    that of a part, and each `state` goes on from part to part. At most one line of a step.
  }];
  let arguments = (ins Number:$count);
}
def DL_OptimizerOp : DL_RegionOp<"optimizer", [Symbol, IsolatedFromAbove]> {
  let summary = "How one parameter of any shape is updated: (weight, gradient), slots, scalars";
  let description = [{
    `optimizer @name(%w, %g) slots(%m = zeros) scalars(%lr = 0.01 in [0, inf), %step) { ... return %w1, %m1 }`. The body
    is applied to each parameter, in its type; what depends on scalars alone is computed in f64. `%step`, the number
    of the update from 1, is the one scalar without a default. `scalar_ranges` are the numbers that each may be, as text;
    an empty text is any.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DL_InitsAttr:$slots, StrArrayAttr:$scalar_names,
                       ArrayAttr:$scalar_defaults, StrArrayAttr:$scalar_ranges);
}

//===--- What the compiler makes of it ------------------------------------===//

def DL_EntryOp : DL_RegionOp<"entry", [Symbol, IsolatedFromAbove, MadeByCompiler]> {
  let summary = "An entry point, flat: one pure function; what is stored is argument and result";
  let description = [{
    From level `graph` on. `kind` is function, session, train, gradients or apply; at level `kernels` also loop, the body of
    a `repeat`. Each argument and result has
    attributes that say what it stands for: `input`, `parameter`, `buffer`, `slot`, `scalar`, `step`, `random`;
    `output`, `update`. A slot, and the update of one, also say whose it is (`of`). An output that is a single number
    may say how those of several batches make one: `combine` is "rows", "sum" or "count" (weighed by the output `count`).
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$kind, ArrayAttr:$arg_attrs, ArrayAttr:$res_attrs,
                       TypeArrayAttr:$result_types);
  let hasVerifier = 1;
}
def DL_GradientOp : DL_ValueOp<"gradient", -1, [], [], [NotDifferentiable, MadeByCompiler]> {
  let summary = "The gradients of the first operand, a number, with respect to each of the others";
  let description = [{
    Made by level `graph` for a training step, and replaced by plain ops at level `autodiff`.
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs);
  let results = (outs Variadic<AnyTensor>:$gradients);
}
def DL_TotalOp : DL_ValueOp<"total", -1, [], [], [NotDifferentiable, MadeByCompiler]> {
  let summary = "What gradients of the parts of a batch make together";
  let description = [{
    Made by level `graph` for a training step with `accumulate`, and replaced at the end of level `autodiff`: what stands
    before it becomes a loop over the parts.
  }];
  let arguments = (ins Variadic<AnyTensor>:$inputs);
  let results = (outs Variadic<AnyTensor>:$totals);
}
def DL_ContractOp : DL_ValueOp<"contract", 2, [], [], [Fusible, Differentiable, MadeByCompiler]> {
  let summary = "A product over any dimensions: sum over the last ones of lhs[lhs_map] * rhs[rhs_map]";
  let description = [{
    `over` has the sizes of the dimensions that it runs over: the first `kept` of them are the axes of the result, the others
    are summed, the last running fastest. A map says where an operand is read at each point: each axis at an affine sum of
    dimensions with whole coefficients, as `2 * d1 + d4` for a window that moves by two, or `d1 - d4 + 2`. All places lie
    within the operand; an axis that depends on the batch is read at a dimension of its size. A dimension that is split in
    memory is read at two axes, `d3 floordiv 16` and `d3 mod 16`, as the columns of packed weights are.

    A matrix product has `over = [m, n, k], kept = 2` and the maps (d0, d2) and (d2, d1); a convolution of pictures has
    `over = [batch, y, x, f, i, j, c], kept = 4` and the maps (d0, d1 + d4, d2 + d5, d6) and (d4, d5, d6, d3). Elements are
    floats, all of one type. Made from level `autodiff` on. Its gradients are contractions: where an axis moves by steps, one
    for each residue. Of an operand of which one dimension moves two axes there is none.
  }];
  let arguments = (ins AnyTensor:$lhs, AnyTensor:$rhs, DL_SizesAttr:$over, Number:$kept, AffineMapAttr:$lhs_map,
                       AffineMapAttr:$rhs_map);
}
def DL_RuleOp : DL_RegionOp<"rule", [Symbol, IsolatedFromAbove, MadeByCompiler]> {
  let summary = "What is computed of the elements at one place: an optimizer, for one element of a weight";
  let description = [{
    `rule @adam(%w: f32, %g: f32, ...) -> (f32, ...) { ... }`. Made at level `graph` of an optimizer whose ops are
    element-wise, one for each type of elements; `map` says which tensors it is for. It is written out where a kernel is made:
    the levels before are as short for Adam as for plain descent. Arguments and results are single numbers, and so are all
    values.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeArrayAttr:$result_types);
  let hasVerifier = 1;
}
def DL_MapOp : DL_NamedOp<"map", [Pure, FusiblePointwise, Costly, NotDifferentiable, MadeByCompiler]> {
  let summary = "A rule for each element of tensors of one shape";
  let description = [{
    `%w2, %m2 = map @rule(%w, %g, %m, %rate)`. Operands have one shape, or are single numbers; results have that shape.
  }];
  let arguments = (ins FlatSymbolRefAttr:$rule, Variadic<AnyTensor>:$args);
  let results = (outs Variadic<AnyTensor>:$results);
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The values that replace the results: the ops of the rule, on whole tensors.
    ::llvm::SmallVector<::mlir::Value> writtenOut(::dlc::Ops &b);
  }];
}
def DL_LiftedOp : DL_NamedOp<"lifted", [Pure, MadeByCompiler]> {
  let summary = "A number in which kernels differ that are equal otherwise: it is given to them";
  let description = [{
    `lifted 17`. Made at level `kernels`, so that twelve layers with a dropout each have one kernel and not twelve. The
    result is an i64 number, which lies among the constants of the entry point.
  }];
  let arguments = (ins I64Attr:$value);
  let results = (outs AnyTensor:$result);
}
def DL_RepeatOp : DL_NamedOp<"repeat", [Pure, MadeByCompiler]> {
  let summary = "A scan whose body is an entry point of kind `loop`";
  let description = [{
    `repeat 24 @body(%x, %h0, %w) -> (f32[24, batch, 8], f32[batch, 8])`, `repeat 24 reverse @body(...)`. Made at level
    `kernels`. The attributes of the body's arguments say how each operand is given to a round: `scanned`, one slice of it
    along axis 0; `carried`, at first the operand and then what replaces it; `captured`, as it is. Those of its results say
    what becomes of them: `next` replaces what is carried under that number; `stacked` and `last` are results of the
    `repeat`, as is `before` of an argument, the carried values with which the rounds begin, stacked up.
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<AnyTensor>:$args, DL_SizeAttr:$count, UnitAttr:$reverse);
  let results = (outs Variadic<AnyTensor>:$results);
}
def DL_KernelOp : DL_RegionOp<"kernel", [Symbol, IsolatedFromAbove, MadeByCompiler]> {
  let summary = "A fused group of ops, compiled and run as one";
  let description = [{
    Made at level `kernels`. Its ops run over one domain of points; equal kernels are one.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeArrayAttr:$result_types);
  let hasVerifier = 1;
}
def DL_LaunchOp : DL_NamedOp<"launch", [Pure, MadeByCompiler]> {
  let summary = "One run of a kernel";
  let description = [{
    `launch @kernel(%a, %b)`. An entry point of level `kernels` is a list of these and of reshapes, which cost nothing.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyTensor>:$args);
  let results = (outs Variadic<AnyTensor>:$results);
}
