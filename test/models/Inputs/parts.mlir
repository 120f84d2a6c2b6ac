// Two tokens a row of the batch, and a step that works through the batch in three parts.
dl.model @p {
  func @loss(%t: i32[2 * batch], %goal: f32[batch, 4]) -> (loss: f32) {
    %e = nn.embedding "e" %t, 10, 4
    %r = reshape %e, [batch, 8]
    %y = nn.linear "l" %r, 4
    %l = mse_loss %y, %goal
    return %l
  }
  train @step minimizes @loss { optimize "*" with @sgd accumulate 3 }
}
