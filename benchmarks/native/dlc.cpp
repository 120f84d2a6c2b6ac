// dlc.cpp - the worker of a dlc build: one entry point of one library, called in rounds.
// SPDX-License-Identifier: Apache-2.0
//
//   dlc LIBRARY ENTRY WEIGHTS INPUTS THREADS EXTENT COPIES
//     WEIGHTS   a safetensors file, or - for initial values
//     INPUTS    a folder with NAME.npy for each input, COPIES values of it behind each other, used in turns
//     EXTENT    rows of a call, or 0 for an entry point without a batch
// Built against the headers and the runtime of the build that it measures, so that builds of different versions can be
// compared.
#include "rounds.h"
#include "runtime/Model.h"

#include <memory>
#include <optional>

namespace {

bool isTraining(const dlc::Entry &entry) {
  return entry.kind == DLC_TRAIN || entry.kind == DLC_GRADIENTS || entry.kind == DLC_APPLY;
}

std::string numpyType(dlc::DType type) {
  switch (dlc_dtype(type)) {
  case DLC_F32:
    return "<f4";
  case DLC_F64:
    return "<f8";
  case DLC_I32:
    return "<i4";
  case DLC_I64:
    return "<i8";
  case DLC_UI8:
    return "|u1";
  case DLC_I1:
    return "|b1";
  }
  throw std::runtime_error("unknown element type");
}

void write(const std::string &path, dlc::TensorView value) {
  rounds::writeNpy(path, numpyType(value.dtype()), {value.shape().begin(), value.shape().end()}, value.data(),
                   value.bytes());
}

class Worker {
public:
  explicit Worker(char **arguments)
      : model(dlc::Model::open(arguments[0], {.threads = unsigned(std::stoul(arguments[4]))})), entry(arguments[1]),
        weights(arguments[2]), extent(std::stoll(arguments[5])), copies(std::stoull(arguments[6])) {
    for (const dlc::Port &port : model.entry(entry, std::max<int64_t>(1, extent)).inputs) {
      inputs.emplace_back(std::string(arguments[3]) + "/" + std::string(port.name) + ".npy");
      if (inputs.back().size() != copies * viewOf(port, 0, inputs.back()).bytes())
        throw std::runtime_error("input " + std::string(port.name) + " has another size than its file");
    }
    reset();
  }

  /// The state before the first call.
  void reset() {
    call.reset();
    training.reset();
    session.reset();
    parameters = weights == "-" ? model.newParameters(0) : model.loadParameters(weights);
    const dlc::Entry &found = model.entry(entry, std::max<int64_t>(1, extent));
    if (isTraining(found)) {
      training = model.newTraining(*parameters);
      call.emplace(training->prepare(entry, found.capacity));
    } else if (found.kind == DLC_SESSION_CALL) {
      session = model.newSession(*parameters);
      call.emplace(session->prepare(entry, found.capacity));
    } else {
      call.emplace(model.prepare(entry, *parameters, found.capacity));
    }
    next = 0;
    bind();
    if (extent)
      call->setExtent(extent);
  }

  void run() {
    call->run();
    if (copies > 1) {
      next = (next + 1) % copies;
      bind();
    }
  }

  void outputs(const std::string &folder, int64_t steps) {
    reset();
    for (int64_t i = 0; i < steps; ++i)
      run();
    const dlc::Entry &found = call->entry();
    for (size_t i = 0; i < found.outputs.size(); ++i)
      write(folder + "/" + std::string(found.outputs[i].name) + ".npy", call->output(i));
    if (found.flags & DLC_WRITES_PARAMS)
      for (const dlc::NamedTensor &parameter : parameters->all())
        write(folder + "/parameter." + std::string(parameter.name) + ".npy", parameter.value);
    reset();
  }

private:
  dlc::TensorView viewOf(const dlc::Port &port, size_t copy, rounds::Npy &file) const {
    dlc::Shape shape = port.shape(extent);
    return {port.type, shape, file.data() + copy * size_t(shape.elements()) * dlc::sizeOf(port.type)};
  }
  void bind() {
    const dlc::Entry &found = call->entry();
    for (size_t i = 0; i < inputs.size(); ++i)
      call->bindInput(i, viewOf(found.inputs[i], next, inputs[i]));
  }

  dlc::Model model;
  std::string entry, weights;
  int64_t extent;
  size_t copies, next = 0;
  std::vector<rounds::Npy> inputs;
  std::optional<dlc::Parameters> parameters;
  std::optional<dlc::Training> training;
  std::optional<dlc::Session> session;
  std::optional<dlc::Call> call;
};

} // namespace

int main(int argc, char **argv) try {
  if (argc != 8)
    return std::fprintf(stderr, "usage: dlc LIBRARY ENTRY WEIGHTS INPUTS THREADS EXTENT COPIES\n"), 1;
  Worker worker(argv + 1);
  return rounds::serve([&](const std::string &folder, int64_t steps) { worker.outputs(folder, steps); },
                       {{"", [&] { worker.run(); }}});
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
