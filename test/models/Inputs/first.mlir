// One of two models that are linked into one program.
dl.model @first {
  func private @net(%x: f32[batch, 3]) {
    %y = nn.linear "fc" %x, 2
    return %y
  }
  func @predict(%x: f32[batch, 3]) -> (y: f32[batch, 2]) {
    %y = call @net(%x)
    return %y
  }
  func @loss(%x: f32[batch, 3], %wanted: f32[batch, 2]) -> (loss: f32, largest: f32) {
    %y = call @net(%x)
    %l = mse_loss %y, %wanted
    %m = amax %y
    return %l, %m
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 1.0e-1) }
}
