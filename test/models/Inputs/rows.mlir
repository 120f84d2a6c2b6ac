// A small entry for each way in which a batch can take part in an op.
dl.model @rows {
  // Each element for itself, and stretched.
  func @elementwise(%x: f32[batch, 7], %y: f32[batch, 7]) -> (a: f32[batch, 7], b: f32[batch, 7], c: i1[batch, 7]) {
    %s = add %x, %y
    %e = exp %s
    %a = gelu %e
    %p = pow %e, %x
    %k = gt %x, %y
    %b = where %k, %p, %x
    return %a, %b, %k
  }
  func @list(%x: f32[batch], %n: f32) -> (y: f32[batch]) {
    %m = mul %x, %n
    %y = tanh %m
    return %y
  }
  func @wholes(%i: i32[batch, 3], %j: i64[batch], %b: ui8[batch, 5]) -> (i: i32[batch, 3], j: i64[batch], b: f32[batch, 5]) {
    %a = mul %i, %i
    %c = neg %j
    %f = cast %b, f32
    return %a, %c, %f
  }
  func @stretched(%x: f32[batch, 1], %row: f32[17], %all: f32[batch, 17], %number: f32) -> (y: f32[batch, 17], z: f32[batch, 17], w: f32[batch, 17]) {
    %y = mul %x, %row
    %z = sub %all, %x
    %v = add %all, %row
    %w = div %v, %number
    return %y, %z, %w
  }
  func @stretched_over_batch(%x: f32[1, 9], %all: f32[batch, 9], %b: f32[batch]) -> (y: f32[batch, 9], z: f32[batch, 9], w: f32[3, batch]) {
    %y = add %x, %all
    %z = broadcast %x, [batch, 9]
    %w = broadcast %b, [3, batch]
    return %y, %z, %w
  }
  func @outer(%a: f32[batch, 1, 5], %b: f32[3, 1]) -> (y: f32[batch, 3, 5]) {
    %y = mul %a, %b
    return %y
  }

  // Reductions, over the batch and not.
  func @sums(%x: f32[batch, 7, 5]) -> (all: f32, batch: f32[7, 5], middle: f32[batch, 5], last: f32[batch, 7], two: f32[7], ends: f32[7], kept: f32[1, 7, 1]) {
    %all = sum %x
    %batch = sum %x, axes = [0]
    %middle = sum %x, axes = [1]
    %last = sum %x, axes = [2]
    %two = sum %x, axes = [0, 2]
    %ends = sum %x, axes = [-1, 0]
    %kept = sum %x, axes = [0, 2], keepdim
    return %all, %batch, %middle, %last, %two, %ends, %kept
  }
  func @means(%x: f32[batch, 33]) -> (all: f32, batch: f32[33], last: f32[batch], kept: f32[1, 33]) {
    %all = mean %x
    %batch = mean %x, axes = [0]
    %last = mean %x, axes = [1]
    %kept = mean %x, axes = [0], keepdim
    return %all, %batch, %last, %kept
  }
  func @extremes(%x: f32[batch, 17]) -> (most: f32, batch: f32[17], last: f32[batch], least: f32[17], where: i64[batch], which: i64[17]) {
    %most = amax %x
    %batch = amax %x, axes = [0]
    %last = amin %x, axes = [1]
    %least = amin %x, axes = [0]
    %where = argmax %x
    %which = argmax %x, axis = 0
    return %most, %batch, %last, %least, %where, %which
  }
  func @narrow(%x: f32[batch], %y: f32[batch, 1]) -> (a: f32, b: f32, c: f32[1], d: f32) {
    %a = sum %x
    %b = mean %x
    %c = sum %y, axes = [0]
    %d = amax %y
    return %a, %b, %c, %d
  }
  func @scaled(%x: f32[batch, 2]) -> (y: f32[batch, 2]) {
    %m = amax %x
    %y = div %x, %m
    return %y
  }
  func @in_rows(%x: f32[batch, 3, 4], %w: f32[4]) -> (y: f32[batch, 3, 4], m: f32[batch], p: f32[batch, 1, 6]) {
    %s = sum %x, axes = [1], keepdim
    %d = sub %x, %s
    %y = mul %d, %w
    %f = reshape %x, [batch, 2, 6]
    %p = amax %f, axes = [1], keepdim
    %m = mean %x, axes = [1, 2]
    return %y, %m, %p
  }
  func @weight_alone(%x: f32[batch, 5], %i: i32[3]) -> (y: f32[batch, 5]) {
    %w = param "w" f32[3, 5] = normal(1)
    %t = scatter_add %i, %w, 5
    %c = mean %t, axes = [0]
    %y = mul %x, %c
    return %y
  }
  func @shared(%x: f32[batch, 5]) -> (y: f32[batch, 5]) {
    %n = count %x, f32
    %y = div %x, %n
    return %y
  }
  func @own_masks(%x: f32[batch, 5], %random: i64[3]) -> (y: f32[batch, 5]) {
    %m = dropout_mask %x, %random, 0.5, stream = "s"
    %y = mul %x, %m
    return %y
  }
  func @centred(%x: f32[batch, 9]) -> (y: f32[batch, 9], v: f32[9]) {
    %m = mean %x, axes = [0]
    %y = sub %x, %m
    %s = mul %y, %y
    %v = mean %s, axes = [0]
    return %y, %v
  }
  func @inside(%x: f32[3, batch, 5]) -> (y: f32[3, batch, 5], sum: f32[3, 5], last: f32[3, batch], first: f32[batch, 5], all: f32) {
    %y = neg %x
    %s = sum %x, axes = [1]
    %l = sum %x, axes = [2]
    %f = mean %x, axes = [0]
    %a = mean %x
    return %y, %s, %l, %f, %a
  }
  func @behind(%x: f32[5, batch]) -> (y: f32[5, batch], sum: f32[5], first: f32[batch]) {
    %y = exp %x
    %s = mean %x, axes = [1]
    %f = sum %x, axes = [0]
    return %y, %s, %f
  }
  func @multiple(%x: f32[2 * batch, 3]) -> (y: f32[2 * batch, 3], m: f32[3], z: f32[batch, 6]) {
    %y = sigmoid %x
    %m = mean %x, axes = [0]
    %z = reshape %x, [batch, 6]
    return %y, %m, %z
  }

  // Products: the batch as rows, as columns, as a stack, summed over.
  func @rows(%x: f32[batch, 17], %w: f32[17, 33], %v: f32[5, 17]) -> (y: f32[batch, 33], z: f32[batch, 5], a: f32[batch, 33]) {
    %y = matmul %x, %w
    %z = matmul %x, %v, transpose_b
    %s = matmul %x, %w
    %r = relu %s
    %a = mul %r, %y
    return %y, %z, %a
  }
  func @columns(%x: f32[batch, 17], %w: f32[7, 17]) -> (y: f32[7, batch]) {
    %y = matmul %w, %x, transpose_b
    return %y
  }
  func @stack(%a: f32[batch, 3, 7], %b: f32[batch, 7, 5], %w: f32[7, 4]) -> (y: f32[batch, 3, 5], z: f32[batch, 3, 4]) {
    %y = matmul %a, %b
    %z = matmul %a, %w
    return %y, %z
  }
  func @summed(%a: f32[batch, 7], %b: f32[batch, 17]) -> (y: f32[7, 17]) {
    %y = matmul %a, %b, transpose_a
    return %y
  }
  // Both operands lie along what is summed over.
  func @dots(%x: f32[batch, 300], %v: f32[5, 300], %u: f32[1, 300]) -> (y: f32[batch, 5], z: f32[5, batch], w: f32[1, batch], v: f32[batch, 1]) {
    %y = matmul %x, %v, transpose_b
    %z = matmul %v, %x, transpose_b
    %w = matmul %u, %x, transpose_b
    %a = matmul %x, %u, transpose_b
    return %y, %z, %w, %a
  }
  func @one_column(%x: f32[batch, 35], %w: f32[35, 1]) -> (y: f32[batch, 1]) {
    %y = matmul %x, %w
    return %y
  }

  // Normalisation and losses.
  func @softmaxes(%x: f32[batch, 10]) -> (y: f32[batch, 10], l: f32[batch, 10], b: f32[batch, 10], c: f32[batch, 10]) {
    %y = softmax %x
    %l = log_softmax %x
    %b = softmax %x, axis = 0
    %c = log_softmax %x, axis = 0
    return %y, %l, %b, %c
  }
  func @norms(%x: f32[batch, 35], %w: f32[35], %b: f32[35], %d: f32[batch, 2, 35]) -> (y: f32[batch, 35], z: f32[batch, 2, 35]) {
    %y = layer_norm %x, %w, %b
    %z = layer_norm %d, %w, %b
    return %y, %z
  }
  func @losses(%x: f32[batch, 10], %t: i32[batch], %p: f32[batch, 10]) -> (a: f32, b: f32, c: f32, d: f32, e: f32) {
    %a = cross_entropy %x, %t
    %b = cross_entropy %x, %t, label_smoothing = 0.125, ignore_index = 1
    %c = cross_entropy %x, %p
    %d = mse_loss %x, %p
    %e = accuracy %x, %t
    return %a, %b, %c, %d, %e
  }

  // What moves elements.
  func @lookup(%table: f32[5, 17], %i: i32[batch], %j: i64[batch, 3]) -> (y: f32[batch, 17], z: f32[batch, 3, 17]) {
    %y = gather %table, %i
    %z = gather %table, %j
    return %y, %z
  }
  func @joined(%x: f32[batch, 3], %y: f32[batch, 5], %z: f32[2 * batch, 3]) -> (a: f32[batch, 8], b: f32[3 * batch, 3]) {
    %a = concat %x, %y, axis = 1
    %b = concat %x, %z
    return %a, %b
  }
  func @turned(%x: f32[batch, 7], %c: f32[batch, 3, 5]) -> (y: f32[7, batch], z: f32[batch, 5, 3], w: f32[5, batch, 3], v: f32[3, 5, batch]) {
    %y = transpose %x, [1, 0]
    %z = transpose %c, [0, 2, 1]
    %w = transpose %c, [2, 0, 1]
    %v = transpose %c, [1, 2, 0]
    return %y, %z, %w, %v
  }
  func @turned_back(%x: f32[batch, 7]) -> (y: f32[batch, 7], m: f32[7]) {
    %t = transpose %x, [1, 0]
    %e = exp %t
    %m = mean %e, axes = [1]
    %y = transpose %e, [1, 0]
    return %y, %m
  }
  func @cut(%x: f32[batch, 12]) -> (a: f32[batch, 5], b: f32[batch], c: f32[batch, 4], d: f32[batch, 15], e: f32[batch, 4], f: f32[batch, 4], g: f32[3 * batch, 4]) {
    %a = slice %x, axis = 1, start = 3, size = 5
    %b = select %x, axis = 1, index = -2
    %c, %e, %f = split %x, 3
    %d = pad %x, low = [0, 1], high = [0, 2], value = 0.5
    %g = reshape %x, [3 * batch, 4]
    return %a, %b, %c, %d, %e, %f, %g
  }
  func @numbers(%x: f32[batch, 3]) -> (i: i32[batch, 3], j: i32[batch, 3], c: f32[batch, 2]) {
    %i = iota %x, axis = 0
    %j = iota %x
    %c = constant f32[batch, 2] = 1.25
    return %i, %j, %c
  }
  func private @dropped(%x: f32[batch, 35]) {
    %d = dropout %x, 0.25
    return %d
  }
  func @masks(%x: f32[batch, 35]) -> (y: f32[batch, 35]) {
    %y = call @dropped(%x), training
    return %y
  }
  func @returned(%x: f32[batch, 3], %y: f32[2, batch]) -> (a: f32[batch, 3], b: f32[2, batch], c: f32[batch, 3]) {
    return %x, %y, %x
  }

  // Their gradients: sums over the batch.
  func @net(%x: f32[batch, 17], %i: i32[batch], %t: i32[batch]) -> (loss: f32) {
    %a = nn.linear "fc1" %x, 35
    %e = nn.embedding "e" %i, 5, 35
    %s = add %a, %e
    %n = nn.layer_norm "ln" %s
    %r = gelu %n
    %d = dropout %r, 0.25
    %y = nn.linear "fc2" %d, 5
    %l = cross_entropy %y, %t
    return %l
  }
  train @step minimizes @net {
    optimize "*" with @adam
    clip_norm 1.0
  }
}
