// RUN: dlc-opt %s --canonicalize | FileCheck %s
// Ops that move elements: several in a row are one, and one that changes nothing is none.

// CHECK-LABEL: dl.model @shape
dl.model @shape {
  // CHECK-LABEL: func @reshape_to_itself(
  // CHECK-NEXT: return %x, %x
  func @reshape_to_itself(%x: f32[batch, 6]) {
    %y = reshape %x, [batch, 6]
    %z = reshape %x, [batch, ?]
    return %y, %z
  }
  // CHECK-LABEL: func @reshape_back(
  // CHECK-NEXT: return %x
  func @reshape_back(%x: f32[batch, 6]) {
    %a = reshape %x, [batch, 2, 3]
    %y = reshape %a, [batch, 6]
    return %y
  }
  // CHECK-LABEL: func @reshapes(
  // CHECK-NEXT: %[[R:.*]] = reshape %x, [2, 3, 4] : f32[2, 3, 4]
  // CHECK-NEXT: return %[[R]]
  func @reshapes(%x: f32[24]) {
    %a = reshape %x, [4, 6]
    %b = reshape %a, [6, 4]
    %y = reshape %b, [2, 3, 4]
    return %y
  }
  // CHECK-LABEL: func @reshape_read_twice(
  // CHECK-DAG: %[[A:.*]] = reshape %x, [4, 6]
  // CHECK-DAG: %[[Y:.*]] = reshape %x, [2, 12]
  // CHECK: return %[[A]], %[[Y]]
  func @reshape_read_twice(%x: f32[24]) {
    %a = reshape %x, [4, 6]
    %y = reshape %a, [2, 12]
    return %a, %y
  }
  // What stands between two is not jumped over.
  // CHECK-LABEL: func @reshape_between(
  // CHECK: %[[A:.*]] = reshape %x, [4, 6]
  // CHECK: %[[S:.*]] = softmax %[[A]]
  // CHECK: reshape %[[S]], [24]
  func @reshape_between(%x: f32[24]) {
    %a = reshape %x, [4, 6]
    %s = softmax %a
    %y = reshape %s, [24]
    return %y
  }

  // CHECK-LABEL: func @shift_of_nothing(
  // CHECK-NEXT: return %x, %x
  func @shift_of_nothing(%x: f32[batch, 6, 1]) {
    %y = shift %x, axis = 1
    %z = shift %x, axis = 1, step = 3, count = 1
    return %y, %z
  }
  // CHECK-LABEL: func @transpose_of_nothing(
  // CHECK-NEXT: return %x, %v, %n
  func @transpose_of_nothing(%x: f32[batch, 3, 4], %v: f32[5], %n: f32[2, 2]) {
    %y = transpose %x, [0, 1, 2]
    %w = transpose %v, [0]
    %m = transpose %n, [-2, -1]
    return %y, %w, %m
  }
  // CHECK-LABEL: func @transpose_back(
  // CHECK-NEXT: return %x, %m
  func @transpose_back(%x: f32[batch, 3, 4], %m: f32[3, 3]) {
    %a = transpose %x, [2, 0, 1]
    %y = transpose %a, [1, 2, 0]
    %b = transpose %m, [1, 0]
    %n = transpose %b, [-1, -2]
    return %y, %n
  }
  // Both turn the axes by one: together by two, which is not back. Axis i of the result is axis p[i] of the operand.
  // CHECK-LABEL: func @transposes(
  // CHECK-NEXT: %[[T:.*]] = transpose %x, [1, 2, 0] : f32[3, 4, 2]
  // CHECK-NEXT: return %[[T]]
  func @transposes(%x: f32[2, 3, 4]) {
    %a = transpose %x, [2, 0, 1]
    %y = transpose %a, [2, 0, 1]
    return %y
  }
  // CHECK-LABEL: func @transposes_of_four(
  // CHECK-NEXT: %[[T:.*]] = transpose %x, [3, 0, 2, 1] : f32[5, 2, 4, 3]
  // CHECK-NEXT: return %[[T]]
  func @transposes_of_four(%x: f32[2, 3, 4, 5]) {
    %a = transpose %x, [0, 3, 1, 2]
    %y = transpose %a, [1, 0, -1, 2]
    return %y
  }
  // Same type, other elements.
  // CHECK-LABEL: func @transpose_of_a_square(
  // CHECK-NEXT: %[[T:.*]] = transpose %x, [1, 0]
  // CHECK-NEXT: return %[[T]]
  func @transpose_of_a_square(%x: f32[3, 3]) {
    %y = transpose %x, [1, 0]
    return %y
  }

  // CHECK-LABEL: func @broadcast_to_itself(
  // CHECK-NEXT: return %x
  func @broadcast_to_itself(%x: f32[batch, 3]) {
    %y = broadcast %x, [batch, 3]
    return %y
  }
  // CHECK-LABEL: func @broadcast_further(
  // CHECK: broadcast %x, [2, 3]
  // CHECK: broadcast %o, [batch, 3]
  func @broadcast_further(%x: f32[3], %o: f32[1, 3]) {
    %y = broadcast %x, [2, 3]
    %z = broadcast %o, [batch, 3]
    return %y, %z
  }

  // CHECK-LABEL: func @slice_of_all(
  // CHECK-NEXT: return %x, %x
  func @slice_of_all(%x: f32[batch, 5]) {
    %y = slice %x, axis = 1, size = 5
    %z = slice %x, axis = -1, start = 0, size = 5
    return %y, %z
  }
  // CHECK-LABEL: func @slice_of_some(
  // CHECK: slice %x, axis = 1, size = 4
  // CHECK: slice %x, {{.*}}start = 1
  func @slice_of_some(%x: f32[batch, 5]) {
    %y = slice %x, axis = 1, size = 4
    %z = slice %x, axis = 1, start = 1, size = 4
    return %y, %z
  }

  // CHECK-LABEL: func @concat_of_one(
  // CHECK-NEXT: return %x
  func @concat_of_one(%x: f32[batch, 5]) {
    %y = concat %x, axis = 1
    return %y
  }
  // CHECK-LABEL: func @concat_of_two(
  // CHECK: concat %x, %x, axis = 1
  func @concat_of_two(%x: f32[batch, 5]) {
    %y = concat %x, %x, axis = 1
    return %y
  }
  // An axis of one element has one order; another flip along the same axes undoes the first.
  // CHECK-LABEL: func @flips(
  // CHECK: %[[F:.*]] = flip %x, axes = [1] : f32[batch, 6, 1]
  // CHECK-NEXT: %[[A:.*]] = flip %[[F]] : f32[batch, 6, 1]
  // CHECK-NEXT: return %x, %x, %[[F]], %[[A]]
  func @flips(%x: f32[batch, 6, 1]) {
    %a = flip %x, axes = [-1]
    %f = flip %x, axes = [1]
    %b = flip %f, axes = [-2]
    %c = flip %f
    return %a, %b, %f, %c
  }
}
