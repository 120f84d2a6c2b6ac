//===- State.cpp - parameters, training and sessions -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Everything that outlives a call: how it is read, written, saved and loaded. Files and callers see
// logical tensors; the arenas hold them as the descriptor's strides say.
//
//===----------------------------------------------------------------------===//
#include "runtime/Internal.h"
#include "runtime/Safetensors.h"

#include <cstring>

namespace dlc {
using namespace detail;

//===----------------------------------------------------------------------===//
// Between arenas and logical tensors
//===----------------------------------------------------------------------===//

Tensor detail::readTensor(const TensorInfo &Info, const char *Arena) {
  Tensor Result(Info.Type, Info.Dims);
  copyStrided(Info.Dims, sizeOf(Info.Type), Result.data(), denseStrides(Info.Dims), Arena + Info.Offset, Info.Strides);
  return Result;
}

static std::string typeText(DType Type, std::span<const int64_t> Axes) {
  return cat(nameOf(Type), Axes.empty() ? std::string() : Shape(Axes).str());
}

void detail::writeTensor(const TensorInfo &Info, char *Arena, TensorView Value) {
  if (Value.flat() && Value.dtype() == Info.Type && Value.elements() == Info.Dims.elements())
    Value = Value.reshaped(Info.Dims);
  if (Value.dtype() != Info.Type || Value.shape() != Info.Dims)
    throw Error(cat("Tensor '", Info.Name, "' is ", typeText(Info.Type, Info.Dims), "; a value of ",
                    typeText(Value.dtype(), Value.shape()), " was given for it."));
  copyStrided(Info.Dims, sizeOf(Info.Type), Arena + Info.Offset, Info.Strides, Value.data(), denseStrides(Info.Dims));
}

//===----------------------------------------------------------------------===//
// Reading files
//===----------------------------------------------------------------------===//

namespace {
/// A tensor of the model, where it lies, and what a file has for it.
struct Target {
  const TensorInfo *Info;
  char *Arena;
  Tensor Value;
};
} // namespace

/// Reads every target from the file, or throws one Error with all that does not fit.
static void readTargets(const SafetensorsFile &File, const std::optional<CheckpointInfo> &Info, const ModelState &M,
                        std::vector<Target> &Targets, bool WeightsOnly) {
  std::vector<std::string> Missing, Unexpected, Different;
  for (const Target &T : Targets) {
    std::string Name = T.Info->fileName();
    const SafetensorsFile::Entry *E = File.find(Name);
    if (!E) {
      Missing.push_back(cat("'", Name, "'"));
      continue;
    }
    if (E->Type != T.Info->Type ||
        !std::equal(E->Axes.begin(), E->Axes.end(), T.Info->Dims.begin(), T.Info->Dims.end())) {
      std::string Found = cat(E->Type ? nameOf(*E->Type) : std::string_view(E->TypeName), "[");
      for (size_t I = 0; I < E->Axes.size(); ++I)
        Found += cat(I ? ", " : "", E->Axes[I]);
      Different.push_back(
          cat("'", Name, "' is ", Found, "] where ", nameOf(T.Info->Type), T.Info->Dims.str(), " was expected"));
    }
  }
  for (const SafetensorsFile::Entry &E : File.entries()) {
    bool Known = WeightsOnly && Info && (E.Name.starts_with("optimizer.") || E.Name.starts_with("session."));
    for (const Target &T : Targets)
      Known |= T.Info->fileName() == E.Name;
    if (!Known)
      Unexpected.push_back(cat("'", E.Name, "'"));
  }
  if (!Missing.empty() || !Unexpected.empty() || !Different.empty()) {
    auto Same = [](const std::string &Each) -> const std::string & { return Each; };
    std::string Text = cat("'", File.path(), "' does not fit the ", M.describe());
    if (Info && (Info->Model != M.Raw->name || Info->Hash != M.Raw->hash))
      Text += cat(": it is a checkpoint of ", Info->Model == M.Raw->name ? std::string("another version of it")
                                                                         : cat("the model '", Info->Model, "'"));
    const char *Separator = ": ";
    if (Info && Text.find(": it is") != std::string::npos)
      Separator = "; ";
    for (auto &[Title, List] : {std::pair<const char *, std::vector<std::string> &>{"missing: ", Missing},
                                {"unexpected: ", Unexpected},
                                {"different: ", Different}}) {
      if (List.empty())
        continue;
      Text += cat(Separator, Title, listed(List, Same));
      Separator = "; ";
    }
    throw Error(Text + ". Nothing was changed.");
  }
  for (Target &T : Targets)
    T.Value = File.read(T.Info->fileName());
}

static void writeTargets(const std::vector<Target> &Targets) {
  for (const Target &T : Targets)
    writeTensor(*T.Info, T.Arena, T.Value);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

ParametersState::ParametersState(std::shared_ptr<ModelState> Model)
    : M(std::move(Model)), Params(M->Raw->arena_bytes[DLC_PARAMS]), Buffers(M->Raw->arena_bytes[DLC_BUFFERS]) {}

static char *arenaOf(const ParametersState &P, dlc_arena Which) {
  return Which == DLC_PARAMS ? P.Params.data() : Which == DLC_BUFFERS ? P.Buffers.data() : nullptr;
}

static std::vector<Target> weightsOf(const ParametersState &P) {
  std::vector<Target> Result;
  for (const TensorInfo &T : P.M->Tensors)
    if (char *Arena = arenaOf(P, T.Arena))
      Result.push_back({&T, Arena, {}});
  return Result;
}

static const TensorInfo &weight(const ParametersState &P, std::string_view Name) {
  const TensorInfo *T = P.M->find(Name, {DLC_PARAMS, DLC_BUFFERS});
  if (!T) {
    auto All = weightsOf(P);
    throw Error(cat("The ", P.M->describe(), " has no parameter or buffer '", Name, "'; it has ",
                    listed(All, [](const Target &Each) { return cat("'", Each.Info->Name, "'"); }), "."));
  }
  return *T;
}

void Parameters::initialise(uint64_t Seed) {
  S->M->services();
  for (const Target &T : weightsOf(*S))
    initialiseTensor(*T.Info, T.Arena, Seed, S->M->Pool.get());
}

void Parameters::load(const std::string &Path) {
  SafetensorsFile File(Path);
  auto Info = readCheckpointInfo(File);
  auto Targets = weightsOf(*S);
  readTargets(File, Info, *S->M, Targets, /*WeightsOnly=*/true);
  writeTargets(Targets);
}

std::vector<NamedTensor> Parameters::all() const {
  std::vector<NamedTensor> Result;
  for (const Target &T : weightsOf(*S))
    Result.push_back({T.Info->fileName(), readTensor(*T.Info, T.Arena)});
  return Result;
}

static std::vector<NamedView> viewsOf(const std::vector<NamedTensor> &Tensors) {
  std::vector<NamedView> Result;
  for (const NamedTensor &T : Tensors)
    Result.push_back({T.Name, T.Value});
  return Result;
}

void Parameters::save(const std::string &Path) const {
  auto Tensors = all();
  writeSafetensors(Path, viewsOf(Tensors), {{"format", "pt"}, {"dlc.model", S->M->Raw->name}});
}

Tensor Parameters::get(std::string_view Name) const {
  const TensorInfo &T = weight(*S, Name);
  return readTensor(T, arenaOf(*S, T.Arena));
}

void Parameters::set(std::string_view Name, TensorView Value) {
  const TensorInfo &T = weight(*S, Name);
  writeTensor(T, arenaOf(*S, T.Arena), Value);
}

Parameters Parameters::clone() const {
  auto Copy = std::make_shared<ParametersState>(S->M);
  std::memcpy(Copy->Params.data(), S->Params.data(), S->Params.size());
  std::memcpy(Copy->Buffers.data(), S->Buffers.data(), S->Buffers.size());
  return Parameters(std::move(Copy));
}

void *Parameters::arena(dlc_arena Arena) const {
  char *Data = arenaOf(*S, Arena);
  return Data && S->M->Raw->arena_bytes[Arena] ? Data : nullptr;
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

std::string_view detail::scalarBase(std::string_view Name) {
  size_t Dot = Name.rfind('.');
  return Dot == std::string_view::npos ? Name : Name.substr(Dot + 1);
}

void detail::checkScalarValue(const Entry &E, std::string_view Name, double Value) {
  for (const ScalarInfo &Scalar : E.Scalars)
    if ((Scalar.Name == Name || scalarBase(Scalar.Name) == Name) && !Scalar.allows(Value))
      throw Error(
          cat("Entry '", E.Name, "': the scalar '", Name, "' must be ", Scalar.range(), "; found ", Value, "."));
}

const double *detail::findScalar(std::span<const std::pair<std::string, double>> Set, std::string_view Name) {
  for (const auto &[Key, Value] : Set)
    if (Key == Name)
      return &Value;
  return nullptr;
}

static std::vector<Target> stateOf(const TrainingState &T) {
  std::vector<Target> Result;
  for (const TensorInfo &Info : T.P->M->Tensors)
    if (Info.Arena == DLC_TRAINING || Info.Arena == DLC_SESSION)
      Result.push_back({&Info, Info.Arena == DLC_TRAINING ? T.Slots.data() : T.Session.data(), {}});
  return Result;
}

Results Training::call(std::string_view Entry, std::span<const Input> Inputs, const CallOptions &Options) {
  return callByValue({S->P->M, S->P, S, nullptr}, Entry, Inputs, Options);
}

Call Training::prepare(std::string_view Entry, int64_t Capacity) {
  return Call(prepareCall({S->P->M, S->P, S, nullptr}, Entry, Capacity));
}

/// All scalars of a model, each once.
static std::vector<ScalarInfo> scalarsOf(const ModelState &M) {
  std::vector<ScalarInfo> Result;
  for (const Entry &E : M.Entries)
    for (const ScalarInfo &Scalar : E.Scalars) {
      bool Known = false;
      for (const ScalarInfo &Other : Result)
        Known |= Other.Name == Scalar.Name;
      if (!Known)
        Result.push_back(Scalar);
    }
  return Result;
}

[[noreturn]] static void unknownScalar(const ModelState &M, std::string_view Name) {
  throw Error(cat("The ", M.describe(), " has no scalar '", Name, "'; it has ",
                  listed(scalarsOf(M), [](const ScalarInfo &Each) { return cat("'", Each.Name, "'"); }), "."));
}

void Training::set(std::string_view Scalar, double Value) {
  bool Known = false;
  for (const Entry &E : S->P->M->Entries)
    for (const ScalarInfo &Each : E.Scalars)
      Known |= Each.Name == Scalar || scalarBase(Each.Name) == Scalar;
  if (!Known)
    unknownScalar(*S->P->M, Scalar);
  for (const Entry &E : S->P->M->Entries)
    checkScalarValue(E, Scalar, Value);
  ++S->ScalarVersion;
  for (auto &[Key, Old] : S->Scalars)
    if (Key == Scalar) {
      Old = Value;
      return;
    }
  S->Scalars.emplace_back(Scalar, Value);
}

double Training::scalar(std::string_view Scalar) const {
  if (const double *Value = findScalar(S->Scalars, Scalar))
    return *Value;
  if (const double *Value = findScalar(S->Scalars, scalarBase(Scalar)))
    return *Value;
  for (const ScalarInfo &Each : scalarsOf(*S->P->M))
    if (Each.Name == Scalar)
      return Each.Default;
  unknownScalar(*S->P->M, Scalar);
}

int64_t Training::step() const { return S->Step; }
void Training::setStep(int64_t Step) {
  if (Step < 0)
    throw Error(cat("The number of updates done was to be set to ", Step, "; it cannot be negative."));
  S->Step = Step;
}
uint64_t Training::seed() const { return S->Seed; }
void Training::setSeed(uint64_t Seed) { S->Seed = Seed; }
Parameters Training::parameters() const { return Parameters(S->P); }

static const TensorInfo &slotOf(const TrainingState &T, std::string_view Name) {
  if (const TensorInfo *Info = T.P->M->find(Name, {DLC_TRAINING}))
    return *Info;
  std::vector<Target> Slots;
  for (Target &Each : stateOf(T))
    if (Each.Info->Arena == DLC_TRAINING)
      Slots.push_back(std::move(Each));
  throw Error(cat("The ", T.P->M->describe(), " has no optimizer slot '", Name, "'; it has ",
                  listed(Slots, [](const Target &Each) { return cat("'", Each.Info->Name, "'"); }), "."));
}

Tensor Training::slot(std::string_view Name) const { return readTensor(slotOf(*S, Name), S->Slots.data()); }
void Training::setSlot(std::string_view Name, TensorView Value) {
  writeTensor(slotOf(*S, Name), S->Slots.data(), Value);
}

void Training::reset() {
  for (const Target &T : stateOf(*S))
    initialiseTensor(*T.Info, T.Arena, S->Seed, nullptr);
  S->Step = 0;
}

void Training::save(const std::string &Path, const CheckpointInfo &Given) const {
  CheckpointInfo Info = Given;
  Info.Version = CheckpointVersion;
  Info.Model = S->P->M->Raw->name;
  Info.Hash = S->P->M->Raw->hash;
  Info.Step = S->Step;
  Info.Seed = S->Seed;
  auto Tensors = Parameters(S->P).all();
  for (const Target &T : stateOf(*S))
    Tensors.push_back({T.Info->fileName(), readTensor(*T.Info, T.Arena)});
  writeSafetensors(Path, viewsOf(Tensors), checkpointMetadata(Info));
}

CheckpointInfo Training::load(const std::string &Path) {
  SafetensorsFile File(Path);
  auto Info = readCheckpointInfo(File);
  if (!Info)
    throw Error(cat("'", Path,
                    "' is not a checkpoint: it has weights at most, and training cannot go on from those. "
                    "Load them as parameters to start a new training."));
  auto Targets = weightsOf(*S->P);
  for (Target &T : stateOf(*S))
    Targets.push_back(std::move(T));
  readTargets(File, Info, *S->P->M, Targets, /*WeightsOnly=*/false);
  writeTargets(Targets);
  S->Step = Info->Step;
  S->Seed = Info->Seed;
  return *Info;
}

//===----------------------------------------------------------------------===//
// Session
//===----------------------------------------------------------------------===//

Results Session::call(std::string_view Entry, std::span<const Input> Inputs, const CallOptions &Options) {
  return callByValue({S->P->M, S->P, nullptr, S}, Entry, Inputs, Options);
}

Call Session::prepare(std::string_view Entry, int64_t Capacity) {
  return Call(prepareCall({S->P->M, S->P, nullptr, S}, Entry, Capacity));
}

void Session::reset() {
  for (const TensorInfo &T : S->P->M->Tensors)
    if (T.Arena == DLC_SESSION)
      initialiseTensor(T, S->Memory.data(), 0, nullptr);
}

Tensor Session::get(std::string_view Name) const {
  const TensorInfo *T = S->P->M->find(Name, {DLC_SESSION});
  if (!T)
    throw Error(cat("The ", S->P->M->describe(), " has no session state '", Name, "'."));
  return readTensor(*T, S->Memory.data());
}

} // namespace dlc
