// RUN: rm -rf %t && split-file %s %t && cd %t
// What is said of open sizes that are wrong.

// RUN: not dlc BOTH.mlir -o o.so 2>&1 | FileCheck BOTH.mlir
// RUN: not dlc NONE.mlir -o o.so 2>&1 | FileCheck NONE.mlir
// RUN: not dlc MANY.mlir -o o.so 2>&1 | FileCheck MANY.mlir
// RUN: not dlc NEAR.mlir -o o.so 2>&1 | FileCheck NEAR.mlir
// RUN: not dlc UNTOLD.mlir -o o.so 2>&1 | FileCheck UNTOLD.mlir
// RUN: not dlc ZERO.mlir -o o.so 2>&1 | FileCheck ZERO.mlir
// RUN: not dlc CUT.mlir -o o.so 2>&1 | FileCheck CUT.mlir
// RUN: not dlc GOOD.mlir --open length=3 -o o.so 2>&1 | FileCheck %s --check-prefix=NAME
// NAME: error: --open length=...: @m has no open size of that name; it has `batch` (--batch), time
// RUN: not dlc CUT.mlir --open 3 -o o.so 2>&1 | FileCheck %s --check-prefix=FORM
// FORM: dlc: error: --open 3: expected name=number, such as --open time=64
// RUN: not dlc CUT.mlir --open time=0 -o o.so 2>&1 | FileCheck %s --check-prefix=LEAST
// LEAST: dlc: error: --open time=0: expected
// RUN: dlc GOOD.mlir --open time=3,5 --emit=loops -o loops.mlir && dlc GOOD.mlir --emit=graph -o graph.mlir
// RUN: not dlc graph.mlir --open time=7 -o o.so 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: dlc: error: --open time=7: this level was made with other capacities
// RUN: sed 's/open(time = 4)/open(time = 0)/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o o.so 2>&1 | FileCheck %s --check-prefix=CAPACITY
// CAPACITY: error: expected a capacity from 1 to 16777216 for each open size, and at most 7 of them
// RUN: sed '/schedule @g /s/name = "time"/name = "line"/' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o o.so 2>&1 | FileCheck %s --check-prefix=ORDER
// ORDER: error: dl.entry: expected the extents of one model, in one order, in all its entry points
// RUN: sed 's/name = "time"/name = "line"/' loops.mlir > wrong.mlir && not dlc wrong.mlir -o o.so 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: there is an open size here that the entry point does not have; see `extents` of dl.entry
// RUN: not dlc GOOD.mlir --diff --extent time=9 2>&1 | FileCheck %s --check-prefix=EXTENT
// EXTENT: error: @f cannot be called with time = 9: it is compiled for 4; give --extent time=... at most that

//--- BOTH.mlir
// CHECK: :2:25: error: 'time' stands among the sizes and among those that are open; a size is known when the model is compiled, or open until a call: leave one of them out
dl.model @m sizes(time) open(time = 4) {}
//--- NONE.mlir
// CHECK: error: the open size 'time' has no capacity; write the most that a call may have, such as open(time = 64)
dl.model @m open(time) {}
//--- MANY.mlir
// CHECK: error: expected at most 7 open sizes beside the batch, found 8
dl.model @m open(a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1) {}
//--- NEAR.mlir
// Either list may come first. Names of one or two letters are near to any other.
dl.model @m open(time = 4) sizes(width = 8, n = 2) {
  // CHECK: error: no size is called 'widht'; did you mean 'width'?
  func @a(%x: f32[batch, widht]) -> (y: f32[batch, width]) {
    return %x
  }
  // CHECK: error: no size is called 'tme'; did you mean 'time'?
  func @b(%x: f32[batch, tme]) -> (y: f32[batch, time]) {
    return %x
  }
  // CHECK: error: no size is called 'k'{{$}}
  func @c(%x: f32[batch, k]) -> (y: f32[batch, n]) {
    return %x
  }
}
//--- UNTOLD.mlir
dl.model @m open(time = 4) {
  func @f(%x: f32[batch, 2]) -> (y: f32[time, 2]) {
    // CHECK: error: @f depends on the open size 'time', which no input tells; expected an input with an axis of that size, such as f32[time]
    %z = constant f32[time, 2] = 1.0
    return %z
  }
}
//--- ZERO.mlir
// CHECK: error: the capacity of 'time': expected a number from 1 to 16777216, found 0
dl.model @m open(time = 0) {
  func @f(%x: f32[batch, time]) -> (y: f32[batch, time]) {
    %y = relu %x
    return %y
  }
}
//--- CUT.mlir
dl.model @m open(time = 4) {
  func @f(%x: f32[batch, time, 6]) -> (y: f32[batch, 6]) {
    // CHECK: error: select: axis 1 of %x : f32[batch, time, 6] depends on time, and cannot be cut
    %y = select %x, axis = 1, index = 0
    // CHECK: error: slice: axis 1 of %x : f32[batch, time, 6] depends on time, and can only be cut at multiples of it
    %z = slice %x, axis = 1, size = 2
    // CHECK: error: conv1d: padding: a window of 3 elements along an axis that depends on time has 2 of padding, so that there is one for each element, found 0; take same, or a pair such as [2, 0]
    %c = nn.conv1d "c" %x, 3, kernel = 3
    // CHECK: error: conv1d: padding: a window of 5 elements along an axis that depends on time has 4 of padding, so that there is one for each element, found 2; take same, or a pair such as [4, 0]
    %d = nn.conv1d "d" %x, 3, kernel = 3, padding = 1, dilation = 2
    // CHECK: error: conv1d: stride: windows along an axis that depends on time move by 1, found 2; say stride = 1: how many there are must be known before a call
    %e = nn.conv1d "e" %x, 3, kernel = 3, padding = same, stride = 2
    // CHECK: error: max_pool: stride: windows along an axis that depends on time move by 1, found 3; say stride = 1
    %m = max_pool %x, 3, padding = same
    // CHECK: error: conv1d: padding_mode = reflect cannot fill the padding along an axis that depends on time; take zeros
    %o = nn.conv1d "o" %x, 3, kernel = 3, padding = same, padding_mode = reflect
    // CHECK: error: conv1d_transpose: windows cannot write along an axis that depends on time
    %t = nn.conv1d_transpose "t" %x, 3, kernel = 3, padding = 1
    // CHECK: error: pad: an axis that depends on time cannot be padded; `shift` moves its elements, and convolutions have their own padding
    %p = pad %x, low = [0, 1, 0]
    // CHECK: error: upsample: only the first axis may depend on time, found %x : f32[batch, time, 6]
    %u = upsample %x, scale_factor = 2
    return %y
  }
  func @h(%x: f32[batch, time, time, 6], %c: f32[batch, 6, time]) -> (y: f32[batch, time, time, 6]) {
    // CHECK: error: local_response_norm: expected each open size once, found %x : f32[batch, time, time, 6]
    %l = local_response_norm %x, 3
    // CHECK: error: instance_norm: the channels cannot depend on time, found %c : f32[batch, 6, time]
    %i = instance_norm %c
    // CHECK: error: shift: axis 0 of %x : f32[batch, time, time, 6] depends on the batch, whose rows stay where they are
    %s = shift %x, axis = 0, by = 1
    // CHECK: error: shift: expected an axis behind axis 1, of a size that is a number, found %x : f32[batch, time, time, 6]
    %t = shift %x, axis = 1, step = 1
    return %x
  }
  func @g(%score: f32[batch, time], %label: i32[batch]) -> (loss: f32) {
    // CHECK: error: cross_entropy: expected a number of classes that does not depend on time, found %score : f32[batch, time]
    %l = cross_entropy %score, %label
    // CHECK: error: accuracy: expected a number of classes that does not depend on time, found %score : f32[batch, time]
    %a = accuracy %score, %label
    return %l
  }
}
//--- GOOD.mlir
dl.model @m open(time = 4) {
  func @f(%x: f32[batch, time]) -> (y: f32[batch, time]) {
    %y = relu %x
    return %y
  }
  func @g(%x: f32[2, time]) -> (y: f32[2, time]) {
    %y = relu %x
    return %y
  }
}
