// Library.cpp - the runtime behind sentences instead of exceptions.
// SPDX-License-Identifier: Apache-2.0
#include "tools/diff/Library.h"
#include "runtime/Model.h"
#include "runtime/Philox.h"
#include <cstring>

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

/// `tensor` with the rows of `shape`: a session has as many as a call may have, an argument as many as the call at hand.
static Tensor withRows(const Tensor &tensor, const Tensor &shape) {
  Tensor result(tensor.dtype(), shape.shape());
  std::memcpy(result.data(), tensor.data(), std::min(tensor.bytes(), result.bytes()));
  return result;
}

std::string dlc::callLibrary(const LibraryCall &call, std::vector<CallResults> &results) try {
  ModelOptions where;
  where.threads = call.threads;
  Model model = Model::open(call.library, where);
  Parameters parameters = model.newParameters(call.seed);
  for (const NamedArray &one : call.stored.parameters)
    parameters.set(one.name, toTensor(one.value));
  Training training = model.newTraining(parameters, call.seed);
  for (const NamedArray &one : call.stored.slots)
    training.setSlot("optimizer." + one.name, toTensor(one.value));
  training.setStep(call.step - 1);
  bool isSession = model.entry(call.entry).kind == DLC_SESSION_CALL;
  Session session = isSession ? model.newSession(parameters) : training.session();
  for (const NamedArray &one : call.stored.sessions)
    session.set(one.name, withRows(toTensor(one.value), session.get(one.name)));
  std::vector<Tensor> values;
  std::vector<Input> inputs;
  values.reserve(call.inputs.size());
  for (const NamedArray &one : call.inputs) {
    values.push_back(toTensor(one.value));
    inputs.emplace_back(one.name, values.back());
  }
  CallOptions options;
  options.extent = call.extent;
  for (int64_t i = 0; i < call.count; ++i) {
    CallResults &one = results.emplace_back();
    for (const NamedTensor &output :
         isSession ? session.call(call.entry, inputs, options) : training.call(call.entry, inputs, options))
      one.outputs.push_back({output.name, toArray(output.value)});
    for (const NamedArray &parameter : call.stored.parameters)
      one.stored.parameters.push_back({parameter.name, toArray(parameters.get(parameter.name))});
    for (const NamedArray &slot : call.stored.slots)
      one.stored.slots.push_back({slot.name, toArray(training.slot("optimizer." + slot.name))});
    for (const NamedArray &state : call.stored.sessions)
      one.stored.sessions.push_back({state.name, toArray(withRows(session.get(state.name), toTensor(state.value)))});
  }
  return "";
} catch (const std::exception &error) {
  return error.what();
}

std::string dlc::findCapacity(const std::string &library, const std::string &name, int64_t &capacity,
                              int64_t &most) try {
  Model model = Model::open(library);
  const Entry &entry = model.entry(name, INT64_MAX);
  capacity = entry.capacity;
  most = entry.obstacleToCuts().empty() ? INT64_MAX : capacity;
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
