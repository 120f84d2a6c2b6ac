// Kernels of every kind, whose inputs and outputs are the caller's memory.
dl.model @guards {
  func @few_columns(%x: f32[batch, 31], %w: f32[31, 3], %c: f32[31, 1]) -> (y: f32[batch, 3], z: f32[batch, 1]) {
    %y = matmul %x, %w
    %z = matmul %x, %c
    return %y, %z
  }
  func @few_columns_of_few(%x: f32[batch, 7, 1], %w: f32[2, 1]) -> (y: f32[batch, 7, 2]) {
    %z = matmul %x, %w, transpose_b
    %y = tanh %z
    return %y
  }
  func @few_columns_across(%x: f32[31, batch], %w: f32[31, 5]) -> (y: f32[batch, 5]) {
    %y = matmul %x, %w, transpose_a
    return %y
  }
  func @tiles(%x: f32[batch, 31], %w: f32[31, 83]) -> (y: f32[batch, 83], t: f32[83, batch]) {
    %y = matmul %x, %w
    %t = transpose %y, [1, 0]
    return %y, %t
  }
  func @along(%x: f32[batch, 100], %w: f32[9, 100]) -> (y: f32[batch, 9], g: f32[100, 9]) {
    %y = matmul %x, %w, transpose_b
    %g = matmul %x, %y, transpose_a
    return %y, %g
  }
  func @rows(%x: f32[batch, 37]) -> (s: f32[batch, 37], m: f32[37], n: f32[batch]) {
    %s = softmax %x
    %m = amax %x, axes = [0]
    %n = sum %x, axes = [1]
    return %s, %m, %n
  }
  func @pieces(%x: f32[3, batch, 6]) -> (y: f32[3, batch, 2], z: f32[3 * batch, 6], p: f32[4, batch, 6], c: f32[6, batch, 6]) {
    %y = slice %x, axis = 2, start = 1, size = 2
    %z = reshape %x, [3 * batch, 6]
    %p = pad %x, low = [1, 0, 0]
    %c = concat %x, %x
    return %y, %z, %p, %c
  }
  func @lookup(%i: i32[batch, 2], %g: f32[batch, 2, 5]) -> (y: f32[batch, 2, 3], t: f32[4, 5]) {
    %table = constant f32[4, 3] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    %y = gather %table, %i
    %t = scatter_add %i, %g, 4
    return %y, %t
  }
}
