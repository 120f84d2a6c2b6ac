// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/LINE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=LINE
// RUN: not dlc %t/READERS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=READERS

// What a mistake touches is taken out with all that reads its values, wherever they stand; the rest is checked on.
// LINE: LINE.mlir:3:7: error: `constant` cannot stand here; a model holds `func`, `train` and `optimizer`
// LINE: LINE.mlir:4:1: error: `return` cannot stand here; a model holds `func`, `train` and `optimizer`
// READERS: READERS.mlir:3:10: error: `constant` cannot stand here; a model holds `func`, `train` and `optimizer`
// READERS: READERS.mlir:8:10: error: `add` cannot stand here; a model holds `func`, `train` and `optimizer`
// READERS: READERS.mlir:10:12: error: mse_loss: expected two tensors of one shape, found %x : f32[batch, 2] and %t : f32[batch, 3]

//--- LINE.mlir
dl.model@t{func@n(%x:f32)->(y:f64[2]) {%y = constant f64[2] = [1, 0]
return %y
}%y = constant i64[2] = 7
return %y
//--- READERS.mlir
dl.model @m {
  func @f(%x: f32[batch, 2]) -> (y: f32[batch, 2]) { return %x }
    %c = constant f32[2] = 1.0
    func private @reads(%x: f32[rows, 2]) {
      %y = add %x, %c
      return %y
    }
    %d = add %c, %c
    func @right(%x: f32[batch, 2], %t: f32[batch, 3]) -> (loss: f32) {
      %l = mse_loss %x, %t
      return %l
    }
}
