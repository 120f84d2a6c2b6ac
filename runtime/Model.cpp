//===- Model.cpp - compiled models -------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Reads a library's descriptor into the views of Model.h, checking it on the way: what is wrong here is a
// compiler's fault or a damaged file, and must not become a wild read later.
//
//===----------------------------------------------------------------------===//
#include "runtime/Model.h"
#include "runtime/Internal.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>

namespace dlc {
using namespace detail;

//===----------------------------------------------------------------------===//
// Views of the descriptor
//===----------------------------------------------------------------------===//

std::string TensorInfo::fileName() const {
  if (Kind == DLC_SLOT)
    return cat("optimizer.", Parameter, ".", Slot);
  if (Kind == DLC_SESSION_STATE)
    return cat("session.", Name);
  return std::string(Name);
}

std::string TensorInfo::initText() const {
  switch (Init) {
  case DLC_INIT_ZEROS:
    return "zeros";
  case DLC_INIT_ONES:
    return "ones";
  case DLC_INIT_CONSTANT:
    return cat("constant(", Values[0], ")");
  case DLC_INIT_NORMAL:
    return cat("normal(", Values[0], ")");
  case DLC_INIT_UNIFORM:
    return cat("uniform(", Values[0], ", ", Values[1], ")");
  case DLC_INIT_KAIMING_UNIFORM:
    return cat("kaiming_uniform(", Values[0], ")");
  case DLC_INIT_FAN_IN_UNIFORM:
    return "fan_in_uniform";
  case DLC_INIT_XAVIER_UNIFORM:
    return "xavier_uniform";
  case DLC_INIT_XAVIER_NORMAL:
    return "xavier_normal";
  case DLC_INIT_KAIMING_NORMAL:
    return "kaiming_normal";
  }
  return "unknown";
}

Shape Port::shape(int64_t Extent) const {
  Shape Result = Dims;
  for (size_t Axis = 0; Axis < Dims.size(); ++Axis)
    if (Batch[Axis])
      Result[Axis] = Batch[Axis] * Extent;
  return Result;
}

std::string Port::str() const {
  std::string Text(nameOf(Type));
  if (Dims.empty())
    return Text;
  Text += "[";
  for (size_t Axis = 0; Axis < Dims.size(); ++Axis) {
    Text += Axis ? ", " : "";
    if (!Batch[Axis])
      Text += std::to_string(Dims[Axis]);
    else
      Text += Batch[Axis] == 1 ? "batch" : cat(Batch[Axis], " * batch");
  }
  return Text + "]";
}

template <class T>
static size_t indexOf(const std::vector<T> &All, std::string_view Name, std::string_view Entry, std::string_view What) {
  for (size_t I = 0; I < All.size(); ++I)
    if (All[I].Name == Name)
      return I;
  throw Error(cat("Entry '", Entry, "' has no ", What, " '", Name, "'; it has ",
                  listed(All, [](const T &Each) { return cat("'", Each.Name, "'"); }), "."));
}

size_t Entry::inputIndex(std::string_view Wanted) const { return indexOf(Inputs, Wanted, Name, "input"); }
size_t Entry::outputIndex(std::string_view Wanted) const { return indexOf(Outputs, Wanted, Name, "output"); }
bool ScalarInfo::allows(double Value) const {
  return Value == Value && !((Limits & DLC_FROM_LOW) && Value < Low) && !((Limits & DLC_ABOVE_LOW) && Value <= Low) &&
         !((Limits & DLC_TO_HIGH) && Value > High) && !((Limits & DLC_BELOW_HIGH) && Value >= High);
}
std::string ScalarInfo::range() const {
  bool HasLow = Limits & (DLC_FROM_LOW | DLC_ABOVE_LOW), HasHigh = Limits & (DLC_TO_HIGH | DLC_BELOW_HIGH);
  if (!HasLow && !HasHigh)
    return "a number";
  std::ostringstream Text;
  Text << "in " << (Limits & DLC_FROM_LOW ? "[" : "(");
  Text << (HasLow ? Low : -std::numeric_limits<double>::infinity()) << ", ";
  Text << (HasHigh ? High : std::numeric_limits<double>::infinity()) << (Limits & DLC_TO_HIGH ? "]" : ")");
  return Text.str();
}

size_t Entry::scalarIndex(std::string_view Wanted) const { return indexOf(Scalars, Wanted, Name, "scalar"); }

//===----------------------------------------------------------------------===//
// Reading the descriptor
//===----------------------------------------------------------------------===//

namespace {

/// Goes through the schedule of an entry point as its library will, and makes sure that no operand of a kernel can
/// lie outside the memory that a call brings.
class ScheduleChecker {
public:
  ScheduleChecker(const dlc_model &M, const dlc_entry &Raw, const Entry &E, const std::string &What)
      : M(M), Raw(Raw), E(E), What(What) {}

  void check() {
    if (!Raw.step_count)
      return; // written by hand
    uint64_t Numbers = 8 * (DLC_FIRST_SCALAR + uint64_t(Raw.scalar_count));
    if (!Raw.steps || (Raw.operand_count && !Raw.operands) || (Raw.loop_step_count && !Raw.loop_steps) ||
        (Raw.check_count && !Raw.checks) || Raw.scratch_bytes > Raw.workspace_bytes ||
        Numbers > Raw.workspace_bytes - Raw.scratch_bytes)
      broken("a table of it is missing or too short");
    for (uint32_t I = 0; I < Raw.check_count; ++I)
      if (Raw.checks[I].row_size < 0)
        broken("a check has no rows");
    for (Step = 0; Step < Raw.step_count; ++Step) {
      const dlc_step &S = Raw.steps[Step];
      if (S.kind == DLC_RUN)
        run(S);
      else if (S.kind == DLC_LOOP)
        enter(S);
      else if (S.kind == DLC_END_LOOP && !Loops.empty() && Loops.back().End == Step)
        Loops.pop_back();
      else
        broken("its loops are not closed");
    }
    if (!Loops.empty())
      broken("its loops are not closed");
  }

private:
  struct Loop {
    uint32_t End;
    int64_t Rounds; ///< at the most
  };

  [[noreturn]] void broken(const std::string &Why) {
    throw Error(cat(What, " has a broken description: the schedule of entry '", E.Name, "', step ", Step, ": ", Why,
                    ". Compile it again."));
  }

  /// How many there are at the most; below 0 if that is no number to count with.
  int64_t most(const dlc_step &S) {
    int64_t Count = S.count;
    for (uint32_t I = 0; I < S.extents && Count > 0; ++I)
      if (S.extents > 8 || __builtin_mul_overflow(Count, E.Capacity, &Count))
        return -1;
    return Count;
  }

  void enter(const dlc_step &S) {
    if (S.operand <= Step || S.operand >= Raw.step_count || Loops.size() == DLC_MAX_LOOPS || most(S) < 0 ||
        (!Loops.empty() && S.operand >= Loops.back().End))
      broken("its loop has no end, or no number of rounds");
    Loops.push_back({S.operand, most(S)});
  }

  void run(const dlc_step &S) {
    if (S.kernel >= M.kernel_count)
      broken("there is no such kernel");
    const dlc_kernel &K = *reinterpret_cast<const dlc_kernel *>(reinterpret_cast<const char *>(M.kernels) +
                                                                size_t(M.kernel_size) * S.kernel);
    if (!K.function || (K.operand_count && !K.operands) || S.operand > Raw.operand_count ||
        K.operand_count > Raw.operand_count - S.operand || S.unit < 1 || most(S) < 0 || S.check > Raw.check_count)
      broken("it does not fit its kernel");
    if (K.scratch_bytes > Raw.scratch_bytes)
      broken("its kernel needs more scratch memory than a call brings");
    if (S.check && (!K.operand_count || K.operands[K.operand_count - 1].bytes < 16))
      broken("a check has no report");
    uint64_t Numbers = 8 * (DLC_FIRST_SCALAR + uint64_t(Raw.scalar_count) + K.operand_count);
    if (Numbers > Raw.workspace_bytes - Raw.scratch_bytes)
      broken("its operands do not fit the workspace");
    for (uint32_t I = 0; I < K.operand_count; ++I)
      operand(Raw.operands[S.operand + I], K.operands[I], Numbers);
  }

  /// Bytes that lie there.
  uint64_t room(const dlc_operand &O) {
    if (O.base < DLC_ARENA_COUNT)
      return !(Raw.arenas >> O.base & 1) ? 0
             : O.base == DLC_WORKSPACE   ? Raw.workspace_bytes - Raw.scratch_bytes
                                         : M.arena_bytes[O.base];
    const std::vector<Port> &Ports = O.base == DLC_IN_INPUT ? E.Inputs : E.Outputs;
    if (O.base > DLC_IN_OUTPUT || O.index >= Ports.size())
      return 0;
    return static_cast<uint64_t>(Ports[O.index].Dims.elements()) * sizeOf(Ports[O.index].Type);
  }

  void operand(const dlc_operand &O, const dlc_kernel_operand &Wanted, uint64_t Numbers) {
    __int128 Least = O.offset, Most = O.offset;
    if (O.steps) {
      if (O.steps > Raw.loop_step_count || Loops.size() > Raw.loop_step_count - (O.steps - 1))
        broken("an operand has no steps");
      for (size_t I = 0; I < Loops.size(); ++I) {
        __int128 Last =
            static_cast<__int128>(Raw.loop_steps[O.steps - 1 + I]) * std::max<int64_t>(Loops[I].Rounds - 1, 0);
        (Last < 0 ? Least : Most) += Last;
      }
    }
    __int128 Elements = Wanted.elements;
    for (uint32_t I = 0; I < std::min(Wanted.extents, 8u); ++I)
      Elements = std::min<__int128>(Elements * E.Capacity, INT64_MAX);
    if (Wanted.elements < 0 || Wanted.extents > 8 || Wanted.row_elements < 0 || Wanted.dtype > DLC_I1 ||
        (Wanted.dtype && Elements * static_cast<int64_t>(sizeOf(static_cast<DType>(Wanted.dtype))) >
                             static_cast<__int128>(Wanted.bytes)))
      broken("a kernel says of an operand what cannot be");
    bool IsInNumbers =
        O.base == DLC_WORKSPACE && (Wanted.flags & DLC_WRITTEN) && Least < static_cast<__int128>(Numbers);
    if (Least < 0 || Most + static_cast<__int128>(Wanted.bytes) > static_cast<__int128>(room(O)) || IsInNumbers)
      broken("an operand lies outside of its memory");
  }

  const dlc_model &M;
  const dlc_entry &Raw;
  const Entry &E;
  const std::string &What;
  uint32_t Step = 0;
  std::vector<Loop> Loops;
};

class DescriptorReader {
public:
  DescriptorReader(ModelState &S, const std::string &What) : S(S), What(What) {}

  void read(dlc_query Query) {
    const dlc_model *Raw = Query(DLC_ABI_VERSION);
    if (!Raw)
      throw Error(cat(What, " cannot serve version ", DLC_ABI_VERSION,
                      " of the interface, which this runtime speaks. Compile it with the dlc of this release."));
    if (Raw->magic != DLC_MAGIC)
      broken("its magic number is wrong");
    if (Raw->abi_version != DLC_ABI_VERSION)
      throw Error(cat(What, " has version ", Raw->abi_version, " of the interface; this runtime speaks version ",
                      DLC_ABI_VERSION, ". Compile it with the dlc of this release."));
    // A newer library's structures may be longer than ours.
    if (Raw->struct_size < sizeof(dlc_model) || Raw->tensor_size < sizeof(dlc_tensor) ||
        Raw->port_size < sizeof(dlc_port) || Raw->scalar_size < sizeof(dlc_scalar) ||
        Raw->entry_size < sizeof(dlc_entry) || Raw->kernel_size < sizeof(dlc_kernel))
      broken("its structures are shorter than this version of the interface has them");
    S.Raw = Raw;
    requireText(Raw->name, "the model");
    checkProcessor();
    for (uint32_t I = 0; I < Raw->tensor_count; ++I)
      S.Tensors.push_back(tensor(*at(Raw->tensors, Raw->tensor_size, I)));
    for (uint32_t I = 0; I < Raw->entry_count; ++I)
      S.Entries.push_back(entry(*at(Raw->entries, Raw->entry_size, I)));
    for (uint32_t I = 0; I < Raw->kernel_count; ++I) {
      const dlc_kernel &K = *at(Raw->kernels, Raw->kernel_size, I);
      S.Kernels.push_back({text(K.name), text(K.source), K.flops, K.bytes});
    }
    for (uint32_t I = 0; I < Raw->entry_count; ++I)
      ScheduleChecker(*Raw, *at(Raw->entries, Raw->entry_size, I), S.Entries[I], What).check();
  }

private:
  [[noreturn]] void broken(const std::string &Why) {
    throw Error(cat(What, " has a broken description: ", Why, ". Compile it again."));
  }

  template <class T> const T *at(const T *First, uint32_t Size, uint32_t Index) {
    if (!First)
      broken("a table is missing");
    return reinterpret_cast<const T *>(reinterpret_cast<const char *>(First) + size_t(Size) * Index);
  }
  static std::string_view text(const char *Text) { return Text ? std::string_view(Text) : std::string_view(); }
  std::string_view requireText(const char *Text, std::string_view Of) {
    if (!Text || !*Text)
      broken(cat("the name of ", Of, " is missing"));
    return Text;
  }
  DType type(uint32_t Type, std::string_view Of) {
    if (Type < DLC_F32 || Type > DLC_I1)
      broken(cat("'", Of, "' has the unknown type ", Type));
    return static_cast<DType>(Type);
  }
  Shape axes(const int64_t *Axes, uint32_t Rank, std::string_view Of) {
    if (Rank > DLC_MAX_RANK || (Rank && !Axes))
      broken(cat("'", Of, "' has ", Rank, " axes"));
    for (uint32_t I = 0; I < Rank; ++I)
      if (Axes[I] < 0)
        broken(cat("'", Of, "' has a negative extent or stride"));
    return Shape(std::span<const int64_t>(Axes, Rank));
  }

  void checkProcessor() {
    std::string Missing = missingCpuFeatures(text(S.Raw->cpu_features));
    if (Missing.empty())
      return;
    std::string Level = cpuLevel();
    std::string_view Target = text(S.Raw->target);
    std::string Remedy = Level == "x86-64-v3"  ? " Compile it with --target v3."
                         : Level < "x86-64-v3" ? " dlc makes code for x86-64-v3 and x86-64-v4 only."
                                               : " Compile it on this machine, with --target native.";
    throw Error(cat(What, " was compiled for ", Target, ", and this processor has only ", Level, " (missing: ", Missing,
                    ").", Remedy));
  }

  TensorInfo tensor(const dlc_tensor &T) {
    TensorInfo Info{};
    Info.Name = requireText(T.name, "a tensor");
    Info.Type = type(T.dtype, Info.Name);
    if (T.kind > DLC_SESSION_STATE || T.arena > DLC_SESSION || T.init > DLC_INIT_KAIMING_NORMAL)
      broken(cat("'", Info.Name, "' has an unknown kind, arena or initialiser"));
    Info.Kind = static_cast<dlc_tensor_kind>(T.kind);
    Info.Arena = static_cast<dlc_arena>(T.arena);
    static constexpr dlc_arena Home[] = {DLC_PARAMS, DLC_BUFFERS, DLC_TRAINING, DLC_SESSION};
    if (Info.Arena != Home[Info.Kind])
      broken(cat("'", Info.Name, "' lies in an arena that is not its kind's"));
    Info.Dims = axes(T.shape, T.rank, Info.Name);
    Info.Strides = axes(T.strides, T.rank, Info.Name);
    Info.Offset = T.offset;
    Info.Bytes = T.bytes;
    uint64_t Arena = S.Raw->arena_bytes[Info.Arena];
    if (T.offset > Arena || T.bytes > Arena - T.offset)
      broken(cat("'", Info.Name, "' does not lie within its arena"));
    unsigned __int128 Last = 0;
    if (Info.Dims.elements() != 0) {
      Last = 1;
      for (size_t Axis = 0; Axis < Info.Dims.size(); ++Axis)
        Last += static_cast<unsigned __int128>(Info.Dims[Axis] - 1) * static_cast<uint64_t>(Info.Strides[Axis]);
    }
    if (Last * sizeOf(Info.Type) > T.bytes || T.offset % sizeOf(Info.Type))
      broken(cat("'", Info.Name, "' does not fit the memory that it is given"));
    Info.Init = static_cast<dlc_init>(T.init);
    Info.Values[0] = T.values[0], Info.Values[1] = T.values[1];
    Info.FanIn = T.fan_in, Info.FanOut = T.fan_out;
    Info.Parameter = text(T.parameter), Info.Slot = text(T.slot), Info.Group = text(T.group);
    if (Info.Kind == DLC_SLOT && (Info.Parameter.empty() || Info.Slot.empty()))
      broken(cat("the slot '", Info.Name, "' does not say whose it is"));
    for (const TensorInfo &Other : S.Tensors)
      if (Other.fileName() == Info.fileName())
        broken(cat("two tensors are called '", Info.fileName(), "' in a checkpoint"));
    return Info;
  }

  std::vector<Port> ports(const dlc_port *First, uint32_t Count, int64_t Capacity) {
    std::vector<Port> Result;
    for (uint32_t I = 0; I < Count; ++I) {
      const dlc_port &P = *at(First, S.Raw->port_size, I);
      Port Info;
      Info.Name = requireText(P.name, "an input or output");
      Info.Type = type(P.dtype, Info.Name);
      Info.Dims = axes(P.shape, P.rank, Info.Name);
      Info.Batch = axes(P.batch, P.rank, Info.Name);
      if (Info.shape(Capacity) != Info.Dims)
        broken(cat("'", Info.Name, "' has the shape ", Info.Dims.str(), " at the capacity ", Capacity));
      (void)Info.Dims.elements();
      if (P.combine > DLC_COMBINE_SUM || (P.combine != DLC_COMBINE_UNKNOWN && !Info.Dims.empty()) ||
          (P.combine == DLC_COMBINE_COUNT && (P.count >= Count || at(First, S.Raw->port_size, P.count)->rank != 0)))
        broken(cat("'", Info.Name, "' does not say how it combines"));
      Info.Combine = static_cast<dlc_combine>(P.combine);
      Info.Count = P.count;
      Result.push_back(Info);
    }
    return Result;
  }

  Entry entry(const dlc_entry &E) {
    Entry Info;
    Info.Name = requireText(E.name, "an entry point");
    Info.Signature = text(E.signature);
    if (E.kind > DLC_SESSION_CALL || !E.function || E.capacity < 1)
      broken(cat("entry '", Info.Name, "' has an unknown kind, no code or no capacity"));
    Info.Kind = static_cast<dlc_entry_kind>(E.kind);
    Info.Flags = E.flags;
    Info.Arenas = E.arenas;
    Info.Capacity = E.capacity;
    Info.WorkspaceBytes = E.workspace_bytes;
    Info.ScratchBytes = E.scratch_bytes;
    if (E.workspace_bytes > S.Raw->arena_bytes[DLC_WORKSPACE])
      broken(cat("entry '", Info.Name, "' needs more workspace than the model says"));
    Info.Inputs = ports(E.inputs, E.input_count, E.capacity);
    Info.Outputs = ports(E.outputs, E.output_count, E.capacity);
    for (uint32_t I = 0; I < E.scalar_count; ++I) {
      const dlc_scalar &Scalar = *at(E.scalars, S.Raw->scalar_size, I);
      ScalarInfo One{requireText(Scalar.name, "a scalar"), Scalar.value};
      One.Low = Scalar.low;
      One.High = Scalar.high;
      One.Limits = Scalar.limits;
      Info.Scalars.push_back(One);
    }
    Info.Function = E.function;
    return Info;
  }

  ModelState &S;
  const std::string &What;
};

} // namespace

void detail::readDescriptor(ModelState &S, dlc_query Query, const std::string &What) {
  DescriptorReader(S, What).read(Query);
}

//===----------------------------------------------------------------------===//
// ModelState
//===----------------------------------------------------------------------===//

const dlc_services *ModelState::services() {
  if (Options.Services)
    return Options.Services;
  std::lock_guard<std::mutex> Guard(Lock);
  if (!Pool)
    Pool = Options.Pool      ? Options.Pool
           : Options.Threads ? std::make_shared<ThreadPool>(Options.Threads)
                             : ThreadPool::shared();
  return Pool->services();
}

Arena ModelState::takeWorkspace() {
  {
    std::lock_guard<std::mutex> Guard(Lock);
    if (!Workspaces.empty()) {
      Arena A = std::move(Workspaces.back());
      Workspaces.pop_back();
      return A;
    }
  }
  uint64_t Threads = services()->threads, Most = Raw->arena_bytes[DLC_WORKSPACE];
  for (const Entry &E : Entries)
    Most = std::max(Most, E.WorkspaceBytes + (Threads - 1) * E.ScratchBytes);
  return Arena(Most);
}

void ModelState::giveWorkspace(Arena A) {
  std::lock_guard<std::mutex> Guard(Lock);
  Workspaces.push_back(std::move(A));
}

std::string ModelState::describe() const {
  return Path.empty() ? cat("model '", Raw->name, "'") : cat("model '", Raw->name, "' (", Path, ")");
}

const Entry &ModelState::entry(std::string_view Name, int64_t Extent) const {
  const Entry *Best = nullptr;
  for (const Entry &E : Entries) {
    if (E.Name != Name)
      continue;
    bool Fits = E.Capacity >= Extent, BestFits = Best && Best->Capacity >= Extent;
    if (!Best || (Fits && !BestFits) ||
        (Fits == BestFits && (Fits ? E.Capacity < Best->Capacity : E.Capacity > Best->Capacity)))
      Best = &E;
  }
  if (Best)
    return *Best;
  std::vector<std::string_view> Names;
  for (const Entry &E : Entries)
    if (std::find(Names.begin(), Names.end(), E.Name) == Names.end())
      Names.push_back(E.Name);
  throw Error(cat("The ", describe(), " has no entry point '", Name, "'; it has ",
                  listed(Names, [](std::string_view Each) { return cat("'", Each, "'"); }), "."));
}

const TensorInfo *ModelState::find(std::string_view Name, std::initializer_list<dlc_arena> Arenas) const {
  for (const TensorInfo &T : Tensors)
    if (std::find(Arenas.begin(), Arenas.end(), T.Arena) != Arenas.end() && (T.Name == Name || T.fileName() == Name))
      return &T;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Model
//===----------------------------------------------------------------------===//

static std::string_view textOf(const char *Text) { return Text ? Text : ""; }

static void checkServices(const ModelOptions &Options) {
  const dlc_services *S = Options.Services;
  if (S && (S->struct_size < sizeof(dlc_services) || S->threads < 1 || (S->threads > 1 && !S->parallel_for)))
    throw Error("The services given for a model are incomplete: struct_size, threads and parallel_for must be set.");
}

Model Model::open(const std::string &Path, const ModelOptions &Options) {
  checkServices(Options);
  const char *Wish = std::getenv("DLC_VERIFY");
  bool Verify = Options.Verify && !(Wish && std::string_view(Wish) == "0");
  auto S = std::make_shared<ModelState>();
  S->Code = loadLibrary(Path, Verify);
  S->Path = Path;
  S->Options = Options;
  readDescriptor(*S, S->Code->Query, cat("'", Path, "'"));
  // A library that somebody wrote by hand need not have one.
  if (Verify && !S->Code->HasChecksum && textOf(S->Raw->producer).starts_with("dlc "))
    throw Error(cat("'", Path, "' is damaged, or was made by an older dlc: it has no checksum. Compile it again."));
  return Model(std::move(S));
}

Model Model::fromQuery(dlc_query Query, const ModelOptions &Options) {
  checkServices(Options);
  if (!Query)
    throw Error("A model was to be made from a query function that is NULL.");
  auto S = std::make_shared<ModelState>();
  S->Options = Options;
  readDescriptor(*S, Query, "The linked model");
  return Model(std::move(S));
}

std::string_view Model::name() const { return S->Raw->name; }
std::string_view Model::producer() const { return textOf(S->Raw->producer); }
std::string_view Model::language() const { return textOf(S->Raw->language); }
std::string_view Model::target() const { return textOf(S->Raw->target); }
std::string_view Model::cpuFeatures() const { return textOf(S->Raw->cpu_features); }
uint64_t Model::hash() const { return S->Raw->hash; }
const std::string &Model::path() const { return S->Path; }
std::span<const TensorInfo> Model::tensors() const { return S->Tensors; }
std::span<const Entry> Model::entries() const { return S->Entries; }
std::span<const KernelInfo> Model::kernels() const { return S->Kernels; }
uint64_t Model::arenaBytes(dlc_arena Arena) const { return S->Raw->arena_bytes[Arena]; }
const dlc_model &Model::descriptor() const { return *S->Raw; }
const Entry &Model::entry(std::string_view Name, int64_t Extent) const { return S->entry(Name, Extent); }
const TensorInfo *Model::findTensor(std::string_view Name) const {
  for (dlc_arena Arena : {DLC_PARAMS, DLC_BUFFERS, DLC_TRAINING, DLC_SESSION})
    if (const TensorInfo *T = S->find(Name, {Arena}))
      return T;
  return nullptr;
}
unsigned Model::threads() const { return S->services()->threads; }

bool Model::hasEntry(std::string_view Name) const {
  return std::any_of(S->Entries.begin(), S->Entries.end(), [&](const Entry &E) { return E.Name == Name; });
}

Parameters Model::newParameters(uint64_t Seed) const {
  Parameters P(std::make_shared<ParametersState>(S));
  P.initialise(Seed);
  return P;
}

Parameters Model::loadParameters(const std::string &Path) const {
  Parameters P(std::make_shared<ParametersState>(S));
  P.load(Path);
  return P;
}

static void checkSameModel(const ModelState *Mine, const ModelState *Theirs) {
  if (Mine != Theirs)
    throw Error(cat("Parameters of the ", Theirs->describe(), " were given to the ", Mine->describe(),
                    "; each model has its own (use save and load to carry weights over)."));
}

Training Model::newTraining(const Parameters &Params, uint64_t Seed) const {
  checkSameModel(S.get(), Params.S->M.get());
  auto T = std::make_shared<TrainingState>();
  T->P = Params.S;
  T->Slots = Arena(S->Raw->arena_bytes[DLC_TRAINING]);
  T->Session = Arena(S->Raw->arena_bytes[DLC_SESSION]);
  T->Seed = Seed;
  Training Result(std::move(T));
  Result.reset();
  return Result;
}

Session Model::newSession(const Parameters &Params) const {
  checkSameModel(S.get(), Params.S->M.get());
  auto State = std::make_shared<SessionState>();
  State->P = Params.S;
  State->Memory = Arena(S->Raw->arena_bytes[DLC_SESSION]);
  Session Result(std::move(State));
  Result.reset();
  return Result;
}

Results Model::call(std::string_view Entry, const Parameters &Params, std::span<const Input> Inputs,
                    const CallOptions &Options) const {
  checkSameModel(S.get(), Params.S->M.get());
  return callByValue({S, Params.S, nullptr, nullptr}, Entry, Inputs, Options);
}

Call Model::prepare(std::string_view Entry, const Parameters &Params, int64_t Capacity) const {
  checkSameModel(S.get(), Params.S->M.get());
  return Call(prepareCall({S, Params.S, nullptr, nullptr}, Entry, Capacity));
}

} // namespace dlc
