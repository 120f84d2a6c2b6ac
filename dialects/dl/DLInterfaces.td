// DLInterfaces.td - what the compiler asks of an op, whatever op it is.
// SPDX-License-Identifier: Apache-2.0
#ifndef DL_INTERFACES_TD
#define DL_INTERFACES_TD
include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    How an op takes part in reverse-mode differentiation. Two steps: `augment` rewrites the op into ones whose
    rules find everything they need among values (so that what is kept is visible), `vjp` turns the cotangents
    of the results into those of the operands. An op has this interface or the trait `NotDifferentiable`.
  }];
  let methods = [
    InterfaceMethod<[{
      Yields the values that replace the results, built from other `dl` ops; empty if the op stays as it is.
    }], "::llvm::SmallVector<::mlir::Value>", "augment", (ins "::dlc::Ops &":$b), "", "return {};">,
    InterfaceMethod<[{
      Cotangents of the operands, each of its operand's type; null where there is none (integers) or it is zero.
      A cotangent that is null is zero. Built from `dl` ops, so that it can be differentiated again.
    }], "::llvm::SmallVector<::mlir::Value>", "vjp", (ins "::dlc::Ops &":$b, "::mlir::ValueRange":$cotangents)>
  ];
}

def FusibleOpInterface : OpInterface<"FusibleOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    What fusion and code generation ask: which points an op runs over, and what it reads and writes at each.
    Maps go from the iteration space to the axes of a tensor. A size-1 axis that is stretched is read at 0. What is not said
    is that of an element-wise op: it runs over the places of its result, and reads its operands there.
  }];
  let methods = [
    InterfaceMethod<"What is done at each point.", "::dlc::IterationKind", "getIterationKind", (ins), "",
                    "return ::dlc::IterationKind::Elementwise;">,
    InterfaceMethod<"Sizes of the iteration space: those of the result first, then those that are summed over.",
                    "::llvm::SmallVector<::dlc::Dim>", "getIterationSizes", (ins), "",
                    "return ::dlc::dimsOf($_op->getResult(0));">,
    InterfaceMethod<"One map for each operand, null where it is not read at the point, then one for each result.",
                    "::llvm::SmallVector<::mlir::AffineMap>", "getAccessMaps", (ins), "",
                    "return ::dlc::pointwiseMaps($_op);">
  ];
}

def AlongAxisOpInterface : OpInterface<"AlongAxisOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op that goes along one axis of its first operand, each line for itself (`AlongAxis` in `DLBase.td`).
  }];
  let methods = [
    InterfaceMethod<"The axis, counted from the first.", "int64_t", "getAlong", (ins), "",
                    "return ::dlc::axisOf($_op.getAxisAttr(), ConcreteOp::defaultAxis, $_op->getOperand(0));">
  ];
}

def DecomposableOpInterface : OpInterface<"DecomposableOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op that stands for several simpler ones. Fusion sees those.
  }];
  let methods = [
    InterfaceMethod<"The values that replace the results; empty if the op stays as it is.",
                    "::llvm::SmallVector<::mlir::Value>", "decompose",
                    (ins "::dlc::Ops &":$b)>
  ];
}
def RandomOpInterface : OpInterface<"RandomOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op that makes words of Philox by the position of each element: what stream they are of.
  }];
  let methods = [
    InterfaceMethod<"Seed, step and first row.", "::mlir::Value", "getRandom", (ins)>,
    InterfaceMethod<"The number of the stream, where a kernel is given it; else null.", "::mlir::Value", "getKey", (ins)>,
    InterfaceMethod<"The name of the stream, where it stands here.", "::std::optional<::llvm::StringRef>", "getStream",
                    (ins)>,
    InterfaceMethod<"The stream is told by a number that is given.", "void", "giveKey", (ins "::mlir::Value":$key), [{
      $_op.getKeyMutable().assign(key);
      $_op.removeStreamAttr();
    }]>
  ];
}

def DrawingOpInterface : OpInterface<"DrawingOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op of a model that draws random numbers. Where its function is inlined, it becomes other ops.
  }];
  let methods = [
    InterfaceMethod<"The values that replace the results.", "::llvm::SmallVector<::mlir::Value>", "expand",
                    (ins "::dlc::Ops &":$b, "const ::dlc::Draws &":$draws)>
  ];
}
#endif
