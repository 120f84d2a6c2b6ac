// RUN: not dlc %s --batch 4 --memory-budget 16000 -o %t.so 2>&1 | FileCheck %s --check-prefix=REFUSED
// RUN: dlc %s --batch 4 --memory-budget 17000 --diff --quiet t 2>&1 | FileCheck %s --check-prefix=DIFF

// What is padded is read through views by two convolutions and by their gradients. A view that stands before what is computed
// again is shown again behind it, once: whatever the budget, the compiler comes to an end.
dl.model @views {
  func private @block<d = 1>(%x: f32[rows, time, c]) {
    %p = pad %x, low = [0, d, 0], high = [0, 0, 0]
    %f = nn.conv1d "f" %p, c, kernel = 2, dilation = d
    %t = tanh %f
    %g = nn.conv1d "g" %p, c, kernel = 2, dilation = d
    %s = sigmoid %g
    %z = mul %t, %s
    %r = nn.conv1d "r" %z, c, kernel = 1
    %y = add %x, %r
    %k = nn.conv1d "s" %z, 6, kernel = 1
    return %y, %k
  }
  func @loss(%x: f32[batch, 16, 5]) -> (loss: f32) {
    %a0, %k0 = call "b0" @block<d = 1>(%x)
    %a1, %k1 = call "b1" @block<d = 2>(%a0)
    %a2, %k2 = call "b2" @block<d = 4>(%a1)
    %s0 = add %k0, %k1
    %s1 = add %s0, %k2
    %q = mul %s1, %s1
    %l = mean %q
    return %l
  }
  train @t minimizes @loss { optimize "*" with @sgd }
}
// REFUSED-NOT: `t` needs
// REFUSED: error: `t.gradients` needs {{[0-9,]+}} bytes of workspace, {{[0-9,]+}} more than --memory-budget 16000
// DIFF: @t: {{[0-9]+}} values and 49 results agree, batch 4
