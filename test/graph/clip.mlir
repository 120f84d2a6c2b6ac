// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s
// All gradients together are scaled to at most the limit: by min(1, limit / (norm + 1e-6)).
dl.model @clip {
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %w = param "w" f32[3, 4] = normal(1.0)
    %b = param "b" f32 = zeros
    %frozen = param "frozen" f32[3] = ones
    %a = matmul %x, %w, transpose_b
    %c = add %a, %b
    %d = mul %c, %frozen
    %l = mean %d
    return %l
  }

  // CHECK-LABEL: entry train @clipped(
  // CHECK: %[[G:[0-9]+]]:2 = gradient %{{.*}}, %w, %b :
  // CHECK-DAG: %[[W2:.*]] = mul %[[G]]#0, %[[G]]#0 : f32[3, 4]
  // CHECK-DAG: %[[WS:.*]] = sum %[[W2]], axes = [0, 1] : f32
  // CHECK-DAG: %[[B2:.*]] = mul %[[G]]#1, %[[G]]#1 : f32
  // CHECK-DAG: %[[ALL:.*]] = add %[[WS]], %[[B2]] : f32
  // CHECK-DAG: %[[NORM:.*]] = sqrt %[[ALL]] : f32
  // CHECK-DAG: %[[TINY:.*]] = constant f32 = 1.0e-6
  // CHECK-DAG: %[[SUM:.*]] = add %[[NORM]], %[[TINY]] : f32
  // CHECK-DAG: %[[LIMIT:.*]] = constant f32 = 0.25
  // CHECK-DAG: %[[RATIO:.*]] = div %[[LIMIT]], %[[SUM]] : f32
  // CHECK-DAG: %[[ONE:.*]] = constant f32 = 1.0
  // CHECK-DAG: %[[SCALE:.*]] = min %[[RATIO]], %[[ONE]] : f32
  // CHECK-DAG: %[[WG:.*]] = mul %[[G]]#0, %[[SCALE]] : f32[3, 4]
  // CHECK-DAG: %[[BG:.*]] = mul %[[G]]#1, %[[SCALE]] : f32
  // Nothing else reads the gradients.
  // CHECK-NOT: %[[G]]#
  // CHECK: return

  // Gradients are returned as they are, and clipped where they are applied.
  // CHECK-LABEL: entry gradients @clipped.gradients(
  // CHECK-NOT: sqrt
  // CHECK: return %{{.*}}, %[[H:[0-9]+]]#0, %[[H]]#1
  // CHECK-LABEL: entry apply @clipped.apply(%gradient.w: f32[3, 4] {input = "gradient.w"}, %gradient.b: f32 {input = "gradient.b"}
  // CHECK-DAG: mul %gradient.w, %gradient.w
  // CHECK-DAG: mul %gradient.b, %gradient.b
  // CHECK-DAG: %[[R:.*]] = sqrt
  // CHECK-DAG: %[[S:.*]] = min
  // CHECK-DAG: mul %gradient.w, %[[S]]
  // CHECK-DAG: mul %gradient.b, %[[S]]
  // CHECK: return
  train @clipped minimizes @loss {
    optimize "*" with @sgd
    freeze "frozen"
    clip_norm 0.25
  }
  // CHECK-LABEL: entry train @free(
  // CHECK-NOT: sqrt
  // CHECK-LABEL: entry gradients @free.gradients(
  train @free minimizes @loss {
    optimize "*" with @sgd
  }
}
