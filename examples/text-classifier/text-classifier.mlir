// text-classifier.mlir - what kind of text this is, by a bidirectional LSTM.
//
// The texts of a batch are filled up to the longest of them, of 48 tokens at most; the mask says which tokens are theirs. What
// is judged is the largest that each feature comes to anywhere in the text.
dl.model @text_classifier sizes(vocabulary = 6000, classes = 2, width = 64) open(length = 48) {
  func private @net(%text: i32[batch, length], %mask: f32[batch, length]) {
    %e = nn.embedding "embed" %text, vocabulary, width
    %d = dropout %e, 0.3
    %y = nn.lstm "lstm" %d, width, bidirectional, mask = %mask
    %m = reshape %mask, [batch, length, 1]
    %gone = sub %m, 1.0
    %low = mul %gone, 10.0                  // -10 where there is no token: an LSTM's output is -1 to 1
    %z = add %y, %low
    %p = amax %z, axes = [1]
    %q = dropout %p, 0.5
    %s = nn.linear "head" %q, classes
    return %s
  }
  func @predict(%text: i32[batch, length], %mask: f32[batch, length]) -> (probability: f32[batch, classes]) {
    %s = call @net(%text, %mask)
    %p = softmax %s
    return %p
  }
  func @loss(%text: i32[batch, length], %mask: f32[batch, length], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%text, %mask)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @step minimizes @loss {
    clip_norm 5.0
    optimize "*" with @adam(lr = 0.003)
  }
}
