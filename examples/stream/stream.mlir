// stream.mlir - the next value of a signal that never ends.
//
// A GRU is `stateful`: training goes on in each step where the one before ended, and a session takes one value a call.
dl.model @stream sizes(length = 32, width = 32) {
  func private @net(%x: f32[batch, time, 1]) {
    %h = nn.gru "gru" %x, width, stateful
    %y = nn.linear "head" %h, 1
    return %y
  }
  func @loss(%x: f32[batch, length, 1], %next: f32[batch, length, 1]) -> (loss: f32) {
    %y = call @net(%x)
    %l = mse_loss %y, %next
    return %l
  }
  func session @forecast(%x: f32[batch, 1, 1]) -> (next: f32[batch, 1, 1]) {
    %y = call @net(%x)
    return %y
  }
  train @step minimizes @loss {
    clip_norm 1.0
    optimize "*" with @adam(lr = 0.005)
  }
}
