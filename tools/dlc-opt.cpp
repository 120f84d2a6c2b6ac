// dlc-opt.cpp - runs single levels and passes on a file, for tests and for the curious.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "tools/Options.h"

int main(int argc, char **argv) {
  dlc::hideOptionsOfLLVM();
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  dlc::registerPasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "dlc: single levels and passes\n", registry));
}
