// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @shape
dl.model @shape {
  func @shape(%x: f32[batch, 4, 6], %i: i32[batch], %s: i32, %w: f32[6, 8]) {
    // CHECK: %v0 = reshape %x, [batch, 24] : f32[batch, 24]{{$}}
    %v0 = reshape %x, [batch, 24]
    // CHECK: %v1 = reshape %x, [?, 6] : f32[4 * batch, 6]{{$}}
    %v1 = reshape %x, [?, 6]
    // CHECK: %v2 = reshape %x, [batch, 2, ?] : f32[batch, 2, 12]{{$}}
    %v2 = reshape %x, [batch, 2, ?]
    // CHECK: %v3 = reshape %s, [1, 1] : i32[1, 1]{{$}}
    %v3 = reshape %s, [1, 1]
    // CHECK: %v4 = transpose %x, [2, 0, 1] : f32[6, batch, 4]{{$}}
    %v4 = transpose %x, [2, 0, 1]
    // CHECK: %v5 = transpose %x, [0, -1, -2] : f32[batch, 6, 4]{{$}}
    %v5 = transpose %x, [0, -1, -2]
    // CHECK: %v6 = broadcast %w, [3, 6, 8] : f32[3, 6, 8]{{$}}
    %v6 = broadcast %w, [3, 6, 8]
    // CHECK: %v7 = broadcast %i, [5, batch] : i32[5, batch]{{$}}
    %v7 = broadcast %i, [5, batch]
    // CHECK: %v8 = slice %x, axis = 1, size = 2 : f32[batch, 2, 6]{{$}}
    %v8 = slice %x, axis = 1, size = 2
    // CHECK: %v9 = slice %x, axis = -1, size = 3, start = 2 : f32[batch, 4, 3]{{$}}
    %v9 = slice %x, axis = -1, size = 3, start = 2
    // CHECK: %v10 = select %x, axis = 1, index = 0 : f32[batch, 6]{{$}}
    %v10 = select %x, axis = 1, index = 0
    // CHECK: %v11 = select %x, axis = -1, index = -1 : f32[batch, 4]{{$}}
    %v11 = select %x, axis = -1, index = -1
    // CHECK: %s0 = shift %x, axis = 1, by = -2, value = 0.5 : f32[batch, 4, 6]{{$}}
    %s0 = shift %x, axis = 1, by = -2, value = 0.5
    // CHECK: %s1 = shift %s2, axis = 1, by = 1, count = 3, step = 2 : f32[batch, 4, 3, 6]{{$}}
    %s2 = reshape %x, [batch, 4, 1, 6]
    %s1 = shift %s2, axis = 1, by = 1, step = 2, count = 3
    // CHECK: %v12 = concat %x, %x, axis = 1 : f32[batch, 8, 6]{{$}}
    %v12 = concat %x, %x, axis = 1
    // CHECK: %v13 = concat %w, %w, %w : f32[18, 8]{{$}}
    %v13 = concat %w, %w, %w
    // CHECK: %v14 = concat %x, %x : f32[2 * batch, 4, 6]{{$}}
    %v14 = concat %x, %x
    // CHECK: %p, %q, %r = split %x, 3 : f32[batch, 4, 2], f32[batch, 4, 2], f32[batch, 4, 2]{{$}}
    %p, %q, %r = split %x, 3
    // CHECK: %t, %u = split %x, 2, axis = 1 : f32[batch, 2, 6], f32[batch, 2, 6]{{$}}
    %t, %u = split %x, 2, axis = 1
    // CHECK: %v17 = pad %w, high = [0, 1], low = [2, 0] : f32[8, 9]{{$}}
    %v17 = pad %w, high = [0, 1], low = [2, 0]
    // CHECK: %v18 = pad %x, low = [0, 1, 1], value = -1.5 : f32[batch, 5, 7]{{$}}
    %v18 = pad %x, low = [0, 1, 1], value = -1.5
    // CHECK: %v19 = gather %w, %i : f32[batch, 8]{{$}}
    %v19 = gather %w, %i
    // CHECK: %v20 = iota %x : i32[batch, 4, 6]{{$}}
    %v20 = iota %x
    // CHECK: %v21 = iota %x, start = %s, axis = 1 : i32[batch, 4, 6]{{$}}
    %v21 = iota %x, start = %s, axis = 1
    // CHECK: %v21b = iota %x, axis = 1, type = i64 : i64[batch, 4, 6]{{$}}
    %v21b = iota %x, axis = 1, type = i64
    // CHECK: %v21c = pad %x, low = [0, 0, 1], value = 9007199254740993 : f32[batch, 4, 7]{{$}}
    %v21c = pad %x, low = [0, 0, 1], value = 9007199254740993
    // CHECK: %v22 = scatter_add %i, %v19, 6 : f32[6, 8]{{$}}
    %v22 = scatter_add %i, %v19, 6
    // CHECK: %v23 = check_index %i, 6 : i32[batch]{{$}}
    %v23 = check_index %i, 6
    // CHECK: %v24 = check_index %i, 6, ignore_index = -100, op = "cross_entropy" : i32[batch]{{$}}
    %v24 = check_index %i, 6, ignore_index = -100, op = "cross_entropy"
    return %x
  }
}
