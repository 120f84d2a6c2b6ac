// sessions.mlir - a recurrent net whole, in parts, and trained in parts.
dl.model @sessions {
  func private @net(%x: f32[batch, time, 3]) {
    %a = nn.lstm "lstm" %x, 8, layers = 2, dropout = 0.25, stateful
    %b = nn.gru "gru" %a, 4, stateful
    %y = nn.linear "head" %b, 3
    return %y
  }
  func @whole(%x: f32[batch, 12, 3]) -> (y: f32[batch, 12, 3]) {
    %y = call @net(%x)
    return %y
  }
  func session @part(%x: f32[batch, 3, 3]) -> (y: f32[batch, 3, 3]) {
    %y = call @net(%x)
    return %y
  }
  func session @one(%x: f32[batch, 1, 3]) -> (y: f32[batch, 1, 3]) {
    %y = call @net(%x)
    return %y
  }
  func @loss(%x: f32[batch, 3, 3], %t: f32[batch, 3, 3]) -> (loss: f32) {
    %y = call @net(%x)
    %l = mse_loss %y, %t
    return %l
  }
  train @step minimizes @loss { optimize "*" with @adam }
}
