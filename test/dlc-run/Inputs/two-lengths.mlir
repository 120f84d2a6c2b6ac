// What is called with up to so many steps as it is compiled for.
dl.model @lengths open(time = 20) {
  func @f(%x: f32[batch, time, 4]) -> (y: f32[batch, time, 5]) {
    %y = nn.linear "a" %x, 5
    return %y
  }
}
