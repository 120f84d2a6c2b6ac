// State.cpp - parameters, training and sessions.
// SPDX-License-Identifier: Apache-2.0
//
// Everything that outlives a call: how it is read, written, saved and loaded. Files and callers see
// logical tensors; the arenas hold them as the descriptor's strides say.
#include "runtime/Internal.h"
#include "runtime/Safetensors.h"

#include <cstring>

namespace dlc {
using namespace detail;

//===--- Between arenas and logical tensors ------------------------------------------------------------===//

Places detail::placesOf(const TensorInfo &info) {
  if (!info.split)
    return {info.dims, info.strides};
  std::vector<int64_t> dims(info.dims.begin(), info.dims.end()), strides(info.strides.begin(), info.strides.end());
  auto axis = static_cast<std::ptrdiff_t>(info.splitAxis);
  dims[info.splitAxis] /= info.split;
  dims.insert(dims.begin() + axis + 1, info.split);
  strides.insert(strides.begin() + axis, info.splitStride);
  return {Shape(dims), Shape(strides)};
}

Tensor detail::readTensor(const TensorInfo &info, const char *arena) {
  Tensor result(info.type, info.dims);
  auto [dims, strides] = placesOf(info);
  copyStrided(dims, sizeOf(info.type), result.data(), denseStrides(dims), arena + info.offset, strides);
  return result;
}

static std::string typeText(DType type, std::span<const int64_t> axes) {
  return cat(nameOf(type), axes.empty() ? std::string() : Shape(axes).str());
}

void detail::writeTensor(const TensorInfo &info, char *arena, TensorView value) {
  if (value.flat() && value.dtype() == info.type && value.elements() == info.dims.elements())
    value = value.reshaped(info.dims);
  if (value.dtype() != info.type || value.shape() != info.dims)
    throw Error(cat("Tensor '", info.name, "' is ", typeText(info.type, info.dims), "; a value of ",
                    typeText(value.dtype(), value.shape()), " was given for it."));
  auto [dims, strides] = placesOf(info);
  copyStrided(dims, sizeOf(info.type), arena + info.offset, strides, value.data(), denseStrides(dims));
}

//===--- Reading files ---------------------------------------------------------------------------------===//

namespace {
/// A tensor of the model, where it lies, and what a file has for it.
struct Target {
  const TensorInfo *info;
  char *arena;
  Tensor value;
};
} // namespace

/// Reads every target from the file, or throws one Error with all that does not fit.
static void readTargets(const SafetensorsFile &file, const std::optional<CheckpointInfo> &info, const ModelState &m,
                        std::vector<Target> &targets, bool weightsOnly) {
  std::vector<std::string> missing, unexpected, different;
  for (const Target &t : targets) {
    std::string name = t.info->fileName();
    const SafetensorsFile::Entry *e = file.find(name);
    if (!e) {
      missing.push_back(cat("'", name, "'"));
      continue;
    }
    if (e->type != t.info->type ||
        !std::equal(e->axes.begin(), e->axes.end(), t.info->dims.begin(), t.info->dims.end())) {
      std::string found = cat(e->type ? nameOf(*e->type) : std::string_view(e->typeName), "[");
      for (size_t i = 0; i < e->axes.size(); ++i)
        found += cat(i ? ", " : "", e->axes[i]);
      different.push_back(
          cat("'", name, "' is ", found, "] where ", nameOf(t.info->type), t.info->dims.str(), " was expected"));
    }
  }
  for (const SafetensorsFile::Entry &e : file.entries()) {
    bool known = weightsOnly && info && (e.name.starts_with("optimizer.") || e.name.starts_with("session."));
    for (const Target &t : targets)
      known |= t.info->fileName() == e.name;
    if (!known)
      unexpected.push_back(cat("'", e.name, "'"));
  }
  if (!missing.empty() || !unexpected.empty() || !different.empty()) {
    auto same = [](const std::string &each) -> const std::string & { return each; };
    std::string text = cat("'", file.path(), "' does not fit the ", m.describe());
    if (info && (info->model != m.raw->name || info->hash != m.raw->hash))
      text += cat(": it is a checkpoint of ", info->model == m.raw->name ? std::string("another version of it")
                                                                         : cat("the model '", info->model, "'"));
    const char *separator = ": ";
    if (info && text.find(": it is") != std::string::npos)
      separator = "; ";
    for (auto &[title, list] : {std::pair<const char *, std::vector<std::string> &>{"missing: ", missing},
                                {"unexpected: ", unexpected},
                                {"different: ", different}}) {
      if (list.empty())
        continue;
      text += cat(separator, title, listed(list, same));
      separator = "; ";
    }
    throw Error(text + ". Nothing was changed.");
  }
  for (Target &t : targets)
    t.value = file.read(t.info->fileName());
}

static void writeTargets(const std::vector<Target> &targets) {
  for (const Target &t : targets)
    writeTensor(*t.info, t.arena, t.value);
}

//===--- Parameters ------------------------------------------------------------------------------------===//

ParametersState::ParametersState(std::shared_ptr<ModelState> of)
    : model(std::move(of)), params(model->raw->arena_bytes[DLC_PARAMS]), buffers(model->raw->arena_bytes[DLC_BUFFERS]) {
}

ParametersState::ParametersState(std::shared_ptr<ModelState> of, std::shared_ptr<const char> map,
                                 const std::string &from)
    : model(std::move(of)), buffers(model->raw->arena_bytes[DLC_BUFFERS]), mapped(std::move(map)), file(from) {}

char *ParametersState::memory(dlc_arena arena) const {
  // Nothing writes to what is mapped: see requireWritable.
  return arena == DLC_PARAMS    ? (mapped ? const_cast<char *>(mapped.get()) : params.data())
         : arena == DLC_BUFFERS ? buffers.data()
                                : nullptr;
}

void ParametersState::requireWritable(dlc_arena arena) const {
  if (arena == DLC_PARAMS && mapped)
    throw Error(cat("The parameters of the ", model->describe(), " are mapped from '", file,
                    "' and can only be read: Model::loadParameters of that file, or Parameters::clone, gives some that "
                    "can be changed and trained."));
}

static std::vector<Target> weightsOf(const ParametersState &p) {
  std::vector<Target> result;
  for (const TensorInfo &t : p.model->tensors)
    if (char *arena = p.memory(t.arena))
      result.push_back({&t, arena, {}});
  return result;
}

static const TensorInfo &weight(const ParametersState &p, std::string_view name) {
  const TensorInfo *t = p.model->find(name, {DLC_PARAMS, DLC_BUFFERS});
  if (!t) {
    auto all = weightsOf(p);
    throw Error(cat("The ", p.model->describe(), " has no parameter or buffer '", name, "'; it has ",
                    listed(all, [](const Target &each) { return cat("'", each.info->name, "'"); }), "."));
  }
  return *t;
}

void Parameters::initialise(uint64_t seed) {
  state->requireWritable(DLC_PARAMS);
  state->model->services();
  for (const Target &t : weightsOf(*state))
    initialiseTensor(*t.info, t.arena, seed, state->model->pool.get());
}

void Parameters::load(const std::string &path) {
  state->requireWritable(DLC_PARAMS);
  SafetensorsFile file(path);
  if (isPacked(file))
    return readPacked(file, *state);
  auto info = readCheckpointInfo(file);
  auto targets = weightsOf(*state);
  readTargets(file, info, *state->model, targets, /*weightsOnly=*/true);
  writeTargets(targets);
}

std::vector<NamedTensor> Parameters::all() const {
  std::vector<NamedTensor> result;
  for (const Target &t : weightsOf(*state))
    result.push_back({t.info->fileName(), readTensor(*t.info, t.arena)});
  return result;
}

static std::vector<NamedView> viewsOf(const std::vector<NamedTensor> &tensors) {
  std::vector<NamedView> result;
  for (const NamedTensor &t : tensors)
    result.push_back({t.name, t.value});
  return result;
}

void Parameters::save(const std::string &path) const {
  auto tensors = all();
  writeSafetensors(path, viewsOf(tensors), {{"format", "pt"}, {"dlc.model", state->model->raw->name}});
}

Tensor Parameters::get(std::string_view name) const {
  const TensorInfo &t = weight(*state, name);
  return readTensor(t, state->memory(t.arena));
}

void Parameters::set(std::string_view name, TensorView value) {
  const TensorInfo &t = weight(*state, name);
  state->requireWritable(t.arena);
  writeTensor(t, state->memory(t.arena), value);
}

Parameters Parameters::clone() const {
  auto copy = std::make_shared<ParametersState>(state->model);
  for (dlc_arena arena : {DLC_PARAMS, DLC_BUFFERS})
    std::memcpy(copy->memory(arena), state->memory(arena), state->model->raw->arena_bytes[arena]);
  return Parameters(std::move(copy));
}

void *Parameters::arena(dlc_arena arena) const {
  char *data = state->memory(arena);
  return data && state->model->raw->arena_bytes[arena] ? data : nullptr;
}

//===--- Training --------------------------------------------------------------------------------------===//

std::string_view detail::scalarBase(std::string_view name) {
  size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void detail::checkScalarValue(const Entry &e, std::string_view name, double value) {
  for (const ScalarInfo &scalar : e.scalars)
    if ((scalar.name == name || scalarBase(scalar.name) == name) && !scalar.allows(value))
      throw Error(
          cat("Entry '", e.name, "': the scalar '", name, "' must be ", scalar.range(), "; found ", value, "."));
}

const double *detail::findScalar(std::span<const std::pair<std::string, double>> set, std::string_view name) {
  for (const auto &[key, value] : set)
    if (key == name)
      return &value;
  return nullptr;
}

static std::vector<Target> stateOf(const SessionState &s) {
  std::vector<Target> result;
  for (const TensorInfo &info : s.parameters->model->tensors)
    if (info.arena == DLC_SESSION)
      result.push_back({&info, s.memory.data(), {}});
  return result;
}

static std::vector<Target> stateOf(const TrainingState &t) {
  std::vector<Target> result;
  for (const TensorInfo &info : t.parameters->model->tensors)
    if (info.arena == DLC_TRAINING)
      result.push_back({&info, t.slots.data(), {}});
  for (Target &one : stateOf(*t.session))
    result.push_back(std::move(one));
  return result;
}

Results Training::call(std::string_view entry, std::span<const Input> inputs, const CallOptions &options) {
  return callByValue({state->parameters->model, state->parameters, state, nullptr}, entry, inputs, options);
}

Call Training::prepare(std::string_view entry, int64_t capacity) {
  return Call(prepareCall({state->parameters->model, state->parameters, state, nullptr}, entry, capacity));
}

/// All scalars of a model, each once.
static std::vector<ScalarInfo> scalarsOf(const ModelState &m) {
  std::vector<ScalarInfo> result;
  for (const Entry &e : m.entries)
    for (const ScalarInfo &scalar : e.scalars) {
      bool known = false;
      for (const ScalarInfo &other : result)
        known |= other.name == scalar.name;
      if (!known)
        result.push_back(scalar);
    }
  return result;
}

[[noreturn]] static void unknownScalar(const ModelState &m, std::string_view name) {
  throw Error(cat("The ", m.describe(), " has no scalar '", name, "'; it has ",
                  listed(scalarsOf(m), [](const ScalarInfo &each) { return cat("'", each.name, "'"); }), "."));
}

void Training::set(std::string_view scalar, double value) {
  bool known = false;
  for (const Entry &e : state->parameters->model->entries)
    for (const ScalarInfo &each : e.scalars)
      known |= each.name == scalar || scalarBase(each.name) == scalar;
  if (!known)
    unknownScalar(*state->parameters->model, scalar);
  for (const Entry &e : state->parameters->model->entries)
    checkScalarValue(e, scalar, value);
  ++state->scalarVersion;
  for (auto &[key, old] : state->scalars)
    if (key == scalar) {
      old = value;
      return;
    }
  state->scalars.emplace_back(scalar, value);
}

double Training::scalar(std::string_view scalar) const {
  if (const double *value = findScalar(state->scalars, scalar))
    return *value;
  if (const double *value = findScalar(state->scalars, scalarBase(scalar)))
    return *value;
  for (const ScalarInfo &each : scalarsOf(*state->parameters->model))
    if (each.name == scalar)
      return each.defaultValue;
  unknownScalar(*state->parameters->model, scalar);
}

int64_t Training::step() const { return state->step; }
void Training::setStep(int64_t step) {
  if (step < 0)
    throw Error(cat("The number of updates done was to be set to ", step, "; it cannot be negative."));
  state->step = step;
}
uint64_t Training::seed() const { return state->seed; }
void Training::setSeed(uint64_t seed) { state->seed = seed; }
Parameters Training::parameters() const { return Parameters(state->parameters); }
Session Training::session() const { return Session(state->session); }

static const TensorInfo &slotOf(const TrainingState &t, std::string_view name) {
  if (const TensorInfo *info = t.parameters->model->find(name, {DLC_TRAINING}))
    return *info;
  std::vector<Target> slots;
  for (Target &each : stateOf(t))
    if (each.info->arena == DLC_TRAINING)
      slots.push_back(std::move(each));
  throw Error(cat("The ", t.parameters->model->describe(), " has no optimizer slot '", name, "'; it has ",
                  listed(slots, [](const Target &each) { return cat("'", each.info->name, "'"); }), "."));
}

Tensor Training::slot(std::string_view name) const { return readTensor(slotOf(*state, name), state->slots.data()); }
void Training::setSlot(std::string_view name, TensorView value) {
  writeTensor(slotOf(*state, name), state->slots.data(), value);
}

void Training::reset() {
  for (const Target &t : stateOf(*state))
    initialiseTensor(*t.info, t.arena, state->seed, nullptr);
  state->step = 0;
}

void Training::save(const std::string &path, const CheckpointInfo &given) const {
  CheckpointInfo info = given;
  info.version = checkpointVersion;
  info.model = state->parameters->model->raw->name;
  info.hash = state->parameters->model->raw->hash;
  info.step = state->step;
  info.seed = state->seed;
  auto tensors = Parameters(state->parameters).all();
  for (const Target &t : stateOf(*state))
    tensors.push_back({t.info->fileName(), readTensor(*t.info, t.arena)});
  writeSafetensors(path, viewsOf(tensors), checkpointMetadata(info));
}

CheckpointInfo Training::load(const std::string &path) {
  SafetensorsFile file(path);
  auto info = readCheckpointInfo(file);
  if (!info || isPacked(file))
    throw Error(cat("'", path,
                    "' is not a checkpoint: it has weights at most, and training cannot go on from those. "
                    "Load them as parameters to start a new training."));
  auto targets = weightsOf(*state->parameters);
  for (Target &t : stateOf(*state))
    targets.push_back(std::move(t));
  readTargets(file, info, *state->parameters->model, targets, /*weightsOnly=*/false);
  writeTargets(targets);
  state->step = info->step;
  state->seed = info->seed;
  return *info;
}

//===--- Session ---------------------------------------------------------------------------------------===//

Results Session::call(std::string_view entry, std::span<const Input> inputs, const CallOptions &options) {
  return callByValue({state->parameters->model, state->parameters, nullptr, state}, entry, inputs, options);
}

Call Session::prepare(std::string_view entry, int64_t capacity) {
  return Call(prepareCall({state->parameters->model, state->parameters, nullptr, state}, entry, capacity));
}

void Session::reset() {
  for (const Target &t : stateOf(*state))
    initialiseTensor(*t.info, t.arena, 0, nullptr);
}

static const TensorInfo &pieceOf(const SessionState &s, std::string_view name) {
  if (const TensorInfo *info = s.parameters->model->find(name, {DLC_SESSION}))
    return *info;
  throw Error(cat("The ", s.parameters->model->describe(), " has no session state '", name, "'; it has ",
                  listed(stateOf(s), [](const Target &each) { return cat("'", each.info->name, "'"); }), "."));
}

Tensor Session::get(std::string_view name) const { return readTensor(pieceOf(*state, name), state->memory.data()); }
void Session::set(std::string_view name, TensorView value) {
  writeTensor(pieceOf(*state, name), state->memory.data(), value);
}

void Session::save(const std::string &path) const {
  std::vector<NamedTensor> tensors;
  for (const Target &t : stateOf(*state))
    tensors.push_back({t.info->fileName(), readTensor(*t.info, t.arena)});
  writeSafetensors(path, viewsOf(tensors), {{"format", "pt"}, {"dlc.model", state->parameters->model->raw->name}});
}

void Session::load(const std::string &path) {
  SafetensorsFile file(path);
  auto targets = stateOf(*state);
  readTargets(file, {}, *state->parameters->model, targets, /*weightsOnly=*/false);
  writeTargets(targets);
}

} // namespace dlc
