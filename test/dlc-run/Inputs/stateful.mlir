// A small GRU that carries its state on.
dl.model @stateful sizes(vocabulary = 27, length = 8) {
  func private @net(%token: i32[batch, time]) {
    %e = nn.embedding "embed" %token, vocabulary, 8
    %y = nn.gru "gru" %e, 12, stateful
    %d = dropout %y, 0.1
    %s = nn.linear "head" %d, vocabulary
    return %s
  }
  func session @loss(%token: i32[batch, length], %next: i32[batch, length]) -> (loss: f32) {
    %s = call @net(%token)
    %l = cross_entropy %s, %next
    return %l
  }
  func session @write(%token: i32[batch, 1]) -> (score: f32[batch, 1, vocabulary]) {
    %s = call @net(%token)
    return %s
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 0.01) }
}
