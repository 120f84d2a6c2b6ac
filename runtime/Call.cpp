//===- Call.cpp - calling entry points ---------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// One way down for both kinds of call: a state holds everything that dlc_call points to, made once; invoke()
// fills in pointers and numbers and calls, and allocates nothing. A call by value makes a state, checks and
// binds the inputs, and invokes it once, or several times where it has to be cut.
//
// Ports are dense in the caller's memory, and compiled code reads and writes them there, whatever the extent.
//
//===----------------------------------------------------------------------===//
#include "runtime/Internal.h"

#include <algorithm>
#include <cstring>

namespace dlc {
using namespace detail;

//===----------------------------------------------------------------------===//
// The state of a call
//===----------------------------------------------------------------------===//

namespace {

/// Memory of one input or output.
struct PortMemory {
  void *Data = nullptr;
  int64_t Rows = 0;     ///< rows bound; the capacity for the call's own memory
  int64_t Elements = 0; ///< room there
  Tensor Own;
};

/// Why a prepared call cannot be made.
enum class Obstacle { None, NoInput, FewRows, SmallOutput };

} // namespace

struct detail::CallState {
  Context Ctx;
  const Entry *E = nullptr;
  Arena Workspace;
  std::vector<PortMemory> Inputs, Outputs;
  std::vector<const void *> InputPointers;
  std::vector<void *> OutputPointers;
  std::vector<double> Scalars;
  std::vector<std::pair<std::string, double>> Settings; ///< of this call alone
  uint64_t ScalarVersion = UINT64_MAX;
  dlc_services Services{};
  dlc_call C{};
  int64_t Extent = 1;
  bool ExtentIsSet = false; ///< by setExtent: bound memory may have more rows
  std::optional<uint64_t> Seed;
  std::optional<int64_t> Step;
  int64_t Row = 0;

  CallState(const Context &Context, const Entry &Entry);
  ~CallState() {
    if (Workspace.data())
      Ctx.M->giveWorkspace(std::move(Workspace));
  }

  void resolveScalars();
  int32_t invoke(int64_t First, int64_t Rows);
  Obstacle obstacle(size_t &Index) const;
  void bind(size_t Index, TensorView Value, int64_t Rows);
  [[noreturn]] void raise(int64_t FirstRow) const;
};

CallState::CallState(const Context &Context, const Entry &Entry) : Ctx(Context), E(&Entry) {
  if ((E->Kind == DLC_TRAIN || E->Kind == DLC_APPLY || E->needs(DLC_TRAINING)) && !Ctx.T)
    throw Error(cat("Entry '", E->Name,
                    "' updates parameters with an optimizer, which has state: make it with "
                    "Model::newTraining and call the entry point through that."));
  if (E->needs(DLC_SESSION) && !Ctx.S && !Ctx.T)
    throw Error(cat("Entry '", E->Name,
                    "' carries state from call to call: make a session with Model::newSession "
                    "and call the entry point through that."));
  Workspace = Ctx.M->takeWorkspace();
  Inputs.resize(E->Inputs.size());
  Outputs.resize(E->Outputs.size());
  InputPointers.resize(Inputs.size());
  OutputPointers.resize(Outputs.size());
  Scalars.resize(E->Scalars.size());

  Services = *Ctx.M->services();
  Services.struct_size = sizeof(dlc_services);

  C.struct_size = sizeof(dlc_call);
  C.inputs = InputPointers.data();
  C.outputs = OutputPointers.data();
  C.arenas[DLC_PARAMS] = Ctx.P->Params.data();
  C.arenas[DLC_BUFFERS] = Ctx.P->Buffers.data();
  C.arenas[DLC_TRAINING] = Ctx.T ? Ctx.T->Slots.data() : nullptr;
  C.arenas[DLC_SESSION] = Ctx.S ? Ctx.S->Memory.data() : Ctx.T ? Ctx.T->Session.data() : nullptr;
  C.arenas[DLC_WORKSPACE] = Workspace.data();
  C.workspace_bytes = Workspace.size();
  C.scalars = Scalars.data();
  C.services = &Services;
  Extent = E->Capacity;
}

void CallState::resolveScalars() {
  std::span<const std::pair<std::string, double>> Mine = Settings, Training;
  if (Ctx.T)
    Training = Ctx.T->Scalars;
  for (size_t I = 0; I < Scalars.size(); ++I) {
    std::string_view Name = E->Scalars[I].Name, Base = scalarBase(Name);
    Scalars[I] = E->Scalars[I].Default;
    // A group's own value counts before the one for all groups, the call's before the training's.
    for (const double *Found :
         {findScalar(Mine, Name), findScalar(Training, Name), findScalar(Mine, Base), findScalar(Training, Base)})
      if (Found) {
        Scalars[I] = *Found;
        break;
      }
  }
  ScalarVersion = Ctx.T ? Ctx.T->ScalarVersion : 0;
}

/// Where the rows from `First` on lie: a call that is cut has the batch as the first axis of all that depends on it.
static void *rowAddress(const Port &P, const PortMemory &Memory, int64_t First) {
  if (First == 0 || !P.hasBatch())
    return Memory.Data;
  return static_cast<char *>(Memory.Data) + First * P.shape(1).elements() * static_cast<int64_t>(sizeOf(P.Type));
}

int32_t CallState::invoke(int64_t First, int64_t Rows) {
  static char Nothing[DLC_ALIGNMENT]; // an address for tensors without elements
  for (size_t I = 0; I < Inputs.size(); ++I) {
    const void *Data = rowAddress(E->Inputs[I], Inputs[I], First);
    InputPointers[I] = Data ? Data : Nothing;
  }
  for (size_t I = 0; I < Outputs.size(); ++I) {
    void *Data = rowAddress(E->Outputs[I], Outputs[I], First);
    OutputPointers[I] = Data ? Data : Nothing;
  }
  if (ScalarVersion != (Ctx.T ? Ctx.T->ScalarVersion : 0))
    resolveScalars();
  C.extent = Rows;
  C.seed = Seed ? *Seed : Ctx.T ? Ctx.T->Seed : 0;
  C.step = Step ? *Step : Ctx.T ? Ctx.T->Step + 1 : 1;
  C.row = Row + First;
  C.error = dlc_error{};
  C.error.row = -1;
  if (int32_t Code = E->Function(&C); Code != DLC_OK) {
    C.error.code = Code;
    return Code;
  }
  if (Ctx.T && (E->Kind == DLC_TRAIN || E->Kind == DLC_APPLY))
    ++Ctx.T->Step;
  return DLC_OK;
}

/// Turns the model's error record into an exception; `FirstRow` is where this part of a cut call began.
void CallState::raise(int64_t FirstRow) const {
  const dlc_error &R = C.error;
  int64_t Row = R.row < 0 ? R.row : R.row + FirstRow;
  std::string Text = cat("Entry '", E->Name, "'");
  if (R.op)
    Text += cat(", ", R.op);
  Text += ": ";
  std::string Where = Row < 0 ? std::string() : cat(" in row ", Row);
  switch (R.code) {
  case DLC_BAD_INDEX:
    Text += cat("the index ", R.value, Where, " is out of range: it must be at least 0 and less than ", R.limit, ".");
    break;
  case DLC_NOT_FINITE:
    Text += cat("a value", Where, " is not finite (NaN or infinite).");
    break;
  case DLC_BAD_EXTENT:
    Text += cat("the model refused a call of ", plural(R.value, "row"), "; it takes 1 to ", R.limit, ".");
    break;
  case DLC_BAD_STRUCT:
    Text += "the model does not know this version of the call structure. Compile it with the dlc of this "
            "release.";
    break;
  case DLC_MISSING_ARENA:
    Text += cat("the model was called without memory of kind ", R.value, ", which it needs.");
    break;
  default:
    Text += cat("the model failed with the unknown code ", R.code, ".");
  }
  throw CallError(Text, R.code, R.op ? R.op : "", Row, R.value, R.limit);
}

//===----------------------------------------------------------------------===//
// Checking inputs
//===----------------------------------------------------------------------===//

static std::string viewText(TensorView Value) {
  if (Value.flat())
    return cat(plural(Value.elements(), "element"), " of ", nameOf(Value.dtype()));
  return cat(nameOf(Value.dtype()), Value.shape().empty() ? std::string() : Value.shape().str());
}

[[noreturn]] static void mismatch(const Entry &E, const Port &P, std::string_view Kind, TensorView Value) {
  throw Error(cat("Entry '", E.Name, "', ", Kind, " '", P.Name, "': ", viewText(Value),
                  Value.flat() && Value.elements() != 1 ? " were given; " : " was given; ", P.str(), " was expected."));
}

/// How many rows a value has for a port; -1 where the port has no batch. Throws if type or shape do not fit.
static int64_t rowsOf(const Entry &E, const Port &P, std::string_view Kind, TensorView Value) {
  if (Value.dtype() != P.Type)
    mismatch(E, P, Kind, Value);
  if (Value.flat() && !(P.Dims.size() == 1)) {
    if (!P.hasBatch()) {
      if (Value.elements() != P.Dims.elements())
        mismatch(E, P, Kind, Value);
      return -1;
    }
    // The number of elements tells the rows only where one axis depends on them.
    int64_t Axes = std::count_if(P.Batch.begin(), P.Batch.end(), [](int64_t K) { return K != 0; });
    int64_t RowElements = P.shape(1).elements();
    if (Axes != 1)
      throw Error(cat("Entry '", E.Name, "', ", Kind, " '", P.Name, "': ", P.str(),
                      " was expected; its rows cannot be told from a number of elements: give a shape."));
    if (RowElements == 0 || Value.elements() % RowElements || Value.elements() == 0)
      mismatch(E, P, Kind, Value);
    return Value.elements() / RowElements;
  }
  if (Value.shape().size() != P.Dims.size())
    mismatch(E, P, Kind, Value);
  int64_t Rows = -1;
  for (size_t Axis = 0; Axis < P.Dims.size(); ++Axis) {
    int64_t Given = Value.shape()[Axis], K = P.Batch[Axis];
    if (K == 0) {
      if (Given != P.Dims[Axis])
        mismatch(E, P, Kind, Value);
      continue;
    }
    if (Given == 0)
      throw Error(cat("Entry '", E.Name, "', ", Kind, " '", P.Name, "': ", viewText(Value),
                      " was given, which has no rows; at least one is needed."));
    if (Given % K || (Rows >= 0 && Rows != Given / K))
      mismatch(E, P, Kind, Value);
    Rows = Given / K;
  }
  return Rows;
}

/// Rows lie one after the other: memory of more rows begins with those of a call of fewer.
static bool batchIsFirst(const Port &P) {
  for (size_t Axis = 1; Axis < P.Batch.size(); ++Axis)
    if (P.Batch[Axis])
      return false;
  return true;
}

static std::string inputList(const Entry &E) {
  return listed(E.Inputs, [](const Port &P) { return cat("'", P.Name, "' (", P.str(), ")"); });
}

/// Which given input stands for which port.
static std::vector<TensorView> matchInputs(const Entry &E, std::span<const Input> Given) {
  std::vector<TensorView> Values(E.Inputs.size());
  std::vector<bool> Have(E.Inputs.size());
  if (Given.size() > E.Inputs.size())
    throw Error(cat("Entry '", E.Name, "' was given ", plural(static_cast<int64_t>(Given.size()), "input"),
                    "; it takes ", E.Inputs.size(), ": ", inputList(E), "."));
  for (size_t I = 0; I < Given.size(); ++I) {
    size_t Index = Given[I].Name.empty() ? I : E.inputIndex(Given[I].Name);
    if (Have[Index])
      throw Error(cat("Entry '", E.Name, "' was given the input '", E.Inputs[Index].Name, "' twice."));
    Have[Index] = true;
    Values[Index] = Given[I].Value;
  }
  std::vector<std::string_view> Missing;
  for (size_t I = 0; I < Have.size(); ++I)
    if (!Have[I])
      Missing.push_back(E.Inputs[I].Name);
  if (!Missing.empty())
    throw Error(cat("Entry '", E.Name, "' lacks the input", Missing.size() == 1 ? " " : "s ",
                    listed(Missing, [](std::string_view Name) { return cat("'", Name, "'"); }), "; it takes ",
                    inputList(E), "."));
  return Values;
}

/// The rows of a call, which all inputs must agree on; -1 where none tells.
static int64_t commonRows(const Entry &E, std::span<const TensorView> Values) {
  int64_t Rows = -1;
  std::string_view From;
  for (size_t I = 0; I < Values.size(); ++I) {
    int64_t Mine = rowsOf(E, E.Inputs[I], "input", Values[I]);
    if (Mine >= 0 && Rows >= 0 && Mine != Rows)
      throw Error(cat("Entry '", E.Name, "': the inputs differ in their rows: '", From, "' has ", Rows, " and '",
                      E.Inputs[I].Name, "' has ", Mine, "."));
    if (Mine >= 0 && Rows < 0)
      Rows = Mine, From = E.Inputs[I].Name;
  }
  return Rows;
}

/// Whether a call of more rows than the capacity can be cut: refuses with the reason if not.
static void checkCut(const Entry &E, int64_t Rows) {
  std::string_view Why;
  if (!E.rowsIndependent() || E.Kind != DLC_FUNCTION)
    Why = "its rows depend on each other";
  for (const auto *Ports : {&E.Inputs, &E.Outputs})
    for (const Port &P : *Ports) {
      int64_t Axes = std::count_if(P.Batch.begin(), P.Batch.end(), [](int64_t K) { return K != 0; });
      if (Axes > 1 || (Axes == 0 && Ports == &E.Outputs && P.Combine == DLC_COMBINE_UNKNOWN))
        Why = "an output belongs to the whole batch";
      else if (!batchIsFirst(P))
        Why = "the rows of an input or output do not lie one after the other";
    }
  if (!Why.empty())
    throw Error(cat("Entry '", E.Name, "' was called with ", plural(Rows, "row"), "; it was compiled for at most ",
                    E.Capacity, ", and the call cannot be cut into several because ", Why, ". Give at most ",
                    plural(E.Capacity, "row"), ", or compile the model with --batch ", Rows, "."));
}

static void checkScalar(const Entry &E, std::string_view Name, double Value) {
  bool Known = false;
  for (const ScalarInfo &Scalar : E.Scalars)
    Known |= Scalar.Name == Name || scalarBase(Scalar.Name) == Name;
  if (!Known)
    (void)E.scalarIndex(Name); // throws, listing what there is
  checkScalarValue(E, Name, Value);
}

void CallState::bind(size_t Index, TensorView Value, int64_t Rows) {
  PortMemory &Memory = Inputs[Index];
  Memory.Data = const_cast<void *>(Value.data());
  Memory.Rows = Rows;
  Memory.Elements = Value.elements();
}

//===----------------------------------------------------------------------===//
// Calls by value
//===----------------------------------------------------------------------===//

namespace {
/// The single numbers of a call that is cut, gathered from its parts: sums and means divide once, at the end.
class Gathering {
public:
  Gathering(const Entry &E, std::vector<NamedTensor> &Outputs)
      : E(E), Outputs(Outputs), Sums(Outputs.size()), Weights(Outputs.size()) {}

  void add(int64_t Rows) {
    for (size_t I = 0; I < Outputs.size(); ++I) {
      const Port &P = E.Outputs[I];
      double Weight = P.Combine == DLC_COMBINE_SUM     ? 1
                      : P.Combine == DLC_COMBINE_COUNT ? Outputs[P.Count].Value.at(0)
                                                       : static_cast<double>(Rows);
      if (P.Combine == DLC_COMBINE_UNKNOWN || Weight == 0)
        continue; // a mean over nothing says nothing
      Sums[I] += Weight * Outputs[I].Value.at(0);
      Weights[I] += Weight;
    }
  }
  void store() {
    for (size_t I = 0; I < Outputs.size(); ++I)
      if (Weights[I] != 0)
        Outputs[I].Value =
            Tensor(Shape(),
                   std::vector<double>{E.Outputs[I].Combine == DLC_COMBINE_SUM ? Sums[I] : Sums[I] / Weights[I]})
                .to(E.Outputs[I].Type);
  }

private:
  const Entry &E;
  std::vector<NamedTensor> &Outputs;
  std::vector<double> Sums, Weights;
};
} // namespace

Results detail::callByValue(const Context &Ctx, std::string_view Name, std::span<const Input> Inputs,
                            const CallOptions &Options) {
  const Entry &Any = Ctx.M->entry(Name, 1);
  std::vector<TensorView> Values = matchInputs(Any, Inputs);
  int64_t Rows = commonRows(Any, Values);
  if (Rows >= 0 && Options.Extent && *Options.Extent != Rows)
    throw Error(cat("Entry '", Name, "': a call of ", plural(*Options.Extent, "row"),
                    " was asked for, and the inputs have ", Rows, "."));
  if (Rows < 0 && Options.Extent)
    Rows = *Options.Extent;
  // Without a batch, or where nothing tells: the largest there is.
  const Entry &E = Ctx.M->entry(Name, Rows >= 0 ? Rows : INT64_MAX);
  if (Rows < 0)
    Rows = E.Capacity;
  if (Rows < 1)
    throw Error(cat("Entry '", Name, "': a call of ", plural(Rows, "row"), " was asked for; at least one is needed."));
  if (Rows > E.Capacity)
    checkCut(E, Rows);
  for (const auto &[Scalar, Value] : Options.Scalars)
    checkScalar(E, Scalar, Value);

  CallState S(Ctx, E);
  S.Settings = Options.Scalars;
  S.Seed = Options.Seed;
  S.Step = Options.Step;
  S.Row = Options.Row;
  S.C.flags = Options.TrapNotFinite ? DLC_TRAP_NOT_FINITE : 0;
  std::vector<NamedTensor> Outputs;
  for (size_t I = 0; I < Values.size(); ++I)
    S.bind(I, Values[I], Rows);
  for (size_t I = 0; I < E.Outputs.size(); ++I) {
    Outputs.push_back({std::string(E.Outputs[I].Name), Tensor(E.Outputs[I].Type, E.Outputs[I].shape(Rows))});
    S.Outputs[I].Data = Outputs.back().Value.data();
  }
  Gathering Numbers(E, Outputs);
  for (int64_t First = 0; First < Rows; First += E.Capacity) {
    int64_t Part = std::min(E.Capacity, Rows - First);
    if (S.invoke(First, Part) != DLC_OK)
      S.raise(First);
    if (Rows > E.Capacity)
      Numbers.add(Part);
  }
  if (Rows > E.Capacity)
    Numbers.store();
  return Results(std::move(Outputs));
}

[[noreturn]] static void noResult(const std::vector<NamedTensor> &Values, const std::string &Which) {
  throw Error(cat("The call has no output ", Which, "; it has ",
                  listed(Values, [](const NamedTensor &Each) { return cat("'", Each.Name, "'"); }), "."));
}
static const Tensor &findResult(const std::vector<NamedTensor> &Values, std::string_view Name) {
  for (const NamedTensor &Each : Values)
    if (Each.Name == Name)
      return Each.Value;
  noResult(Values, cat("'", Name, "'"));
}
static const Tensor &findResult(const std::vector<NamedTensor> &Values, size_t Index) {
  if (Index >= Values.size())
    noResult(Values, cat("number ", Index, " (counted from 0)"));
  return Values[Index].Value;
}

const Tensor &Results::operator[](std::string_view Name) const & { return findResult(Values, Name); }
const Tensor &Results::operator[](size_t Index) const & { return findResult(Values, Index); }
Tensor Results::operator[](std::string_view Name) && {
  return std::move(const_cast<Tensor &>(findResult(Values, Name)));
}
Tensor Results::operator[](size_t Index) && { return std::move(const_cast<Tensor &>(findResult(Values, Index))); }

//===----------------------------------------------------------------------===//
// Prepared calls
//===----------------------------------------------------------------------===//

CallState *detail::prepareCall(const Context &Ctx, std::string_view Name, int64_t Capacity) {
  const Entry &E = Ctx.M->entry(Name, Capacity > 0 ? Capacity : INT64_MAX);
  if (Capacity > 0 && E.Capacity != Capacity) {
    std::vector<int64_t> There;
    for (const Entry &Each : Ctx.M->Entries)
      if (Each.Name == Name)
        There.push_back(Each.Capacity);
    throw Error(cat("Entry '", Name, "' was not compiled for batches of ", Capacity, "; it was for ",
                    listed(There, [](int64_t Each) { return std::to_string(Each); }),
                    ". A call prepared for a larger batch takes fewer rows too: prepare it without a number, and "
                    "say setExtent(",
                    Capacity, ")."));
  }
  auto S = std::make_unique<CallState>(Ctx, E);
  for (size_t I = 0; I < E.Outputs.size(); ++I) {
    PortMemory &Memory = S->Outputs[I];
    Memory.Own = Tensor(E.Outputs[I].Type, E.Outputs[I].Dims);
    Memory.Data = Memory.Own.data();
    Memory.Elements = Memory.Own.elements();
  }
  return S.release();
}

Obstacle CallState::obstacle(size_t &Index) const {
  for (Index = 0; Index < Inputs.size(); ++Index) {
    const PortMemory &Memory = Inputs[Index];
    const Port &P = E->Inputs[Index];
    if (!Memory.Data && P.Dims.elements() != 0)
      return Obstacle::NoInput;
    bool MayBeLonger = ExtentIsSet || Memory.Own.elements() != 0;
    if (P.hasBatch() && Memory.Data &&
        (Memory.Rows < Extent ||
         (Memory.Rows > Extent && (!MayBeLonger || (!batchIsFirst(P) && !Memory.Own.elements())))))
      return Obstacle::FewRows;
  }
  for (Index = 0; Index < Outputs.size(); ++Index)
    if (Outputs[Index].Elements < E->Outputs[Index].shape(Extent).elements())
      return Obstacle::SmallOutput;
  return Obstacle::None;
}

Call::Call(CallState *State) : S(State) {}
Call::~Call() = default;
Call::Call(Call &&) noexcept = default;
Call &Call::operator=(Call &&) noexcept = default;

const Entry &Call::entry() const { return *S->E; }

static void checkIndex(const Entry &E, size_t Index, size_t Count, std::string_view What) {
  if (Index >= Count)
    throw Error(cat("Entry '", E.Name, "' has ", plural(static_cast<int64_t>(Count), What), "; number ", Index,
                    " (counted from 0) was asked for."));
}

void Call::bindInput(size_t Index, TensorView Value) {
  checkIndex(*S->E, Index, S->Inputs.size(), "input");
  int64_t Rows = rowsOf(*S->E, S->E->Inputs[Index], "input", Value);
  if (Rows > S->E->Capacity)
    throw Error(cat("Entry '", S->E->Name, "', input '", S->E->Inputs[Index].Name, "': ", plural(Rows, "row"),
                    " were given to a prepared call, which takes at most ", S->E->Capacity, "."));
  S->bind(Index, Value, Rows);
  S->Inputs[Index].Own = Tensor();
  if (Rows >= 0) {
    S->Extent = Rows;
    S->ExtentIsSet = false;
  }
}
void Call::bindInput(std::string_view Name, TensorView Value) { bindInput(S->E->inputIndex(Name), Value); }

void Call::bindOutput(size_t Index, MutableTensorView Value) {
  checkIndex(*S->E, Index, S->Outputs.size(), "output");
  const Port &P = S->E->Outputs[Index];
  if (Value.dtype() != P.Type)
    mismatch(*S->E, P, "output", Value);
  if (!Value.flat())
    (void)rowsOf(*S->E, P, "output", Value);
  PortMemory &Memory = S->Outputs[Index];
  Memory.Own = Tensor();
  Memory.Data = Value.data();
  Memory.Elements = Value.elements();
}
void Call::bindOutput(std::string_view Name, MutableTensorView Value) { bindOutput(S->E->outputIndex(Name), Value); }

MutableTensorView Call::input(size_t Index) {
  checkIndex(*S->E, Index, S->Inputs.size(), "input");
  const Port &P = S->E->Inputs[Index];
  PortMemory &Memory = S->Inputs[Index];
  if (Memory.Own.elements() == 0) {
    Memory.Own = Tensor(P.Type, P.Dims);
    S->bind(Index, Memory.Own, S->E->Capacity);
  }
  return Memory.Own;
}
MutableTensorView Call::input(std::string_view Name) { return input(S->E->inputIndex(Name)); }

TensorView Call::output(size_t Index) const {
  checkIndex(*S->E, Index, S->Outputs.size(), "output");
  const Port &P = S->E->Outputs[Index];
  return TensorView(P.Type, P.shape(S->Extent), S->Outputs[Index].Data);
}
TensorView Call::output(std::string_view Name) const { return output(S->E->outputIndex(Name)); }

void Call::setExtent(int64_t Rows) {
  if (Rows < 1 || Rows > S->E->Capacity)
    throw Error(cat("Entry '", S->E->Name, "' was to be called with ", plural(Rows, "row"), "; it takes 1 to ",
                    S->E->Capacity, "."));
  S->Extent = Rows;
  S->ExtentIsSet = true;
}
int64_t Call::extent() const { return S->Extent; }

void Call::setScalar(std::string_view Name, double Value) {
  checkScalar(*S->E, Name, Value);
  S->ScalarVersion = UINT64_MAX;
  for (auto &[Key, Old] : S->Settings)
    if (Key == Name) {
      Old = Value;
      return;
    }
  S->Settings.emplace_back(Name, Value);
}
void Call::setSeed(uint64_t Seed) { S->Seed = Seed; }
void Call::setStep(int64_t Step) { S->Step = Step; }
void Call::setRow(int64_t Row) { S->Row = Row; }
void Call::setTrapNotFinite(bool On) { S->C.flags = On ? DLC_TRAP_NOT_FINITE : 0; }
void Call::setProfile(ProfileHook Hook, void *Context) {
  S->Services.profile = Hook;
  S->Services.profile_context = Context;
}

const dlc_error &Call::error() const { return S->C.error; }

int32_t Call::tryRun() noexcept {
  size_t Index = 0;
  Obstacle Found = S->obstacle(Index);
  if (Found == Obstacle::None)
    return S->invoke(0, S->Extent);
  S->C.error = dlc_error{};
  S->C.error.row = -1;
  S->C.error.code = Found == Obstacle::NoInput ? DLC_MISSING_ARENA : DLC_BAD_EXTENT;
  S->C.error.value = Found == Obstacle::NoInput ? -1 - static_cast<int64_t>(Index) : S->Extent;
  S->C.error.limit = Found == Obstacle::FewRows       ? S->Inputs[Index].Rows
                     : Found == Obstacle::SmallOutput ? S->Outputs[Index].Elements
                                                      : 0;
  return S->C.error.code;
}

void Call::run() {
  size_t Index = 0;
  switch (S->obstacle(Index)) {
  case Obstacle::None:
    break;
  case Obstacle::NoInput:
    throw Error(cat("Entry '", S->E->Name, "': the input '", S->E->Inputs[Index].Name,
                    "' was given no memory: call bindInput or input first."));
  case Obstacle::FewRows:
    throw Error(cat("Entry '", S->E->Name, "': the call has ", plural(S->Extent, "row"), ", and the input '",
                    S->E->Inputs[Index].Name, "' has ", S->Inputs[Index].Rows,
                    "; setExtent says how many rows a call has, where that is not the capacity."));
  case Obstacle::SmallOutput:
    throw Error(cat("Entry '", S->E->Name, "', output '", S->E->Outputs[Index].Name, "': memory for ",
                    plural(S->Outputs[Index].Elements, "element"), " was given; a call of ", plural(S->Extent, "row"),
                    " needs ", S->E->Outputs[Index].shape(S->Extent).elements(), "."));
  }
  if (S->invoke(0, S->Extent) != DLC_OK)
    S->raise(0);
}

} // namespace dlc
