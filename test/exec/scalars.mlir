// scalars.mlir - what an optimizer makes of its scalars is computed in f64, whatever the type of the parameter
// SPDX-License-Identifier: Apache-2.0
//
// RUN: dlc %s -O3 -o %t.so && dlc-run check %t.so %S/Inputs/scalars.json
// RUN: dlc %s -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/scalars.json
// RUN: dlc %s -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/scalars.json
//
// f32 holds neither 0.99999999 nor 1 + 1e-9.
dl.model @scalars {
  func @loss() -> (loss: f32) {
    %w = param "w" f32[3] = ones
    %t = constant f32[3] = [3.0, -1.0, 0.5]
    %l = mse_loss %w, %t
    return %l
  }

  // The step is lr ((1 + tiny) - 1) / tiny; a cast names the type that numbers have anyway.
  optimizer @tiny(%w, %g) scalars(%lr = 0.1, %tiny = 1.0e-9 in (0, inf)) {
    %one = constant f32 = 1.0
    %zero = constant f32 = 0.0
    %is = gt %tiny, %zero
    %unit = cast %is, f32
    %more = add %unit, %tiny
    %less = sub %more, %one
    %ratio = div %less, %tiny
    %rate = mul %lr, %ratio
    %u = mul %rate, %g
    %w1 = sub %w, %u
    return %w1
  }

  train @adam minimizes @loss {
    optimize "*" with @adam(lr = 0.1, beta2 = 0.99999999)
  }
  train @adamw minimizes @loss {
    optimize "*" with @adamw(lr = 0.1, beta2 = 0.99999999)
  }
  train @own minimizes @loss {
    optimize "*" with @tiny
  }
}
