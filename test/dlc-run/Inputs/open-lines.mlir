// Kinds of short texts: texts are as long as the longest of a batch, masked.
dl.model @lines sizes(vocabulary = 40, classes = 2) open(time = 12) {
  func private @net(%text: i32[batch, time], %mask: f32[batch, time]) {
    %e = nn.embedding "e" %text, vocabulary, 8
    %h = nn.gru "g" %e, 8, mask = %mask
    %m = reshape %mask, [batch, time, 1]
    %k = mul %h, %m
    %s = sum %k, axes = [1]
    %y = nn.linear "y" %s, classes
    return %y
  }
  func @loss(%text: i32[batch, time], %mask: f32[batch, time], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %y = call @net(%text, %mask)
    %l = cross_entropy %y, %label
    %a = accuracy %y, %label
    return %l, %a
  }
  train @step minimizes @loss { optimize "*" with @adam(lr = 0.02) }
}
