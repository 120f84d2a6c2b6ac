// RUN: dlc %s --emit=plan -O0 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops -O0 | dlc-opt --dl-to-plan | FileCheck %s
// RUN: dlc %s --emit=plan -O3 | dlc-opt | FileCheck %s --check-prefix=FUSED
// RUN: dlc %s --emit=plan -O0 --batch 100 | dlc-opt | FileCheck %s --check-prefix=LARGER
// Every buffer of a schedule has its place. In the workspace the numbers of the call and the operands of a run come first:
// one line of 64 bytes here. Two temporaries that do not live at one time may share memory. -O0 makes one of every op.

// CHECK-NOT: buffer {{argument|output|temporary}}
// FUSED-NOT: buffer {{argument|output|temporary}}
dl.model @plan {
  // a and b, c where a was, d where b was: two places of 64 floats. The last op writes to the caller's memory.
  // CHECK-LABEL: dl.schedule @chain
  // CHECK-SAME: dl.workspace = 576 : i64
  // CHECK: %[[X:[^ ]+]] = place input[0] : memref<64xf32>
  // CHECK: %[[OUT:[^ ]+]] = place output[0] : memref<64xf32>
  // CHECK: %[[A:[^ ]+]] = place workspace + 64 : memref<64xf32>
  // CHECK: run @[[T:k[0-9]+_transpose]](%[[X]]) -> (%[[A]])
  // CHECK: %[[B:[^ ]+]] = place workspace + 320 : memref<64xf32>
  // CHECK: run @[[T]](%[[A]]) -> (%[[B]])
  // CHECK: %[[C:[^ ]+]] = place workspace + 64 : memref<64xf32>
  // CHECK: run @[[T]](%[[B]]) -> (%[[C]])
  // CHECK: %[[D:[^ ]+]] = place workspace + 320 : memref<64xf32>
  // CHECK: run @[[T]](%[[C]]) -> (%[[D]])
  // CHECK-NOT: place
  // CHECK: run @[[T]](%[[D]]) -> (%[[OUT]])
  // CHECK: end
  func @chain(%x: f32[8, 8]) -> (y: f32[8, 8]) {
    %a = transpose %x, [1, 0]
    %b = transpose %a, [1, 0]
    %c = transpose %b, [1, 0]
    %d = transpose %c, [1, 0]
    %y = transpose %d, [1, 0]
    return %y
  }

  // What is read element by element for the last time gives its place to the result.
  // CHECK-LABEL: dl.schedule @over
  // CHECK-SAME: dl.workspace = 320 : i64
  // CHECK: %[[X:[^ ]+]] = place input[0] : memref<64xf32>
  // CHECK: %[[OUT:[^ ]+]] = place output[0] : memref<64xf32>
  // CHECK: %[[A:[^ ]+]] = place workspace + 64 : memref<64xf32>
  // CHECK: run @{{k[0-9]+}}_exp(%[[X]]) -> (%[[A]])
  // CHECK: run @{{k[0-9]+}}_neg(%[[A]]) -> (%[[A]])
  // CHECK: run @{{k[0-9]+}}_tanh(%[[A]]) -> (%[[A]])
  // CHECK: run @{{k[0-9]+}}_sin(%[[A]]) -> (%[[A]])
  // CHECK: run @{{k[0-9]+}}_cos(%[[A]]) -> (%[[OUT]])
  // FUSED-LABEL: dl.schedule @over
  // FUSED-SAME: dl.workspace = 64 : i64
  // FUSED-NOT: place workspace
  // FUSED: end
  func @over(%x: f32[64]) -> (y: f32[64]) {
    %a = exp %x
    %b = neg %a
    %c = tanh %b
    %d = sin %c
    %y = cos %d
    return %y
  }

  // a lives to the end, and a kernel that reads it twice or elsewhere writes beside it: three places.
  // CHECK-LABEL: dl.schedule @held
  // CHECK-SAME: dl.workspace = 832 : i64
  // CHECK: %[[A:[^ ]+]] = place workspace + 64 :
  // CHECK: %[[B:[^ ]+]] = place workspace + 320 :
  // CHECK: %[[C:[^ ]+]] = place workspace + 576 :
  // CHECK: run @{{k[0-9]+}}_transpose(%[[B]]) -> (%[[C]])
  // CHECK: %[[D:[^ ]+]] = place workspace + 320 :
  // CHECK: run @{{k[0-9]+}}_transpose(%[[C]]) -> (%[[D]])
  // CHECK: run @{{k[0-9]+}}_add(%[[D]], %[[A]])
  func @held(%x: f32[8, 8]) -> (y: f32[8, 8]) {
    %a = exp %x
    %b = neg %a
    %c = transpose %b, [1, 0]
    %d = transpose %c, [1, 0]
    %y = add %d, %a
    return %y
  }

  // Odd sizes take whole lines: 65 floats five of them (320 bytes), a number one. All three live when the product is made.
  // The largest come first.
  // CHECK-LABEL: dl.schedule @sizes
  // CHECK-SAME: dl.workspace = 768 : i64
  // CHECK-DAG: place workspace + 64 : memref<65xf32>
  // CHECK-DAG: place workspace + 384 : memref<65xf32>
  // CHECK-DAG: place workspace + 704 : memref<1xf32>
  // CHECK: end
  func @sizes(%x: f32[65]) -> (y: f32[65]) {
    %a = exp %x
    %n = sum %a
    %b = mul %a, %n
    %y = mul %b, %a
    return %y
  }

  // Conditions take a byte each, f64 eight: 70 in two lines, 560 in nine.
  // CHECK-LABEL: dl.schedule @types
  // CHECK-SAME: dl.workspace = 768 : i64
  // CHECK-DAG: place workspace + 64 : memref<70xf64>
  // CHECK-DAG: place workspace + 640 : memref<70xi8>
  // CHECK: end
  func @types(%x: f64[70], %z: f64[70]) -> (y: f64[70]) {
    %k = gt %x, %z
    %e = exp %x
    %y = where %k, %e, %z
    return %y
  }

  // The capacity counts, not the extent: 32 or 100 rows of 16.
  // CHECK-LABEL: dl.schedule @rows
  // CHECK-SAME: dl.workspace = 2112 : i64
  // CHECK: run @{{k[0-9]+}}_exp{{.*}} parts 16 * batch by 1024
  // LARGER-LABEL: dl.schedule @rows
  // LARGER-SAME: dl.workspace = 6464 : i64
  func @rows(%x: f32[batch, 16]) -> (y: f32[batch, 16]) {
    %a = exp %x
    %y = neg %a
    return %y
  }

  // A reshape is another view of one place, which lives as long as either.
  // CHECK-LABEL: dl.schedule @reshaped
  // CHECK-SAME: dl.workspace = 832 : i64
  // CHECK: %[[A:[^ ]+]] = place workspace
  // CHECK: run @{{k[0-9]+}}_exp(%{{[^ ]+}}) -> (%[[A]])
  // CHECK: run @{{k[0-9]+}}_sub(%{{[^ ]+}}, %[[A]])
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
  // CHECK-LABEL: dl.schedule @dead
  // CHECK-SAME: dl.workspace = 1088 : i64
  // CHECK: place workspace + 64 : memref<256xf32>
  // CHECK: place workspace + 64 : memref<64xf32>
  // CHECK: place workspace + 320 : memref<64xf32>
  // CHECK: end
  func @dead(%x: f32[8, 8], %w: f32[256]) -> (y: f32[8, 8], z: f32[256]) {
    %b = exp %w
    %z = sin %b
    %a = exp %x
    %c = transpose %a, [1, 0]
    %y = tanh %c
    return %y, %z
  }

  // A check yields what it is given, in the same place: a table is read with it afterwards, so that nothing takes it over.
  // CHECK-LABEL: dl.schedule @checked
  // CHECK: run @{{k[0-9]+}}_clamp(%{{[^ ]+}}) -> (%[[I:[^ ]+]])
  // CHECK: run @{{k[0-9]+}}_check_index(%[[I]])
  // CHECK: place workspace + [[#OTHER:]] : memref<4xi32>
  // CHECK-NEXT: run @{{k[0-9]+}}_neg(%[[I]]) -> (%[[N:[^ ]+]])
  // CHECK-NEXT: run @{{k[0-9]+}}_abs(%[[N]]) -> (%[[N]])
  // CHECK: run @{{k[0-9]+}}_gather(%{{[^ ]+}}, %[[I]])
  func @checked(%x: i32[4], %t: f32[9, 4], %u: f32[9, 4]) -> (y: f32[4, 4], m: i32[4], z: f32[4, 4]) {
    %i = clamp %x, min = 0, max = 9 // not known to be a row of the tables
    %y = gather %t, %i
    %n = neg %i
    %a = abs %n
    %m = neg %a
    %z = gather %u, %i
    return %y, %m, %z
  }

  // What is stored lies in the arenas of parameters and of training, the numbers of the call at the start of the workspace:
  // a scalar behind seed, step, row and the step as f64.
  // CHECK-LABEL: dl.schedule @step attributes
  // CHECK-DAG: place params : memref<3xf32>
  // CHECK-DAG: place params + 64 : memref<70xf32>
  // CHECK-DAG: place training : memref<70xf32>
  // CHECK-DAG: place workspace + 24 : memref<1xf64>
  // CHECK-DAG: place workspace + 32 : memref<1xf64>
  // CHECK: end
  func @loss(%x: f32[batch, 70]) -> (loss: f32) {
    %c = param "c" f32[3] = ones
    %w = param "w" f32[70] = ones
    %y = mul %x, %w
    %n = sum %c
    %l = mean %y
    %z = mul %l, %n
    return %z
  }
  optimizer @momentum(%w, %g) slots(%m = zeros) scalars(%lr = 0.5, %step) {
    %m1 = add %m, %g
    %r = mul %lr, %step
    %a = mul %m1, %r
    %w1 = sub %w, %a
    return %w1, %m1
  }
  train @step minimizes @loss {
    optimize "w" with @momentum
    freeze "c"
  }
}
