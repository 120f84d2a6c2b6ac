// What cannot be made of the parts of a batch.
// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/TWICE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not dlc %t/COUNT.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=COUNT
// RUN: not dlc %t/COUNT.mlir --size parts=20000 -o %t/out.so 2>&1 | FileCheck %s --check-prefix=MANY
// RUN: not dlc %t/OPEN.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=OPEN
// RUN: not dlc %t/RESULT.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=RESULT
// RUN: not dlc %t/WEIGHED.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=WEIGHED
// RUN: not dlc %t/STATE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATE
// RUN: not dlc %t/NOROWS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=NOROWS
// RUN: not dlc %t/AXIS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=AXIS
// RUN: not ls %t/out.so

// TWICE: TWICE.mlir:11:5: error: a step has one `accumulate`; leave this one out
// TWICE: TWICE.mlir:10:5: note: and this one
// COUNT: COUNT.mlir:9:5: error: accumulate: expected 1 to 16384 parts of a batch, found 0
// MANY: error: accumulate: expected 1 to 16384 parts of a batch, found 20000
// OPEN: OPEN.mlir:9:5: error: accumulate: expected 1 to 16384 parts of a batch, found batch
// RESULT: RESULT.mlir:11:5: error: accumulate: the result 'norm', %n : f32, of parts of a batch does not tell that of the whole; return rows, or single numbers that are sums over rows or means over rows
// RESULT-NOT: error
// WEIGHED: WEIGHED.mlir:14:5: error: accumulate: 'loss' is divided by what depends on trained parameters, so that the gradients of parts of a batch do not tell that of the whole
// STATE: STATE.mlir:12:5: error: accumulate: 'h' goes on from a row of one batch to that of the next, so that a step cannot be made of several batches; leave out `accumulate`, or what is `session` or `stateful`
// NOROWS: NOROWS.mlir:9:5: error: accumulate: no input of the step depends on the batch, so that there is nothing to divide
// AXIS: AXIS.mlir:2:14: error: accumulate: only the first axis of an input may depend on the batch, found %x : f32[4, batch]

//--- TWICE.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "fc" %x, 4
    %l = mean %a
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    // one is enough
    accumulate 4
    accumulate 2
  }
}
//--- COUNT.mlir
dl.model @m sizes(parts = 0) {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "fc" %x, 4
    %l = mean %a
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2 * parts - parts
  }
}
//--- OPEN.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "fc" %x, 4
    %l = mean %a
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate batch
  }
}
//--- RESULT.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32, norm: f32) {
    %a = nn.linear "fc" %x, 4
    %l = mean %a
    %s = mul %l, %l
    %n = sqrt %s
    return %l, %n
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2
  }
}
//--- WEIGHED.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "fc" %x, 4
    %g = nn.linear "gate" %x, 4
    %w = sigmoid %g
    %p = mul %a, %w
    %s = sum %p
    %n = sum %w
    %l = div %s, %n
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2
  }
}
//--- STATE.mlir
dl.model @m {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %h = state session "h" f32[batch, 4] = zeros
    %a = nn.linear "fc" %x, 4
    %n = add %a, %h
    update "h", %n
    %l = mean %n
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2
  }
}
//--- NOROWS.mlir
dl.model @m {
  func @loss(%x: f32[8, 4]) -> (loss: f32) {
    %a = nn.linear "fc" %x, 4
    %l = mean %a
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2
  }
}
//--- AXIS.mlir
dl.model @m {
  func @loss(%x: f32[4, batch]) -> (loss: f32) {
    %w = param "w" f32[4, 1] = ones
    %a = mul %x, %w
    %l = mean %a
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @adam
    accumulate 2
  }
}
