// ShapeRules.h - the frame of shape rules: inference asks a rule for types, verification for the reason why not.
// SPDX-License-Identifier: Apache-2.0
//
// A rule is a function `shape(Op::Adaptor, Shapes)` of this namespace, in the file of its family, which ends with RULE(Op).
#ifndef DLC_DIALECTS_DL_SHAPERULES_H
#define DLC_DIALECTS_DL_SHAPERULES_H
#include "dialects/dl/Windows.h"

namespace dlc {
inline int64_t number(SizeAttr size, int64_t otherwise) { return size ? size.number() : otherwise; }
inline bool isFloat(mlir::Type type) { return llvm::isa<mlir::FloatType>(type); }

/// The types of one op under a rule; complains at most once.
struct Shapes {
  ShapeRule &rule;
  bool channelsFirst = false; ///< of the op: channels are axis 1 of its input and of its result
  mlir::RankedTensorType operator[](mlir::Value value) const { return typeOf(value); }
  mlir::Type element(mlir::Value value) const { return typeOf(value).getElementType(); }
  llvm::SmallVector<Dim> dims(mlir::Value value) const { return dimsOf(value); }
  /// The sizes of the input of an op on pictures, with the channels last wherever they are.
  llvm::SmallVector<Dim> picture(mlir::Value value) const;
  /// The axes of such an input as messages name them; `places` are those that are neither batch nor channels.
  std::string layout(llvm::StringRef places) const {
    return ("[batch, " + (channelsFirst ? "channels, " + places : places + ", channels") + "]").str();
  }
  /// Where places stand among them.
  const char *between() const { return channelsFirst ? "behind" : "between"; }
  /// What has channels first has an axis for them.
  bool isLaidOut(mlir::Value input, const char *what, Place place = Place::current()) const;
  /// An axis counted from either end; -1 if there is none.
  int64_t axis(mlir::Value value, SizeAttr axis, int64_t otherwise = -1, Place place = Place::current()) const;
  /// Axes as numbers from 0 on, each once; all of them if none are given. Nothing (and a problem) if one is wrong.
  std::optional<llvm::SmallBitVector> axes(mlir::Value value, mlir::ArrayAttr axes) const;
  bool rank(mlir::Value value, int64_t rank, const char *what, Place place = Place::current()) const;
  bool hasAxis(mlir::Value value, const char *what) const;
  bool floats(mlir::Value value, const char *what, Place place = Place::current()) const;
  bool numbers(mlir::Value value, const char *what, Place place = Place::current()) const;
  bool integers(mlir::Value value, const char *what, Place place = Place::current()) const;
  bool sameElements(mlir::Value a, mlir::Value b, Place place = Place::current()) const;
  /// One number for each channel of `like` (its last axis), which are of its type.
  bool vectorOf(mlir::Value value, mlir::Value like, const char *what) const;
  /// [batch, ..., channels] of floats, with at least so many axes between, which have sizes that are numbers, or are open
  /// otherwise than by the batch where the op knows such.
  bool hasChannels(mlir::Value input, size_t axes, const char *what, bool openBetween = false) const;
  /// The channels, the last axis, are so many equal parts.
  bool areParted(mlir::Value input, SizeAttr groups, const char *what) const;
  /// Options that are numbers of elements: a size that depends on the batch is none.
  bool fixed(SizeAttr size, const char *what, Place place = Place::current()) const;
  /// A number that is combined with elements of `value` must be one of their type.
  bool held(mlir::Attribute number, mlir::Value value, const char *what, Place place = Place::current()) const;
  /// What a norm of `value` adds to a variance: none, or a number of its type that is not negative.
  bool isEpsilon(mlir::Attribute epsilon, mlir::Value value, const char *what) const;
  /// Where a missing axis makes a batch meet another, as in [batch, 1] - [batch], each row would be combined with each
  /// other row, which hardly anybody wants, and which shows in nothing but the result.
  /// The last `own` axes are matched otherwise.
  bool rowsMeetTheirOwn(llvm::ArrayRef<mlir::Value> values, llvm::ArrayRef<Dim> result, size_t own = 0,
                        Place place = Place::current()) const;
  /// [batch, ..., channels] of floats, with so many axes between.
  bool isPicture(mlir::Value input, int64_t axes, const char *what) const;
  /// The sizes of a picture whose places are those of windows.
  std::optional<llvm::SmallVector<Dim>> windowed(mlir::Value input, llvm::ArrayRef<Dim> kernel,
                                                 const WindowOptions &options, const char *what) const;
  /// The same where windows write.
  std::optional<llvm::SmallVector<Dim>> transposed(mlir::Value input, llvm::ArrayRef<Dim> kernel,
                                                   const WindowOptions &options, mlir::Attribute extra,
                                                   const char *what) const;

  void set(llvm::ArrayRef<Dim> dims, mlir::Type element) const { rule.results = {makeTensor(dims, element)}; }
  /// The result of an op on pictures, from sizes with the channels last.
  void setPicture(llvm::SmallVector<Dim> dims, mlir::Type element) const;
};

llvm::SmallVector<Dim> sizesOf(mlir::ArrayAttr sizes);
/// The number of elements; unknown if that is not known.
Dim product(llvm::ArrayRef<Dim> dims);

template <typename Op> void same(typename Op::Adaptor op, Shapes s) { s.rule.results = {op.getInput().getType()}; }
template <typename Op> void sameFloats(typename Op::Adaptor op, Shapes s) {
  if (s.floats(op.getInput(), Op::getOperationName().data() + 3))
    same<Op>(op, s);
}

constexpr int64_t mostParts = 1 << 14; // of a `split`: each is a value with a name, or two
template <typename Op> size_t resultCount(typename Op::Adaptor op) {
  if constexpr (std::is_same_v<Op, SplitOp>)
    return op.getCount().number() > mostParts ? 1 : std::max<int64_t>(op.getCount().number(), 1);
  if constexpr (std::is_same_v<Op, GradientOp>)
    return op.getInputs().size() - 1;
  if constexpr (std::is_same_v<Op, TotalOp>)
    return op.getInputs().size();
  if constexpr (requires { op.getStates(); }) // a recurrent layer, and what it carries in the end
    return !op.getStates() ? 1 : requires { op.getCell(); } ? 3 : 2;
  return std::is_same_v<Op, NormalizeOp> || std::is_same_v<Op, TopkOp> || std::is_same_v<Op, SortOp> ||
                 std::is_same_v<Op, MixupOp>
             ? 2
             : 1;
}
template <typename Op> void ShapeRule::run(typename Op::Adaptor op) {
  // Unranked: any shape (an optimizer's), or the result of a line that is already known to be wrong.
  bool open = llvm::any_of(operands.getTypes(), [](mlir::Type type) { return !isa<mlir::RankedTensorType>(type); });
  if (!hasOperands())
    return;
  bool channelsFirst = false;
  if constexpr (requires { op.getChannelsFirst(); })
    channelsFirst = op.getChannelsFirst();
  if (!open)
    shape(op, Shapes{*this, channelsFirst});
  if (results.empty()) {
    auto first = llvm::cast<mlir::TensorType>(operands.front().getType());
    results.assign(resultCount<Op>(op), mlir::UnrankedTensorType::get(first.getElementType()));
  }
}
#define RULE(Op) template void ShapeRule::run<Op>(Op::Adaptor);
} // namespace dlc
#endif
