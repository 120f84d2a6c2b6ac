// LowerKernels.cpp - a kernel's function: its arguments, and the code of its kind.
// SPDX-License-Identifier: Apache-2.0
//
// What is decided about a kernel stands in its plan (KernelPlan.h) before anything is emitted. Each kind of kernel has a file
// that reads the plan and emits loops.
#include "compiler/loops/LowerKernels.h"
#include "compiler/Passes.h"
#include "compiler/graph/Extents.h"
#include "compiler/loops/KernelBody.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace dlc;

Value KernelBody::takeScratch(MemRefType type) {
  Value buffer = memref::ViewOp::create(b, type, scratch, b.constant(scratchUsed), ValueRange{});
  scratchUsed += llvm::alignTo(bytesOf(type), 64);
  return buffer;
}

void KernelBody::setIndices(MutableArrayRef<Value> index, Value part, ArrayRef<int> dims, ArrayRef<Dim> sizes) {
  for (size_t i = dims.size(); i-- > 1;) {
    Value size = e.size(sizes[i]);
    index[dims[i]] = arith::RemUIOp::create(b, part, size);
    part = arith::DivUIOp::create(b, part, size);
  }
  index[dims[0]] = part;
}

/// Lists of numbers lie in the library.
static Value makeGlobal(LoopBuilder &b, ConstantOp list, StringRef name, func::FuncOp function,
                        const Extents &capacity) {
  auto type = bufferType(typeOf(list.getResult()), capacity);
  Type element = type.getElementType();
  SmallVector<Attribute> numbers;
  for (size_t i = 0; i < list.getCount(); ++i)
    numbers.push_back(isa<FloatType>(element) ? Attribute(b.getFloatAttr(element, list.getReal(i)))
                                              : Attribute(b.getIntegerAttr(element, list.getWhole(i))));
  auto values = DenseElementsAttr::get(RankedTensorType::get(type.getShape(), element), numbers);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(function);
    memref::GlobalOp::create(b, name, b.getStringAttr("private"), type, values, /*constant=*/true,
                             /*alignment=*/b.getI64IntegerAttr(64));
  }
  return memref::GetGlobalOp::create(b, type, name);
}

LoweredKernel dlc::lowerKernel(KernelOp kernel, StringRef name, OpBuilder &at, const LoweringOptions &options) {
  KernelPlan plan = planKernel(kernel, options.capacity, CostModel(options.target), options.vectorize);
  LoopBuilder b(kernel.getLoc(), at);
  Block &ops = kernel.getBody().front();
  SmallVector<Type> types;
  for (BlockArgument argument : ops.getArguments())
    types.push_back(bufferType(typeOf(argument), options.capacity));
  for (Value output : plan.outputs)
    types.push_back(outputType(plan, output));
  size_t buffers = types.size();
  if (plan.scratchBytes)
    types.push_back(MemRefType::get({plan.scratchBytes}, b.getI8Type()));
  ArrayRef<Extents::Extent> extents = options.capacity.list();
  types.append(extents.size() + 2, b.getIndexType());
  bool checks = llvm::any_of(ops, [](Operation &op) { return isa<CheckIndexOp>(op); });
  auto function =
      func::FuncOp::create(b, name, b.getFunctionType(types, checks ? TypeRange(b.getIndexType()) : TypeRange()));
  function.setPrivate();
  if (plan.scratchBytes) {
    function.setArgAttr(buffers, "llvm.noalias", b.getUnitAttr());
    function->setAttr("dl.scratch", b.getI64IntegerAttr(plan.scratchBytes));
  }
  Block *entry = function.addEntryBlock();
  b.setInsertionPointToEnd(entry);

  ArrayRef<BlockArgument> arguments = entry->getArguments();
  Value first = arguments[arguments.size() - 2], last = arguments.back();
  PointEmitter e(b, plan);
  for (auto [extent, value] : llvm::zip(extents, arguments.drop_back(2).take_back(extents.size())))
    e.extents.push_back({extent.first, value});
  KernelBody body{kernel, plan, b, e, first, last};
  for (auto [argument, buffer] : llvm::zip(ops.getArguments(), arguments))
    e.buffers[argument] = buffer;
  body.outputBuffers.assign(arguments.begin() + ops.getNumArguments(), arguments.begin() + buffers);
  if (plan.scratchBytes)
    body.scratch = arguments[buffers];
  for (auto list : ops.getOps<ConstantOp>())
    if (!list.getSplat()) {
      std::string global = (name + "_constant" + Twine(list.getCount()) + "_" + Twine(e.buffers.size())).str();
      e.buffers[list.getResult()] = makeGlobal(b, list, global, function, options.capacity);
    }

  switch (plan.domain.kind) {
  case Domain::Kind::Single:
    emitSingle(body);
    break;
  case Domain::Kind::Contraction:
    emitProduct(body);
    break;
  case Domain::Kind::Map:
  case Domain::Kind::Rows:
    emitRows(body);
    break;
  }
  if (!b.getBlock()->mightHaveTerminator())
    func::ReturnOp::create(b);
  return {function, plan.parts, plan.partSize, plan.flops, plan.bytes};
}

void dlc::notePlans(ModelOp model, const CompileOptions &options) {
  OpBuilder b(model.getContext());
  std::vector<Extents> capacities = capacitiesOf(model, options);
  for (KernelOp kernel : model.getBody().getOps<KernelOp>()) {
    SmallVector<Attribute> texts;
    for (const Extents &capacity : capacities) {
      std::string text;
      llvm::raw_string_ostream os(text);
      if (capacities.size() > 1)
        os << show(capacity) << ": ";
      planKernel(kernel, capacity, CostModel(*findTarget(options.target)), options.optimize > 0).print(os);
      texts.push_back(b.getStringAttr(text));
    }
    kernel->setAttr("dl.plan", texts.size() == 1 ? texts[0] : Attribute(b.getArrayAttr(texts)));
  }
}
