// ResNet-18 (He, Zhang, Ren and Sun, 2015), with the names and shapes of torchvision's weights.
dl.model @resnet18 sizes(size = 224, classes = 1000) {
  // Two convolutions around which the block's input goes.
  func private @block(%x: f32[batch, height, width, channels]) {
    %c1 = nn.conv2d "conv1" %x, channels, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "bn1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, channels, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "bn2" %c2
    %s = add %n2, %x
    %y = relu %s
    return %y
  }
  // The same to half the size and twice the channels; the input is brought to that form by a convolution of its own.
  func private @halve(%x: f32[batch, height, width, channels]) {
    %c1 = nn.conv2d "conv1" %x, 2 * channels, kernel = 3, stride = 2, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "bn1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, 2 * channels, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "bn2" %c2
    %d = nn.conv2d "downsample.0" %x, 2 * channels, kernel = 1, stride = 2, bias = false, init = kaiming_normal
    %n = nn.batch_norm "downsample.1" %d
    %s = add %n2, %n
    %y = relu %s
    return %y
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %c = nn.conv2d "conv1" %image, 64, kernel = 7, stride = 2, padding = 3, bias = false, init = kaiming_normal
    %n = nn.batch_norm "bn1" %c
    %r = relu %n
    %p = max_pool %r, 3, stride = 2, padding = 1
    %l1 = stack 2 "layer1" @block(%p)
    %h2 = call "layer2.0" @halve(%l1)
    %l2 = call "layer2.1" @block(%h2)
    %h3 = call "layer3.0" @halve(%l2)
    %l3 = call "layer3.1" @block(%h3)
    %h4 = call "layer4.0" @halve(%l3)
    %l4 = call "layer4.1" @block(%h4)
    %m = mean %l4, axes = [1, 2]
    %s = nn.linear "fc" %m, classes
    return %s
  }
  func @predict(%image: f32[batch, size, size, 3]) -> (probability: f32[batch, classes], logits: f32[batch, classes]) {
    %s = call @net(%image)
    %p = softmax %s
    return %p, %s
  }
  func @loss(%image: f32[batch, size, size, 3], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%image)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @train_step minimizes @loss {
    optimize "*" with @sgd(lr = 0.1, momentum = 0.9, weight_decay = 1.0e-4)
  }
}
