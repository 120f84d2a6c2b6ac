// A small residual network (He, Zhang, Ren and Sun, 2015): three stages of two blocks, with 16, 32 and 64 channels.
dl.model @resnet sizes(size = 28, channels = 1, classes = 10) {
  // Two convolutions around which the block's input goes.
  func private @block(%x: f32[batch, height, width, planes]) {
    %c1 = nn.conv2d "conv1" %x, planes, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "bn1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, planes, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "bn2" %c2
    %s = add %n2, %x
    %y = relu %s
    return %y
  }
  // The same to half the size and twice the channels; the input is brought to that form by a convolution of its own.
  func private @halve(%x: f32[batch, height, width, planes]) {
    %c1 = nn.conv2d "conv1" %x, 2 * planes, kernel = 3, stride = 2, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "bn1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, 2 * planes, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "bn2" %c2
    %d = nn.conv2d "downsample.0" %x, 2 * planes, kernel = 1, stride = 2, bias = false, init = kaiming_normal
    %n = nn.batch_norm "downsample.1" %d
    %s = add %n2, %n
    %y = relu %s
    return %y
  }
  func private @net(%image: f32[batch, size, size, channels]) {
    %c = nn.conv2d "conv1" %image, 16, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n = nn.batch_norm "bn1" %c
    %r = relu %n
    %l1 = stack 2 "layer1" @block(%r)
    %h2 = call "layer2.0" @halve(%l1)
    %l2 = call "layer2.1" @block(%h2)
    %h3 = call "layer3.0" @halve(%l2)
    %l3 = call "layer3.1" @block(%h3)
    %m = mean %l3, axes = [1, 2]
    %s = nn.linear "fc" %m, classes
    return %s
  }
  func @predict(%image: f32[batch, size, size, channels]) -> (probability: f32[batch, classes]) {
    %s = call @net(%image)
    %p = softmax %s
    return %p
  }
  func @loss(%image: f32[batch, size, size, channels], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %f = random_flip %image                   // in training alone, as the two below
    %m = random_shift %f, 2
    %e = random_erase %m, rate = 0.25
    %s = call @net(%e)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @train_step minimizes @loss {
    optimize "*" with @sgd(lr = 0.1, momentum = 0.9, weight_decay = 5.0e-4, nesterov = 1)
  }
}
