// Kinds of texts, by the mean of their words. `kind` and `length` are other names and types than the examples have.
dl.model @classes sizes(vocabulary = 40, time = 6, classes = 3) {
  func @loss(%mask: f32[batch, time], %text: i64[batch, time], %length: i32[batch], %kind: i64[batch])
      -> (loss: f32, accuracy: f32, tokens: f32, counted: f32) {
    %e = nn.embedding "embed" %text, vocabulary, 8
    %m = reshape %mask, [batch, time, 1]
    %k = mul %e, %m
    %p = sum %k, axes = [1]
    %f = cast %length, f32
    %n = reshape %f, [batch, 1]
    %q = div %p, %n
    %s = nn.linear "head" %q, classes
    %l = cross_entropy %s, %kind
    %a = accuracy %s, %kind
    %t = sum %f
    %c = sum %mask
    return %l, %a, %t, %c
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 0.05) }
}
