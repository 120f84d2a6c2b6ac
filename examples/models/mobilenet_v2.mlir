// MobileNetV2 (Sandler and others, 2018), with the names and shapes of torchvision's weights.
dl.model @mobilenet_v2 sizes(size = 224, classes = 1000) {
  // The layers 0 and 1 of a scope: a convolution of single places and a batch norm, then relu6.
  func private @pointwise<features>(%x: f32[batch, height, width, channels]) {
    %c = nn.conv2d "0" %x, features, kernel = 1, bias = false, init = kaiming_normal
    %n = nn.batch_norm "1" %c
    %y = relu6 %n
    return %y
  }
  // The same, of each channel by itself.
  func private @depthwise<stride = 1>(%x: f32[batch, height, width, channels]) {
    %c = nn.conv2d "0" %x, channels, kernel = 3, stride = stride, padding = 1, groups = channels, bias = false,
                           init = kaiming_normal
    %n = nn.batch_norm "1" %c
    %y = relu6 %n
    return %y
  }
  // An inverted residual: to six times the channels, over the picture, back to few channels.
  func private @narrow<features, stride = 1>(%x: f32[batch, height, width, channels]) {
    %a = call "conv.0" @pointwise<features = 6 * channels>(%x)
    %b = call "conv.1" @depthwise<stride = stride>(%a)
    %c = nn.conv2d "conv.2" %b, features, kernel = 1, bias = false, init = kaiming_normal
    %y = nn.batch_norm "conv.3" %c
    return %y
  }
  func private @residual(%x: f32[batch, height, width, channels]) {
    %n = call @narrow<features = channels>(%x)
    %y = add %x, %n
    return %y
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %c0 = nn.conv2d "features.0.0" %image, 32, kernel = 3, stride = 2, padding = 1, bias = false, init = kaiming_normal
    %n0 = nn.batch_norm "features.0.1" %c0
    %x0 = relu6 %n0
    %d1 = call "features.1.conv.0" @depthwise(%x0)
    %c1 = nn.conv2d "features.1.conv.1" %d1, 16, kernel = 1, bias = false, init = kaiming_normal
    %x1 = nn.batch_norm "features.1.conv.2" %c1
    %x2 = call "features.2" @narrow<features = 24, stride = 2>(%x1)
    %x3 = call "features.3" @residual(%x2)
    %x4 = call "features.4" @narrow<features = 32, stride = 2>(%x3)
    %x5 = call "features.5" @residual(%x4)
    %x6 = call "features.6" @residual(%x5)
    %x7 = call "features.7" @narrow<features = 64, stride = 2>(%x6)
    %x8 = call "features.8" @residual(%x7)
    %x9 = call "features.9" @residual(%x8)
    %x10 = call "features.10" @residual(%x9)
    %x11 = call "features.11" @narrow<features = 96>(%x10)
    %x12 = call "features.12" @residual(%x11)
    %x13 = call "features.13" @residual(%x12)
    %x14 = call "features.14" @narrow<features = 160, stride = 2>(%x13)
    %x15 = call "features.15" @residual(%x14)
    %x16 = call "features.16" @residual(%x15)
    %x17 = call "features.17" @narrow<features = 320>(%x16)
    %x18 = call "features.18" @pointwise<features = 1280>(%x17)
    %m = mean %x18, axes = [1, 2]
    %d = dropout %m, 0.2
    %s = nn.linear "classifier.1" %d, classes, init = normal(0.01)
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
    optimize "*" with @sgd(lr = 0.045, momentum = 0.9, weight_decay = 4.0e-5)
  }
}
