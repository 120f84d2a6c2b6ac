// A step that accumulates is a loop over the parts of its batch: what is computed of rows moves in, the optimizer stays behind.
// RUN: dlc %s --emit=autodiff | dlc-opt | FileCheck %s
dl.model @m {
  func @loss(%x: f32[batch, 4], %y: i32[batch]) -> (loss: f32) {
    %w = param "w" f32[4, 3] = zeros
    %b = tanh %w
    %a = matmul %x, %b
    %d = dropout %a, 0.5
    %l = cross_entropy %d, %y, ignore_index = 0
    return %l
  }
  train @t minimizes @loss {
    optimize "*" with @sgd
    accumulate 3
  }
}
// CHECK: entry train @t(%x: f32[3 * batch, 4] {input = "x"}{{.*}}, %y: i32[3 * batch] {input = "y"}{{.*}}, %w: f32[4, 3]
// CHECK-SAME: attributes {dl.parts = 3 : i64
// What no row changes stays outside, and so does what all parts share.
// CHECK: [[B:%.*]] = tanh %w
// CHECK: [[X:%.*]] = reshape %x, [3, batch, 4]
// CHECK: [[Y:%.*]] = reshape %y, [3, batch]
// The first row of a part is as many further as a part has rows.
// CHECK: [[ROWS:%.*]] = count [[X]], i64, axes = [1]
// CHECK: [[SHIFT:%.*]] = mul {{.*}}[[ROWS]]
// CHECK: [[RANDOM:%.*]] = add [[SHIFT]], %random
// CHECK: [[ALL:%.*]]:3 = scan ([[XP:%.*]] in [[X]] along 0, [[YP:%.*]] in [[Y]] along 0, [[RP:%.*]] in [[RANDOM]] along 0) carry ([[LOSS:%.*]] = {{.*}}, [[DW:%.*]] = {{.*}}, [[COUNT:%.*]] = {{.*}}) {
// CHECK: matmul [[XP]], [[B]]
// CHECK: dropout_mask {{.*}}, [[RP]], 0.5, stream = "d"
// The loss and the gradient of a part are weighed by what counts in it, and add nothing where nothing does.
// CHECK: [[COUNTS:%.*]] = ne [[N:%.*]], {{.*}} : i1{{ *$}}
// CHECK: mul {{.*}}, [[N]] : f32
// CHECK: [[G:%.*]] = mul {{.*}}, [[N]] : f32[4, 3]
// CHECK: where [[COUNTS]], [[G]], {{.*}} : f32[4, 3]
// CHECK: yield carry
// CHECK: [[DIVISOR:%.*]] = where {{.*}}, [[ALL]]#2, {{.*}} : f32
// CHECK: div [[ALL]]#0, [[DIVISOR]]
// CHECK: div [[ALL]]#1, [[DIVISOR]]
// CHECK-NOT: scan
// CHECK: return
// CHECK: entry gradients @t.gradients(%x: f32[3 * batch, 4]
// CHECK: entry apply @t.apply(
// CHECK-NOT: scan
