// LeNet, as it is usually written today: two convolutions, each with a pooling behind it, and two linear layers.
dl.model @lenet {
  func private @net(%image: f32[batch, 784]) {
    %picture = reshape %image, [batch, 28, 28, 1]
    %c1 = nn.conv2d "conv1" %picture, 32, kernel = 5
    %r1 = relu %c1
    %p1 = max_pool %r1, 2
    %c2 = nn.conv2d "conv2" %p1, 64, kernel = 5
    %r2 = relu %c2
    %p2 = max_pool %r2, 2
    %f = flatten %p2
    %h = nn.linear "fc1" %f, 512
    %r3 = relu %h
    %d = dropout %r3, 0.5
    %s = nn.linear "fc2" %d, 10
    return %s
  }
  func @predict(%image: f32[batch, 784]) -> (probability: f32[batch, 10]) {
    %s = call @net(%image)
    %p = softmax %s
    return %p
  }
  func @loss(%image: f32[batch, 784], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%image)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @train_step minimizes @loss {
    optimize "*" with @adam(lr = 1.0e-3)
  }
}
