// Windows.cpp - what the options of convolutions and poolings say.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Windows.h"

using namespace mlir;
using namespace dlc;
using llvm::Twine;

SmallVector<Dim> dlc::eachOf(Attribute option, size_t count, int64_t otherwise) {
  if (!option)
    return SmallVector<Dim>(count, otherwise);
  if (auto one = dyn_cast<SizeAttr>(option))
    return SmallVector<Dim>(count, one.evaluate());
  auto list = dyn_cast<ArrayAttr>(option);
  if (!list || list.size() != count || !llvm::all_of(list, llvm::IsaPred<SizeAttr>))
    return {};
  return llvm::map_to_vector(list.getAsRange<SizeAttr>(), [](SizeAttr size) { return size.evaluate(); });
}

/// Padding before and after each axis, as far as it is numbers.
static bool readPairs(Attribute option, size_t count, SmallVectorImpl<Dim> &low, SmallVectorImpl<Dim> &high) {
  auto list = dyn_cast_if_present<ArrayAttr>(option);
  if (!list || list.size() != count || !llvm::all_of(list, llvm::IsaPred<ArrayAttr>)) {
    low = eachOf(option, count, 0);
    high = low;
    return !low.empty();
  }
  for (ArrayAttr pair : list.getAsRange<ArrayAttr>()) {
    SmallVector<Dim> both = eachOf(pair, 2, 0);
    if (both.empty())
      return false;
    low.push_back(both[0]);
    high.push_back(both[1]);
  }
  return true;
}

static bool isLarge(int64_t value) { return value > largestBatch; }

bool dlc::readWindows(ArrayRef<Dim> size, ArrayRef<Dim> kernel, const WindowOptions &options,
                      std::optional<SmallVector<Window>> &windows, std::string &problem) {
  size_t count = size.size();
  auto wrong = [&](const Twine &text) {
    problem = text.str();
    return false;
  };
  std::string axes = std::to_string(count) + (count == 1 ? " axis" : " axes");
  SmallVector<Dim> stride = eachOf(options.stride, count, 1), dilation = eachOf(options.dilation, count, 1), low, high;
  auto word = dyn_cast_if_present<StringAttr>(options.padding);
  bool same = word && word == "same";
  if (stride.empty() || dilation.empty())
    return wrong(Twine(stride.empty() ? "stride" : "dilation") + ": expected a number, or one for each of " + axes);
  if (word ? !same && word != "valid" : !readPairs(options.padding, count, low, high))
    return wrong(
        "padding: expected `same`, `valid`, a number, or a list with a number or a pair [before, after] for each "
        "of " +
        axes);
  SmallVector<Window> all;
  bool known = true;
  for (size_t i = 0; i < count; ++i) {
    Window window;
    for (auto [what, given, to, least] :
         {std::tuple("kernel", kernel[i], &window.kernel, 1), std::tuple("stride", stride[i], &window.stride, 1),
          std::tuple("dilation", dilation[i], &window.dilation, 1),
          std::tuple("padding", word ? Dim(0) : low[i], &window.low, 0),
          std::tuple("padding", word ? Dim(0) : high[i], &window.high, 0)}) {
      if (given.isBatch() || (given.isNumber() && (given.value < least || isLarge(given.value))))
        return wrong(Twine(what) + ": expected a number of at least " + Twine(least) + ", found " + show(given));
      known &= given.isNumber();
      *to = given.value;
    }
    if (size[i].isBatch())
      return wrong("windows cannot move along an axis that depends on the batch");
    known &= size[i].isNumber();
    if (!known)
      continue;
    if (isLarge(window.kernel * window.dilation))
      return wrong("the window is too long");
    if (same) { // as many places as steps fit into the axis; an odd element of padding comes last
      int64_t places = (size[i].value + window.stride - 1) / window.stride;
      int64_t padding = std::max<int64_t>((places - 1) * window.stride + window.span() - size[i].value, 0);
      window.low = padding / 2;
      window.high = padding - window.low;
    }
    int64_t padded = size[i].value + window.low + window.high;
    if (window.span() > padded)
      return wrong("a window of " + Twine(window.span()) + " elements does not fit into an axis of " +
                   Twine(size[i].value) +
                   (padded > size[i].value ? ", " + std::to_string(padded) + " with padding" : "") +
                   "; pad it, or take a smaller kernel");
    if (options.ceil) { // the last window begins within the axis or before it
      int64_t places = (padded - window.span() + window.stride - 1) / window.stride + 1;
      if ((places - 1) * window.stride >= size[i].value + window.low)
        --places;
      window.high = std::max(window.high, (places - 1) * window.stride + window.span() - size[i].value - window.low);
    }
    all.push_back(window);
  }
  if (known)
    windows = all;
  return true;
}
