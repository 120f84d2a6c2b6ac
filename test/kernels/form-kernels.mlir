// RUN: dlc %s --emit=kernels | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=kernels -O0 | dlc-opt | FileCheck %s --check-prefix=SLOW
// RUN: dlc %s --emit=layout | dlc-opt --dl-to-kernels | FileCheck %s
// What becomes one kernel, and what cannot. A kernel stands above the entry point that is the first to launch it.
dl.model @kernels {
  // Element by element.
  // CHECK-LABEL: kernel @k0_exp_neg_mul(%x: f32[batch, 8], %row: f32[8]) -> (f32[batch, 8])
  // CHECK-NEXT: %[[A:[^ ]+]] = exp %x
  // CHECK-NEXT: %[[B:[^ ]+]] = neg %[[A]]
  // CHECK-NEXT: %[[Y:[^ ]+]] = mul %[[B]], %row
  // CHECK-NEXT: return %[[Y]]
  // CHECK: entry function @chain(
  // CHECK-NEXT: %[[Z:[^ ]+]] = launch @k0_exp_neg_mul(%x, %row) : f32[batch, 8]
  // CHECK-NEXT: return %[[Z]]
  // Unfused: a kernel of each op.
  // SLOW-LABEL: kernel @k0_exp(
  // SLOW: kernel @k1_neg(
  // SLOW: kernel @k2_mul(
  // SLOW: entry function @chain(
  // SLOW-NEXT: %[[A:[^ ]+]] = launch @k0_exp(%x)
  // SLOW-NEXT: %[[B:[^ ]+]] = launch @k1_neg(%[[A]])
  // SLOW-NEXT: %[[Y:[^ ]+]] = launch @k2_mul(%[[B]], %row)
  // SLOW-NEXT: return %[[Y]]
  func @chain(%x: f32[batch, 8], %row: f32[8]) -> (y: f32[batch, 8]) {
    %a = exp %x
    %b = neg %a
    %y = mul %b, %row
    return %y
  }

  // A product and what is done with its elements; what somebody else reads is stored too.
  // CHECK-LABEL: kernel @k1_matmul_add_relu(%x: f32[batch, 4], %w: f32[4, 8], %b: f32[8]) -> (f32[batch, 8], f32[batch, 8])
  // CHECK: return %[[S:[^ ]+]], %[[Y:[^ ]+]]
  // CHECK: entry function @product(
  // CHECK-NEXT: %[[S:[^ ]+]], %[[Y:[^ ]+]] = launch @k1_matmul_add_relu(%x, %w, %b)
  // CHECK-NEXT: return %[[Y]], %[[S]]
  func @product(%x: f32[batch, 4], %w: f32[4, 8], %b: f32[8]) -> (y: f32[batch, 8], s: f32[batch, 8]) {
    %p = matmul %x, %w
    %s = add %p, %b
    %y = relu %s
    return %y, %s
  }
  // A product reads whole rows: what it reads is made before it.
  // CHECK-LABEL: entry function @two_products(
  // CHECK-NEXT: %[[R:[^ ]+]] = launch @{{k[0-9]+}}_matmul_relu(%x, %w) : f32[batch, 8]
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}_matmul_tanh(%[[R]], %v) : f32[batch, 4]
  // CHECK-NEXT: return %[[Y]]
  func @two_products(%x: f32[batch, 4], %w: f32[4, 8], %v: f32[8, 4]) -> (y: f32[batch, 4]) {
    %a = matmul %x, %w
    %r = relu %a
    %b = matmul %r, %v
    %y = tanh %b
    return %y
  }
  // CHECK-LABEL: entry function @before_product(
  // CHECK-NEXT: %[[E:[^ ]+]] = launch @{{k[0-9]+}}_exp(%x)
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}_matmul(%[[E]], %w)
  // CHECK-NEXT: return %[[Y]]
  func @before_product(%x: f32[batch, 4], %w: f32[4, 8]) -> (y: f32[batch, 8]) {
    %e = exp %x
    %y = matmul %e, %w
    return %y
  }

  // That holds too where what it reads is read again behind it.
  // CHECK-LABEL: entry function @around_product(
  // CHECK-NEXT: %[[S:[^ ]+]] = launch @{{k[0-9]+}}_sin(%a) : f32[5, 5]
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}_matmul_mul(%[[S]], %b) : f32[5, 5]
  // CHECK-NEXT: return %[[Y]]
  func @around_product(%a: f32[5, 5], %b: f32[5, 5]) -> (y: f32[5, 5]) {
    %s = sin %a
    %p = matmul %s, %b
    %y = mul %p, %s
    return %y
  }
  // CHECK-LABEL: entry function @around_right(
  // CHECK-NEXT: %[[S:[^ ,]+]], %[[T:[^ ,]+]] = launch @{{k[0-9]+}}_sin_neg(%a)
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}_matmul_tanh_mul(%b, %[[S]], %[[T]])
  // CHECK-NEXT: return %[[Y]], %[[T]]
  func @around_right(%a: f32[5, 5], %b: f32[5, 5]) -> (y: f32[5, 5], t: f32[5, 5]) {
    %s = sin %a
    %p = matmul %b, %s
    %q = tanh %p
    %t = neg %s
    %y = mul %q, %t
    return %y, %t
  }

  // Reductions along rows, with all that comes before and after: softmax is one pass over each row.
  // CHECK-LABEL: kernel @{{k[0-9]+}}_amax_sub_exp_sum_div(%x: f32[batch, 8]) -> (f32[batch, 8])
  // CHECK: entry function @rows(
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @[[SOFTMAX:k[0-9]+]]_amax_sub_exp_sum_div(%x) : f32[batch, 8]
  // Equal kernels are one, whatever their values are called.
  // CHECK-NEXT: %[[Z:[^ ]+]] = launch @[[SOFTMAX]]_amax_sub_exp_sum_div(%other) : f32[batch, 8]
  // CHECK-NEXT: return %[[Y]], %[[Z]]
  // CHECK-NOT: kernel @
  // CHECK: entry function @rows_again(
  // CHECK-NEXT: launch @[[SOFTMAX]]_amax_sub_exp_sum_div(%input)
  func @rows(%x: f32[batch, 8], %other: f32[batch, 8]) -> (y: f32[batch, 8], z: f32[batch, 8]) {
    %first = softmax %x
    %second = softmax %other
    return %first, %second
  }
  func @rows_again(%input: f32[batch, 8]) -> (y: f32[batch, 8]) {
    %own = softmax %input
    return %own
  }
  // Another shape or another axis is another kernel.
  // CHECK-LABEL: kernel @{{k[0-9]+}}_amax_sub_exp_sum_div(%x: f32[batch, 9])
  // CHECK: entry function @rows_of_nine(
  func @rows_of_nine(%x: f32[batch, 9]) -> (y: f32[batch, 9]) {
    %y = softmax %x
    return %y
  }

  // Two reductions of one value along one axis are one kernel; along another axis, or of everything, they are not.
  // CHECK-LABEL: kernel @{{k[0-9]+}}_exp_sum_amax(%x: f32[batch, 8])
  // CHECK: entry function @reductions(
  // CHECK-NEXT: %[[E:[^ ,]+]], %[[S:[^ ,]+]], %[[A:[^ ,]+]] = launch @{{k[0-9]+}}_exp_sum_amax(%x)
  // CHECK-DAG: %[[COLUMNS:[^ ]+]] = launch @{{k[0-9]+}}_sum(%[[E]]) : f32[8]
  // CHECK-DAG: %[[ALL:[^ ]+]] = launch @{{k[0-9]+}}_sum(%[[E]]) : f32{{$}}
  // CHECK: return %[[S]], %[[A]], %[[COLUMNS]], %[[ALL]]
  func @reductions(%x: f32[batch, 8]) -> (y: f32[batch], z: f32[batch], columns: f32[8], all: f32) {
    %e = exp %x
    %y = sum %e, axes = [1]
    %z = amax %e, axes = [1]
    %c = sum %e, axes = [0]
    %a = sum %e
    return %y, %z, %c, %a
  }

  // What reads nothing point by point is computed where it is read, and never stored.
  // CHECK-LABEL: kernel @{{k[0-9]+}}_add(%x: f32[batch, 8]) -> (f32[batch, 8])
  // CHECK-DAG: %[[I:[^ ]+]] = iota %{{[^ ]+}}, axis = 1 : i32[batch, 8]
  // CHECK: cast %[[I]], f32
  // CHECK: entry function @generated(
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}{{[^(]*}}(%x)
  // CHECK-NEXT: return %[[Y]]
  func @generated(%x: f32[batch, 8]) -> (y: f32[batch, 8]) {
    %i = iota %x, axis = 1
    %f = cast %i, f32
    %y = add %x, %f
    return %y
  }

  // A reshape is no kernel: it costs nothing. But it stands between the two that it connects.
  // CHECK-LABEL: entry function @viewed(
  // CHECK-NEXT: %[[E:[^ ]+]] = launch @{{k[0-9]+}}_exp(%x) : f32[batch, 8]
  // CHECK-NEXT: %[[R:[^ ]+]] = reshape %[[E]], [batch, 2, 4]
  // CHECK-NEXT: %[[Y:[^ ]+]] = launch @{{k[0-9]+}}_sum(%[[R]]) : f32[batch, 4]
  // CHECK-NEXT: return %[[Y]]
  func @viewed(%x: f32[batch, 8]) -> (y: f32[batch, 4]) {
    %e = exp %x
    %r = reshape %e, [batch, 2, 4]
    %y = sum %r, axes = [1]
    return %y
  }

  // What is returned is made by a kernel, each result for itself.
  // CHECK-LABEL: entry function @returned(
  // CHECK-NEXT: %[[A:[^ ,]+]], %[[B:[^ ,]+]] = launch @{{k[0-9]+}}_cast_cast(%x) : f32[batch, 8], f32[batch, 8]
  // CHECK-NEXT: return %[[A]], %[[B]]
  func @returned(%x: f32[batch, 8]) -> (y: f32[batch, 8], z: f32[batch, 8]) {
    return %x, %x
  }

  // Indices are checked before anything is computed with them, once.
  // CHECK-LABEL: entry function @looked_up(
  // CHECK-NEXT: %[[I:[^ ]+]] = launch @{{k[0-9]+}}_check_index(%i) : i32[batch]
  // CHECK-NOT: check_index
  // CHECK: launch @{{k[0-9]+}}_gather{{[^(]*}}(%table, %[[I]])
  // CHECK-NOT: check_index
  // CHECK: return
  func @looked_up(%i: i32[batch], %table: f32[9, 4]) -> (y: f32[batch, 4], z: f32[batch, 4]) {
    %y = gather %table, %i
    %e = exp %table
    %z = gather %e, %i
    return %y, %z
  }

  // In a step, what replaces a stored tensor comes last: all who read the old value have done so.
  // CHECK-LABEL: entry train @step(
  // Forward, and back through the second weight.
  // CHECK: launch @{{[^(]*}}(%{{[^ ,]+}}, %first.weight{{[^)]*}}) : f32[batch, 5]
  // CHECK: launch @{{[^(]*}}(%{{[^ ,]+}}, %second.weight{{[^)]*}}) : f32[batch, 3]
  // CHECK: launch @{{[^(]*}}({{[^)]*}}%second.weight{{[^)]*}}) : f32[batch, 5]
  // CHECK-NOT: : f32[batch
  // CHECK-DAG: launch @{{[^(]*}}({{[^)]*}}%first.weight, {{[^)]*}}) : f32[4, 5], f32[4, 5]
  // CHECK-DAG: launch @{{[^(]*}}({{[^)]*}}%second.weight, {{[^)]*}}) : f32[5, 3], f32[5, 3]
  // CHECK-NOT: : f32[batch
  // CHECK: return
  func @loss(%x: f32[batch, 4]) -> (loss: f32) {
    %a = nn.linear "first" %x, 5, bias = false, weight = in_out
    %r = relu %a
    %y = nn.linear "second" %r, 3, bias = false, weight = in_out
    %e = exp %y
    %l = mean %e
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
