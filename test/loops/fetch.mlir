// RUN: dlc %s --emit=loops --target v4 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops --target v3 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=kernels --target v4 | FileCheck %s --check-prefix=PLAN
// RUN: dlc %s --batch 4 --diff --results --quiet step small_step
// RUN: dlc %s --batch 33 --diff --batch-extent 33 --quiet odd_step
// RUN: dlc %s --batch 33 --diff --batch-extent 5 --quiet odd_step
// RUN: dlc %s --batch 33 --diff --batch-extent 5 --target v3 --threads 2 --quiet odd_step
// RUN: dlc %s --batch 1100 --diff --batch-extent 1030 --quiet odd_step
// What updates a weight and its slot that no near cache holds is done beside the next tile of their gradient, and they are
// asked for while their own is computed. A short call has too few turns for that and does the rest after them. Of columns
// that are no whole vector the last panel is done at once. Small weights are updated at once.
// VerifySchedules knows that a hint reads nothing: all are updated where they lie.
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
  func @odd(%x: f32[batch, 150]) -> (loss: f32) {
    %y = nn.linear "odd" %x, 1003, bias = false
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
  // CHECK-COUNT-2: memref.prefetch %{{[^ ]+}}[%{{[^ ]+}}], read, locality<3>, data : memref<1048576xf32>
  // PLAN-NOT: finished beside
  // PLAN: kernel @k8_matmul_momentum({{.*}}f32[1024, 1024]
  // PLAN-SAME: dl.plan = "product: tiles of {{.*}}, finished beside the next tile
  // PLAN-NOT: finished beside
  train @step minimizes @loss { optimize "*" with @momentum }
  // PLAN: kernel @k13_matmul_momentum({{.*}}f32[150, 1003]
  // PLAN-SAME: dl.plan = "product: tiles of {{.*}}, finished beside the next tile
  // PLAN-NOT: finished beside
  train @odd_step minimizes @odd { optimize "*" with @momentum }
  // CHECK-LABEL: dl.schedule @small_step attributes
  // CHECK-NOT: memref.prefetch {{.*}} : memref<4096xf32>
  train @small_step minimizes @small { optimize "*" with @momentum }
}
