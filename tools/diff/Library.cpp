// Library.cpp - the runtime behind sentences instead of exceptions.
// SPDX-License-Identifier: Apache-2.0
#include "tools/diff/Library.h"
#include "runtime/Model.h"
#include "runtime/Philox.h"

using namespace dlc;

static Tensor toTensor(const Array &array) {
  Tensor wide(array.isFloat() ? DType::F64 : DType::I64, Shape(array.shape));
  if (array.isFloat())
    std::copy(array.reals.begin(), array.reals.end(), wide.as<double>().begin());
  else
    std::copy(array.integers.begin(), array.integers.end(), wide.as<int64_t>().begin());
  return wide.to(static_cast<DType>(array.type));
}
static Array toArray(const Tensor &tensor) {
  Array array = Array::make(static_cast<dlc_dtype>(tensor.dtype()),
                            std::vector<int64_t>(tensor.shape().begin(), tensor.shape().end()));
  Tensor wide = tensor.to(array.isFloat() ? DType::F64 : DType::I64);
  if (array.isFloat())
    array.reals.assign(wide.as<double>().begin(), wide.as<double>().end());
  else
    array.integers.assign(wide.as<int64_t>().begin(), wide.as<int64_t>().end());
  return array;
}

std::string dlc::callLibrary(const LibraryCall &call, std::vector<NamedArray> &results) try {
  Model model = Model::open(call.library);
  Parameters parameters = model.newParameters(call.seed);
  for (const NamedArray &one : call.parameters)
    parameters.set(one.name, toTensor(one.value));
  Training training = model.newTraining(parameters, call.seed);
  for (const NamedArray &one : call.slots)
    training.setSlot(one.name, toTensor(one.value));
  training.setStep(call.step - 1);
  std::vector<Tensor> values;
  std::vector<Input> inputs;
  values.reserve(call.inputs.size());
  for (const NamedArray &one : call.inputs) {
    values.push_back(toTensor(one.value));
    inputs.emplace_back(one.name, values.back());
  }
  CallOptions options;
  options.Extent = call.extent;
  for (const NamedTensor &one : training.call(call.entry, inputs, options))
    results.push_back({one.Name, toArray(one.Value)});
  if (call.trains) {
    for (const NamedArray &one : call.parameters)
      results.push_back({"parameter " + one.name, toArray(parameters.get(one.name))});
    for (const NamedArray &one : call.slots)
      results.push_back({"slot " + one.name, toArray(training.slot(one.name))});
  }
  return "";
} catch (const std::exception &error) {
  return error.what();
}

Array dlc::randomArray(dlc_dtype type, std::vector<int64_t> shape, uint64_t seed, const std::string &name, double mean,
                       double scale, int64_t limit) {
  Array array = Array::make(type, std::move(shape));
  PhiloxStream stream(seed, name);
  for (size_t i = 0; i < array.reals.size(); ++i) {
    double value = mean + scale * stream.normal(i);
    array.reals[i] = type == DLC_F32 ? static_cast<double>(static_cast<float>(value)) : value;
  }
  for (size_t i = 0; i < array.integers.size(); ++i)
    array.integers[i] = stream.below(i, static_cast<uint32_t>(limit));
  return array;
}
