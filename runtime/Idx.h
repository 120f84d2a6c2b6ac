// Idx.h - IDX files, the format of MNIST.
// SPDX-License-Identifier: Apache-2.0
//
// IDX files, plain or gzip (told apart by their first bytes, not by their names).
#ifndef DLC_RUNTIME_IDX_H
#define DLC_RUNTIME_IDX_H

#include "runtime/Tensor.h"

#include <string>

namespace dlc {

/// Reads an IDX file. Unsigned bytes give U8; signed bytes, 16- and 32-bit integers I32; floats F32 and F64.
/// Throws Error, naming the path, for a file that is missing, truncated, too long, damaged or of another
/// kind.
DLC_API Tensor readIdx(const std::string &path);

} // namespace dlc

#endif // DLC_RUNTIME_IDX_H
