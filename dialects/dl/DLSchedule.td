// DLSchedule.td - schedules: what a call of an entry point runs, from level `loops` on. Verifiers: DLSchedule.cpp.
// SPDX-License-Identifier: Apache-2.0
//
//   dl.schedule @step {dl.entry = {...}} {          level plan: every buffer has its place
//     %x = place input[0] : memref<128xf32>
//     %w = place params + 64 : memref<16xf32>
//     %t = place workspace + 128 : memref<32xf32>
//     run @k0(%x, %w) -> (%t) parts batch by 8 : (...) -> (...)
//     end
//   }

class DL_ScheduleOpOf<string mnemonic, list<Trait> traits = []>
    : Op<DL_Dialect, mnemonic, !listconcat(traits, [MadeByCompiler])>;

def DL_ScheduleOp : DL_ScheduleOpOf<"schedule", [Symbol, IsolatedFromAbove, SingleBlock,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getDefaultDialect"]>]> {
  let summary = "What a call of an entry point runs: buffers, runs of kernels, counted loops";
  let description = [{
    `schedule @name attributes {dl.entry = {...}} { ... end }`. Made at level `loops`, with buffers; at level `plan` each
    has its place. `dl.entry` is what the entry point was; `dl.workspace` and `dl.scratch` are bytes, `dl.constants` the
    numbers in the arena of that name.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
  let extraClassDefinition = [{ ::llvm::StringRef $cppClass::getDefaultDialect() { return "dl"; } }];
}
def DL_BufferOp : DL_ScheduleOpOf<"buffer", [MemoryEffects<[MemAlloc]>]> {
  let summary = "Memory of a schedule that has no place yet";
  let description = [{
    `buffer argument[0]`: what the entry point is given or has stored. `buffer output[0]`: what it yields. `buffer report`:
    where a check writes the place and the value of what is out of range. `buffer constant = 17`: a number that is known
    when the model is compiled. `buffer temporary`: a value on the way.
  }];
  let arguments = (ins StrAttr:$role, OptionalAttr<I64Attr>:$index, OptionalAttr<I64Attr>:$value);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = "custom<Word>($role) (`[` $index^ `]`)? (`=` $value^)? attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}
def DL_PlaceOp : DL_ScheduleOpOf<"place", [Pure]> {
  let summary = "Memory of a schedule: bytes from the start of an arena, an input or an output";
  let description = [{
    `place params + 64`, `place input[1]`, `place constants + 8`, `place workspace + 128 by [256](%i)`: each loop index adds
    as many bytes as stand for it. `place workspace + 128 from 32 * batch by [64 * batch](%i)`: open sizes are those of the call.
  }];
  let arguments = (ins StrAttr:$base, OptionalAttr<I64Attr>:$index, DefaultValuedAttr<I64Attr, "0">:$offset,
                       OptionalAttr<DL_SizeAttr>:$first, DL_SizesAttr:$steps, Variadic<Index>:$indices);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = [{
    custom<Word>($base) (`[` $index^ `]`)? (`+` $offset^)? `` custom<Moves>($first, $steps, $indices)
    attr-dict `:` type($buffer)
  }];
  let hasVerifier = 1;
}
def DL_SlotOp : DL_ScheduleOpOf<"slot", [Pure]> {
  let summary = "Part of a buffer that holds the values of many rounds";
  let description = [{
    `slot %all + 1 by [1](%i) of 256 * batch`: the buffer from slot 1 + %i on; a slot has 256 elements, times the open sizes
    of the call that stand there. Level `plan` makes a place of it. `dl.values` are the numbers of the values that it holds
    when a round begins and ends, and that the whole buffer holds before and after the loop; -1 where nothing is said.
  }];
  let arguments = (ins AnyMemRef:$whole, DefaultValuedAttr<I64Attr, "0">:$first,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$steps, Variadic<Index>:$indices, DL_SizeAttr:$size);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = [{
    $whole (`+` $first^)? (`by` $steps^ `(` $indices `)`)? `of` custom<Known>($size) attr-dict
    `:` type($whole) `->` type($buffer)
  }];
  let hasVerifier = 1;
}
def DL_RunOp : DL_ScheduleOpOf<"run", [AttrSizedOperandSegments]> {
  let summary = "One run of a kernel";
  let description = [{
    `run @kernel(inputs) -> (outputs) parts 4 * batch by 8`: the kernel has `count` units of work; `unit` of them make one part. Parts may run at once, in any order. `check` says what is
    wrong where the kernel is a check and finds something: `op`, `limit`, `row_size`.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyMemRef>:$inputs,
                       Variadic<AnyMemRef>:$outputs, DL_SizeAttr:$count, I64Attr:$unit,
                       OptionalAttr<DictionaryAttr>:$check);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `->` `(` $outputs `)` `parts` custom<Parts>($count, $unit) (`check` $check^)?
    attr-dict `:` functional-type($inputs, $outputs)
  }];
  let hasVerifier = 1;
}
def DL_LoopOp : DL_ScheduleOpOf<"loop", [SingleBlock, NoTerminator, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getDefaultDialect"]>]> {
  let summary = "Part of a schedule that runs `count` times";
  let description = [{
    `loop %i to 12 { ... }`: the index goes from 0 to 11; `loop %i to 3 * time reverse { ... }`: from 3 * time - 1 to 0. What
    runs in it is placed by the index.
  }];
  let arguments = (ins DL_SizeAttr:$count, UnitAttr:$reverse);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
  let extraClassDefinition = [{ ::llvm::StringRef $cppClass::getDefaultDialect() { return "dl"; } }];
}
def DL_EndOp : DL_ScheduleOpOf<"end", [Terminator, HasParent<"ScheduleOp">]> {
  let summary = "The end of a schedule";
  let description = [{ `dl.values` are the numbers of the values that its buffers hold then. }];
  let assemblyFormat = "attr-dict";
}
