// RUN: dlc %s --batch 4 --emit=kernels | FileCheck %s --check-prefix=KEEP
// RUN: dlc %s --batch 4 --memory-budget 11000 --memory --emit=kernels -o %t.mlir 2>&1 | FileCheck %s --check-prefix=FEW
// RUN: FileCheck %s --check-prefix=CHEAP --implicit-check-not=dl.again < %t.mlir
// RUN: dlc %s --batch 4 --memory-budget 9920 --memory --emit=kernels -o %t.mlir 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: FileCheck %s --check-prefix=ALL --implicit-check-not=dl.again < %t.mlir
// RUN: not dlc %s --batch 4 --memory-budget 9919 -o %t.so 2>&1 | FileCheck %s --check-prefix=LITTLE
// RUN: not dlc %s --batch 4 --memory-budget 3K -o %t.so 2>&1 | FileCheck %s --check-prefix=LITTLE

// What rounds stack up for their gradient is computed again in the rounds of the loop that runs back: what takes no product
// first, then all but what is carried.
dl.model @m {
  func @loss(%x: f32[16, batch, 16], %goal: f32[batch, 16]) -> (loss: f32) {
    %w = param "w" f32[16, 16] = uniform(-0.5, 0.5)
    %h0 = constant f32[batch, 16] = 0.5
    %h = scan (%a in %x along 0) carry (%c = %h0) {
      %p = matmul %c, %w
      %s = sigmoid %p
      %t = tanh %s
      %u = mul %t, %a
      %v = sin %u
      yield carry %v
    }
    %l = mse_loss %h, %goal
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd }
}

// KEEP: entry loop @step.loop1(%arg0: {{.*}}) -> (f32[batch, 16] {stacked = 0 : i64}, f32[batch, 16] {stacked = 1 : i64}, f32[batch, 16] {stacked = 2 : i64}, f32[batch, 16] {next = 0 : i64})
// KEEP-NEXT: launch @[[ROUND:k[0-9]+_matmul_sigmoid_tanh_mul_sin]](

// Of a product what is kept is its sigmoid: the rest is made of that.
// FEW: remark: `step` computes 2 values again, which is 7.3 % more work
// CHEAP: entry loop @step.loop1(%arg0: {{.*}}, %arg1: f32[batch, 16] {before = 1 : i64, carried = 0 : i64}{{.*}}) -> (f32[batch, 16] {stacked = 0 : i64}, f32[batch, 16] {next = 0 : i64})
// CHEAP-NEXT: %s, %v = launch @{{.*}}_matmul_sigmoid_tanh_mul_sin(%arg1, %w, %arg0)
// CHEAP: kernel @[[BACK:k[0-9]+_tanh_mul_cos[a-z_]*]](
// CHEAP: entry loop @step.loop2(%arg0: f32[batch, 16] {scanned}{{.*}}, %arg1: f32[batch, 16] {scanned}{{.*}}, %arg2: f32[batch, 16] {carried = 0 : i64}
// CHEAP-NEXT: launch @[[BACK]](%arg1, %arg0, %arg2)

// A round that goes back runs the product, too, on what the round began with.
// MORE: remark: `step` computes 4 values again, which is 35.4 % more work
// ALL: entry loop @step.loop1(%arg0: {{.*}}, %arg1: f32[batch, 16] {before = 0 : i64, carried = 0 : i64}{{.*}}) -> (f32[batch, 16] {next = 0 : i64})
// ALL: entry loop @step.loop2(%arg0: f32[batch, 16] {scanned}{{.*}}, %arg1: f32[batch, 16] {scanned}{{.*}}, %arg2: f32[batch, 16] {carried = 0 : i64}
// ALL-NEXT: launch @{{k[0-9]+_matmul_sigmoid_tanh_mul_cos[a-z_]*}}(%arg1, %w, %arg0, %arg2)

// The least that is told does not depend on the budget, and is kept where it is given.
// LITTLE: error: `step` needs 9,920 bytes of workspace
