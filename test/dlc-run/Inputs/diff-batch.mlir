// The second of two batches that lie one after the other.
dl.model @halves {
  func @second(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %n = neg %x
    %both = concat %x, %n
    %y = slice %both, axis = 0, start = batch, size = batch
    return %y
  }
}
