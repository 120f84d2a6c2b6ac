// RUN: dlc %s --emit=loops | dlc-opt | FileCheck %s
// A stored tensor is replaced where it lies, by the kernel that makes its new value, if nobody needs the old one any more;
// else the new value is made beside it and copied when all else is done.
dl.model @places {
  func @loss(%x: f32[batch, 5]) -> (loss: f32) {
    %w = param "w" f32[5] = ones
    %y = mul %x, %w
    %l = mean %y
    return %l
  }
  func @product(%x: f32[batch, 5]) -> (loss: f32) {
    %w = param "matrix" f32[5, 5] = ones
    %y = matmul %x, %w
    %e = exp %y
    %l = mean %e
    return %l
  }
  optimizer @plain(%w, %g) slots(%m = zeros) scalars(%lr = 0.5) {
    %m1 = add %m, %g
    %a = mul %m1, %lr
    %w1 = sub %w, %a
    return %w1, %m1
  }
  optimizer @exchange(%w, %g) slots(%old = zeros) {
    %w1 = add %old, %g
    return %w1, %w
  }
  optimizer @multiply(%w, %g) {
    %w1 = matmul %w, %g
    return %w1
  }

  // The kernel that makes the gradient reads w and m where it writes them, element by element.
  // CHECK-LABEL: func.func @step(
  // CHECK-SAME: !llvm.ptr, %[[X:[^ ]+]]: memref<160xf32>, %[[W:[^ ]+]]: memref<25xf32>, %[[M:[^ ]+]]: memref<25xf32>, %[[LR:[^ ]+]]: memref<1xf64>, %[[LOSS:[^ ]+]]: memref<1xf32>
  // CHECK-NOT: memref.alloc() : memref<25xf32>
  // CHECK: call @{{k[0-9]+}}_cast(%[[LR]], %[[RATE:[^ ,]+]],
  // CHECK-NOT: memref.alloc() : memref<25xf32>
  // CHECK: call @{{k[0-9]+}}_matmul_add_mul_sub(%[[X]], %{{[^ ]+}}, %[[M]], %[[RATE]], %[[W]], %[[M]], %[[W]], %{{[^ ]+}}, %c0, %{{[^ ]+}})
  // CHECK-NOT: memref.copy
  // CHECK: return
  // CHECK-LABEL: func.func @step.apply(
  // CHECK-NOT: memref.alloc() : memref<25xf32>
  // CHECK-NOT: memref.copy
  // CHECK: return
  train @step minimizes @product { optimize "*" with @plain }

  // The old weight is the slot's new value: one of the two has to wait.
  // CHECK-LABEL: func.func @exchange_step(
  // CHECK-SAME: !llvm.ptr, %{{[^ ]+}}: memref<160xf32>, %[[W:[^ ]+]]: memref<5xf32>, %[[OLD:[^ ]+]]: memref<5xf32>
  // CHECK: %[[NEW:[^ ]+]] = memref.alloc() : memref<5xf32>
  // CHECK: call @{{k[0-9]+}}{{[^(]*}}({{.*}}%[[OLD]], %[[NEW]],
  // CHECK: call @{{k[0-9]+}}_cast(%[[W]], %[[OLD]],
  // CHECK: memref.copy %[[NEW]], %[[W]] {dl.value = {{[0-9]+}} : i64} : memref<5xf32>
  // CHECK-NEXT: arith.constant -1
  // CHECK-NEXT: return
  train @exchange_step minimizes @loss { optimize "*" with @exchange }

  // A product reads all of the old weight for each element of the new one.
  // CHECK-LABEL: func.func @product_step(
  // CHECK-SAME: !llvm.ptr, %{{[^ ]+}}: memref<160xf32>, %[[W:[^ ]+]]: memref<25xf32>
  // CHECK: %[[G:[^ ]+]] = memref.alloc() : memref<25xf32>
  // CHECK: %[[NEW:[^ ]+]] = memref.alloc() : memref<25xf32>
  // CHECK: call @{{[^(]*}}_matmul(%[[W]], %[[G]], %[[NEW]],
  // CHECK: memref.copy %[[NEW]], %[[W]]
  // CHECK: return
  train @product_step minimizes @product { optimize "*" with @multiply }
}
