// Rounding.h - how far good code may be from what a model means, because it rounds.
// SPDX-License-Identifier: Apache-2.0
//
// A comparison needs a tolerance, and one that is guessed hides faults or finds some where there are none. Here it is
// derived: each op has a bound on its own rounding, from the unit of its type and the magnitudes of what it adds up.
// What these bounds come to at the end of a chain of ops is found by evaluating the chain again with every value moved
// by its bound, up or down at random: whatever multiplies, cancels or tips a decision shows in how far the results go.
#ifndef DLC_COMPILER_EVALUATE_ROUNDING_H
#define DLC_COMPILER_EVALUATE_ROUNDING_H
#include "compiler/evaluate/Evaluate.h"
#include <cmath>

namespace dlc {
/// How far rounding may move each element of an op's result, where the operands are exact. Empty: not at all.
std::vector<double> rounding(mlir::OpResult value, Operands in, const Array &out, const Extents &extents);
/// The roundings of a chain of `count` additions, which go up as often as down.
inline double depthOfChain(double count) { return 2 + std::sqrt(count); }
/// Whether IEEE 754 says which sign a zero has that comes of this op.
bool fixesSignOfZero(mlir::Operation *op);

/// How many times a bound, or the spread of all samples, a good result may be off: the bounds are those of single
/// roundings, and few samples see less than the whole spread.
constexpr double roundingAllowance = 4;
/// The first element of `found` that is further from `exact` than the allowance times `far`, or than one rounding to its
/// type; -1 if none is. An empty `far` is zeros. `signs`: whether the signs of zeros are compared.
int64_t firstBeyond(const Array &found, const Array &exact, llvm::ArrayRef<double> far, bool signs);

/// What an entry point should yield for some arguments, and how far from it rounding may go.
class Expectation {
public:
  /// Fails, with a diagnostic, where the entry point cannot be evaluated.
  static mlir::FailureOr<Expectation> make(EntryOp entry, std::vector<Array> arguments, const Extents &extents);

  const std::vector<Array> &results() const { return exact; }
  /// The element of result `i` at which what was found is further off than rounding can explain; -1 if none is.
  int64_t firstDeparture(size_t i, const Array &found);

private:
  Expectation(EntryOp entry, std::vector<Array> arguments, const Extents &extents)
      : entry(entry), arguments(std::move(arguments)), extents(extents) {}
  /// Evaluates once more with values moved by their bounds, and widens `spread` to what came of it.
  void sample();

  EntryOp entry;
  std::vector<Array> arguments;
  Extents extents;
  std::vector<Array> exact;
  std::vector<std::vector<double>> spread; ///< of each element, so far
  std::vector<bool> signs;                 ///< of results in which the sign of a zero is known
  uint64_t samples = 0;
};
} // namespace dlc
#endif
