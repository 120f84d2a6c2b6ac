// RUN: dlc %s --emit=loops --target v4 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops --target v3 | dlc-opt | FileCheck %s
// RUN: dlc %s --batch 4 --diff --results --quiet step small_step
// A weight and its slot that no cache holds are asked for a tile before the sums of a gradient update them; small ones are
// not. VerifySchedules knows that a hint reads nothing: both are updated where they lie.
dl.model @fetch {
  func @loss(%x: f32[batch, 1024]) -> (loss: f32) {
    %y = nn.linear "large" %x, 1024, bias = false
    %l = mean %y
    return %l
  }
  func @small(%x: f32[batch, 64]) -> (loss: f32) {
    %y = nn.linear "small" %x, 64, bias = false
    %l = mean %y
    return %l
  }
  optimizer @momentum(%w, %g) slots(%m = zeros) {
    %m1 = add %m, %g
    %w1 = sub %w, %m1
    return %w1, %m1
  }
  // CHECK-LABEL: dl.schedule @step attributes
  // CHECK: %[[W:[^ ]+]] = buffer argument[1] : memref<1048576xf32>
  // CHECK: %[[M:[^ ]+]] = buffer argument[2] : memref<1048576xf32>
  // CHECK: run @[[K:k[0-9]+_matmul_[a-z_]+]]({{.*}}) -> ({{%[0-9]+, %[0-9]+}})
  // CHECK: module @[[K]]
  // CHECK-COUNT-2: memref.prefetch %{{[^ ]+}}[%{{[^ ]+}}], read, locality<2>, data : memref<1048576xf32>
  train @step minimizes @loss { optimize "*" with @momentum }
  // CHECK-LABEL: dl.schedule @small_step attributes
  // CHECK-NOT: memref.prefetch {{.*}} : memref<4096xf32>
  train @small_step minimizes @small { optimize "*" with @momentum }
}
