// DLOrder.cpp - running sums and the order of elements: their gradients, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"
#include "dialects/dl/Rewritten.h"

using namespace mlir;
using namespace dlc;
using Values = SmallVector<Value>;

//===--- Running sums -----------------------------------------------------------------------------------===//

/// An element is in the sums of all places from its own on: its cotangent is the sum of theirs.
Values CumsumOp::vjp(Ops &b, ValueRange cotangents) {
  SmallVector<NamedAttribute, 3> options{b.size("axis", getAlong())};
  if (!getReverse())
    options.push_back(b.flag("reverse"));
  if (getExclusive())
    options.push_back(b.flag("exclusive"));
  return {b.create<CumsumOp>({cotangents[0]}, options).getResult()};
}

//===--- Order ------------------------------------------------------------------------------------------===//

/// Each place takes what was taken from it: [..., k, 1, ...] places meet the numbers [n, 1, ...] of all.
Values TopkOp::vjp(Ops &b, ValueRange cotangents) {
  if (!cotangents[0])
    return {Value()};
  int64_t axis = getAlong();
  SmallVector<Dim> all(typeOf(getInput()).getRank() - axis, Dim(1));
  all[0] = dimsOf(getInput())[axis];
  Type i64 = b.builder.getI64Type();
  Value numbers =
      b.create<IotaOp>({b.splat(0, makeTensor(all, i64))}, {b.size("axis", 0), b.set("type", TypeAttr::get(i64))})
          .getResult();
  Value c = b.unsqueeze(cotangents[0], axis + 1), isHere = b.binary("eq", b.unsqueeze(getPlaces(), axis + 1), numbers);
  return {b.sum(b.where(isHere, c, b.number(0, c)), {axis})};
}

static TopkOp inOrder(Ops &b, Value x, int64_t along, bool descending) {
  SmallVector<NamedAttribute, 3> options{b.size("k", dimsOf(x)[along].value), b.size("axis", along)};
  if (!descending)
    options.push_back(b.flag("smallest"));
  return b.create<TopkOp>({x}, options);
}
Values SortOp::augment(Ops &b) {
  return llvm::to_vector_of<Value>(inOrder(b, getInput(), getAlong(), getDescending())->getResults());
}
REWRITTEN(SortOp)
Values ArgsortOp::decompose(Ops &b) { return {inOrder(b, getInput(), getAlong(), getDescending()).getPlaces()}; }
