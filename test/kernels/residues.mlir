// residues.mlir - the gradient of what a convolution reads by steps of two.
// SPDX-License-Identifier: Apache-2.0
//
// The gradient of a picture that is read by steps of two is four products, one for each residue of row and column. Each is
// written where it lies among the others, and no kernel copies them together or cuts them.
// RUN: dlc %s --batch 4 --emit=kernels | FileCheck %s
// RUN: dlc-run diff %s --batch 5 --batch-extent 2 --quiet | FileCheck %s --check-prefix=DIFF
// DIFF: @step: {{.*}}agree
// DIFF: @step.gradients: {{.*}}agree

dl.model @residues {
  func @f(%x: f32[batch, 14, 14, 32], %y: f32[batch, 7, 7, 32]) -> (loss: f32[]) {
    %s = param "scale" f32[32] = ones
    %v = mul %x, %s
    %c = nn.conv2d "c" %v, 32, bias = false, kernel = 3, stride = 2, padding = 1, groups = 32
    %l = mse_loss %c, %y
    return %l
  }
  train @step minimizes @f {
    optimize "*" with @sgd
  }
}

// CHECK-LABEL: entry train @step(
// CHECK-COUNT-4: contract_placed({{.*}} : tensor<?x8x1x8x1x32xf32, #dl.placed<[batch, 0, 0, 0, 0, 0], [0, 8, 2, 8, 2, 32]>>
// CHECK:       reshape {{.*}}, [batch, 16, 16, 32]
// CHECK-NOT:   {{_pad|concat}}
// CHECK:       return
