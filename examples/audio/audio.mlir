// audio.mlir - tells what a short sound is, by convolutions along time.
//
// A sound is 1,024 samples, `f32[batch, length, 1]`: time, then channels. Each stage looks at longer pieces of it, four times as
// coarsely; in the end the mean over time is left, so that it does not matter when something happens, and `length` may be
// any multiple of 64.
dl.model @audio sizes(length = 1024, classes = 5, width = 16) {
  func private @stage<features>(%x: f32[batch, time, channels]) {
    %c = nn.conv1d "conv" %x, features, kernel = 9, padding = 4, bias = false, init = kaiming_normal
    %n = nn.batch_norm "norm" %c
    %r = relu %n
    return %r
  }
  func private @net(%signal: f32[batch, length, 1]) {
    %s1 = call "stage1" @stage<features = width>(%signal)
    %p1 = max_pool %s1, 4
    %s2 = call "stage2" @stage<features = 2 * width>(%p1)
    %p2 = max_pool %s2, 4
    %s3 = call "stage3" @stage<features = 4 * width>(%p2)
    %p3 = max_pool %s3, 4
    %s4 = call "stage4" @stage<features = 4 * width>(%p3)
    %m = mean %s4, axes = [1]
    %d = dropout %m, 0.2
    %s = nn.linear "head" %d, classes
    return %s
  }
  func @predict(%signal: f32[batch, length, 1]) -> (probability: f32[batch, classes]) {
    %s = call @net(%signal)
    %p = softmax %s
    return %p
  }
  func @loss(%signal: f32[batch, length, 1], %label: i32[batch]) -> (loss: f32, accuracy: f32) {
    %s = call @net(%signal)
    %l = cross_entropy %s, %label
    %a = accuracy %s, %label
    return %l, %a
  }
  train @train_step minimizes @loss {
    optimize "*" with @adam(lr = 2.0e-3)
  }
}
