// Prelude.cpp - the optimizers that the compiler brings along, written as anyone may write one.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Prelude.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace dlc;

// %w, %g and slots have any shape; scalars are set at run time, within PyTorch's limits. %step is 1 at the first update.
static constexpr llvm::StringLiteral prelude = R"mlir(
dl.model @prelude {
  // PyTorch's SGD; with `nesterov = 1.0`, its Nesterov form.
  optimizer @sgd(%w, %g) slots(%m = zeros)
      scalars(%lr = 1.0e-2 in [0, inf), %momentum = 0.0 in [0, inf), %weight_decay = 0.0 in [0, inf),
              %nesterov = 0.0 in [0, 1]) {
    %d = mul %weight_decay, %w
    %e = add %g, %d
    %a = mul %momentum, %m
    %m1 = add %a, %e
    %look = mul %momentum, %m1
    %ahead = add %e, %look
    %zero = constant f32 = 0.0
    %is = ne %nesterov, %zero
    %u = where %is, %ahead, %m1
    %s = mul %lr, %u
    %w1 = sub %w, %s
    return %w1, %m1
  }

  // Kingma and Ba, 2015; weight decay, where given, is added to the gradient. Means move by a share of their distance, and the
  // factor of the root stands where it costs nothing an element: five multiplications, not eight.
  optimizer @adam(%w, %g) slots(%m = zeros, %v = zeros)
      scalars(%lr = 1.0e-3 in [0, inf), %beta1 = 0.9 in [0, 1), %beta2 = 0.999 in [0, 1), %eps = 1.0e-8 in [0, inf),
              %weight_decay = 0.0 in [0, inf), %step) {
    %one = constant f32 = 1.0
    %wd = mul %weight_decay, %w
    %gd = add %g, %wd
    %n1 = sub %one, %beta1
    %a = sub %gd, %m
    %b = mul %n1, %a
    %m1 = add %m, %b
    %n2 = sub %one, %beta2
    %g2 = mul %gd, %gd
    %c = sub %g2, %v
    %d = mul %n2, %c
    %v1 = add %v, %d
    %p1 = pow %beta1, %step
    %p2 = pow %beta2, %step
    %q1 = sub %one, %p1
    %q2 = sub %one, %p2
    %rate0 = div %lr, %q1
    %root = sqrt %q2
    %rate = mul %rate0, %root
    %eps1 = mul %eps, %root
    %r = sqrt %v1
    %e = add %r, %eps1
    %u = div %m1, %e
    %s = mul %rate, %u
    %w1 = sub %w, %s
    return %w1, %m1, %v1
  }

  // Loshchilov and Hutter, 2019: the weight decays on its own.
  optimizer @adamw(%w, %g) slots(%m = zeros, %v = zeros)
      scalars(%lr = 1.0e-3 in [0, inf), %beta1 = 0.9 in [0, 1), %beta2 = 0.999 in [0, 1), %eps = 1.0e-8 in [0, inf),
              %weight_decay = 1.0e-2 in [0, inf), %step) {
    %one = constant f32 = 1.0
    %wd = mul %lr, %weight_decay
    %keep = sub %one, %wd
    %w0 = mul %w, %keep
    %n1 = sub %one, %beta1
    %a = sub %g, %m
    %b = mul %n1, %a
    %m1 = add %m, %b
    %n2 = sub %one, %beta2
    %g2 = mul %g, %g
    %c = sub %g2, %v
    %d = mul %n2, %c
    %v1 = add %v, %d
    %p1 = pow %beta1, %step
    %p2 = pow %beta2, %step
    %q1 = sub %one, %p1
    %q2 = sub %one, %p2
    %rate0 = div %lr, %q1
    %root = sqrt %q2
    %rate = mul %rate0, %root
    %eps1 = mul %eps, %root
    %r = sqrt %v1
    %e = add %r, %eps1
    %u = div %m1, %e
    %s = mul %rate, %u
    %w1 = sub %w0, %s
    return %w1, %m1, %v1
  }
}
)mlir";

OptimizerOp Prelude::find(ModelOp model, StringRef name) {
  if (auto own = dyn_cast_or_null<OptimizerOp>(SymbolTable::lookupSymbolIn(model, name)))
    return own;
  if (!module)
    module = parseSourceString<ModuleOp>(prelude, ParserConfig(context, /*verifyAfterParse=*/false), "prelude.mlir");
  return dyn_cast_or_null<OptimizerOp>(SymbolTable::lookupSymbolIn(*module->getOps<ModelOp>().begin(), name));
}
