// PlanMemory.cpp - level `plan`: each buffer of a schedule gets a place in one workspace.
// SPDX-License-Identifier: Apache-2.0
//
//   %z = memref.alloc        =>   %z = memref.view %workspace[offset]
//
// Buffers whose lives do not meet share memory: the largest are placed first, each at the lowest offset that is free
// while it lives. The result is checked, not assumed.
#include "compiler/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace dlc;

namespace {
struct Buffer {
  memref::AllocOp alloc;
  int64_t bytes;
  int first, last; ///< the steps of the schedule that use it
  int64_t offset = -1;

  bool lives(const Buffer &other) const { return first <= other.last && other.first <= last; }
  bool overlaps(const Buffer &other) const {
    return offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};
} // namespace

static LogicalResult plan(func::FuncOp function) {
  constexpr int64_t line = 64;
  std::vector<Buffer> buffers;
  DenseMap<Operation *, int> steps;
  function.walk<WalkOrder::PreOrder>([&](Operation *op) { steps[op] = steps.size(); });
  for (auto alloc : function.getOps<memref::AllocOp>()) {
    MemRefType type = alloc.getType();
    int64_t bytes = type.getNumElements() * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
    Buffer buffer{alloc, (int64_t)llvm::alignTo(std::max<int64_t>(bytes, 1), line), INT_MAX, -1};
    for (Operation *user : alloc->getUsers()) {
      buffer.first = std::min(buffer.first, steps.lookup(user));
      buffer.last = std::max(buffer.last, steps.lookup(user));
    }
    buffers.push_back(buffer);
  }
  std::vector<Buffer *> order;
  for (Buffer &buffer : buffers)
    order.push_back(&buffer);
  llvm::sort(order, [](Buffer *a, Buffer *b) { return a->bytes != b->bytes ? a->bytes > b->bytes : a < b; });
  int64_t total = 0;
  std::vector<Buffer *> placed;
  for (Buffer *buffer : order) {
    std::vector<Buffer *> met;
    for (Buffer *other : placed)
      if (buffer->lives(*other))
        met.push_back(other);
    llvm::sort(met, [](Buffer *a, Buffer *b) { return a->offset < b->offset; });
    buffer->offset = 0;
    for (Buffer *other : met)
      if (buffer->overlaps(*other))
        buffer->offset = other->offset + other->bytes;
    total = std::max(total, buffer->offset + buffer->bytes);
    placed.push_back(buffer);
  }
  for (Buffer &a : buffers)
    for (Buffer &b : buffers)
      if (&a != &b && a.lives(b) && a.overlaps(b))
        return function.emitError("the memory plan lets two living buffers share memory: this is a mistake in dlc");

  OpBuilder builder(function.getContext());
  auto workspace = MemRefType::get({total}, builder.getI8Type());
  if (failed(function.insertArgument(function.getNumArguments(), workspace, {}, function.getLoc())))
    return failure();
  Value base = function.getArguments().back();
  for (Buffer &buffer : buffers) {
    builder.setInsertionPoint(buffer.alloc);
    Value offset = arith::ConstantIndexOp::create(builder, buffer.alloc.getLoc(), buffer.offset);
    Value view = memref::ViewOp::create(builder, buffer.alloc.getLoc(), buffer.alloc.getType(), base, offset, ValueRange{});
    buffer.alloc.replaceAllUsesWith(view);
    buffer.alloc.erase();
  }
  function->setAttr("dl.workspace", builder.getI64IntegerAttr(total));
  return success();
}

LogicalResult dlc::planMemory(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr("dl.entry") && failed(plan(function)))
      return failure();
  return success();
}
