// Scale.cpp - how the numbers of a file become those of an input.
// SPDX-License-Identifier: Apache-2.0
//
// See Scale.h.
#include "tools/dlc-run/Scale.h"
#include "tools/dlc-run/Common.h"

#include <cmath>
#include <fmt/format.h>

namespace dlc::run {

static bool isFloat(DType type) { return type == DType::F32 || type == DType::F64; }

template <class To, class From> static inline void scaleInto(void *to, const void *from, int64_t count, Scale scale) {
  auto *target = static_cast<To *>(to);
  auto *source = static_cast<const From *>(from);
  To times = To(scale.times), over = To(scale.over);
  for (int64_t i = 0; i < count; ++i)
    target[i] = To(source[i]) * times / over;
}

#if defined(__x86_64__)
/// The same for processors with AVX2: a batch of images is scaled before every step, and this program is
/// compiled for any x86-64. Products and quotients round alike in both.
__attribute__((target("avx2"))) static void scaleBytesAvx2(void *to, const void *from, int64_t count, Scale scale) {
  auto *__restrict target = static_cast<float *>(to);
  auto *__restrict source = static_cast<const uint8_t *>(from);
  float times = float(scale.times), over = float(scale.over);
  for (int64_t i = 0; i < count; ++i)
    target[i] = float(source[i]) * times / over;
}
#endif

void scaleNumbers(DType type, void *numbers, int64_t count, Scale scale) {
  if (type == DType::F64)
    scaleInto<double, double>(numbers, numbers, count, scale);
  else
    scaleInto<float, float>(numbers, numbers, count, scale);
}

void scaleBytes(DType type, void *to, const void *from, int64_t count, Scale scale) {
  if (type == DType::F64)
    return scaleInto<double, uint8_t>(to, from, count, scale);
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2)
    return scaleBytesAvx2(to, from, count, scale);
#endif
  scaleInto<float, uint8_t>(to, from, count, scale);
}

/// "0.5" or "1/255".
static Scale parseScale(const std::string &factor, const std::string &context) {
  size_t slash = factor.find('/');
  Scale scale{parseNumber(factor.substr(0, slash), context), 1};
  if (slash != std::string::npos)
    scale.over = parseNumber(factor.substr(slash + 1), context);
  if (!std::isfinite(scale.times / scale.over) || scale.times == 0)
    throw UserError(fmt::format("{}: expected a factor that is not 0, like 0.5 or 1/255", context));
  return scale;
}

/// The factor that a list of NAME=FACTOR has for an input, the last one counting.
static std::optional<std::string> findFactor(const std::vector<std::string> &list, std::string_view name) {
  std::optional<std::string> found;
  for (const std::string &text : list)
    if (auto [key, factor] = splitAssignment(text, "--scale"); key == name)
      found = factor;
  return found;
}

void Scales::addTo(CLI::App &app) {
  app.add_option("--scale", given,
                 "Multiply the numbers of this input's file, e.g. image=1/255, or image=1 to keep them (default: "
                 "bytes, more than one a row, become 0 to 1 where the input is a float); may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=FACTOR");
}

void Scales::check(const Entry &entry) const {
  for (const std::string &text : given) {
    auto [name, factor] = splitAssignment(text, "--scale");
    const Port &port = entry.inputs[findInput(entry, name, "--scale")];
    (void)parseScale(factor, "--scale " + text);
    if (!isFloat(port.type))
      throw UserError(fmt::format("--scale {}: input '{}' is {}; only floats are scaled", text, port.name, port.str()));
  }
}

void Scales::inherit(const std::string &weights) {
  std::optional<CheckpointInfo> info = readCheckpointInfo(weights);
  if (!info || !info->values.contains("run"))
    return;
  Json run = parseJson(info->values["run"]);
  if (!run.is_object() || !run.contains("scale"))
    return;
  for (const Json &text : run["scale"])
    if (text.is_string() && text.get<std::string>().find('=') != std::string::npos)
      inherited_.push_back(text.get<std::string>());
  inheritedFrom_ = weights;
}

void Scales::checkInline(const Port &port, const std::string &context) const {
  if (findFactor(given, port.name))
    throw UserError(fmt::format("{}: --scale {} is for the numbers of files; what stands on the command line is never "
                                "scaled",
                                context, port.name));
}

static Scale ruleFor(const Port &port, DType inFile) {
  bool picture = inFile == DType::U8 && isFloat(port.type) && port.shape(1).elements() > 1;
  return picture ? Scale{1, 255} : Scale{};
}

Scale Scales::of(const Port &port, DType inFile) const {
  if (!isFloat(port.type))
    return {};
  for (const auto *list : {&given, &inherited_})
    if (std::optional<std::string> factor = findFactor(*list, port.name))
      return parseScale(*factor, fmt::format("--scale {}={}", port.name, *factor));
  return ruleFor(port, inFile);
}

Scale Scales::use(const Port &port, DType inFile) {
  Scale scale = of(port, inFile);
  std::string note, factor = "1";
  std::optional<std::string> own = findFactor(given, port.name), old = findFactor(inherited_, port.name);
  if (!isFloat(port.type) || json_.contains(port.name))
    return scale;
  if (own || old) {
    factor = own ? *own : *old;
    note = fmt::format("{}: the file's numbers times {} (--scale{})", port.name, factor,
                       own ? "" : ", as " + inheritedFrom_ + " was trained");
  } else if (!scale.keeps()) {
    factor = "1/255";
    note = fmt::format("{}: bytes become 0 to 1 (--scale {}=1 keeps them as they are)", port.name, port.name);
  } else if (inFile == DType::U8) {
    note = fmt::format("{}: bytes, one a row, stay as they are (--scale {}=1/255 divides them)", port.name, port.name);
  }
  if (!note.empty()) {
    notes_.push_back(note);
    json_[std::string(port.name)] = factor;
  }
  return scale;
}

} // namespace dlc::run
