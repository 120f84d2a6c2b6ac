// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @reduce
dl.model @reduce {
  func @reduce(%x: f32[batch, 4, 6], %i: i64[2, 3], %n: f32) {
    // CHECK: %v0 = sum %x : f32{{$}}
    %v0 = sum %x
    // CHECK: %v1 = sum %x, axes = [0, 1] : f32[6]{{$}}
    %v1 = sum %x, axes = [0, 1]
    // CHECK: %v2 = sum %x, axes = [-1] : f32[batch, 4]{{$}}
    %v2 = sum %x, axes = [-1]
    // CHECK: %v3 = sum %x, axes = [1], keepdim : f32[batch, 1, 6]{{$}}
    %v3 = sum %x, axes = [1], keepdim
    // CHECK: %v4 = sum %x, keepdim : f32[1, 1, 1]{{$}}
    %v4 = sum %x, keepdim
    // CHECK: %v5 = sum %x, axes = [] : f32[batch, 4, 6]{{$}}
    %v5 = sum %x, axes = []
    // CHECK: %v6 = mean %x : f32{{$}}
    %v6 = mean %x
    // CHECK: %v7 = mean %x, axes = [0, 1] : f32[6]{{$}}
    %v7 = mean %x, axes = [0, 1]
    // CHECK: %v8 = mean %x, axes = [-1] : f32[batch, 4]{{$}}
    %v8 = mean %x, axes = [-1]
    // CHECK: %v9 = mean %x, axes = [1], keepdim : f32[batch, 1, 6]{{$}}
    %v9 = mean %x, axes = [1], keepdim
    // CHECK: %v10 = mean %x, keepdim : f32[1, 1, 1]{{$}}
    %v10 = mean %x, keepdim
    // CHECK: %v11 = mean %x, axes = [] : f32[batch, 4, 6]{{$}}
    %v11 = mean %x, axes = []
    // CHECK: %v12 = amax %x : f32{{$}}
    %v12 = amax %x
    // CHECK: %v13 = amax %x, axes = [0, 1] : f32[6]{{$}}
    %v13 = amax %x, axes = [0, 1]
    // CHECK: %v14 = amax %x, axes = [-1] : f32[batch, 4]{{$}}
    %v14 = amax %x, axes = [-1]
    // CHECK: %v15 = amax %x, axes = [1], keepdim : f32[batch, 1, 6]{{$}}
    %v15 = amax %x, axes = [1], keepdim
    // CHECK: %v16 = amax %x, keepdim : f32[1, 1, 1]{{$}}
    %v16 = amax %x, keepdim
    // CHECK: %v17 = amax %x, axes = [] : f32[batch, 4, 6]{{$}}
    %v17 = amax %x, axes = []
    // CHECK: %v18 = amin %x : f32{{$}}
    %v18 = amin %x
    // CHECK: %v19 = amin %x, axes = [0, 1] : f32[6]{{$}}
    %v19 = amin %x, axes = [0, 1]
    // CHECK: %v20 = amin %x, axes = [-1] : f32[batch, 4]{{$}}
    %v20 = amin %x, axes = [-1]
    // CHECK: %v21 = amin %x, axes = [1], keepdim : f32[batch, 1, 6]{{$}}
    %v21 = amin %x, axes = [1], keepdim
    // CHECK: %v22 = amin %x, keepdim : f32[1, 1, 1]{{$}}
    %v22 = amin %x, keepdim
    // CHECK: %v23 = amin %x, axes = [] : f32[batch, 4, 6]{{$}}
    %v23 = amin %x, axes = []
    // CHECK: %v24 = sum %i, axes = [0] : i64[3]
    %v24 = sum %i, axes = [0]
    // CHECK: %v25 = amax %i, axes = [0] : i64[3]
    %v25 = amax %i, axes = [0]
    // CHECK: %v26 = amin %i, axes = [0] : i64[3]
    %v26 = amin %i, axes = [0]
    // CHECK: %v27 = argmax %x : i64[batch, 4]{{$}}
    %v27 = argmax %x
    // CHECK: %v28 = argmax %x, axis = 0 : i64[4, 6]{{$}}
    %v28 = argmax %x, axis = 0
    // CHECK: %v29 = argmax %x, axis = -2, keepdim : i64[batch, 1, 6]{{$}}
    %v29 = argmax %x, axis = -2, keepdim
    // CHECK: %v30 = count %x, f32 : f32{{$}}
    %v30 = count %x, f32
    // CHECK: %v31 = count %x, f64, axes = [0] : f64{{$}}
    %v31 = count %x, f64, axes = [0]
    // CHECK: %v32 = cast %i, ui8 : ui8[{{.*}}]
    %v32 = cast %i, ui8
    // CHECK: %v33 = sum %v32, axes = [0] : i64[3]
    %v33 = sum %v32, axes = [0]
    return %v0
  }
}
