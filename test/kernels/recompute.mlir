// RUN: dlc %s --batch 64 --emit=kernels | FileCheck %s --check-prefixes=STEP,KEEP
// RUN: dlc %s --batch 64 --memory-budget 85K --emit=kernels | FileCheck %s --check-prefixes=STEP,AGAIN --implicit-check-not=dl.again
// RUN: dlc %s --batch 64 --memory-budget 85K --diff --quiet | FileCheck %s --check-prefix=DIFF
// RUN: dlc %s --batch 64 --memory-budget 85K -O0 --diff --quiet step.gradients 2>&1 | FileCheck %s --check-prefix=SLOW

// What the first gelu makes is read by the next product, and by the gradient of its weight in the end. In between it is kept;
// or, where there is no room, it is computed again from what it was made of, by the kernel that does so elsewhere.
dl.model @m {
  func @loss(%x: f32[batch, 16], %goal: f32[batch, 16]) -> (loss: f32) {
    %a = nn.linear "a" %x, 64
    %g = gelu %a
    %b = nn.linear "b" %g, 64
    %h = gelu %b
    %c = nn.linear "c" %h, 16
    %l = mse_loss %c, %goal
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}
// STEP: entry function @loss(
// STEP: launch @[[FIRST:k[0-9]+_matmul_add_gelu]](%x, %a.weight, %a.bias)
// STEP: entry train @step(
// STEP: [[G:%g]], %{{.*}} = launch @k{{[0-9]+}}_matmul_add_gelu_mul{{.*}}(%x, %a.weight, %a.bias)
// KEEP-NOT: launch @[[FIRST]](
// AGAIN: [[D:%[0-9]+]] = launch @k{{[0-9]+}}_matmul_mul(%{{.*}}, %b.weight, %{{.*}})
// AGAIN-NEXT: [[G:%g_[0-9]+]] = launch @[[FIRST]](%x, %a.weight, %a.bias)
// STEP: launch @k{{[0-9]+}}_matmul{{.*}}([[G]], %{{.*}}, {{.*}}%b.weight,
// STEP: entry gradients

// DIFF: @step: {{[0-9]+}} values and 13 results agree, batch 64
// SLOW: @step.gradients: {{[0-9]+}} values and 7 results agree, batch 64
