// LowerToLLVM.cpp - level `llvm`: kernels from loops and vectors to the LLVM dialect, each on its own.
// SPDX-License-Identifier: Apache-2.0
//
//   func @k0(%a: memref<16xf32>, %y: memref<16xf32>, %scratch: memref<64xi8>, %batch, %time, %first, %last)
//     =>  llvm.func hidden @k0(%buffers: ptr, %extents: ptr, %scratch: ptr, %first: i64, %last: i64)
//           %a = load %buffers[0]; %y = load %buffers[1]; %batch = load %extents[0]; ...
#include "compiler/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVMPass.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace dlc;

/// Gives a kernel the form that all have. What a check yields its report says as well.
static void unifyForm(ModuleOp home) {
  auto kernel = home.lookupSymbol<LLVM::LLVMFuncOp>(*home.getSymName());
  MLIRContext *context = home.getContext();
  ImplicitLocOpBuilder b(kernel.getLoc(), context);
  Type pointer = LLVM::LLVMPointerType::get(context), i64 = b.getI64Type();
  size_t buffers = home->getAttrOfType<ArrayAttr>("dl.operands").size();
  bool hasScratch = home->getAttrOfType<IntegerAttr>("dl.scratch").getInt();
  Block &body = kernel.getBody().front();
  SmallVector<BlockArgument> old(body.getArguments());
  SmallVector<BlockArgument> now;
  for (Type type : {pointer, pointer, pointer, i64, i64})
    now.push_back(body.addArgument(type, kernel.getLoc()));
  b.setInsertionPointToStart(&body);
  auto element = [&](Type type, Value from, size_t index) -> Value {
    Value place = LLVM::GEPOp::create(b, pointer, type, from, ArrayRef<LLVM::GEPArg>{(int32_t)index});
    return LLVM::LoadOp::create(b, type, place);
  };
  for (size_t i = 0; i < buffers; ++i)
    old[i].replaceAllUsesWith(element(pointer, now[0], i));
  if (hasScratch)
    old[buffers].replaceAllUsesWith(now[2]);
  size_t extents = buffers + hasScratch;
  for (size_t i = extents; i + 2 < old.size(); ++i)
    old[i].replaceAllUsesWith(element(i64, now[1], i - extents));
  old[old.size() - 2].replaceAllUsesWith(now[3]);
  old[old.size() - 1].replaceAllUsesWith(now[4]);
  body.eraseArguments(0, old.size());
  // Whoever waits for a kernel sees what it stored past the caches.
  bool streams = false;
  kernel.walk([&](LLVM::StoreOp store) { streams |= store.getNontemporal(); });
  kernel.walk([&](LLVM::ReturnOp done) {
    done->setOperands({});
    b.setInsertionPoint(done);
    if (streams)
      LLVM::FenceOp::create(b, LLVM::AtomicOrdering::seq_cst);
  });
  kernel.setFunctionType(
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), {pointer, pointer, pointer, i64, i64}));
  kernel.removeArgAttrsAttr();
  kernel.removeResAttrsAttr();
  if (hasScratch)
    kernel.setArgAttr(2, LLVM::LLVMDialect::getNoAliasAttrName(), b.getUnitAttr());
  kernel.setLinkage(LLVM::Linkage::External);
  kernel.setVisibility_(LLVM::Visibility::Hidden);
  for (NamedAttribute attr : llvm::to_vector(kernel->getDiscardableAttrs()))
    if (attr.getName().getValue().starts_with("dl."))
      kernel->removeDiscardableAttr(attr.getName());
}

LogicalResult dlc::lowerToLLVM(ModuleOp module, const CompileOptions &) {
  // Kernels know nothing of each other: each is lowered for itself, on as many threads as there are.
  PassManager all(module.getContext(), ModuleOp::getOperationName());
  all.enableVerifier(false); // each conversion is checked by the one after it, and the result by LLVM's own verifier
  OpPassManager &pm = all.nest<ModuleOp>();
  pm.addPass(createLoopInvariantCodeMotionPass());
  pm.addPass(createCSEPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.reassociateFPReductions = false;
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  pm.addPass(createConvertMathToLLVMPass());
  FinalizeMemRefToLLVMConversionPassOptions memory;
  memory.useGenericFunctions = false;
  pm.addPass(createFinalizeMemRefToLLVMConversionPass(memory));
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createArithToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions functions;
  functions.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(functions));
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCSEPass());
  if (failed(all.run(module)))
    return failure();
  for (auto home : module.getOps<ModuleOp>())
    unifyForm(home);
  return success();
}
