// An optimizer draws no random numbers: its step is a function of the weight, the gradient, slots and scalars.
//
// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: not dlc normal.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=NORMAL
// RUN: not dlc dropout.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=DROPOUT
// RUN: not ls out.so

// NORMAL: normal.mlir:3:10: error: random_normal: an optimizer draws no random numbers; expected ops that compute with the weight, the gradient, slots and scalars
// NORMAL-NOT: error
// DROPOUT: dropout.mlir:3:10: error: dropout: an optimizer draws no random numbers
// DROPOUT-NOT: error

//--- normal.mlir
dl.model @m {
  optimizer @noisy(%w, %g) scalars(%lr = 0.1) {
    %n = random_normal %g
    %s = add %g, %n
    %d = mul %lr, %s
    %w1 = sub %w, %d
    return %w1
  }
  func @loss(%x: f32[batch, 6]) -> (loss: f32) {
    %w = param "w" f32[6] = uniform(-0.5, 0.5)
    %y = mul %x, %w
    %l = mean %y
    return %l
  }
  train @t minimizes @loss { optimize "w" with @noisy }
}
//--- dropout.mlir
dl.model @m {
  optimizer @dropping(%w, %g) scalars(%lr = 0.1) {
    %n = dropout %g, 0.5
    %d = mul %lr, %n
    %w1 = sub %w, %d
    return %w1
  }
  func @loss(%x: f32[batch, 6]) -> (loss: f32) {
    %w = param "w" f32[6] = uniform(-0.5, 0.5)
    %y = mul %x, %w
    %l = mean %y
    return %l
  }
  train @t minimizes @loss { optimize "w" with @dropping }
}
