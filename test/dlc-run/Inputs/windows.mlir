// Tells which windows it was given: the tokens of a row as digits of one number to the base 100, the least and the largest of
// all rows, and the same of the tokens that follow.
dl.model @windows sizes(vocabulary = 26) {
  func @loss(%token: i32[batch, 3], %next: i32[batch, 3]) -> (loss: f32, least: f64, most: f64, least_next: f64, most_next: f64) {
    %e = nn.embedding "table" %token, vocabulary, 1
    %l = mean %e
    %digit = constant f64[3] = [10000.0, 100.0, 1.0]
    %t = cast %token, f64
    %n = cast %next, f64
    %a = mul %t, %digit
    %b = mul %n, %digit
    %c = sum %a, axes = [1]
    %d = sum %b, axes = [1]
    %least = amin %c
    %most = amax %c
    %least_next = amin %d
    %most_next = amax %d
    return %l, %least, %most, %least_next, %most_next
  }
  train @step minimizes @loss { optimize "*" with @sgd(lr = 0.1) }
}
