// A linear classifier of pictures; @pixels gives back what it is fed.
dl.model @pictures sizes(height = 6, width = 8, channels = 3, classes = 3) {
  func private @net(%image: f32[batch, height, width, channels]) {
    %f = flatten %image
    %s = nn.linear "fc" %f, classes
    return %s
  }
  func @predict(%image: f32[batch, height, width, channels]) -> (probability: f32[batch, classes]) {
    %s = call @net(%image)
    %p = softmax %s
    return %p
  }
  func @pixels(%image: f32[batch, height, width, channels]) -> (pixels: f32[batch, height, width, channels]) {
    %y = add %image, 0.0
    return %y
  }
  func @loss(%image: f32[batch, height, width, channels], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%image)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @step minimizes @loss {
    optimize "*" with @sgd(lr = 0.1, momentum = 0.9)
  }
}
