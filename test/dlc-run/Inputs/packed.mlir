// A model with weights that are transposed in memory, and running statistics.
dl.model @packed sizes(width = 24) {
  func private @net(%x: f32[batch, 20]) {
    %h = nn.linear "fc1" %x, width
    %n = nn.batch_norm "norm" %h
    %r = relu %n
    %s = nn.linear "fc2" %r, 3
    return %s
  }
  func @predict(%x: f32[batch, 20]) -> (probability: f32[batch, 3]) {
    %s = call @net(%x)
    %p = softmax %s
    return %p
  }
  func @loss(%x: f32[batch, 20], %label: i32[batch]) -> (loss: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @adam(lr = 0.01)
  }
}
