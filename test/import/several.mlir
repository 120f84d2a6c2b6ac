// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s --implicit-check-not=error:
// RUN: not ls %t.so

// Many mistakes, several of them in one function: one run finds all, and nothing else.

// CHECK: :[[@LINE+1]]:36: error: the size 'width' stands here twice; leave one of them out
dl.model @several sizes(width = 4, width = 3) {
  // CHECK: :[[@LINE+1]]:44: error: expected numbers of type f32, f64, i32, i64, ui8 or i1, found 'f16'
  func private @net(%x: f32[batch, 4], %m: f16[4]) {
    // CHECK: :[[@LINE+2]]:20: error: nn.linear: expected the layer's name in quotes, as in `nn.linear "fc1" %x`, found '%x'
    // CHECK: :[[@LINE+1]]:27: error: nn.linear has no option 'biass'; it knows bias, init, weight
    %h = nn.linear %x, 8, biass = true
    // CHECK: :[[@LINE+1]]:10: error: no op is called 'rellu'; did you mean 'relu'?
    %a = rellu %h
    // CHECK: :[[@LINE+1]]:5: error: expected `%b = op ...`: names of values begin with `%`; found 'b'
    b = tanh %a
    // CHECK: :[[@LINE+1]]:17: error: add: expected `,` before what follows on this line, found '%h'
    %c = add %b %h
    // CHECK: :[[@LINE+1]]:20: error: split needs 'count' after its operands
    %d, %e = split %c, axis = 1
    // CHECK: :[[@LINE+1]]:33: error: a number with an exponent needs a point; write 1.0e-3 instead of 1e-3
    %f = leaky_relu %d, slope = 1e-3
    // CHECK: :[[@LINE+1]]:18: error: nothing above this line is called %nowhere
    %g = mul %f, %nowhere
    %i = mul %g, %nowhere
    // CHECK: :[[@LINE+1]]:5: error: the value %h is defined twice; give one of them another name
    %h = exp %i
    // CHECK: :[[@LINE+1]]:5: error: comments begin with `//`; found '#'
    # a comment of another language
    // CHECK: :[[@LINE+1]]:20: error: unexpected character ';'; a line ends without it
    %j = softmax %i;
    // CHECK: :[[@LINE+2]]:15: error: no function @nothing stands above this line; define a function before it is called
    // CHECK: :[[@LINE+2]]:5: error: comments begin with `//`; found '/*'
    %k = call @nothing(%j)
    /* one more
       of two lines */
    %l = reshape %h, [batch, 5]
    // CHECK: :[[@LINE+1]]:15: error: return: expected `,` before what follows on this line, found '%k'
    return %l %k
  }
  // CHECK: :[[@LINE+1]]:8: error: func: expected its name, such as @func, found 'predict'
  func predict(%x: f32[batch, 4]) -> f32[batch, 9] {
    // CHECK: :[[@LINE+1]]:10: error: @net takes 2 arguments, found 1
    %y = call @net(%x)
    return %y
  }
  // CHECK: :[[@LINE+2]]:3: error: no op is called 'fun'; did you mean 'func'?
  // CHECK: :[[@LINE+1]]:30: error: expected ')', found '-'
  fun @loss(%x: f32[batch, 4] -> (loss: f32) {
    %s = scan (%t in %x along 3) carry (%c = %x) {
      // CHECK: :[[@LINE+1]]:12: error: no op is called 'tan'; did you mean 'tanh'?
      %n = tan %t
      yield carry %n
    }
    %z = matmul %x, %x
    %l = mean %z,
    // CHECK: :[[@LINE+1]]:5: error: mean: the line above ends in `,`; expected a value, such as %x, or an option of mean: found 'return'
    return %l

  // CHECK: :[[@LINE+2]]:3: error: train stands inside of the function, optimizer or training step above; is the `}` missing that closes it?
  // CHECK: :[[@LINE+1]]:12: error: expected 'minimizes', found 'minimises'
  train @t minimises @los {
    // CHECK: :[[@LINE+1]]:5: error: no op is called 'optimise'; did you mean 'optimize'?
    optimise "*" with @adam(lr = 1.0e-3)
    // CHECK: :[[@LINE+1]]:31: error: expected '=', found ':'
    optimize "*" with @adam(lr: 1.0e-3)
    // CHECK: :[[@LINE+1]]:15: error: clip_norm: the largest norm must be above 0, found -1.0
    clip_norm -1.0
  }
  }
  // CHECK: :[[@LINE+2]]:3: error: 'optimizer' stands outside of `dl.model @name { ... }`; is there a `}` too many above, or no `dl.model`?
  // CHECK: :[[@LINE+1]]:55: error: expected ')', found '0.1'
  optimizer @o(%w, %g) slots(%v = nothing) scalars(%lr 0.1) {
    // CHECK: :[[@LINE+1]]:10: error: no op is called 'muul'; did you mean 'mul'?
    %q = muul %g, %lr
    return %q
  // CHECK: :[[@LINE+1]]:4: error: expected `}`: something above is not closed; found the end of the file
  }
