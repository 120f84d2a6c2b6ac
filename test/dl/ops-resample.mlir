// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @resample
dl.model @resample sizes(wide = 3) {
  func @resample(%x: f32[batch, 9, 8, 4], %s: f32[batch, 20, 4], %v: f32[batch, 5, 6, 7, 2], %i: i32[batch, 3, 2, 9]) {
    // CHECK: %v0 = upsample %x, scale_factor = 2 : f32[batch, 18, 16, 4]{{$}}
    %v0 = upsample %x, scale_factor = 2
    // CHECK: %v1 = upsample %x, mode = nearest, scale_factor = [1, wide] : f32[batch, 9, ?, 4]{{$}}
    %v1 = upsample %x, scale_factor = [1, wide], mode = nearest
    // CHECK: %v2 = upsample %x, align_corners, mode = bilinear, output_size = [5, 11] : f32[batch, 5, 11, 4]{{$}}
    %v2 = upsample %x, output_size = [5, 11], mode = bilinear, align_corners
    // CHECK: %v3 = upsample %s, mode = linear, output_size = 7 : f32[batch, 7, 4]{{$}}
    %v3 = upsample %s, output_size = 7, mode = linear
    // CHECK: %v4 = upsample %v, mode = trilinear, scale_factor = 2 : f32[batch, 10, 12, 14, 2]{{$}}
    %v4 = upsample %v, scale_factor = 2, mode = trilinear
    // CHECK: %v5 = adaptive_avg_pool %x, 3 : f32[batch, 3, 3, 4]{{$}}
    %v5 = adaptive_avg_pool %x, 3
    // CHECK: %v6 = adaptive_avg_pool %x, [wide, 2] : f32[batch, ?, 2, 4]{{$}}
    %v6 = adaptive_avg_pool %x, [wide, 2]
    // CHECK: %v7 = pixel_shuffle %x, 2 : f32[batch, 18, 16, 1]{{$}}
    %v7 = pixel_shuffle %x, 2
    // CHECK: %v8 = pixel_shuffle %i, wide : i32[batch, ?, ?, ?]{{$}}
    %v8 = pixel_shuffle %i, wide
    return %x
  }
}
