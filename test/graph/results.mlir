// RUN: dlc %s --emit=graph | FileCheck %s
//
// An entry point whose results are not written down: a size that only the call of a private function tells.

dl.model @results {
  func private @inner(%x: f32[batch, features]) {
    %a = nn.linear "up" %x, 4
    %y = nn.linear "down" %a, features
    return %y
  }
  // CHECK: entry function @whole(%x: f32[batch, 3] {{.*}} -> (f32[batch, 3] {output = "result"})
  func @whole(%x: f32[batch, 3]) {
    %y = call @inner(%x)
    %z = tanh %y
    return %z
  }
}
