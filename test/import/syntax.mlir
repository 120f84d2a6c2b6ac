// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Each line is a mistake of its own; all are found in one run.
dl.model @invalid {
  func @c0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: a number with an exponent needs a point; write 1.0e-3 instead of 1e-3
    %y = leaky_relu %x, slope = 1e-3
    return %x
  }
  func @c1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a number, such as 0.5, found 'half'
    %y = dropout %x, half
    return %x
  }
  func @c2(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: add: expected `,` before what follows on this line
    %y = add %x %x
    return %x
  }
  func @c3(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: dropout: expected `,` before what follows on this line
    %y = dropout %x 0.2
    return %x
  }
  func @c4(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no op is called 'rellu'; did you mean 'relu'?
    %y = rellu %x
    return %x
  }
  func @c5(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no op is called 'nn.liner'; did you mean 'nn.linear'?
    %y = nn.liner "a" %x, 4
    return %x
  }
  func @c6(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no op is called 'lstm'
    %y = lstm %x, 4
    return %x
  }
  func @c7(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: relu has no option 'inplace'; it knows none
    %y = relu %x, inplace
    return %x
  }
  func @c8(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: nn.linear has no option 'biass'; it knows bias, init, weight
    %y = nn.linear "a" %x, 4, biass = true
    return %x
  }
  func @c9(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: nn.linear has no option 'biass'
    %y = nn.linear "a" %x, 4, biass = 3 * 4
    return %x
  }
  func @c10(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: option 'bias' stands here twice; leave one of them out
    %y = nn.linear "a" %x, 4, bias = true, bias = false
    return %x
  }
  func @c11(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected true or false, found
    %y = nn.linear "a" %x, 4, bias = yes
    return %x
  }
  func @c12(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: nn.linear: expected the layer's name in quotes, as in `nn.linear "fc1" %x`, found '%x'
    %y = nn.linear %x, 4
    return %x
  }
  func @c13(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: nn.linear needs 'features' after its operands
    %y = nn.linear "a" %x
    return %x
  }
  func @c14(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no size is called 'widht'{{$}}
    %y = nn.linear "a" %x, widht
    return %x
  }
  func @c15(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a whole number or a size expression, found
    %y = nn.linear "a" %x, "b"
    return %x
  }
  func @c16(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: nn.linear: the line above ends in `,`; expected a value, such as %x, or an option of nn.linear
    %y = nn.linear "a" %x, 4,
    return %x
  }
  func @c17(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: nothing above this line is called %zz
    %y = relu %zz
    return %x
  }
  func @c18(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: relu takes 1 value, found 2
    %y = relu %x, %x
    return %x
  }
  func @c19(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: add takes 2 values, found 1
    %y = add %x
    return %x
  }
  func @c20(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a value, such as %x
    %y = iota %x, start = 3
    return %x
  }
  func @c21(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the line says f32[batch, 5], but the result is f32[batch, 4, 6]
    %y = relu %x : f32[batch, 5]
    return %x
  }
  func @c22(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a type such as f32[?, 128], found
    %y = relu %x : wide
    return %x
  }
  func @c23(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: the value %y is defined twice; give one of them another name
    %y = relu %x
    %y = relu %x
    return %x
  }
  func @c24(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: concat takes at least one value, found none
    %y = concat axis = 1
    return %x
  }
  func @c25(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected numbers of type f32, f64, i32, i64, ui8 or i1, found 'f16'
    %y = param "p" f16[4] = zeros
    return %x
  }
  func @c26(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a type: f32, f64, i32, i64, ui8 or i1, with sizes as in f32[batch, 128], found 'float'
    %y = param "p" float[4] = zeros
    return %x
  }
  func @c27(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: param: expected its name in quotes, found 'p'
    %y = param p f32[4] = zeros
    return %x
  }
  func @c28(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected `,` or `]` in a list of sizes, found '5'
    %y = param "p" f32[4 5] = zeros
    return %x
  }
  func @c29(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: sizes must be at least 0, found -4
    %y = param "p" f32[-4] = zeros
    return %x
  }
  func @c30(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: f32[3] needs 3 numbers, found a list of 2
    %y = constant f32[3] = [1.0, 2.0]
    return %x
  }
  func @c31(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: f32[batch] needs sizes that are numbers, found a list of 2
    %y = constant f32[batch] = [1.0, 2.0]
    return %x
  }
  func @c32(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no function @nowhere stands above this line; define a function before it is called
    %y = call @nowhere(%x)
    return %x
  }
  func @c33(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected the name of a function, such as @callee, found 'nowhere'
    %y = call nowhere(%x)
    return %x
  }
  func @c34(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: a stack hands its results on as arguments: 2 results, but only 1 arguments
    %y, %z = stack 2 "s" @nowhere(%x)
    return %x
  }
  func @c35(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no function is called @nowhere
    %y = stack 2 "s" @nowhere(%x)
    return %x
  }
  func @c36(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no axis 3 in %x
    %y = scan (%a in %x along 3) { yield %a }
    return %x
  }
  func @c37(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a value, such as %x
    %y = scan (%a in 3 along 1) { yield %a }
    return %x
  }
  func @c38(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the body of a scan ends with `yield`
    %y = scan (%a in %x along 1) { %z = relu %a }
    return %x
  }
  func @c39(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @c39 declares no `state "nothing"`
    update "nothing", %x
    return %x
  }
  func @c40(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: update takes one value
    update "nothing", %x, %x
    return %x
  }
  func @c41(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected
    %y = matmul %x, 3
    return %x
  }
  func private @c42(%x: f32[rows, features]) {
    // What only callers know is checked where it is known.
    // CHECK-NOT: :[[@LINE+1]]:{{[0-9]+}}: error
    %y = relu %x : f32[batch, 4]
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the line says f32[batch, 4, 1], but the result is f32[?, ?]
    %z = relu %x : f32[batch, 4, 1]
    return %z
  }
  func @n0(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: expected numbers that fit into f32, found 1.0e39
    %y = constant f32[2] = [1.0, 1.0e39]
    return %x
  }
  func @n1(%x: f32[batch, 4, 6], %i: i32[batch], %b: i1[4], %s: f32, %d: f64[6], %w: f32[6, 8]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: expected whole numbers that fit into i64, found 9.223372036854778e18
    %y = constant i64 = 9223372036854775808
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: expected whole numbers that fit into i64, found -9.223372036854778e18
    %z = constant i64 = -9223372036854775809
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: constant: expected whole numbers that fit into i64, found 1.8446744073709552e19
    %u = constant i64 = 18446744073709551616
    return %x
  }
}
