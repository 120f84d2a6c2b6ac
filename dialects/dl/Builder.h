// Builder.h - builds `dl` ops whose result types follow from their operands, the way a formula is written.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_BUILDER_H
#define DLC_DIALECTS_DL_BUILDER_H
#include "dialects/dl/Syntax.h"
#include "mlir/IR/Builders.h"

namespace dlc {
/// Used by layers, gradient rules, decompositions and optimizers. All values are tensors; binary ops broadcast.
class Ops {
public:
  Ops(mlir::OpBuilder &builder, mlir::Location loc) : builder(builder), loc(loc) {}
  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// Creates an op whose result types follow from its operands and attributes.
  template <typename Op>
  Op create(mlir::ValueRange operands, llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) const {
    mlir::OperationState state(loc, Op::getOperationName());
    state.addOperands(operands);
    state.addAttributes(attributes);
    return llvm::cast<Op>(createInferred(builder, state));
  }
  mlir::NamedAttribute set(llvm::StringRef name, mlir::Attribute value) const {
    return builder.getNamedAttr(name, value);
  }
  mlir::NamedAttribute flag(llvm::StringRef name) const { return set(name, builder.getUnitAttr()); }
  mlir::NamedAttribute real(llvm::StringRef name, double value) const {
    return set(name, builder.getF64FloatAttr(value));
  }
  mlir::NamedAttribute size(llvm::StringRef name, int64_t value) const {
    return set(name, SizeAttr::get(builder.getContext(), value));
  }
  mlir::NamedAttribute sizes(llvm::StringRef name, llvm::ArrayRef<int64_t> values) const;
  mlir::NamedAttribute sizes(llvm::StringRef name, llvm::ArrayRef<Dim> values) const;

  // The element-wise ops by their names.
  mlir::Value unary(llvm::StringRef name, mlir::Value x) const;
  mlir::Value binary(llvm::StringRef name, mlir::Value a, mlir::Value b) const;
  mlir::Value add(mlir::Value a, mlir::Value b) const { return binary("add", a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) const { return binary("sub", a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) const { return binary("mul", a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) const { return binary("div", a, b); }
  mlir::Value add(mlir::Value a, double b) const { return add(a, number(b, a)); }
  mlir::Value sub(mlir::Value a, double b) const { return sub(a, number(b, a)); }
  mlir::Value sub(double a, mlir::Value b) const { return sub(number(a, b), b); }
  mlir::Value mul(mlir::Value a, double b) const { return mul(a, number(b, a)); }
  mlir::Value div(double a, mlir::Value b) const { return div(number(a, b), b); }
  mlir::Value neg(mlir::Value x) const { return unary("neg", x); }
  mlir::Value exp(mlir::Value x) const { return unary("exp", x); }
  mlir::Value log(mlir::Value x) const { return unary("log", x); }
  mlir::Value where(mlir::Value condition, mlir::Value a, mlir::Value b) const;
  mlir::Value cast(mlir::Value x, mlir::Type elementType) const;

  /// A tensor of one value.
  mlir::Value splat(mlir::Attribute number, mlir::RankedTensorType type) const;
  template <typename N>
    requires std::is_arithmetic_v<N>
  mlir::Value splat(N value, mlir::RankedTensorType type) const {
    return splat(numberAttr(builder.getContext(),
                            {std::is_integral_v<N>, std::is_integral_v<N> ? int64_t(value) : 0, double(value)}),
                 type);
  }
  /// A tensor of these numbers, in row-major order.
  mlir::Value values(llvm::ArrayRef<double> numbers, mlir::RankedTensorType type) const;
  /// A scalar of the element type of `like`.
  template <typename N> mlir::Value number(N value, mlir::Value like) const {
    return splat(value, mlir::RankedTensorType::get({}, llvm::cast<mlir::TensorType>(like.getType()).getElementType()));
  }

  /// `name`: sum, mean, amax, amin.
  mlir::Value reduce(llvm::StringRef name, mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdim = false) const;
  mlir::Value sum(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdim = false) const {
    return reduce("sum", x, axes, keepdim);
  }
  /// The number of elements along axes, as a scalar of the element type of `like`, or of `type`.
  mlir::Value count(mlir::Value like, llvm::ArrayRef<int64_t> axes, mlir::Type type = {}) const;
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<Dim> sizes) const;
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> permutation) const;
  mlir::Value broadcast(mlir::Value x, llvm::ArrayRef<Dim> sizes) const;
  mlir::Value slice(mlir::Value x, int64_t axis, Dim start, Dim size) const;
  mlir::Value matmul(mlir::Value a, mlir::Value b, bool transposeA, bool transposeB) const;
  /// As i32, or as i64 where the axis may be longer than that counts.
  mlir::Value iota(mlir::Value like, int64_t axis) const;
  /// Inserts an axis of size 1.
  mlir::Value unsqueeze(mlir::Value x, int64_t axis) const;
  /// Undoes broadcasting: sums `x` over the axes along which `type` was stretched.
  mlir::Value sumTo(mlir::Value x, mlir::RankedTensorType type) const;
};

inline mlir::RankedTensorType typeOf(mlir::Value value) { return llvm::cast<mlir::RankedTensorType>(value.getType()); }
/// The sizes of a ranked tensor.
llvm::SmallVector<Dim> dimsOf(mlir::Value value);
} // namespace dlc
#endif
