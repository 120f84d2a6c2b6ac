// What depends on how many rows a call has: means, their gradients, masks, reductions over the batch.
dl.model @extents {
  func private @net(%x: f32[batch, 20]) {
    %a = nn.linear "fc1" %x, 50
    %n = nn.layer_norm "ln" %a
    %r = gelu %n
    %d = dropout %r, 0.25
    %s = nn.linear "fc2" %d, 7
    return %s
  }
  func @predict(%x: f32[batch, 20]) -> (p: f32[batch, 7], best: i64[batch]) {
    %s = call @net(%x)
    %p = softmax %s
    %b = argmax %s
    return %p, %b
  }
  // A row of the result depends on all rows.
  func @centred(%x: f32[batch, 20]) -> (y: f32[batch, 20]) {
    %m = mean %x, axes = [0]
    %y = sub %x, %m
    return %y
  }
  // A row of the result depends on where it stands.
  func @numbered(%x: f32[batch, 20]) -> (row: i32[batch, 20]) {
    %i = iota %x, axis = 0
    return %i
  }
  func @loss(%x: f32[batch, 20], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%x)
    %l = cross_entropy %s, %label, label_smoothing = 0.1
    %a = accuracy %s, %label
    return %l, %a
  }
  train @step minimizes @loss {
    optimize "*" with @sgd(lr = 1.0e-1, momentum = 0.9)
  }
}
