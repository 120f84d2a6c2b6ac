dl.model @parts {
  func @loss(%image: f32[batch, WIDTH], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %h = nn.linear "fc1" %image, 16
    %r = relu %h
    %d = dropout %r, 0.1
    %s = nn.linear "fc2" %d, 4
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @step minimizes @loss {
    optimize "*" with @adam
    accumulate 3
  }
}
