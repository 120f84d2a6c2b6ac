// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s --emit=graph -o graph.mlir && dlc %s --emit=kernels -o kernels.mlir && dlc %s --emit=loops -o loops.mlir && dlc %s --emit=plan -o plan.mlir

// A printed level is checked before the next levels rely on it: what its arguments and results stand for, which ops stand
// where, what the runtime will be told.
// RUN: sed 's/batch = array<i64: 32>/batch = array<i64: -1>/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OPTIONS
// OPTIONS: error: dl.options of this level: expected `batch` and `open` from 1 to 16777216, in ascending order, and `optimize` from 0 to 3
// RUN: sed 's/entry function @f/entry func @f/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: error: entry @f: expected function, session, train, gradients, apply or loop, found 'func'
// RUN: sed 's/{input = "i"}/{}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NOTHING
// NOTHING: error: argument 1 of an entry point: nothing says what it stands for; expected input, parameter, buffer, session, slot, scalar, step or random
// RUN: sed 's/{input = "i"}/{input = "i", random}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: error: argument 1 of an entry point: it cannot be input and random at once
// RUN: sed 's/{input = "i"}/{input = 1 : i64}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: argument 1 of an entry point: expected a name in quotes for input
// RUN: sed 's/{init = #dl.init<zeros>, parameter = "rows"}/{parameter = "rows"}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=INIT
// INIT: error: argument 2 of an entry point: a parameter has an initialiser `init`
// RUN: sed 's/%rows: f32\[3, 4\]/%rows: f32[batch, 4]/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SIZES
// SIZES: error: argument 2 of an entry point: a parameter has sizes that are numbers
// RUN: sed 's/%rows: f32\[3, 4\]/%rows: f32[3, batch]/; s/parameter = "rows"/session = "rows"/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SESSION
// SESSION: error: argument 2 of an entry point: a session has sizes that are numbers, but for the first axis
// RUN: sed 's/group = "", init/init/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SLOT
// SLOT: error: argument 2 of an entry point: a slot has the texts `of` and `group`
// RUN: sed 's/of = "w", slot/of = "v", slot/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OF
// OF: error: a slot of an entry point is of 'v', which is no parameter of it
// RUN: sed 's/scalar = "lr", value = 1.000000e-02 : f64}/scalar = "lr"}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: error: argument 3 of an entry point: a scalar is one f64 with a `value`
// RUN: sed 's/parameter = "w"}/parameter = "w", layout}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LAYOUT
// LAYOUT: error: argument 1 of an entry point: only what is stored has a layout: each of its axes once, or a split one first and last
// RUN: sed 's/{input = "i"}/{random}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=RANDOM
// RANDOM: error: argument 1 of an entry point: what is random is i64[3]: seed, step, row
// RUN: sed 's/f32 {output = "loss"}/f32 {}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: error: result 0 of an entry point: expected `output` or `update`
// RUN: sed 's/{of = "w", update = "m"}/{of = "w", update = "n"}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=UPDATE
// UPDATE: error: result 2 of an entry point: no stored tensor 'n' of its type is among the arguments
// RUN: sed 's/%i: i32\[batch\] {input = "i"}/%i: i32[?] {input = "i"}/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: expected a value with known sizes, found f32
// RUN: sed 's/^  dl.model @m {/&\n freeze "a"/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ITEM
// ITEM: error: `freeze` cannot stand here; level `graph` holds `rule` and `entry`
// RUN: sed 's/^      %g = gather/      freeze "a"\n&/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LINE
// LINE: error: `freeze` cannot stand in an entry point of level `graph`
// RUN: sed 's/^    kernel @k0_check_index(%i: i32\[batch\]/    kernel @k0_check_index(%i: i32[?]/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=KERNEL
// KERNEL: error: expected a kernel whose arguments have known sizes, found i32[?]
// RUN: sed 's/dl.rows_independent = true/dl.rows_independent = @x/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ROWS
// ROWS: error: dl.rows_independent: expected true or false, found @x
// RUN: sed '/kernel @k1_gather_add/,/return/s/^      return %y/      %q = matmul %x, %rows, transpose_b\n&/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=SPACE
// SPACE: error: the ops of kernel @k1_gather_add do not run over one space of points
// RUN: sed 's/launch @k1_gather_add(%rows, %0, %x)/launch @k1_gather_add(%rows, %0)/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LAUNCH
// LAUNCH: error: kernel @k1_gather_add has other arguments or results
// RUN: sed 's/, dl.workspace = [0-9]* : i64//' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=WORKSPACE
// WORKSPACE: error: @f needs dl.workspace, a number of bytes, at level `plan`
// RUN: sed 's/^  dl.schedule @f/  func.func private @absent()\n&/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=FOREIGN
// FOREIGN: error: `func.func` cannot stand here; level `plan` holds modules of kernels and schedules
// RUN: sed 's/^  dl.schedule @f/  module @empty {}\n&/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=BODY
// BODY: error: expected a module @name that holds the function of a kernel, @name
// RUN: sed 's/capacity = 32 : i64/capacity = -1 : i64/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ENTRY
// ENTRY: error: dl.entry: expected name, kind, extents, parts, rows_independent, arg_attrs, arg_types, res_attrs and res_types of an entry point
// RUN: sed 's/res_types = \[tensor<f32>\]/res_types = [1 : i64]/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=TYPES
// TYPES: error: dl.entry: expected types in res_types
// RUN: sed 's/row_size = #dl.open<\[1\]>/row_size = 1 : i64/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=CHECK
// CHECK: error: expected op, limit and row_size of a check, and a report
// RUN: sed 's/{input = "i"}, //; s/, tensor<?xi32, #dl.open<\[batch\]>>//' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: error: there is no input[1]; @f has 1
// RUN: sed 's/dl.flops = [0-9.e+]* : f64, //' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=FLOPS
// FLOPS: error: @{{.*}}: expected a kernel with dl.inputs, dl.scratch, dl.flops, dl.bytes, and in dl.operands what is to be known of each of its buffers
// RUN: sed 's/dl.operands = \[{bytes = \([0-9]*\)/dl.operands = [{bytes = -\1/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OPERANDS
// OPERANDS: error: @{{.*}}: expected a kernel with dl.inputs, dl.scratch, dl.flops, dl.bytes, and in dl.operands what is to be known of each of its buffers
// RUN: sed 's/dl.operands = \[{bytes = [0-9]*/dl.operands = [{bytes = 1/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=BUFFERS
// BUFFERS: error: kernel @{{.*}} has other buffers
// RUN: sed 's/place input\[0\]/place input/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: error: expected input[number], output[number] or an arena
// RUN: sed 's/place params/place nowhere/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ARENA
// ARENA: error: found `nowhere`; expected params, buffers, training, session, workspace, input, output
// RUN: sed 's/place params :/place params + -4 :/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OFFSET
// OFFSET: error: expected an offset of at least 0, one step for each index, and at most 8 open sizes in each
// RUN: sed 's/parts batch/parts -1 * batch/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=PARTS
// PARTS: error: expected at least 0 parts, with at most 8 open sizes, in units of at least 1
// RUN: sed 's/run @k0_check_index/run @absent/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ABSENT
// ABSENT: error: kernel @absent is missing
// RUN: sed 's/^    end /    run @k0_check_index() -> () parts 1 : () -> ()\n    place workspace : memref<1xf32>\n    dl.freeze "a"\n&/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=STEP
// STEP: error: `dl.freeze` cannot stand in a schedule
// RUN: sed 's/^    end .*/    loop %i to -1 {}\n&/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ROUNDS
// ROUNDS: error: expected one index, at least 0 rounds, and at most 8 loops in each other
// RUN: sed 's/^    end .*/    %c = arith.constant 1 : index\n    place workspace by [4](%c) : memref<1xf32>\n&/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: error: expected indices of loops
// RUN: sed 's/^    end .*/    llvm.unreachable/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NOEND
// NOEND: error: expected a schedule without arguments that ends with `end`
// RUN: sed 's/, %arg2: index/, %more: index, %arg2: index/' plan.mlir > wrong.mlir && not cmp -s wrong.mlir plan.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: error: @{{.*}}: expected a function of 5 arguments, found 6
// RUN: dlc plan.mlir --emit=llvm -o llvm.mlir && sed 's/^    llvm.func hidden/    llvm.func @absent()\n&/; s/^      llvm.return/      llvm.call @absent() : () -> ()\n&/' llvm.mlir > wrong.mlir && not cmp -s wrong.mlir llvm.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LINK
// LINK: dlc: error: cannot link: {{.*}}undefined symbol: absent
// RUN: sed 's/buffer report/buffer somewhere/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ROLE
// ROLE: error: found `somewhere`; expected argument, output, report, constant, temporary
// RUN: sed 's/buffer argument\[0\]/buffer argument/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=UNNUMBERED
// UNNUMBERED: error: expected argument[number], output[number], report, constant or temporary
// RUN: sed 's/buffer report/buffer report = 5/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=VALUED
// VALUED: error: expected a number of a constant, and of nothing else
// RUN: sed 's/buffer argument\[0\]/buffer argument[9]/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=BEYOND
// BEYOND: error: there is no argument[9]; @f has 3
// RUN: sed 's/buffer report/place workspace/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=EARLY
// EARLY: error: `dl.place` cannot stand in a schedule of level `loops`

// A value is used before the line that makes it.
// RUN: sed '/func.func private @k0_check_index/,/^    }/{/arith.constant/d;}' plan.mlir > wrong.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=BEFORE
// BEFORE: error: use of undeclared SSA value name
// RUN: %python %S/Inputs/mutate-levels.py --count 60 --seed 1 %t dlc %s | tee %t.figures | FileCheck %s --check-prefix=MUTATED
// RUN: %python %src/test/docs/Inputs/reliability.py %src/docs/reliability.md %t.figures
// MUTATED: 60 mutated levels: {{[0-9]+}} compiled, {{[0-9]+}} refused

dl.model @m {
  func @f(%x: f32[batch, 4], %i: i32[batch]) -> (y: f32[batch, 4]) {
    %rows = param "rows" f32[3, 4] = zeros
    %g = gather %rows, %i
    %y = add %x, %g
    return %y
  }
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = zeros
    %p = mul %x, %w
    %l = sum %p
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
