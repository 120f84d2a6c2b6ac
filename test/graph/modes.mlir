// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s
// Dropout asks for the mode: on inside a training step, off elsewhere, unless a call says otherwise. Each has a stream of
// random numbers, named by the scopes of the calls and its own name.
dl.model @modes {
  func private @drop(%x: f32[rows, features]) {
    %d = dropout %x, 0.5
    return %d
  }
  func private @two(%x: f32[rows, features]) {
    %first = dropout %x, 0.25
    %second = dropout %first, 0.75
    %y = call "in" @drop(%second)
    return %y
  }
  func private @sure(%x: f32[rows, features]) {
    %y = call "in" @drop(%x), inference
    return %y
  }

  // CHECK-LABEL: entry function @inference(
  // CHECK-NOT: random
  // CHECK-NOT: dropout
  // CHECK: return %x
  func @inference(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = call "h.0" @two(%x)
    return %y
  }

  // CHECK-LABEL: entry function @sample(
  // CHECK-SAME: %random: i64[3] {random}
  // CHECK: %[[A:.*]] = dropout_mask %x, %random, 0.25, stream = "h.0.first"
  // CHECK: %[[X:.*]] = mul %x, %[[A]]
  // CHECK: %[[B:.*]] = dropout_mask %[[X]], %random, 0.75, stream = "h.0.second"
  // CHECK: %[[Y:.*]] = mul %[[X]], %[[B]]
  // CHECK: %[[C:.*]] = dropout_mask %[[Y]], %random, 0.5, stream = "h.0.in.d"
  // CHECK: %[[Z:.*]] = mul %[[Y]], %[[C]]
  // CHECK: return %[[Z]]
  func @sample(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = call "h.0" @two(%x), training
    return %y
  }

  // A scope that is used again has a stream of its own each time; a call in inference mode within training has none.
  // CHECK-LABEL: entry function @again(
  // CHECK: stream = "a.d" :
  // CHECK: stream = "a.d#1" :
  // CHECK: stream = "b.d" :
  // CHECK: stream = "d" :
  // CHECK: stream = "a.d#2" :
  // CHECK-NOT: stream
  // CHECK: return
  func @again(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %a = call "a" @drop(%x), training
    %b = call "a" @drop(%a), training
    %c = call "b" @drop(%b), training
    %d = call @drop(%c), training
    %e = call "a" @drop(%d), training
    %f = call "c" @sure(%e), training
    %g = call "c" @drop(%f), inference
    %y = call "c" @drop(%g)
    return %y
  }
  func private @none(%x: f32[rows, features]) {
    %d = dropout %x, 0.0
    return %d
  }
  // CHECK-LABEL: entry function @nothing(
  // CHECK-NOT: dropout_mask
  // CHECK: return %x
  func @nothing(%x: f32[batch, 4]) -> (y: f32[batch, 4]) {
    %y = call @none(%x), training
    return %y
  }
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[4] = ones
    %v = mul %x, %w
    %a = call "on" @drop(%v)
    %own = dropout %a, 0.125
    %b = call "off" @drop(%own), inference
    %l = mean %b
    return %l
  }

  // The function itself is called in inference mode, the step in training mode.
  // CHECK-LABEL: entry function @loss(
  // CHECK-NOT: dropout
  // CHECK: return
  // CHECK-LABEL: entry train @step(
  // CHECK: dropout_mask %{{.*}}, %random, 0.5, stream = "on.d"
  // CHECK: dropout_mask %{{.*}}, %random, 0.125, stream = "own"
  // CHECK-NOT: dropout_mask
  // CHECK: gradient
  // CHECK-LABEL: entry gradients @step.gradients(
  // CHECK: dropout_mask %{{.*}}, %random, 0.5, stream = "on.d"
  // CHECK: dropout_mask %{{.*}}, %random, 0.125, stream = "own"
  // CHECK-NOT: dropout_mask
  // CHECK: gradient
  // CHECK-LABEL: entry apply @step.apply(
  // CHECK-NOT: dropout
  // CHECK-NOT: random
  // CHECK: return
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
