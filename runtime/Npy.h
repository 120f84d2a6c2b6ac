// Npy.h - NumPy's files.
// SPDX-License-Identifier: Apache-2.0
//
// NPY (versions 1, 2 and 3) and NPZ (zip of NPY; members stored or deflated). Little-endian, C order, element
// types <f4 <f8 <i4 <i8 |u1 |b1; anything else is refused with a sentence. Files are untrusted: every length
// is checked before it is used.
#ifndef DLC_RUNTIME_NPY_H
#define DLC_RUNTIME_NPY_H

#include "runtime/Tensor.h"

#include <span>
#include <string>
#include <vector>

namespace dlc {

/// Reads an .npy file. Throws Error naming the path.
DLC_API Tensor readNpy(const std::string &path);
/// Parses the bytes of an .npy file; `what` stands for the file's name in errors.
DLC_API Tensor parseNpy(std::span<const uint8_t> bytes, const std::string &what);
/// Writes an .npy file (version 1), atomically: the old file stays if writing fails.
DLC_API void writeNpy(const std::string &path, TensorView value);

/// Reads all members of an .npz file, in the file's order, without ".npy" in their names.
DLC_API std::vector<NamedTensor> readNpz(const std::string &path);
/// Writes an .npz file with stored (uncompressed) members, atomically. Equal inputs give equal bytes.
DLC_API void writeNpz(const std::string &path, std::span<const NamedView> members);

} // namespace dlc

#endif // DLC_RUNTIME_NPY_H
