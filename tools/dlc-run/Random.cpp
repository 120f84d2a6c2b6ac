// Random.cpp - inputs made from a seed, for bench and gradcheck.
// SPDX-License-Identifier: Apache-2.0
//
// See Random.h.
#include "tools/dlc-run/Random.h"
#include "runtime/Philox.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Values.h"

#include <algorithm>
#include <fmt/format.h>

namespace dlc::run {

void RandomInputs::addTo(CLI::App &app) {
  app.add_option("--input", given, "Value of an input instead of a random one: an NPY or IDX file, or JSON")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=FILE");
  scales.addTo(app);
  app.add_option("--range", ranges, "Draw this integer input from 0 to N - 1 (default 2), e.g. label=10")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("NAME=N");
}

void addNormal(Tensor &tensor, uint64_t seed, const std::string &name, double scale) {
  PhiloxStream stream(seed, name);
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    double value = tensor.at(i) + scale * stream.normal(uint64_t(i));
    if (tensor.dtype() == DType::F32)
      tensor.as<float>()[size_t(i)] = float(value);
    else
      tensor.as<double>()[size_t(i)] = value;
  }
}

static Tensor randomTensor(const Port &port, int64_t rows, uint64_t seed, uint32_t limit) {
  Tensor tensor(port.type, port.shape(rows));
  std::string name = fmt::format("dlc-run.input.{}", port.name);
  if (port.type == DType::F32 || port.type == DType::F64) {
    addNormal(tensor, seed, name, 1);
    return tensor;
  }
  PhiloxStream stream(seed, name);
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    uint32_t value = stream.below(uint64_t(i), port.type == DType::Bool ? 2 : limit);
    if (port.type == DType::I32)
      tensor.as<int32_t>()[size_t(i)] = int32_t(value);
    else if (port.type == DType::I64)
      tensor.as<int64_t>()[size_t(i)] = value;
    else
      static_cast<uint8_t *>(tensor.data())[i] = uint8_t(value);
  }
  return tensor;
}

static const Port *findPort(const Entry &entry, std::string_view name) {
  for (const Port &port : entry.inputs)
    if (port.name == name)
      return &port;
  return nullptr;
}

void RandomInputs::check(std::span<const Entry *const> entries) const {
  for (auto [list, option] :
       {std::pair{&given, "--input"}, std::pair{&scales.given, "--scale"}, std::pair{&ranges, "--range"}})
    for (const std::string &text : *list) {
      std::string name = splitAssignment(text, option).first;
      std::vector<std::string> known;
      for (const Entry *entry : entries)
        for (const Port &port : entry->inputs)
          if (std::find(known.begin(), known.end(), port.name) == known.end())
            known.emplace_back(port.name);
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw UserError(fmt::format("{}: {}", option, unknownName("input", name, "", "inputs", known)));
    }
}

std::vector<Tensor> RandomInputs::make(const Entry &entry, int64_t rows) const {
  std::map<size_t, uint32_t> limits;
  for (const std::string &range : ranges) {
    auto [name, text] = splitAssignment(range, "--range");
    if (!findPort(entry, name))
      continue;
    size_t index = findInput(entry, name, "--range");
    uint32_t most = entry.inputs[index].type == DType::U8 ? 256 : 2147483647;
    if (std::string expected = readWhole(text, 1u, most, limits[index]); !expected.empty())
      throw UserError(fmt::format("--range {}: {}", range, expected));
  }
  std::vector<Tensor> values(entry.inputs.size());
  std::vector<bool> ready(values.size());
  Scales own = scales;
  for (const std::string &text : given) {
    auto [name, value] = splitAssignment(text, "--input");
    if (!findPort(entry, name))
      continue;
    size_t index = findInput(entry, name, "--input");
    values[index] = readInput(entry.inputs[index], value, false, own, "--input " + text);
    ready[index] = true;
  }
  for (size_t i = 0; i < values.size(); ++i)
    if (!ready[i])
      values[i] = randomTensor(entry.inputs[i], rows, seed, limits.count(i) ? limits[i] : 2);
  return values;
}

} // namespace dlc::run
