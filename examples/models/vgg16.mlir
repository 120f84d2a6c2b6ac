// VGG-16 (Simonyan and Zisserman, 2014), with the names and shapes of torchvision's weights.
dl.model @vgg16 sizes(size = 224, classes = 1000) {
  func private @features(%image: f32[batch, height, width, 3]) {
    %c0 = nn.conv2d "features.0" %image, 64, kernel = 3, padding = 1, init = kaiming_normal
    %r0 = relu %c0
    %c2 = nn.conv2d "features.2" %r0, 64, kernel = 3, padding = 1, init = kaiming_normal
    %r2 = relu %c2
    %p1 = max_pool %r2, 2
    %c5 = nn.conv2d "features.5" %p1, 128, kernel = 3, padding = 1, init = kaiming_normal
    %r5 = relu %c5
    %c7 = nn.conv2d "features.7" %r5, 128, kernel = 3, padding = 1, init = kaiming_normal
    %r7 = relu %c7
    %p2 = max_pool %r7, 2
    %c10 = nn.conv2d "features.10" %p2, 256, kernel = 3, padding = 1, init = kaiming_normal
    %r10 = relu %c10
    %c12 = nn.conv2d "features.12" %r10, 256, kernel = 3, padding = 1, init = kaiming_normal
    %r12 = relu %c12
    %c14 = nn.conv2d "features.14" %r12, 256, kernel = 3, padding = 1, init = kaiming_normal
    %r14 = relu %c14
    %p3 = max_pool %r14, 2
    %c17 = nn.conv2d "features.17" %p3, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r17 = relu %c17
    %c19 = nn.conv2d "features.19" %r17, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r19 = relu %c19
    %c21 = nn.conv2d "features.21" %r19, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r21 = relu %c21
    %p4 = max_pool %r21, 2
    %c24 = nn.conv2d "features.24" %p4, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r24 = relu %c24
    %c26 = nn.conv2d "features.26" %r24, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r26 = relu %c26
    %c28 = nn.conv2d "features.28" %r26, 512, kernel = 3, padding = 1, init = kaiming_normal
    %r28 = relu %c28
    %p5 = max_pool %r28, 2
    return %p5
  }
  func private @net(%image: f32[batch, size, size, 3]) {
    %x = call @features(%image)
    %pooled = adaptive_avg_pool %x, 7
    %first = transpose %pooled, [0, 3, 1, 2]   // the weights of classifier.0 expect channels first
    %f = flatten %first
    %l0 = nn.linear "classifier.0" %f, 4096, init = normal(0.01)
    %r0 = relu %l0
    %d0 = dropout %r0, 0.5
    %l3 = nn.linear "classifier.3" %d0, 4096, init = normal(0.01)
    %r3 = relu %l3
    %d3 = dropout %r3, 0.5
    %s = nn.linear "classifier.6" %d3, classes, init = normal(0.01)
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
    optimize "*" with @sgd(lr = 0.01, momentum = 0.9, weight_decay = 5.0e-4)
  }
}
