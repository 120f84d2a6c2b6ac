// One of two models that are linked into one program.
dl.model @second {
  func @predict(%x: f32[batch, 3]) -> (y: f32[batch, 1]) {
    %h = nn.linear "fc" %x, 1
    %y = relu %h
    return %y
  }
}
