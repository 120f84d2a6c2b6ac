// Math.h - elementary functions as vector code: no library is called at run time.
// SPDX-License-Identifier: Apache-2.0
//
// Each takes a float (f32 or f64) or a vector of them, of any number of lanes, and works on all lanes alike, with
// the same operations on every target: the same bits everywhere. Infinities, NaN and zeros come out as in C's
// libm; denormal inputs and results may be taken for 0.
#ifndef DLC_COMPILER_LOOPS_MATH_H
#define DLC_COMPILER_LOOPS_MATH_H
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace dlc {
mlir::Value emitExp(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitLog(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
/// log(1 + x), exact for small x; for x > -1.
mlir::Value emitLog1p(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitSin(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitCos(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitErf(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
mlir::Value emitTanh(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
/// 1 / (1 + exp(-x))
mlir::Value emitSigmoid(mlir::ImplicitLocOpBuilder &b, mlir::Value x);
/// x to the power of y, as C's pow (signs of a negative base with whole exponents, 0, infinities and NaN included).
mlir::Value emitPow(mlir::ImplicitLocOpBuilder &b, mlir::Value x, mlir::Value y);

/// Philox4x32-10 (Salmon et al., 2011). Counters and keys are i64 (or vectors of i64) that hold 32-bit values.
/// Yields the four words, each an i64 whose low half counts (the high half is not cleared).
llvm::SmallVector<mlir::Value, 4> emitPhilox(mlir::ImplicitLocOpBuilder &b, mlir::ValueRange counter,
                                             mlir::Value keyLow, mlir::Value keyHigh);
} // namespace dlc
#endif
