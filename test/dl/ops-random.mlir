// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @random
dl.model @random sizes(side = 7) {
  func @random(%x: f32[batch, 10], %r: i64[3], %p: f32[batch, 8, 9, 3], %p3: f32[batch, 5, 3], %i: i32[batch, 2], %u: f32[batch, 2, 3]) {
    // CHECK: %v0 = dropout %x, 0.5 : f32[batch, 10]{{$}}
    %v0 = dropout %x, 0.5
    // CHECK: %v1 = dropout %x, 0.0 : f32[batch, 10]{{$}}
    %v1 = dropout %x, 0
    // CHECK: %v2 = dropout_mask %x, %r, 0.25, stream = "net.d" : f32[batch, 10]{{$}}
    %v2 = dropout_mask %x, %r, 0.25, stream = "net.d"
    // CHECK: %w0 = draw %x, %r, stream = "net.d" : f32[batch, 10]{{$}}
    %w0 = draw %x, %r, stream = "net.d"
    // CHECK: %w1 = random_uniform %x : f32[batch, 10]{{$}}
    %w1 = random_uniform %x
    // CHECK: %w2 = random_uniform %x, max = 0.5, min = -1 : f32[batch, 10]{{$}}
    %w2 = random_uniform %x, min = -1, max = 0.5
    // CHECK: %w3 = random_normal %x, deviation = 0.25, mean = 1.0 : f32[batch, 10]{{$}}
    %w3 = random_normal %x, mean = 1, deviation = 0.25
    // CHECK: %w4 = random_bernoulli %x, 0.3 : f32[batch, 10]{{$}}
    %w4 = random_bernoulli %x, 0.3
    // CHECK: %w5 = random_flip %p : f32[batch, 8, 9, 3]{{$}}
    %w5 = random_flip %p
    // CHECK: %w6 = random_flip %x, axis = 1, rate = 1.0 : f32[batch, 10]{{$}}
    %w6 = random_flip %x, axis = 1, rate = 1
    // CHECK: %w7 = random_crop %p, 6 : f32[batch, 6, 6, 3]{{$}}
    %w7 = random_crop %p, 6
    // CHECK: %w8 = random_crop %p, [8, side], padding = [2, 1] : f32[batch, 8, ?, 3]{{$}}
    %w8 = random_crop %p, [8, side], padding = [2, 1]
    // CHECK: %w9 = random_shift %p, 2 : f32[batch, 8, 9, 3]{{$}}
    %w9 = random_shift %p, 2
    // CHECK: %w10 = random_shift %p, [0, 3] : f32[batch, 8, 9, 3]{{$}}
    %w10 = random_shift %p, [0, 3]
    // CHECK: %w11 = random_affine %p, rotation = 15.0, scale = 0.2, shear = 5.0, translation = 0.1 : f32[batch, 8, 9, 3]{{$}}
    %w11 = random_affine %p, rotation = 15, scale = 0.2, shear = 5, translation = 0.1
    // CHECK: %w12 = random_erase %p, area = 0.2, rate = 0.25, value = -1 : f32[batch, 8, 9, 3]{{$}}
    %w12 = random_erase %p, rate = 0.25, area = 0.2, value = -1
    // CHECK: %w13 = random_brightness %p, 0.3 : f32[batch, 8, 9, 3]{{$}}
    %w13 = random_brightness %p, 0.3
    // CHECK: %w14 = random_contrast %p, 2.0 : f32[batch, 8, 9, 3]{{$}}
    %w14 = random_contrast %p, 2
    // CHECK: %w15 = standardize %p, deviation = 2.0, mean = [0.5, 0.25, 0.0] : f32[batch, 8, 9, 3]{{$}}
    %w15 = standardize %p, mean = [0.5, 0.25, 0], deviation = 2
    // CHECK: %w16 = gather %p3, %i, batch_dims = 1 : f32[batch, 2, 3]{{$}}
    %w16 = gather %p3, %i, batch_dims = 1
    // CHECK: %w17 = scatter_add %i, %u, 5, batch_dims = 1 : f32[batch, 5, 3]{{$}}
    %w17 = scatter_add %i, %u, 5, batch_dims = 1
    // CHECK: %m, %n = mixup %p, %x, alpha = 0.2 : f32[batch, 8, 9, 3], f32[batch, 10]{{$}}
    %m, %n = mixup %p, %x, alpha = 0.2
    return %x
  }
}
