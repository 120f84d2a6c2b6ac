// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s
// RUN: not ls %t.so

// Mistakes in what holds the lines: functions, calls, training. All are found in one run.
dl.model @invalid sizes(width = 4) {
  func private @two(%a: f32[batch, n], %b: i32) {
    return %a
  }
  func private @sized<k>(%a: f32[batch, k]) {
    return %a
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @end must end with `return`
  func @end(%x: f32[batch, 4]) -> f32 {
    %y = sum %x
  }
  func @calls(%x: f32[batch, 4], %i: i32) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @two takes 2 arguments, found 1
    %a = call @two(%x)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: argument %b of @two: expected i32, found %x : f32[batch, 4]
    %b = call @two(%x, %x)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @sized has no size 'kk'
    %c = call @sized<kk = 3>(%x)
    return %x
  }
  func @mode(%x: f32[batch, 4], %i: i32) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected `training` or `inference`, found 'trainig'
    %a = call @two(%x, %i), trainig
    return %x
  }
  func @count(%x: f32[batch, 4]) -> (a: f32[batch, 4], b: f32) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @count returns 2 values, found 1
    return %x
  }
  func @type(%x: f32[batch, 4]) -> (a: f32[batch, 5]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: result 1 of @type: expected f32[batch, 5], found %x : f32[batch, 4]
    return %x
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a result: `name: type`
  func @results(%x: f32[batch, 4]) -> (: f32) {
    return %x
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: func: expected its name, such as @func, found 'noname'
  func noname(%x: f32[batch, 4]) {
    return %x
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no op is called 'function'
  function @f(%x: f32[batch, 4]) {
    return %x
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the first result of @calls is minimised and must be one number
  train @t1 minimizes @calls {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no optimizer is called @adma; the compiler brings @sgd, @adam and @adamw
    optimize "*" with @adma
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @adam has no scalar 'rate'; it knows lr, beta1, beta2, eps, weight_decay, step
    optimize "*" with @adam(rate = 0.1)
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no function is called @nowhere
  train @t2 minimizes @nowhere {
    optimize "*" with @adam
  }
  train @t3 minimizes @calls {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected the name of an optimizer, such as @optimizer, found 'adam'
    optimize "*" with adam
  }
  train @t4 minimizes @calls {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected names of parameters in quotes, such as "fc1.*", found '*'
    optimize * with @adam
  }
}
