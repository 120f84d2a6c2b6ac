// RUN: not dlc %s 2>&1 | FileCheck %s
// What a scalar of an optimizer may be, and what it may not: in `optimize` lines, in defaults, in the limits themselves.
dl.model @ranges {
  func @loss() -> (loss: f32) {
    %w = param "w" f32[3] = ones
    %l = mean %w
    return %l
  }
  optimizer @half(%w, %g) scalars(%a = -0.5 in (-1, 0], %b = 1.0 in (-inf, inf), %c = 2.0) {
    return %w
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: the default 1.0 is not in [0, 1)
  optimizer @default(%w, %g) scalars(%a = 1.0 in [0, 1)) {
    return %w
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: no number is in [1, 0.5]; the lower limit comes first
  optimizer @empty(%w, %g) scalars(%a = 1.0 in [1.0, 0.5]) {
    return %w
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a range of numbers, such as [0, 1) or (0, inf)
  optimizer @open(%w, %g) scalars(%a = 1.0 in 0, 1) {
    return %w
  }
  // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: expected a range of numbers, such as [0, 1) or (0, inf)
  optimizer @close(%w, %g) scalars(%a = 1.0 in [0, 1, 2]) {
    return %w
  }
  train @t minimizes @loss {
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @adam: 'beta2' is in [0, 1); found 1.0
    optimize "*" with @adam(beta2 = 1)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @adam: 'eps' is in [0, inf); found -1.0
    optimize "*" with @adam(eps = -1)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @sgd: 'momentum' is in [0, inf); found -0.5
    optimize "*" with @sgd(momentum = -0.5)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @adamw: 'lr' is in [0, inf); found -0.001
    optimize "*" with @adamw(lr = -1.0e-3)
    // CHECK: :[[@LINE+1]]:{{[0-9]+}}: error: @half: 'a' is in (-1, 0]; found -1.0
    optimize "*" with @half(a = -1, b = 1.0e300, c = -7)
  }
}
