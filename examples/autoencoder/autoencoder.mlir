// autoencoder.mlir - takes noise out of pictures, by a small U-Net (Ronneberger, Fischer and Brox, 2015).
//
// The noise is part of the model, so that a picture has other noise in each step, and nothing but pictures is needed. `size`
// is a multiple of 4; `channels` is 3 for pictures in colour.
dl.model @autoencoder sizes(size = 28, channels = 1, width = 12) {
  // As a bad camera would take it: normal noise, and what is beyond black and white is cut off.
  func private @spoil(%clean: f32[batch, height, columns, planes]) {
    %noise = random_normal %clean, deviation = 0.5
    %sum = add %clean, %noise
    %noisy = clamp %sum, min = 0.0, max = 1.0
    return %noisy
  }
  func private @convolutions<features>(%x: f32[batch, height, columns, planes]) {
    %c1 = nn.conv2d "conv1" %x, features, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n1 = nn.batch_norm "norm1" %c1
    %r1 = relu %n1
    %c2 = nn.conv2d "conv2" %r1, features, kernel = 3, padding = 1, bias = false, init = kaiming_normal
    %n2 = nn.batch_norm "norm2" %c2
    %r2 = relu %n2
    return %r2
  }
  // What comes up, at twice the size, beside what went down at that size: the one knows what is there, the other where.
  func private @up(%below: f32[batch, height, columns, planes], %across: f32[batch, 2 * height, 2 * columns, features]) {
    %t = nn.conv2d_transpose "transpose" %below, features, kernel = 2, stride = 2
    %both = concat %t, %across, axis = 3
    %y = call @convolutions<features = features>(%both)
    return %y
  }
  func private @restore(%noisy: f32[batch, size, size, channels]) {
    %d1 = call "down1" @convolutions<features = width>(%noisy)
    %p1 = max_pool %d1, 2
    %d2 = call "down2" @convolutions<features = 2 * width>(%p1)
    %p2 = max_pool %d2, 2
    %b = call "bottom" @convolutions<features = 4 * width>(%p2)
    %u2 = call "up2" @up(%b, %d2)
    %u1 = call "up1" @up(%u2, %d1)
    %s = nn.conv2d "head" %u1, channels, kernel = 1
    %y = sigmoid %s
    return %y
  }
  // Of each picture the peak signal-to-noise ratio in decibels, whose peak is 1; the mean of them.
  func private @psnr(%a: f32[batch, height, columns, planes], %b: f32[batch, height, columns, planes]) {
    %d = sub %a, %b
    %q = mul %d, %d
    %m = mean %q, axes = [1, 2, 3]
    %l = log %m
    %p = mul %l, -4.342944819
    %y = mean %p
    return %y
  }

  // What a noisy picture was.
  func @predict(%image: f32[batch, size, size, channels]) -> (restored: f32[batch, size, size, channels]) {
    %y = call @restore(%image)
    return %y
  }
  // A clean picture, spoilt, and restored.
  func @compare(%image: f32[batch, size, size, channels]) -> (clean: f32[batch, size, size, channels],
                                                              noisy: f32[batch, size, size, channels],
                                                              restored: f32[batch, size, size, channels]) {
    %noisy = call @spoil(%image)
    %y = call @restore(%noisy)
    return %image, %noisy, %y
  }
  func @loss(%image: f32[batch, size, size, channels]) -> (loss: f32, psnr: f32, noisy_psnr: f32) {
    %noisy = call @spoil(%image)
    %y = call @restore(%noisy)
    %l = mse_loss %y, %image
    %p = call @psnr(%y, %image)
    %n = call @psnr(%noisy, %image)
    return %l, %p, %n
  }
  train @train_step minimizes @loss {
    optimize "*" with @adam(lr = 2.0e-3)
  }
}
