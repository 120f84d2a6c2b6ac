// A gradient of one column that a slot keeps: it is not stored where the kernel reads the old one.
// RUN: dlc --diff %s --batch 17 --steps 3 --quiet | FileCheck %s
// RUN: dlc --diff %s --batch 17 --steps 3 --target v3 --quiet | FileCheck %s
// CHECK: @t: {{.*}} agree
dl.model @random {
  func @loss(%x0: f32[batch, 1]) -> (loss: f32) {
    %v0 = nn.linear "l0" %x0, 4, bias = false
    %v1 = sin %v0
    %v19 = mse_loss %v1, %v0
    return %v19
  }
  optimizer @own(%w, %g) slots(%s0 = ones, %s1 = ones, %s2 = ones) scalars(%lr = 0.05, %beta = 0.9, %step) {
    %t1 = mul %beta, %s0
    %t2 = sub %g, %s1
    %t3 = tanh %t2
    %t4 = add %t1, %t3
    %t5 = max %w, %t3
    %t6 = tanh %t5
    %t7 = mul %lr, %t6
    %t8 = sub %w, %t7
    return %t8, %t4, %g, %g
  }
  train @t minimizes @loss {
    optimize "*" with @own
  }
}
