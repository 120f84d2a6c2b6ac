// Kinds of texts, by the mean of their words. `kind` and `length` are other names and types than the examples have.
dl.model @classes sizes(vocabulary = 40, time = 6, classes = 3) {
  func private @net(%mask: f32[batch, time], %text: i64[batch, time], %length: i32[batch]) {
    %e = nn.embedding "embed" %text, vocabulary, 8
    %m = reshape %mask, [batch, time, 1]
    %k = mul %e, %m
    %p = sum %k, axes = [1]
    %f = cast %length, f32
    %n = reshape %f, [batch, 1]
    %q = div %p, %n
    %s = nn.linear "head" %q, classes
    return %s
  }
  func @predict(%length: i32[batch], %mask: f32[batch, time], %text: i64[batch, time])
      -> (probability: f32[batch, classes]) {
    %s = call @net(%mask, %text, %length)
    %p = softmax %s
    return %p
  }
  func @loss(%mask: f32[batch, time], %text: i64[batch, time], %length: i32[batch], %kind: i64[batch])
      -> (loss: f32, accuracy: f32, tokens: f32, counted: f32) {
    %s = call @net(%mask, %text, %length)
    %l = cross_entropy %s, %kind
    %a = accuracy %s, %kind
    %f = cast %length, f32
    %t = sum %f
    %c = sum %mask
    return %l, %a, %t, %c
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 0.05) }
}
