// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @windows
dl.model @windows sizes(some = 2) {
  func @windows(%x: f32[batch, 4, 5, 6], %w: f32[8, 4, 3, 3], %u: f32[4, 3, 3, 3], %v: f32[4]) {
    // CHECK: %v0 = conv2d %x, %w, channels_first, padding = 1, padding_mode = reflect : f32[batch, 8, 5, 6]{{$}}
    %v0 = conv2d %x, %w, padding = 1, padding_mode = reflect, channels_first
    // CHECK: %v1 = conv2d %x, %w, channels_first, padding = some, padding_mode = circular : f32[batch, 8, ?, ?]{{$}}
    %v1 = conv2d %x, %w, padding_mode = circular, padding = some, channels_first
    // CHECK: %v2 = conv2d_transpose %x, %u, channels_first, stride = 2 : f32[batch, 3, 11, 13]{{$}}
    %v2 = conv2d_transpose %x, %u, stride = 2, channels_first
    // CHECK: %v3 = max_pool %x, 2, channels_first : f32[batch, 4, 2, 3]{{$}}
    %v3 = max_pool %x, 2, channels_first
    // CHECK: %v4 = avg_pool %x, 2, ceil_mode : f32[batch, 2, 3, 6]{{$}}
    %v4 = avg_pool %x, 2, ceil_mode
    // CHECK: %v5 = avg_pool %x, 2, ceil_mode, channels_first : f32[batch, 4, 3, 3]{{$}}
    %v5 = avg_pool %x, 2, ceil_mode, channels_first
    // CHECK: %v6 = lp_pool %x, 2 : f32[batch, 2, 2, 6]{{$}}
    %v6 = lp_pool %x, 2
    // CHECK: %v7 = lp_pool %x, [2, 1], ceil_mode, channels_first, norm_type = 3.0, stride = some : f32[batch, 4, ?, ?]{{$}}
    %v7 = lp_pool %x, [2, 1], norm_type = 3, stride = some, ceil_mode, channels_first
    // CHECK: %v8 = upsample %x, channels_first, scale_factor = [1, 2] : f32[batch, 4, 5, 12]{{$}}
    %v8 = upsample %x, scale_factor = [1, 2], channels_first
    // CHECK: %v9 = adaptive_avg_pool %x, 1, channels_first : f32[batch, 4, 1, 1]{{$}}
    %v9 = adaptive_avg_pool %x, 1, channels_first
    // CHECK: %v10 = pixel_shuffle %x, 2, channels_first : f32[batch, 1, 10, 12]{{$}}
    %v10 = pixel_shuffle %x, 2, channels_first
    // CHECK: %v11 = group_norm %x, %v, %v, 2, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v11 = group_norm %x, %v, %v, 2, channels_first
    // CHECK: %v12 = instance_norm %x, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v12 = instance_norm %x, channels_first
    // CHECK: %v13 = local_response_norm %x, 3, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v13 = local_response_norm %x, 3, channels_first
    // CHECK: %v14 = standardize %x, channels_first, mean = 0.5 : f32[batch, 4, 5, 6]{{$}}
    %v14 = standardize %x, mean = 0.5, channels_first
    // CHECK: %v15 = prelu %x, %v, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v15 = prelu %x, %v, channels_first
    // CHECK: %v16 = random_crop %x, [3, 2], channels_first : f32[batch, 4, 3, 2]{{$}}
    %v16 = random_crop %x, [3, 2], channels_first
    // CHECK: %v17 = random_shift %x, 1, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v17 = random_shift %x, 1, channels_first
    // CHECK: %v18 = random_affine %x, channels_first, rotation = 1.0e1 : f32[batch, 4, 5, 6]{{$}}
    %v18 = random_affine %x, rotation = 10, channels_first
    // CHECK: %v19 = random_erase %x, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v19 = random_erase %x, channels_first
    // CHECK: %v20 = nn.conv2d "a" %x, 8, channels_first, kernel = 3, padding = 1, padding_mode = replicate : f32[batch, 8, 5, 6]{{$}}
    %v20 = nn.conv2d "a" %x, 8, kernel = 3, padding_mode = replicate, padding = 1, channels_first
    // CHECK: %v21 = nn.conv2d_transpose "b" %x, 8, channels_first, kernel = 3 : f32[batch, 8, 7, 8]{{$}}
    %v21 = nn.conv2d_transpose "b" %x, 8, kernel = 3, channels_first
    // CHECK: %v22 = nn.batch_norm "c" %x, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v22 = nn.batch_norm "c" %x, channels_first
    // CHECK: %v23 = nn.group_norm "d" %x, 2, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v23 = nn.group_norm "d" %x, 2, channels_first
    // CHECK: %v24 = nn.instance_norm "e" %x, affine, channels_first : f32[batch, 4, 5, 6]{{$}}
    %v24 = nn.instance_norm "e" %x, affine, channels_first
    // CHECK: %v25 = nn.prelu "f" %x, channels_first, num_parameters = 4 : f32[batch, 4, 5, 6]{{$}}
    %v25 = nn.prelu "f" %x, num_parameters = 4, channels_first
    return %x
  }
}
