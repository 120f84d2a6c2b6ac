// Wide enough that its kernels are cut into parts for several threads.
dl.model @wide {
  func private @net(%x: f32[batch, 512]) {
    %a = nn.linear "fc1" %x, 1024
    %b = gelu %a
    %c = nn.layer_norm "ln" %b
    %d = dropout %c, 0.1
    %e = nn.linear "fc2" %d, 1024
    %f = silu %e
    %g = nn.linear "fc3" %f, 40
    return %g
  }
  func @predict(%x: f32[batch, 512]) -> (p: f32[batch, 40]) {
    %s = call @net(%x)
    %p = softmax %s
    return %p
  }
  func @loss(%x: f32[batch, 512], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @step minimizes @loss { optimize "*" with @adamw(lr = 1.0e-3) }
}
