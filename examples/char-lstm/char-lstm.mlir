// char-lstm.mlir - the next character of a text, by an LSTM.
//
// The LSTM is `stateful`: a training step begins where the one before ended (truncated back-propagation), and so does each call
// of a session, be it a window of the text to be measured or one character of a text to be written.
dl.model @char_lstm sizes(vocabulary = 65, length = 64, width = 256) {
  func private @net(%token: i32[batch, time]) {
    %e = nn.embedding "embed" %token, vocabulary, 64
    %y = nn.lstm "lstm" %e, width, stateful
    %s = nn.linear "head" %y, vocabulary
    return %s
  }
  func session @loss(%token: i32[batch, length], %next: i32[batch, length]) -> (loss: f32) {
    %s = call @net(%token)
    %l = cross_entropy %s, %next
    return %l
  }
  func session @next(%token: i32[batch, 1]) -> (score: f32[batch, 1, vocabulary]) {
    %s = call @net(%token)
    return %s
  }
  train @step minimizes @loss {
    clip_norm 5.0
    optimize "*" with @adam(lr = 0.002)
  }
}
