// ResNet-50 (He, Zhang, Ren and Sun, 2015; strides in the 3 x 3 convolutions), with the names and shapes of torchvision's
// weights.
dl.model @resnet50 sizes(size = 224, classes = 1000) {
  // Three convolutions: to a quarter of the channels, over the picture, back to all of them.
  func private @convolutions<width, stride = 1>(%x: f32[batch, height, columns, channels]) {
    %c1 = nn.conv2d "conv1" %x, width, kernel = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "bn1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, width, kernel = 3, stride = stride, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "bn2" %c2
    %r2 = relu %n2
    %c3 = nn.conv2d "conv3" %r2, 4 * width, kernel = 1, bias = false, init = kaiming_normal
    %n3 = nn.batch_norm "bn3" %c3
    return %n3
  }
  func private @block(%x: f32[batch, height, columns, channels]) {
    %c = call @convolutions<width = channels / 4>(%x)
    %s = add %c, %x
    %y = relu %s
    return %y
  }
  // A stage begins with a block of another size, to which a convolution brings the block's input.
  func private @first<width, stride = 2>(%x: f32[batch, height, columns, channels]) {
    %c = call @convolutions<width = width, stride = stride>(%x)
    %d = nn.conv2d "downsample.0" %x, 4 * width, kernel = 1, stride = stride, bias = false, init = kaiming_normal
    %n = nn.batch_norm "downsample.1" %d
    %s = add %c, %n
    %y = relu %s
    return %y
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %c = nn.conv2d "conv1" %image, 64, kernel = 7, stride = 2, padding = 3, bias = false, init = kaiming_normal
    %n = nn.batch_norm "bn1" %c
    %r = relu %n
    %p = max_pool %r, 3, stride = 2, padding = 1
    %a0 = call "layer1.0" @first<width = 64, stride = 1>(%p)
    %a1 = call "layer1.1" @block(%a0)
    %a2 = call "layer1.2" @block(%a1)
    %b0 = call "layer2.0" @first<width = 128>(%a2)
    %b1 = call "layer2.1" @block(%b0)
    %b2 = call "layer2.2" @block(%b1)
    %b3 = call "layer2.3" @block(%b2)
    %c0 = call "layer3.0" @first<width = 256>(%b3)
    %c1 = call "layer3.1" @block(%c0)
    %c2 = call "layer3.2" @block(%c1)
    %c3 = call "layer3.3" @block(%c2)
    %c4 = call "layer3.4" @block(%c3)
    %c5 = call "layer3.5" @block(%c4)
    %d0 = call "layer4.0" @first<width = 512>(%c5)
    %d1 = call "layer4.1" @block(%d0)
    %d2 = call "layer4.2" @block(%d1)
    %m = mean %d2, axes = [1, 2]
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
