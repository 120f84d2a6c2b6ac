// RUN: dlc-opt %s --cse --canonicalize | FileCheck %s
// Equal ops are one where they mean one thing: two dropouts draw two masks, two masks of one stream are one.

// CHECK-LABEL: dl.model @random
dl.model @random {
  // CHECK-LABEL: func @pure(
  // CHECK-NEXT: %[[E:.*]] = exp %x
  // CHECK-NEXT: %[[S:.*]] = add %[[E]], %[[E]]
  // CHECK-NEXT: return %[[S]]
  func @pure(%x: f32[batch, 5]) {
    %a = exp %x
    %b = exp %x
    %unread = tanh %x
    %y = add %a, %b
    return %y
  }
  // CHECK-LABEL: func @differ(
  // CHECK-DAG: %[[A:.*]] = sum %x, axes = [0]
  // CHECK-DAG: %[[B:.*]] = sum %x, axes = [1]
  // CHECK: return %[[A]], %[[B]]
  func @differ(%x: f32[5, 5]) {
    %a = sum %x, axes = [0]
    %b = sum %x, axes = [1]
    return %a, %b
  }
  // CHECK-LABEL: func @dropouts(
  // CHECK-DAG: %[[A:.*]] = dropout %x, 0.5
  // CHECK-DAG: %[[B:.*]] = dropout %x, 0.5
  // CHECK: add %[[A]], %[[B]]
  func @dropouts(%x: f32[batch, 5]) {
    %a = dropout %x, 0.5
    %b = dropout %x, 0.5
    %y = add %a, %b
    return %y
  }
  // CHECK-LABEL: func @masks(
  // CHECK-DAG: %[[A:.*]] = dropout_mask %x, %r, 0.5, stream = "a"
  // CHECK-DAG: %[[B:.*]] = dropout_mask %x, %r, 0.5, stream = "b"
  // CHECK: return %[[A]], %[[A]], %[[B]]
  func @masks(%x: f32[batch, 5], %r: i64[3]) {
    %a = dropout_mask %x, %r, 0.5, stream = "a"
    %again = dropout_mask %x, %r, 0.5, stream = "a"
    %b = dropout_mask %x, %r, 0.5, stream = "b"
    return %a, %again, %b
  }
}
