// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s --implicit-check-not=error:

// Independent mistakes in the lines of one training step are found in one run; what a line that is wrong may have been
// meant for is not held against the others.
dl.model @m {
  func @loss(%x: f32[batch, 8], %t: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "a" %x, 4
    %l = mse_loss %a, %t
    return %l
  }
  train @step minimizes @loss {
    // CHECK: :[[@LINE+1]]:5: error: pattern "b.*" matches no parameter; there are a.weight, a.bias
    optimize "b.*" with @sgd
    // CHECK: :[[@LINE+1]]:5: error: @adam has no scalar 'lrr'; it knows lr, beta1, beta2, eps, weight_decay, step
    optimize "a.*" with @adam(lrr = 0.1)
    // CHECK: :[[@LINE+1]]:5: error: no op is called 'clip_nrm'; did you mean 'clip_norm'?
    clip_nrm 1.0
    // CHECK: :[[@LINE+1]]:5: error: pattern "c" matches no parameter; there are a.weight, a.bias
    freeze "c"
  }
}
