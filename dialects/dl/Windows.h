// Windows.h - windows that move over pictures and signals: what the options of convolutions and poolings say.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_DIALECTS_DL_WINDOWS_H
#define DLC_DIALECTS_DL_WINDOWS_H
#include "dialects/dl/DL.h"

namespace dlc {
/// A window along one axis, in elements.
struct Window {
  int64_t kernel = 1, stride = 1, dilation = 1; ///< elements of the window; steps from window to window; within one
  int64_t low = 0, high = 0;                    ///< of padding, before and after the axis
  int64_t beyond = 0;                           ///< how much of `high` only a last window has, with ceil_mode

  /// From the first to the last element.
  int64_t span() const { return dilation * (kernel - 1) + 1; }
  /// How many there are along an axis; 0 where it is shorter than the window. One for each element of an open one.
  Dim places(Dim size) const {
    int64_t room = size.value + low + high - span();
    return size.isOpen() ? size : Dim(room < 0 ? 0 : room / stride + 1);
  }
};

/// What is said of windows: each a number for all axes, or a list with one for each; null where it is not given.
struct WindowOptions {
  mlir::Attribute stride, padding, dilation;
  bool ceil = false;     ///< a window may stand beyond the padding, if it begins before
  mlir::StringAttr mode; ///< what the padding holds; null: zeros
};
/// One for each axis. False, with a sentence that says why, if the options are wrong; nothing where a size is not known yet.
/// `size` are those of the axes, `kernel` those of the window. How many windows stand along an open axis must be said without a
/// call: they move by 1, and have as much padding as makes one for each element.
bool readWindows(llvm::ArrayRef<Dim> size, llvm::ArrayRef<Dim> kernel, const WindowOptions &options,
                 std::optional<llvm::SmallVector<Window>> &windows, std::string &problem);
/// A window of a transposed convolution: it stands at each element of the input, and writes.
struct TransposedWindow : Window {
  int64_t extra = 0; ///< places behind the last that is written

  /// How many places there are, with those of the padding.
  int64_t whole(int64_t size) const { return (size - 1) * stride + span() + extra; }
};
bool readTransposed(llvm::ArrayRef<Dim> size, llvm::ArrayRef<Dim> kernel, const WindowOptions &options,
                    mlir::Attribute extra, std::optional<llvm::SmallVector<TransposedWindow>> &windows,
                    std::string &problem);
/// [batch, channels, ...] as [batch, ..., channels], and back. What is not `first` stays as it is.
mlir::Value channelsLast(const Ops &b, mlir::Value x, bool first = true);
mlir::Value channelsFirst(const Ops &b, mlir::Value x, bool first = true);
/// A number for each of `count` axes, from one number or a list of them; empty if it is neither.
llvm::SmallVector<Dim> eachOf(mlir::Attribute option, size_t count, int64_t otherwise);
} // namespace dlc
#endif
