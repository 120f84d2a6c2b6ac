// DenseNet-121 (Huang and others, 2016), with the names and shapes of torchvision's weights.
dl.model @densenet121 sizes(size = 224, classes = 1000) {
  // A layer adds 32 channels to those that there are.
  func private @layer(%x: f32[batch, height, width, channels]) {
    %n1 = nn.batch_norm "norm1" %x
    %r1 = relu %n1
    %c1 = nn.conv2d "conv1" %r1, 128, kernel = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "norm2" %c1
    %r2 = relu %n2
    %c2 = nn.conv2d "conv2" %r2, 32, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %y = concat %x, %c2, axis = 3
    return %y
  }
  // Blocks have 6, 12, 24 and 16 layers; each of these functions goes on from the one above.
  func private @layers6(%x: f32[batch, height, width, channels]) {
    %x1 = call "denselayer1" @layer(%x)
    %x2 = call "denselayer2" @layer(%x1)
    %x3 = call "denselayer3" @layer(%x2)
    %x4 = call "denselayer4" @layer(%x3)
    %x5 = call "denselayer5" @layer(%x4)
    %x6 = call "denselayer6" @layer(%x5)
    return %x6
  }
  func private @layers12(%x: f32[batch, height, width, channels]) {
    %x6 = call @layers6(%x)
    %x7 = call "denselayer7" @layer(%x6)
    %x8 = call "denselayer8" @layer(%x7)
    %x9 = call "denselayer9" @layer(%x8)
    %x10 = call "denselayer10" @layer(%x9)
    %x11 = call "denselayer11" @layer(%x10)
    %x12 = call "denselayer12" @layer(%x11)
    return %x12
  }
  func private @layers16(%x: f32[batch, height, width, channels]) {
    %x12 = call @layers12(%x)
    %x13 = call "denselayer13" @layer(%x12)
    %x14 = call "denselayer14" @layer(%x13)
    %x15 = call "denselayer15" @layer(%x14)
    %x16 = call "denselayer16" @layer(%x15)
    return %x16
  }
  func private @layers24(%x: f32[batch, height, width, channels]) {
    %x16 = call @layers16(%x)
    %x17 = call "denselayer17" @layer(%x16)
    %x18 = call "denselayer18" @layer(%x17)
    %x19 = call "denselayer19" @layer(%x18)
    %x20 = call "denselayer20" @layer(%x19)
    %x21 = call "denselayer21" @layer(%x20)
    %x22 = call "denselayer22" @layer(%x21)
    %x23 = call "denselayer23" @layer(%x22)
    %x24 = call "denselayer24" @layer(%x23)
    return %x24
  }
  // Between blocks: half the channels, half the size.
  func private @transition(%x: f32[batch, height, width, channels]) {
    %n = nn.batch_norm "norm" %x
    %r = relu %n
    %c = nn.conv2d "conv" %r, channels / 2, kernel = 1, bias = false, init = kaiming_normal
    %y = avg_pool %c, 2
    return %y
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %c = nn.conv2d "features.conv0" %image, 64, kernel = 7, stride = 2, padding = 3, bias = false, init = kaiming_normal
    %n = nn.batch_norm "features.norm0" %c
    %r = relu %n
    %p = max_pool %r, 3, stride = 2, padding = 1
    %b1 = call "features.denseblock1" @layers6(%p)
    %t1 = call "features.transition1" @transition(%b1)
    %b2 = call "features.denseblock2" @layers12(%t1)
    %t2 = call "features.transition2" @transition(%b2)
    %b3 = call "features.denseblock3" @layers24(%t2)
    %t3 = call "features.transition3" @transition(%b3)
    %b4 = call "features.denseblock4" @layers16(%t3)
    %n5 = nn.batch_norm "features.norm5" %b4
    %r5 = relu %n5
    %m = mean %r5, axes = [1, 2]
    %s = nn.linear "classifier" %m, classes
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
