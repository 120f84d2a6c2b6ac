// Scans.h - what passes change in a scan: what it runs along, what its rounds hand on.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_AUTODIFF_SCANS_H
#define DLC_COMPILER_AUTODIFF_SCANS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// The scan runs along one tensor more; returns the argument that is its slice.
mlir::Value addScanned(ScanOp scan, mlir::Value tensor);
/// Each round hands on these values of the body, too: they are the last of the stacked results. The scan takes the place of
/// the old one.
ScanOp addStacked(ScanOp scan, llvm::ArrayRef<mlir::Value> values);
/// The scan without what nothing needs: results, carried values, what it runs along; null if nothing is left of it.
ScanOp prune(ScanOp scan);
} // namespace dlc
#endif
