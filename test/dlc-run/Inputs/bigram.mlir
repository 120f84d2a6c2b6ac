// The next token by the last one alone: the scores are a table.
dl.model @bigram sizes(vocabulary = 27, length = 8) {
  func private @net(%token: i32[batch, time]) {
    %s = nn.embedding "table" %token, vocabulary, vocabulary
    return %s
  }
  func @loss(%token: i32[batch, length], %next: i32[batch, length]) -> (loss: f32) {
    %s = call @net(%token)
    %l = cross_entropy %s, %next
    return %l
  }
  func session @write(%token: i32[batch, 1]) -> (score: f32[batch, 1, vocabulary]) {
    %s = call @net(%token)
    return %s
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 0.05) }
}
