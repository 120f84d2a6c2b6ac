// Products whose right-hand sides are copied into panels, with long sums in blocks.
dl.model @product {
  func @f(%x: f32[600, 2000], %w: f32[300, 2000]) -> (y: f32[600, 300]) {
    %y = matmul %x, %w, transpose_b
    return %y
  }
}
