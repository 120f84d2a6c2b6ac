// An index that is out of range for any input.
dl.model @range {
  func @pick(%table: f32[5, 3], %index: i32[batch]) -> (y: f32[batch, 3]) {
    %five = constant i32 = 5
    %beyond = add %index, %five
    %y = gather %table, %beyond
    return %y
  }
}
