// Sums and products over the batch: along it, across it, in a gradient.
dl.model @sums {
  func @sums(%x: f32[batch, 5]) -> (columns: f32[5], all: f32, mean: f32, squares: f32[5, 5], line: f32) {
    %a = sum %x, axes = [0]
    %b = sum %x
    %c = mean %x
    %d = matmul %x, %x, transpose_a
    %f = slice %x, axis = 1, start = 2, size = 1
    %g = reshape %f, [batch]
    %e = sum %g
    return %a, %b, %c, %d, %e
  }
  func @loss(%x: f32[batch, 5]) -> (loss: f32) {
    %a = nn.linear "a" %x, 20
    %n = nn.layer_norm "n" %a
    %p = mul %n, %a
    %l = mean %p
    return %l
  }
  train @step minimizes @loss {
    optimize "*" with @sgd
  }
}
