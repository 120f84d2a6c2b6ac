// Says what its inputs hold: each by itself, and as means.
dl.model @scale {
  func @predict(%image: f32[batch, 2], %label: f32[batch]) -> (pixels: f32[batch, 2], number: f32[batch]) {
    %p = relu %image
    %n = relu %label
    return %p, %n
  }
  func @loss(%image: f32[batch, 2], %label: f32[batch]) -> (loss: f32, number: f32) {
    %w = param "w" f32 = ones
    %m = mean %image
    %l = mul %m, %w
    %n = mean %label
    return %l, %n
  }
  train @step minimizes @loss {
    optimize "*" with @sgd(lr = 0.0)
  }
}
