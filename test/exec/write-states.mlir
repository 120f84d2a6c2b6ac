// Writes to what a session keeps: two after another, beside readers of what was there before, through views, in a loop.
// RUN: dlc --diff %s --batch 3 --steps 3 --quiet | FileCheck %s
// RUN: dlc --diff %s --batch 3 --batch-extent 2 --steps 3 -O0 --quiet | FileCheck %s
// CHECK-COUNT-6: results agree
dl.model @m {
  func session @twice(%x: f32[batch, 1, 4], %at: i32, %b: i32) -> (y: f32[batch, 8, 4], old: f32[batch, 8, 4]) {
    %s = state session "s" f32[batch, 8, 4] = zeros
    %k = write %s, %x, at = %at, axis = 1
    %xx = mul %x, 2.0
    %k2 = write %k, %xx, at = %b, axis = 1
    update "s", %k2
    return %k, %s
  }
  func session @reread(%x: f32[batch, 2, 4], %at: i32) -> (y: f32[batch, 8, 4]) {
    %s = state session "s2" f32[batch, 8, 4] = zeros
    %p = read %s, at = %at, axis = 1, size = 2
    %n = add %p, %x
    %k = write %s, %n, at = %at, axis = 1
    %f = reshape %k, [batch, 32]
    %g = reshape %f, [batch, 8, 4]
    update "s2", %g
    %o = add %k, %s
    return %o
  }
  func session @full(%x: f32[batch, 8, 4], %at: i32) -> (y: f32[batch, 8, 4]) {
    %s = state session "s3" f32[batch, 8, 4] = zeros
    %f = reshape %s, [batch, 4, 8]
    %e = add %x, 1.0
    %k = write %s, %e, at = %at, axis = 1
    update "s3", %k
    %ff = reshape %f, [batch, 8, 4]
    %r = flip %ff, axes = [1]
    return %r
  }
  func session @resh(%x: f32[batch, 8], %at: i32) -> (y: f32[batch, 8, 4]) {
    %s = state session "s4" f32[batch, 8, 4] = zeros
    %f = reshape %s, [batch, 4, 8]
    %e = reshape %x, [batch, 1, 8]
    %k = write %f, %e, at = %at, axis = 1
    %g = reshape %k, [batch, 8, 4]
    update "s4", %g
    return %g
  }
  func session @two(%x: f32[batch, 8], %at: i32) -> (y: f32[batch, 8]) {
    %s = state session "s5" f32[batch, 8] = zeros
    %t = state session "s6" f32[batch, 8] = ones
    %w = write %s, %x, at = %at, axis = 1
    update "s6", %w
    %w2 = write %t, %x, at = %at, axis = 1
    update "s5", %w2
    return %x
  }
  func @scan(%x: f32[batch, 6, 4]) -> (y: f32[batch, 6, 4], z: f32[batch, 6, 6, 4]) {
    %zero = mul %x, 0.0
    %n = constant i32[6] = [5, 4, 3, 2, 1, 0]
    %all, %last = scan (%c in %x along 1, %i in %n along 0) carry (%h = %zero) {
      %c1 = reshape %c, [batch, 1, 4]
      %k = write %h, %c1, at = %i, axis = 1
      %o = add %k, %h
      yield %o carry %k
    }
    return %last, %all
  }
}
