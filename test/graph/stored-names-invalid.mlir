// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/OPTIMIZER.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=OPTIMIZER
// RUN: not dlc %t/SESSION.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SESSION
// RUN: not dlc %t/DOT.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=DOT
// RUN: not dlc %t/STARTS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STARTS

// What is stored, and what a file or an entry point gives a name to, must be told apart by it.
// OPTIMIZER: OPTIMIZER.mlir:3:10: error: a parameter cannot be called 'optimizer.w.m': in a checkpoint, names that begin with 'optimizer.' are those of optimizer slots; give it, or the scope, another name
// SESSION: SESSION.mlir:3:10: error: a parameter cannot be called 'session.x': in a checkpoint, names that begin with 'session.' are those of session state; give it, or the scope, another name
// SESSION: note: called from here
// DOT: DOT.mlir:7:30: error: %b.c of @o: the name of a slot or a scalar has no dot; one stands between it and its parameter or group
// DOT: DOT.mlir:7:52: error: %l.r of @o: the name of a slot or a scalar has no dot
// STARTS: STARTS.mlir:11:30: error: slot 'm' of 'w' starts from ones here; training steps of one parameter share slots of one name: give this one another name
// STARTS: STARTS.mlir:7:30: note: and from zeros here

//--- OPTIMIZER.mlir
dl.model @m {
  func @f(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %w = param "optimizer.w.m" f32[4] = ones
    %y = mul %x, %w
    return %y
  }
}

//--- SESSION.mlir
dl.model @m {
  func private @net(%x: f32[batch, 4]) {
    %w = param "x" f32[4] = ones
    %y = mul %x, %w
    return %y
  }
  func @f(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = call "session" @net(%x)
    return %y
  }
}

//--- DOT.mlir
dl.model @m {
  func @loss(%x: f32[4]) -> (loss: f32) {
    %w = param "w" f32[4] = ones
    %l = mse_loss %x, %w
    return %l
  }
  optimizer @o(%w, %g) slots(%b.c = zeros) scalars(%l.r = 0.5) {
    return %w, %b.c
  }
  train @t minimizes @loss { optimize "*" with @o }
}

//--- STARTS.mlir
dl.model @m {
  func @loss(%x: f32[4]) -> (loss: f32) {
    %w = param "w" f32[4] = ones
    %l = mse_loss %x, %w
    return %l
  }
  optimizer @a(%w, %g) slots(%m = zeros) {
    %n = add %m, %g
    return %w, %n
  }
  optimizer @b(%w, %g) slots(%m = ones) {
    %n = mul %m, %g
    return %w, %n
  }
  train @t minimizes @loss { optimize "*" with @a }
  train @u minimizes @loss { optimize "*" with @b }
}
