// dlc-lsp-server.cpp - shapes, definitions and mistakes of a model file in an editor.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
