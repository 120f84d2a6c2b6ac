// U-Net (Ronneberger, Fischer and Brox, 2015), with batch norms and padded convolutions: a class for each pixel. The size is
// a multiple of 16. Names of weights: down1.conv1.weight ... bottom.conv2.weight, up4.transpose.weight ... head.bias.
dl.model @unet sizes(size = 224, classes = 2, width = 32) {
  func private @convolutions<features>(%x: f32[batch, height, columns, channels]) {
    %c1 = nn.conv2d "conv1" %x, features, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "norm1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, features, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "norm2" %c2
    %r2 = relu %n2
    return %r2
  }
  // What comes up, at twice the size, beside what went down at that size.
  func private @up(%below: f32[batch, height, columns, channels], %across: f32[batch, 2 * height, 2 * columns, features]) {
    %t = nn.conv2d_transpose "transpose" %below, features, kernel = 2, stride = 2
    %both = concat %t, %across, axis = 3
    %y = call @convolutions<features = features>(%both)
    return %y
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %d1 = call "down1" @convolutions<features = width>(%image)
    %p1 = max_pool %d1, 2
    %d2 = call "down2" @convolutions<features = 2 * width>(%p1)
    %p2 = max_pool %d2, 2
    %d3 = call "down3" @convolutions<features = 4 * width>(%p2)
    %p3 = max_pool %d3, 2
    %d4 = call "down4" @convolutions<features = 8 * width>(%p3)
    %p4 = max_pool %d4, 2
    %b = call "bottom" @convolutions<features = 16 * width>(%p4)
    %u4 = call "up4" @up(%b, %d4)
    %u3 = call "up3" @up(%u4, %d3)
    %u2 = call "up2" @up(%u3, %d2)
    %u1 = call "up1" @up(%u2, %d1)
    %s = nn.conv2d "head" %u1, classes, kernel = 1
    return %s
  }
  func @predict(%image: f32[batch, size, size, 3]) -> (probability: f32[batch, size, size, classes],
                                                       logits: f32[batch, size, size, classes]) {
    %s = call @net(%image)
    %p = softmax %s
    return %p, %s
  }
  func @loss(%image: f32[batch, size, size, 3], %label: i32[batch, size, size]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%image)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @train_step minimizes @loss {
    optimize "*" with @adam(lr = 1.0e-3)
  }
}
