// RUN: not dlc %s -o %t.so 2>&1 | FileCheck %s

// What is wrong with loops, with layers that run through time, and with statistics.
dl.model @m {
  func @c0(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}scan: all tensors have one length along their axes; found 5 in %x : f32[batch, 5, 4] and 2 in %s : f32[2, batch, 4]
    %y, %l = scan (%a in %x along 1, %b in %s along 0) carry (%c = %h) {
      %n = add %a, %c
      yield %n carry %n
    }
    return %h
  }
  func @c1(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}scan: expected at least one round, found 0
    %l = scan 0 carry (%c = %h) {
      %n = relu %c
      yield carry %n
    }
    return %h
  }
  func @c2(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: error: {{.*}}yield: the scan carries 1 values, found 0 after `carry`
    %y = scan (%a in %x along 1) carry (%c = %h) {
      %n = add %a, %c
      yield %n
    }
    return %h
  }
  func @c3(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+3]]:{{[0-9]+}}: error: {{.*}}yield: what is carried keeps its type: %c begins as %c : f32[batch, 4], and would go on as %n : f32[batch]
    %y, %l = scan (%a in %x along 1) carry (%c = %h) {
      %n = sum %c, axes = [1]
      yield %a carry %n
    }
    return %h
  }
  func @c4(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}rnn: expected 
    %y = nn.rnn "r" %h, 3
    return %h
  }
  func @c5(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: {{.*}}rnn: expected floats, found %v
    %v = cast %x, i32
    %y = nn.rnn "r" %v, 3
    return %h
  }
  func @c6(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}gru: expected 
    %y = nn.gru "r" %h, 3
    return %h
  }
  func @c7(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: {{.*}}gru: expected floats, found %v
    %v = cast %x, i32
    %y = nn.gru "r" %v, 3
    return %h
  }
  func @c8(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}lstm: expected 
    %y = nn.lstm "r" %h, 3
    return %h
  }
  func @c9(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: {{.*}}lstm: expected floats, found %v
    %v = cast %x, i32
    %y = nn.lstm "r" %v, 3
    return %h
  }
  func @c10(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}layers: 
    %y = nn.lstm "r" %x, 3, layers = batch
    return %h
  }
  func @c11(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}features: 
    %y = nn.lstm "r" %x, batch
    return %h
  }
  func @c12(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}gru: layers: expected 1 to 1024, found 0
    %y = nn.gru "r" %x, 3, layers = 0
    return %h
  }
  func @c13(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}gru: expected [batch, time, inputs], found %s : f32[2, batch, 4]
    %y = nn.gru "r" %s, 3
    return %h
  }
  func @c14(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}lstm: dropout: expected a rate in [0, 1), found 1
    %y = nn.lstm "r" %x, 3, layers = 2, dropout = 1.0
    return %h
  }
  func @c15(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}lstm: cell: expected [layers * directions, batch, features], here f32[1, batch, 4], found %h : f32[batch, 4]
    %y = nn.lstm "r" %x, 4, cell = %h
    return %h
  }
  func @c16(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}rnn: hidden: expected [layers * directions, batch, features], here f32[1, batch, 4], found %x : f32[batch, 5, 4]
    %y = nn.rnn "r" %x, 4, hidden = %x
    return %h
  }
  func @c17(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}rnn: mask: expected [batch, time], here [batch, 5], found %h : f32[batch, 4]
    %y = nn.rnn "r" %x, 4, mask = %h
    return %h
  }
  func @c18(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}rnn: activation is tanh or relu, found gelu
    %y = nn.rnn "r" %x, 4, activation = gelu
    return %h
  }
  func @c19(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+2]]:{{[0-9]+}}: error: {{.*}}batch_norm: expected [batch, ..., channels], found %v : f32[batch]
    %v = sum %h, axes = [1]
    %y = nn.batch_norm "r" %v
    return %h
  }
  func @c20(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}batch_norm: momentum: expected a number in [0, 1], found 1.5
    %y = nn.batch_norm "r" %h, momentum = 1.5
    return %h
  }
  func @c21(%x: f32[batch, 5, 4], %h: f32[batch, 4], %i: i32[batch, 5], %s: f32[2, batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: {{.*}}batch_norm: expected floats
    %y = nn.batch_norm "r" %i
    return %h
  }
  func @scope(%h: f32[batch, 4]) -> (h: f32[batch, 4]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: scan: its scope has no character; leave it out where all rounds share their parameters
    %l = scan 3 "" carry (%c = %h) {
      %n = relu %c
      yield carry %n
    }
    return %h
  }
  func @typo(%x: f32[batch, 5, 4]) -> (y: f32[batch, 5, 3]) {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no op is called 'nn.lsmt'; did you mean 'nn.lstm'?
    %y = nn.lsmt "l" %x, 3
    return %y
  }
}
