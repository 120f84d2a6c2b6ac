// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=graph | dlc-opt | FileCheck %s --check-prefix=FROZEN
// The last line that matches a parameter is its group, or freezes it. Each group has scalars of its own; slots are the
// optimizer's; what is frozen has no slot, no gradient and no new value.
dl.model @groups {
  func private @net(%x: f32[batch, 4]) {
    %a = nn.linear "body.fc" %x, 5
    %n = nn.layer_norm "norm" %a
    %y = nn.linear "head" %n, 3
    return %y
  }
  func @loss(%x: f32[batch, 4], %t: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %t
    %a = accuracy %s, %t
    return %l, %a
  }
  optimizer @drift(%w, %g) slots(%fast = zeros, %slow = constant(0.5)) scalars(%rate = 0.125, %step) {
    %a = mul %rate, %step
    %f = add %fast, %g
    %s = add %slow, %f
    %d = mul %a, %s
    %w1 = sub %w, %d
    return %w1, %f, %s
  }

  // CHECK-LABEL: entry train @several(%x: f32[batch, 4] {input = "x"}, %t: i32[batch] {input = "t"}
  // The groups are called by their lines, in order.
  // CHECK-SAME: %norm.weight.fast: f32[5] {group = "group1", init = #dl.init<zeros>, of = "norm.weight", slot = "fast"}
  // CHECK-SAME: %norm.weight.slow: f32[5] {group = "group1", init = #dl.init<constant(0.5)>, of = "norm.weight", slot = "slow"}
  // CHECK-SAME: %group1.rate: f64 {scalar = "group1.rate", value = 2.500000e-01 : f64}
  // CHECK-SAME: %group1.step: f64 {step = "group1.step"}
  // CHECK-SAME: %norm.bias.fast: f32[5] {group = "group1"
  // CHECK-SAME: %head.weight.m: f32[3, 5] {group = "group0", init = #dl.init<zeros>, of = "head.weight", slot = "m"}
  // CHECK-SAME: %head.weight.v: f32[3, 5] {group = "group0"
  // CHECK-SAME: %group0.lr: f64 {range = "[0, inf)", scalar = "group0.lr", value = 1.000000e-02 : f64}
  // CHECK-SAME: %group0.beta1: f64 {range = "[0, 1)", scalar = "group0.beta1", value = 9.000000e-01 : f64}
  // CHECK-SAME: %group0.step: f64 {step = "group0.step"}
  // CHECK-SAME: %head.bias.fast: f32[3] {group = "group1"
  // CHECK-SAME: -> (f32 {output = "loss"}, f32 {output = "accuracy"}
  // CHECK-SAME: f32[5] {update = "norm.weight"}
  // CHECK-SAME: f32[5] {of = "norm.weight", update = "fast"}
  // CHECK-SAME: f32[5] {of = "norm.weight", update = "slow"}
  // CHECK-SAME: f32[3, 5] {update = "head.weight"}
  // CHECK-SAME: f32[3, 5] {of = "head.weight", update = "m"}
  // CHECK-SAME: f32[3, 5] {of = "head.weight", update = "v"}
  // CHECK: gradient %{{.*}}, %norm.weight, %norm.bias, %head.weight, %head.bias :
  // The step's size is computed once for a group, in its scalars.
  // CHECK-DAG: mul %group1.rate, %group1.step : f64
  // CHECK-DAG: pow %group0.beta1, %group0.step : f64

  // CHECK-LABEL: entry gradients @several.gradients(
  // CHECK-SAME: %body.fc.weight: f32[5, 4]
  // CHECK-SAME: -> (f32 {output = "loss"}, f32 {output = "accuracy"}, f32[5] {output = "gradient.norm.weight"}, f32[5] {output = "gradient.norm.bias"}, f32[3, 5] {output = "gradient.head.weight"}, f32[3] {output = "gradient.head.bias"})
  // CHECK: gradient %{{.*}}, %norm.weight, %norm.bias, %head.weight, %head.bias :

  // CHECK-LABEL: entry apply @several.apply(
  // CHECK-SAME: f32[5] {input = "gradient.norm.weight"}
  // CHECK-SAME: f32[3] {input = "gradient.head.bias"}
  // CHECK-SAME: %norm.weight: f32[5]
  // CHECK-NOT: gradient %
  // CHECK: return

  // FROZEN-LABEL: entry train @several(
  // FROZEN-NOT: body.fc.weight.{{m|v|fast|slow}}
  // FROZEN-NOT: update = "body
  // FROZEN-LABEL: entry gradients @several.gradients(
  // FROZEN-NOT: gradient.body
  // FROZEN-LABEL: entry apply @several.apply(
  // FROZEN-NOT: body
  // FROZEN-LABEL: entry train @single(
  train @several minimizes @loss {
    optimize "*" with @adam(lr = 1.0e-2)
    optimize "*.bias", "norm.*" with @drift(rate = 0.25)
    freeze "body.*"
  }

  // One group has no name of its own; a later line takes back what an earlier one froze.
  // CHECK-LABEL: entry train @single(
  // CHECK-NOT: group0
  // CHECK-SAME: %body.fc.weight.m: f32[5, 4] {group = "", init = #dl.init<zeros>
  // CHECK-SAME: %lr: f64 {range = "[0, inf)", scalar = "lr", value = 5.000000e-01 : f64}, %momentum: f64 {range = "[0, inf)", scalar = "momentum", value = 9.000000e-01 : f64}, %weight_decay: f64 {range = "[0, inf)", scalar = "weight_decay", value = 0.000000e+00 : f64}, %nesterov: f64 {range = "[0, 1]", scalar = "nesterov", value = 0.000000e+00 : f64}
  // CHECK-SAME: %body.fc.bias.m: f32[5]
  // CHECK: gradient %{{.*}}, %body.fc.weight, %body.fc.bias, %norm.weight, %norm.bias, %head.weight, %head.bias :
  train @single minimizes @loss {
    freeze "*"
    optimize "*" with @sgd(lr = 0.5, momentum = 0.9)
  }
}
