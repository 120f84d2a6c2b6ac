// RUN: dlc %s --emit=autodiff | dlc-opt | FileCheck %s --implicit-check-not=channels_first
// RUN: dlc %s --emit=graph | dlc-opt --dl-to-autodiff | FileCheck %s --implicit-check-not=channels_first
// RUN: dlc %s --emit=autodiff -O0 | dlc-opt | FileCheck %s --check-prefix=SLOW --implicit-check-not=channels_first
// RUN: dlc %s --emit=graph | FileCheck %s --check-prefix=GRAPH
// What is written with channels first runs with channels last: a transpose before the first op, and one where they are read
// as they were written. -O0 has them around each op.

// A level that is later than that has no such op.
// RUN: dlc %s --emit=graph | sed 's/dl.level = "graph"/dl.level = "autodiff"/' > %t.late
// RUN: not dlc %t.late -o %t.so 2>&1 | FileCheck %s --check-prefix=LATE
// LATE: error: `max_pool` cannot stand in an entry point of level `autodiff`

// GRAPH: max_pool {{.*}}channels_first
dl.model @first {
  // CHECK-LABEL: entry function @net(
  // CHECK: %[[X:[^ ]+]] = transpose %x, [0, 2, 3, 1] : f32[batch, 8, 8, 3]
  // CHECK-NOT: transpose
  // CHECK: %[[A:[^ ]+]] = conv2d %[[X]], %a.weight, padding = 1
  // CHECK: %[[B:[^ ]+]] = add %[[A]], %a.bias
  // CHECK: %[[R:[^ ]+]] = relu %[[B]]
  // CHECK: %[[M:[^ ]+]] = mean %[[R]], axes = [1, 2], keepdim : f32[batch, 1, 1, 4]
  // CHECK: %[[S:[^ ]+]] = mul %[[R]], %[[M]]
  // CHECK: %[[C:[^ ]+]] = concat %[[S]], %[[R]], axis = 3 : f32[batch, 8, 8, 8]
  // CHECK: %[[P:[^ ]+]] = pad %[[C]], low = [0, 1, 2, 0] : f32[batch, 9, 10, 8]
  // CHECK: %[[V:[^ ]+]] = reshape %v, [1, 1, 1, 8]
  // CHECK: %[[W:[^ ]+]] = mul %[[P]], %[[V]]
  // CHECK: %[[L:[^ ]+]] = slice %[[W]], axis = 3, size = 6, start = 1 : f32[batch, 9, 10, 6]
  // CHECK: %[[F:[^ ]+]] = flip %[[L]], axes = [2]
  // CHECK: %[[Q:[^ ]+]] = max_pool %[[F]], 2 : f32[batch, 4, 5, 6]
  // CHECK: %[[Y:[^ ]+]] = transpose %[[Q]], [0, 3, 1, 2] : f32[batch, 6, 4, 5]
  // CHECK-NOT: transpose
  // CHECK: %[[Z:[^ ]+]] = mean %[[Q]], axes = [1, 2] : f32[batch, 6]
  // CHECK: return %[[Y]], %[[Z]]
  // SLOW-LABEL: entry function @net(
  // SLOW-COUNT-4: transpose
  func @net(%x: f32[batch, 3, 8, 8]) -> (y: f32[batch, 6, 4, 5], z: f32[batch, 6]) {
    %a = nn.conv2d "a" %x, 4, kernel = 3, padding = 1, channels_first
    %r = relu %a
    %m = mean %r, axes = [2, 3], keepdim
    %s = mul %r, %m
    %c = concat %s, %r, axis = 1
    %p = pad %c, low = [0, 0, 1, 2]
    %v = param "v" f32[8, 1, 1] = ones
    %w = mul %p, %v
    %l = slice %w, axis = 1, start = 1, size = 6
    %f = flip %l, axes = [-1]
    %y = max_pool %f, 2, channels_first
    %z = mean %y, axes = [2, 3]
    return %y, %z
  }
  // What goes along one axis, each line for itself, goes along the same one.
  // CHECK-LABEL: entry function @lines(
  // CHECK: transpose %x, [0, 2, 3, 1]
  // CHECK-NOT: transpose
  // CHECK: %[[S:[^ ]+]] = softmax %{{[^ ]+}}, axis = 3 : f32[batch, 8, 8, 4]
  // CHECK: %[[C:[^ ]+]] = cumsum %[[S]], axis = 2
  // CHECK: max_pool %[[C]], 2 : f32[batch, 4, 4, 4]
  // CHECK-NOT: transpose
  // CHECK: return
  func @lines(%x: f32[batch, 3, 8, 8], %w: f32[4, 3, 3, 3]) -> (y: f32[batch, 4]) {
    %a = conv2d %x, %w, padding = 1, channels_first
    %s = softmax %a, axis = 1
    %c = cumsum %s
    %m = max_pool %c, 2, channels_first
    %y = mean %m, axes = [2, 3]
    return %y
  }
  // One channel is first or last, as one likes; so is an axis of one place.
  // CHECK-LABEL: entry function @units(
  // CHECK-NOT: transpose
  // CHECK: return
  func @units(%x: f32[batch, 1, 8, 8], %w: f32[5, 1, 3, 3]) -> (y: f32[batch, 5]) {
    %a = conv2d %x, %w, channels_first
    %b = adaptive_avg_pool %a, 1, channels_first
    %y = flatten %b
    return %y
  }
  // What would take a transpose of its own stays.
  // CHECK-LABEL: entry function @mixed(
  // CHECK: %[[U:[^ ]+]] = upsample
  // CHECK: %[[T:[^ ]+]] = transpose %[[U]], [0, 3, 1, 2]
  // CHECK: add %[[T]], %b
  func @mixed(%x: f32[batch, 2, 4, 4], %b: f32[batch, 2, 8, 8]) -> (y: f32[batch, 2, 8, 8]) {
    %a = upsample %x, scale_factor = 2, channels_first
    %y = add %a, %b
    return %y
  }
}
