// Numbers of a batch, one that nothing is known of, and one without a batch.
dl.model @combines {
  func @numbers(%x: f32[batch, 4]) -> (mean: f32, largest: f32, rows: f32[batch]) {
    %m = mean %x
    %l = amax %x
    %r = sum %x, axes = [1]
    return %m, %l, %r
  }
  func @single(%x: f32[4]) -> (y: f32) {
    %y = sum %x
    return %y
  }
}
