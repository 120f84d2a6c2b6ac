// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/argmax.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=ARGMAX
// RUN: not dlc %t/step.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STEP
// RUN: not dlc %t/cast.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=CAST
// RUN: not dlc %t/several.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SEVERAL
// RUN: not dlc %t/accuracy.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=ACCURACY
// RUN: not ls %t/out.so
// RUN: dlc %t/beside.mlir -o %t/beside.so
// RUN: dlc %t/frozen.mlir -o %t/frozen.so
// RUN: dlc %t/metric.mlir -o %t/metric.so

// A parameter that no derivative reaches, though the loss depends on it, is refused: it would stay as it is.
// ARGMAX: argmax.mlir:5:10: error: the loss depends on 'w' only through `argmax`, which has no derivative, so that training would leave it as it is; `freeze` it, or let the loss depend on it some other way
// ARGMAX-NEXT: argmax.mlir:10:3: note: differentiated here
// ARGMAX-NOT: error
// STEP: step.mlir:4:10: error: the loss depends on 'w' only through `gt`, which has no derivative
// STEP-NOT: error
// CAST: cast.mlir:4:10: error: the loss depends on 'fc.weight', 'fc.bias' only through `cast`, which has no derivative, so that training would leave them as they are
// CAST-NOT: error
// SEVERAL: several.mlir:5:10: error: the loss depends on 'a' only through `gt`, which has no derivative
// SEVERAL-NEXT: several.mlir:6:10: note: and through `lt`, which has none either
// SEVERAL: several.mlir:6:10: error: the loss depends on 'b' only through `lt`
// ACCURACY: accuracy.mlir:4:10: error: `accuracy` has no gradient, and stands on the way from a trained parameter to the loss
// ACCURACY-NOT: error: the loss depends

//--- argmax.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = zeros
    %y = mul %x, %w
    %i = argmax %y
    %f = cast %i, f32
    %l = mean %f
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- step.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = zeros
    %b = gt %x, %w
    %v = param "v" f32[4] = zeros
    %y = where %b, %v, %x
    %l = mean %y
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- cast.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %y = nn.linear "fc" %x, 4
    %i = cast %y, i32
    %f = cast %i, f32
    %v = param "v" f32[4] = zeros
    %p = mul %f, %v
    %l = mean %p
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- several.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = param "a" f32[4] = zeros
    %b = param "b" f32[4] = zeros
    %c = gt %x, %a
    %d = lt %a, %b
    %z = constant f32 = 0.0
    %u = where %c, %x, %z
    %v = where %d, %u, %z
    %l = mean %v
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- accuracy.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4], %label: i32[batch]) -> (loss: f32) {
    %y = nn.linear "fc" %x, 4
    %l = accuracy %y, %label
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- beside.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %w = param "w" f32[4] = ones
    %y = mul %x, %w
    %z = constant f32 = 0.0
    %b = gt %y, %z
    %r = where %b, %y, %z
    %i = argmax %r
    %f = cast %i, f32
    %n = mean %f
    %c = cross_entropy %r, %label
    %l = add %c, %n
    %a = accuracy %r, %label
    return %l, %a
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
//--- frozen.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = zeros
    %b = gt %x, %w
    %v = param "v" f32[4] = zeros
    %y = where %b, %v, %x
    %l = mean %y
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @sgd
    freeze "w"
  }
}
//--- metric.mlir
// What is no part of the loss may be anything.
dl.model @m {
  func @loss(%x: f32[batch, 4], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %y = nn.linear "fc" %x, 4
    %l = cross_entropy %y, %label
    %a = accuracy %y, %label
    return %l, %a
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
