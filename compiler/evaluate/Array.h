// Array.h - a tensor in the evaluator: what it holds is exact for integers, and a double for every float.
// SPDX-License-Identifier: Apache-2.0
//
// Plain C++, so that the parts that talk to the runtime and to files need nothing of MLIR.
#ifndef DLC_COMPILER_EVALUATE_ARRAY_H
#define DLC_COMPILER_EVALUATE_ARRAY_H
#include "runtime/abi.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dlc {
struct Array {
  dlc_dtype type = DLC_F64;
  std::vector<int64_t> shape;
  std::vector<double> reals;     ///< of f32 and f64
  std::vector<int64_t> integers; ///< of i32, i64, ui8 and i1, within the range of the type

  bool isFloat() const { return type == DLC_F32 || type == DLC_F64; }
  int64_t size() const {
    int64_t count = 1;
    for (int64_t axis : shape)
      count *= axis;
    return count;
  }
  /// Zeros.
  static Array make(dlc_dtype type, std::vector<int64_t> shape) {
    Array array;
    array.type = type;
    array.shape = std::move(shape);
    (array.isFloat() ? void(array.reals.resize(array.size())) : void(array.integers.resize(array.size())));
    return array;
  }
  /// Element `i` in row-major order, as a double.
  double real(int64_t i) const { return isFloat() ? reals[i] : double(integers[i]); }
};
struct NamedArray {
  std::string name;
  Array value;
};
} // namespace dlc
#endif
