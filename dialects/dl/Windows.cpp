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

static Value turned(const Ops &b, Value x, bool turns, int64_t first) {
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, typeOf(x).getRank()));
  if (!turns || order.size() < 3)
    return x;
  std::rotate(order.begin() + 1, first < 0 ? order.end() + first : order.begin() + first, order.end());
  return b.transpose(x, order);
}
Value dlc::channelsLast(const Ops &b, Value x, bool first) { return turned(b, x, first, 2); }
Value dlc::channelsFirst(const Ops &b, Value x, bool first) { return turned(b, x, first, -1); }

static bool isLarge(int64_t value) { return value > largestBatch; }

namespace {
/// The options of windows, as far as they are numbers, axis by axis.
class OptionReader {
public:
  OptionReader(ArrayRef<Dim> size, ArrayRef<Dim> kernel, const WindowOptions &options, std::string &problem)
      : size(size), kernel(kernel), options(options), problem(problem) {}
  /// False, with a sentence, if an option has the wrong form.
  bool readLists(bool takesWords);
  /// Of one axis. False, with a sentence, if a number is wrong; `known` becomes false where one is not known yet.
  bool read(size_t i, Window &window, bool &known);
  bool readOne(const char *what, Dim given, int64_t least, int64_t &to, bool &known);
  /// Is there enough in an axis to pad it with?
  bool fillsPadding(int64_t size, const Window &window);
  /// Is there a window for each element of an open axis?
  bool keepsLength(Dim size, const Window &window);
  bool wrong(const Twine &text) {
    problem = text.str();
    return false;
  }
  std::string axes() const { return std::to_string(size.size()) + (size.size() == 1 ? " axis" : " axes"); }

  StringAttr word; ///< padding: `same` or `valid`
private:
  ArrayRef<Dim> size, kernel;
  const WindowOptions &options;
  std::string &problem;
  SmallVector<Dim> stride, dilation, low, high;
};
} // namespace

bool OptionReader::readLists(bool takesWords) {
  size_t count = size.size();
  stride = eachOf(options.stride, count, 1);
  dilation = eachOf(options.dilation, count, 1);
  if (stride.empty() || dilation.empty())
    return wrong(Twine(stride.empty() ? "stride" : "dilation") + ": expected a number, or one for each of " + axes());
  word = dyn_cast_if_present<StringAttr>(options.padding);
  if (word ? !takesWords || (word != "same" && word != "valid") : !readPairs(options.padding, count, low, high))
    return wrong(Twine("padding: expected ") + (takesWords ? "`same`, `valid`, " : "") +
                 "a number, or a list with a number or a pair [before, after] for each of " + axes());
  if (StringAttr mode = options.mode;
      mode && mode != "zeros" && mode != "reflect" && mode != "replicate" && mode != "circular")
    return wrong("padding_mode: expected zeros, reflect, replicate or circular, found " + mode.getValue());
  return true;
}
bool OptionReader::fillsPadding(int64_t size, const Window &window) {
  int64_t longest = std::max(window.low, window.high);
  if (!options.mode || options.mode == "zeros" || options.mode == "replicate")
    return true;
  int64_t most = options.mode == "reflect" ? size - 1 : size;
  return longest <= most ||
         wrong("padding_mode = " + options.mode.getValue() + " has at most " + Twine(most) +
               (most == 1 ? " element" : " elements") + " for each end of an axis of " + Twine(size) +
               ", found a padding of " + Twine(longest) + "; pad less, or take replicate or zeros");
}
bool OptionReader::keepsLength(Dim size, const Window &window) {
  std::string along = " along an axis that depends on " + openPart(size);
  if (window.stride != 1)
    return wrong("stride: windows" + along + " move by 1, found " + Twine(window.stride) +
                 "; say stride = 1: how many there are must be known before a call");
  int64_t padding = window.low + window.high, needed = window.span() - 1;
  if (padding != needed)
    return wrong("padding: a window of " + Twine(window.span()) + " elements" + along + " has " + Twine(needed) +
                 " of padding, so that there is one for each element, found " + Twine(padding) +
                 "; take same, or a pair such as [" + Twine(needed) + ", 0]");
  return needed == 0 || !options.mode || options.mode == "zeros" ||
         wrong("padding_mode = " + options.mode.getValue() + " cannot fill the padding" + along + "; take zeros");
}
bool OptionReader::readOne(const char *what, Dim given, int64_t least, int64_t &to, bool &known) {
  if (given.isOpen() || (given.isNumber() && (given.value < least || isLarge(given.value))))
    return wrong(Twine(what) + ": expected a number from " + Twine(least) + " to " + Twine(largestBatch) + ", found " +
                 show(given));
  known &= given.isNumber();
  to = given.value;
  return true;
}
bool OptionReader::read(size_t i, Window &window, bool &known) {
  if (!readOne("kernel", kernel[i], 1, window.kernel, known) ||
      !readOne("stride", stride[i], 1, window.stride, known) ||
      !readOne("dilation", dilation[i], 1, window.dilation, known) ||
      !readOne("padding", word ? Dim(0) : low[i], 0, window.low, known) ||
      !readOne("padding", word ? Dim(0) : high[i], 0, window.high, known))
    return false;
  if (size[i].hasRows())
    return wrong("windows cannot move along an axis that depends on " + openPart(size[i]));
  known &= !size[i].isUnknown();
  return !known || !isLarge(window.kernel * window.dilation) || wrong("the window is too long");
}

bool dlc::readWindows(ArrayRef<Dim> size, ArrayRef<Dim> kernel, const WindowOptions &options,
                      std::optional<SmallVector<Window>> &windows, std::string &problem) {
  OptionReader reader(size, kernel, options, problem);
  if (!reader.readLists(/*takesWords=*/true))
    return false;
  SmallVector<Window> all;
  bool known = true, same = reader.word && reader.word == "same";
  for (size_t i = 0; i < size.size(); ++i) {
    Window window;
    if (!reader.read(i, window, known))
      return false;
    if (!known)
      continue;
    if (same) { // as many places as steps fit into the axis; an odd element of padding comes last
      int64_t places = (size[i].value + window.stride - 1) / window.stride;
      int64_t padding = size[i].isOpen()
                            ? window.span() - 1
                            : std::max<int64_t>((places - 1) * window.stride + window.span() - size[i].value, 0);
      window.low = padding / 2;
      window.high = padding - window.low;
    }
    if (size[i].isOpen()) {
      if (!reader.keepsLength(size[i], window))
        return false;
      all.push_back(window);
      continue;
    }
    int64_t padded = size[i].value + window.low + window.high;
    if (window.span() > padded)
      return reader.wrong("a window of " + Twine(window.span()) + " elements does not fit into an axis of " +
                          Twine(size[i].value) +
                          (padded > size[i].value ? ", " + std::to_string(padded) + " with padding" : "") +
                          "; pad it, or take a smaller kernel");
    if (!reader.fillsPadding(size[i].value, window))
      return false;
    if (options.ceil) { // the last window begins within the axis or before it
      int64_t places = (padded - window.span() + window.stride - 1) / window.stride + 1;
      if ((places - 1) * window.stride >= size[i].value + window.low)
        --places;
      int64_t reached = (places - 1) * window.stride + window.span() - size[i].value - window.low;
      window.beyond = std::max<int64_t>(reached - window.high, 0);
      window.high += window.beyond;
    }
    all.push_back(window);
  }
  if (known)
    windows = all;
  return true;
}

bool dlc::readTransposed(ArrayRef<Dim> size, ArrayRef<Dim> kernel, const WindowOptions &options, Attribute extra,
                         std::optional<SmallVector<TransposedWindow>> &windows, std::string &problem) {
  OptionReader reader(size, kernel, options, problem);
  SmallVector<Dim> extras = eachOf(extra, size.size(), 0);
  if (!reader.readLists(/*takesWords=*/false))
    return false;
  if (extras.empty())
    return reader.wrong("output_padding: expected a number, or one for each of " + reader.axes());
  SmallVector<TransposedWindow> all;
  bool known = true;
  for (size_t i = 0; i < size.size(); ++i) {
    TransposedWindow window;
    if (size[i].isOpen())
      return reader.wrong("windows cannot write along an axis that depends on " + openPart(size[i]));
    if (!reader.read(i, window, known) || !reader.readOne("output_padding", extras[i], 0, window.extra, known))
      return false;
    if (!known)
      continue;
    if (window.extra >= std::max(window.stride, window.dilation))
      return reader.wrong("output_padding: expected less than the stride or the dilation, found " +
                          Twine(window.extra));
    if (int64_t whole = window.whole(size[i].value); window.low + window.high >= whole)
      return reader.wrong("nothing is left of " + Twine(whole) + " places when " + Twine(window.low) + " and " +
                          Twine(window.high) + " are cut off as padding");
    all.push_back(window);
  }
  if (known)
    windows = all;
  return true;
}
