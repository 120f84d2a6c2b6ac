// A function that draws random numbers.
dl.model @draws {
  func private @noise(%x: f32[batch, 3]) {
    %y = random_uniform %x
    return %y
  }
  func @predict(%x: f32[batch, 3]) -> (y: f32[batch, 3]) {
    %y = call @noise(%x), training
    return %y
  }
}
