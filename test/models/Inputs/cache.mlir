// cache.mlir - the causal mean over all that was seen, and attention with keys and values that a session keeps.
// SPDX-License-Identifier: Apache-2.0
dl.model @cache sizes(context = 12, width = 4) {
  // Of each place the mean over all places up to it: what lies behind what was seen is masked.
  func private @mean(%x: f32[batch, time, width], %at: i32) {
    %k = nn.cache "seen" %x, context, at = %at
    %place = iota %x, start = %at, axis = 1
    %p = slice %place, axis = 2, start = 0, size = 1
    %other = iota %k, axis = 1
    %o = slice %other, axis = 2, start = 0, size = 1
    %t = transpose %o, [0, 2, 1]
    %in = le %t, %p
    %w = cast %in, f32
    %s = matmul %w, %k
    %n = sum %w, axes = [2], keepdim
    %m = div %s, %n
    return %m
  }
  func private @attention(%x: f32[batch, time, width], %at: i32) {
    %q = nn.linear "q" %x, width
    %k = nn.linear "k" %x, width
    %v = nn.linear "v" %x, width
    %ks = nn.cache "keys" %k, context, at = %at
    %vs = nn.cache "values" %v, context, at = %at
    %s = matmul %q, %ks, transpose_b
    %row = iota %s, start = %at, axis = 1
    %column = iota %s, axis = 2
    %in = le %column, %row
    %low = constant f32 = -inf
    %masked = where %in, %s, %low
    %p = softmax %masked
    %y = matmul %p, %vs
    return %y
  }
  func private @net(%x: f32[batch, time, width], %at: i32) {
    %m = call @mean(%x, %at)
    %a = call "attention" @attention(%x, %at)
    %y = add %m, %a
    return %y
  }
  func @whole(%x: f32[batch, context, width]) -> (y: f32[batch, context, width]) {
    %at = constant i32 = 0
    %y = call @net(%x, %at)
    return %y
  }
  func session @next(%x: f32[batch, 1, width], %at: i32) -> (y: f32[batch, 1, width]) {
    %y = call @net(%x, %at)
    return %y
  }
  func session @four(%x: f32[batch, 4, width], %at: i32) -> (y: f32[batch, 4, width]) {
    %y = call @net(%x, %at)
    return %y
  }
}
