// names.mlir - the next letter of a name, by a GRU.
//
// Names follow one another, a line each. The GRU is `stateful`: it goes on from letter to letter, in training and when it writes.
dl.model @names sizes(vocabulary = 28, length = 32, width = 128) {
  func private @net(%letter: i32[batch, time]) {
    %e = nn.embedding "embed" %letter, vocabulary, 32
    %y = nn.gru "gru" %e, width, stateful
    %d = dropout %y, 0.2
    %s = nn.linear "head" %d, vocabulary
    return %s
  }
  func session @loss(%letter: i32[batch, length], %next: i32[batch, length]) -> (loss: f32) {
    %s = call @net(%letter)
    %l = cross_entropy %s, %next
    return %l
  }
  func session @next(%letter: i32[batch, 1]) -> (score: f32[batch, 1, vocabulary]) {
    %s = call @net(%letter)
    return %s
  }
  train @step minimizes @loss {
    clip_norm 5.0
    optimize "*" with @adam(lr = 0.004)
  }
}
