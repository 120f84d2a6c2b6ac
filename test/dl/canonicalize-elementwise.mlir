// RUN: dlc-opt %s --canonicalize | FileCheck %s
// What an element-wise op is when its operands are known, and where it is not.

// CHECK-LABEL: dl.model @elementwise
dl.model @elementwise {
  // CHECK-LABEL: func @neg_neg(
  // CHECK-NEXT: return %x
  func @neg_neg(%x: f32[batch, 4]) {
    %a = neg %x
    %y = neg %a
    return %y
  }
  // CHECK-LABEL: func @neg_neg_neg(
  // CHECK-NEXT: %[[N:.*]] = neg %x :
  // CHECK-NEXT: return %[[N]]
  func @neg_neg_neg(%x: i32[7]) {
    %a = neg %x
    %b = neg %a
    %y = neg %b
    return %y
  }
  // CHECK-LABEL: func @neg_read_twice(
  // CHECK-NEXT: %[[N:.*]] = neg %x :
  // CHECK-NEXT: return %x, %[[N]]
  func @neg_read_twice(%x: f32[7]) {
    %a = neg %x
    %y = neg %a
    return %y, %a
  }

  // CHECK-LABEL: func @cast_to_itself(
  // CHECK-NEXT: return %x, %i
  func @cast_to_itself(%x: f32[batch], %i: ui8[3]) {
    %y = cast %x, f32
    %j = cast %i, ui8
    return %y, %j
  }
  // A rounding is not undone, nor is what is cut off.
  // CHECK-LABEL: func @cast_there_and_back(
  // CHECK: cast %d, f32
  // CHECK: cast %{{.*}}, f64
  // CHECK: cast %x, i32
  // CHECK: cast %{{.*}}, f32
  func @cast_there_and_back(%d: f64[3], %x: f32[3]) {
    %a = cast %d, f32
    %y = cast %a, f64
    %b = cast %x, i32
    %z = cast %b, f32
    return %y, %z
  }

  // CHECK-LABEL: func @add_zero(
  // CHECK-NOT: add
  // CHECK-NOT: sub
  // CHECK: return %x, %x, %x, %i, %i
  func @add_zero(%x: f32[batch, 4], %i: i64[3]) {
    %number = constant f32 = -0.0
    %list = constant f32[4] = -0.0
    %zero = constant f32 = 0.0
    %whole = constant i64 = 0
    %a = add %x, %number
    %b = add %list, %x
    %c = sub %x, %zero
    %d = add %i, %whole
    %e = sub %i, %whole
    return %a, %b, %c, %d, %e
  }
  // -0.0 + 0.0 is 0.0, and so is -0.0 - -0.0.
  // CHECK-LABEL: func @add_other_zero(
  // CHECK: %a = add %x, %{{.*}}
  // CHECK: %b = add %{{.*}}, %x
  // CHECK: %c = sub %x, %{{.*}}
  func @add_other_zero(%x: f32[batch, 4]) {
    %number = constant f32 = 0.0
    %list = constant f32[4] = 0.0
    %minus = constant f32 = -0.0
    %a = add %x, %number
    %b = add %list, %x
    %c = sub %x, %minus
    return %a, %b, %c
  }
  // CHECK-LABEL: func @zero_sub(
  // CHECK: sub %{{.*}}, %x
  func @zero_sub(%x: f32[4]) {
    %zero = constant f32 = 0.0
    %y = sub %zero, %x
    return %y
  }
  // CHECK-LABEL: func @add_not_zero(
  // CHECK: add %x, %{{.*}}
  // CHECK: sub %x, %{{.*}}
  // CHECK: add %x, %{{.*}}
  func @add_not_zero(%x: f32[2]) {
    %tiny = constant f32 = 1.0e-30
    %one = constant f32 = 1.0
    %list = constant f32[2] = [0.0, 1.0]
    %y = add %x, %tiny
    %z = sub %x, %one
    %w = add %x, %list
    return %y, %z, %w
  }
  // A zero that stretches is not nothing.
  // CHECK-LABEL: func @add_stretched(
  // CHECK: %y = add %row, %{{.*}} : f32[3, 4]
  // CHECK: %z = sub %number, %{{.*}} : f32[3, 4]
  // CHECK: %w = mul %number, %{{.*}} : f32[4]
  // CHECK: %v = div %row, %{{.*}} : f32[3, 4]
  func @add_stretched(%row: f32[4], %number: f32) {
    %zeros = constant f32[3, 4] = 0.0
    %minus = constant f32[3, 4] = -0.0
    %ones = constant f32[4] = 1.0
    %many = constant f32[3, 1] = 1.0
    %y = add %row, %minus
    %z = sub %number, %zeros
    %w = mul %number, %ones
    %v = div %row, %many
    return %y, %z, %w, %v
  }

  // CHECK-LABEL: func @mul_one(
  // CHECK-NOT: mul
  // CHECK-NOT: div
  // CHECK: return %x, %x, %x, %i
  func @mul_one(%x: f32[batch, 4], %i: i32[3]) {
    %one = constant f32 = 1.0
    %whole = constant i32 = 1
    %a = mul %x, %one
    %b = mul %one, %x
    %c = div %x, %one
    %d = div %i, %whole
    return %a, %b, %c, %d
  }
  // 0 * x is not 0 where x is not finite; 1 / x is no x; 0.5 is not 1.
  // CHECK-LABEL: func @mul_not_one(
  // CHECK: mul %x, %{{.*}}
  // CHECK: div %{{.*}}, %x
  // CHECK: mul %x, %{{.*}}
  // CHECK: mul %x, %{{.*}}
  func @mul_not_one(%x: f32[2]) {
    %zero = constant f32 = 0.0
    %one = constant f32 = 1.0
    %half = constant f32 = 0.5
    %list = constant f32[2] = [1.0, 2.0]
    %y = mul %x, %zero
    %z = div %one, %x
    %w = mul %x, %half
    %v = mul %x, %list
    return %y, %z, %w, %v
  }

  // What is NaN where x is not finite, or where it is 0.
  // CHECK-LABEL: func @with_itself(
  // CHECK: sub %x, %x
  // CHECK: div %x, %x
  // CHECK: eq %x, %x
  // CHECK: pow %x, %{{.*}}
  // CHECK: max %x, %x
  func @with_itself(%x: f32[2]) {
    %one = constant f32 = 1.0
    %y = sub %x, %x
    %z = div %x, %x
    %e = eq %x, %x
    %p = pow %x, %one
    %m = max %x, %x
    return %y, %z, %e, %p, %m
  }

  // CHECK-LABEL: func @where_same(
  // CHECK-NEXT: return %x
  func @where_same(%k: i1[3], %x: f32[3]) {
    %y = where %k, %x, %x
    return %y
  }
  // CHECK-LABEL: func @where_known(
  // CHECK-NOT: where
  // CHECK: return %a, %b
  func @where_known(%a: f32[batch, 3], %b: f32[batch, 3]) {
    %yes = constant i1 = true
    %no = constant i1[3] = false
    %y = where %yes, %a, %b
    %z = where %no, %a, %b
    return %y, %z
  }
  // CHECK-LABEL: func @where_stretched(
  // CHECK: %y = where %k, %x, %x : f32[3]
  // CHECK: %z = where %{{.*}}, %x, %row : f32[3]
  // CHECK: %b = where %{{.*}}, %row, %a : f32[3]
  func @where_stretched(%k: i1[3], %x: f32, %row: f32[3]) {
    %yes = constant i1 = true
    %some = constant i1[3] = [true, false, true]
    %a = neg %row
    %y = where %k, %x, %x
    %z = where %yes, %x, %row
    %b = where %some, %row, %a
    return %y, %z, %b
  }
}
