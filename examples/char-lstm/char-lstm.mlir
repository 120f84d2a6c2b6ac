// char-lstm.mlir - the next character of a text, by an LSTM.
//
// What the LSTM carries goes in and comes out: a training step begins where the one before ended (truncated back-propagation),
// and `next` reads one character a call.
dl.model @char_lstm sizes(vocabulary = 65, length = 64, width = 256) {
  func private @net(%token: i32[batch, time], %hidden: f32[1, batch, width], %cell: f32[1, batch, width]) {
    %e = nn.embedding "embed" %token, vocabulary, 64
    %y, %h, %c = nn.lstm "lstm" %e, width, hidden = %hidden, cell = %cell, states
    %s = nn.linear "head" %y, vocabulary
    return %s, %h, %c
  }
  func @loss(%token: i32[batch, length], %next: i32[batch, length],
             %hidden: f32[1, batch, width], %cell: f32[1, batch, width])
      -> (loss: f32, hidden: f32[1, batch, width], cell: f32[1, batch, width]) {
    %s, %h, %c = call @net(%token, %hidden, %cell)
    %l = cross_entropy %s, %next
    return %l, %h, %c
  }
  func @next(%token: i32[batch, 1], %hidden: f32[1, batch, width], %cell: f32[1, batch, width])
      -> (score: f32[batch, 1, vocabulary], hidden: f32[1, batch, width], cell: f32[1, batch, width]) {
    %s, %h, %c = call @net(%token, %hidden, %cell)
    return %s, %h, %c
  }
  train @step minimizes @loss {
    clip_norm 5.0
    optimize "*" with @adam(lr = 0.002)
  }
}
