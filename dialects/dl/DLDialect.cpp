// DLDialect.cpp - the dialect `dl` itself: registration, versions.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

#include "dialects/dl/DLDialect.cpp.inc"
#include "dialects/dl/DLInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/dl/DLAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/dl/DLOps.cpp.inc"

void DLDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/dl/DLOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/dl/DLAttrs.cpp.inc"
      >();
}

LogicalResult DLDialect::verifyOperationAttribute(Operation *, NamedAttribute attribute) {
  return success(attribute.getName() != "dl.wrong");
}
