// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/end.mlir 2>&1 | FileCheck %s --check-prefix=END
// RUN: not dlc %t/types.mlir 2>&1 | FileCheck %s --check-prefix=TYPES
// RUN: not dlc %t/launch.mlir 2>&1 | FileCheck %s --check-prefix=LAUNCH
// RUN: not dlc-opt %t/attributes.mlir 2>&1 | FileCheck %s --check-prefix=ATTRIBUTES
// RUN: not dlc-opt %t/operands.mlir 2>&1 | FileCheck %s --check-prefix=OPERANDS
// RUN: not dlc-opt --dl-to-graph %t/nothing.mlir 2>&1 | FileCheck %s --check-prefix=NOTHING

// What the compiler itself prints can be edited, and is checked when it is read again.
// END: end.mlir:2:3: error: dl.entry must end with `return`
// TYPES: types.mlir:3:5: error: the types returned are not those of dl.entry
// LAUNCH: launch.mlir:3:17: error: no kernel @k stands above this line
// ATTRIBUTES: attributes.mlir:2:3: error: an entry point needs one dictionary for each argument and result
// OPERANDS: operands.mlir:3:10: error: expected at least one value
// NOTHING: error: there is no dl.model in this file

//--- end.mlir
dl.model @m {
  entry function @f(%x: f32[4] {input = "x"}) -> (f32[4] {output = "y"}) {
    %y = relu %x
  }
}
//--- types.mlir
dl.model @m {
  entry function @f(%x: f32[4] {input = "x"}) -> (f32[5] {output = "y"}) {
    return %x
  }
}
//--- launch.mlir
dl.model @m {
  entry function @f(%x: f32[4] {input = "x"}) -> (f32[4] {output = "y"}) {
    %y = launch @k(%x)
    return %y
  }
}
//--- attributes.mlir
dl.model @m {
  "dl.entry"() <{sym_name = "f", kind = "function", arg_attrs = [], res_attrs = [], result_types = []}> ({
    ^bb0(%x: tensor<4xf32>):
      "dl.return"() : () -> ()
  }) : () -> ()
}
//--- operands.mlir
dl.model @m {
  func @f(%x: f32[4]) {
    %y = "dl.concat"() : () -> tensor<4xf32>
    return %x
  }
}
//--- nothing.mlir
module {
}
