// RUN: dlc %s --emit=plan -O0 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops -O0 | dlc-opt --dl-plan-memory | FileCheck %s
// RUN: dlc %s --emit=plan -O3 | dlc-opt | FileCheck %s --check-prefix=FUSED
// RUN: dlc %s --emit=plan -O0 --batch 100 | dlc-opt | FileCheck %s --check-prefix=LARGER
// Every buffer of a schedule has its place in one workspace, in lines of 64 bytes; two that do not live at one time may
// share it. -O0 makes a buffer of every op.

// CHECK-NOT: memref.alloc(
// FUSED-NOT: memref.alloc(
dl.model @plan {
  // a and b, c where a was, d where b was: two places of 64 floats. The last op writes to the caller's memory.
  // CHECK-LABEL: func.func @chain(
  // CHECK-SAME: %[[OUT:[^ ]+]]: memref<64xf32>, %{{[^ ]+}}: memref<2xi64>, %{{[^ ]+}}: index, %[[SPACE:[^ ]+]]: memref<512xi8>) -> i32
  // CHECK-SAME: dl.workspace = 512 : i64
  // CHECK: %[[A:[^ ]+]] = memref.view %[[SPACE]][%c0{{(_[0-9]+)?}}][] : memref<512xi8> to memref<64xf32>
  // CHECK: call @{{k[0-9]+}}_exp(%{{[^ ]+}}, %[[A]],
  // CHECK: %[[B:[^ ]+]] = memref.view %[[SPACE]][%c256{{(_[0-9]+)?}}][]
  // CHECK: call @{{k[0-9]+}}_neg(%[[A]], %[[B]],
  // CHECK: %[[C:[^ ]+]] = memref.view %[[SPACE]][%c0{{(_[0-9]+)?}}][]
  // CHECK: call @{{k[0-9]+}}_tanh(%[[B]], %[[C]],
  // CHECK: %[[D:[^ ]+]] = memref.view %[[SPACE]][%c256{{(_[0-9]+)?}}][]
  // CHECK: call @{{k[0-9]+}}_sin(%[[C]], %[[D]],
  // CHECK-NOT: memref.view
  // CHECK: call @{{k[0-9]+}}_cos(%[[D]], %[[OUT]],
  // CHECK: return
  // FUSED-LABEL: func.func @chain(
  // FUSED-SAME: memref<0xi8>) -> i32
  // FUSED-SAME: dl.workspace = 0 : i64
  // FUSED-NOT: memref.view
  // FUSED: return
  func @chain(%x: f32[64]) -> (y: f32[64]) {
    %a = exp %x
    %b = neg %a
    %c = tanh %b
    %d = sin %c
    %y = cos %d
    return %y
  }

  // a lives to the end: three places.
  // CHECK-LABEL: func.func @held(
  // CHECK-SAME: dl.workspace = 768 : i64
  // CHECK: %[[A:[^ ]+]] = memref.view %[[S:[^ ]+]][%c0{{(_[0-9]+)?}}][]
  // CHECK: %[[B:[^ ]+]] = memref.view %[[S]][%c256{{(_[0-9]+)?}}][]
  // CHECK: %[[C:[^ ]+]] = memref.view %[[S]][%c512{{(_[0-9]+)?}}][]
  // CHECK: %[[D:[^ ]+]] = memref.view %[[S]][%c256{{(_[0-9]+)?}}][]
  // CHECK: call @{{k[0-9]+}}_add(%[[D]], %[[A]],
  func @held(%x: f32[64]) -> (y: f32[64]) {
    %a = exp %x
    %b = neg %a
    %c = tanh %b
    %d = sin %c
    %y = add %d, %a
    return %y
  }

  // Odd sizes take whole lines: 65 floats five of them (320 bytes), a number one. All three live when the product is made.
  // The largest come first.
  // CHECK-LABEL: func.func @sizes(
  // CHECK-SAME: dl.workspace = 704 : i64
  // CHECK-DAG: memref.view %{{[^ ]+}}[%c0{{(_[0-9]+)?}}][] : memref<704xi8> to memref<65xf32>
  // CHECK-DAG: memref.view %{{[^ ]+}}[%c320{{(_[0-9]+)?}}][] : memref<704xi8> to memref<65xf32>
  // CHECK-DAG: memref.view %{{[^ ]+}}[%c640{{(_[0-9]+)?}}][] : memref<704xi8> to memref<1xf32>
  // CHECK: return
  func @sizes(%x: f32[65]) -> (y: f32[65]) {
    %a = exp %x
    %n = sum %a
    %b = mul %a, %n
    %y = mul %b, %n
    return %y
  }

  // Conditions take a byte each, f64 eight: 70 in two lines, 560 in nine.
  // CHECK-LABEL: func.func @types(
  // CHECK-SAME: dl.workspace = 704 : i64
  // CHECK-DAG: memref.view %{{[^ ]+}}[%c0{{(_[0-9]+)?}}][] : memref<704xi8> to memref<70xf64>
  // CHECK-DAG: memref.view %{{[^ ]+}}[%c576{{(_[0-9]+)?}}][] : memref<704xi8> to memref<70xi8>
  // CHECK: return
  func @types(%x: f64[70], %z: f64[70]) -> (y: f64[70]) {
    %k = gt %x, %z
    %e = exp %x
    %y = where %k, %e, %z
    return %y
  }

  // The capacity counts, not the extent: 32 or 100 rows of 16.
  // CHECK-LABEL: func.func @rows(
  // CHECK-SAME: dl.workspace = 2048 : i64
  // LARGER-LABEL: func.func @rows(
  // LARGER-SAME: dl.workspace = 6400 : i64
  func @rows(%x: f32[batch, 16]) -> (y: f32[batch, 16]) {
    %a = exp %x
    %y = neg %a
    return %y
  }

  // A reshape is another view of one place, which lives as long as either.
  // CHECK-LABEL: func.func @reshaped(
  // CHECK-SAME: dl.workspace = 768 : i64
  // CHECK: %[[A:[^ ]+]] = memref.view
  // CHECK: call @{{k[0-9]+}}_exp(%{{[^ ]+}}, %[[A]],
  // CHECK: call @{{k[0-9]+}}_sub(%{{[^ ]+}}, %[[A]],
  func @reshaped(%x: f32[64]) -> (y: f32[8, 8]) {
    %a = exp %x
    %r = reshape %a, [8, 8]
    %b = tanh %x
    %c = reshape %b, [8, 8]
    %d = sin %c
    %y = sub %d, %r
    return %y
  }

  // The small ones lie where the large one was.
  // CHECK-LABEL: func.func @dead(
  // CHECK-SAME: dl.workspace = 1024 : i64
  // CHECK: memref.view %[[S:[^ ]+]][%c0{{(_[0-9]+)?}}][] : memref<1024xi8> to memref<256xf32>
  // CHECK: memref.view %[[S]][%c0{{(_[0-9]+)?}}][] : memref<1024xi8> to memref<64xf32>
  // CHECK: memref.view %[[S]][%c256{{(_[0-9]+)?}}][] : memref<1024xi8> to memref<64xf32>
  // CHECK: return
  func @dead(%x: f32[64], %w: f32[256]) -> (y: f32[64], z: f32[256]) {
    %b = exp %w
    %z = sin %b
    %a = exp %x
    %c = neg %a
    %y = tanh %c
    return %y, %z
  }
}
