// Call.cpp - calling entry points.
// SPDX-License-Identifier: Apache-2.0
//
// One way down for both kinds of call: a state holds everything that dlc_call points to, made once; invoke()
// fills in pointers and numbers and calls, and allocates nothing. A call by value makes a state, checks and
// binds the inputs, and invokes it once, or several times where it has to be cut.
//
// Ports are dense in the caller's memory, and compiled code reads and writes them there, whatever the extent.
#include "runtime/Internal.h"

#include <algorithm>
#include <cstring>

namespace dlc {
using namespace detail;

//===--- The state of a call ---------------------------------------------------------------------------===//

namespace {

/// Memory of one input or output.
struct PortMemory {
  void *data = nullptr;
  OpenSizes extents{};  ///< those of what is bound; the capacities for the call's own memory
  int64_t elements = 0; ///< room there
  Tensor own;
};

/// Why a prepared call cannot be made.
enum class Obstacle { None, NoInput, FewRows, OtherSize, SmallOutput };

} // namespace

struct detail::CallState {
  Context context;
  const Entry *entry = nullptr;
  Arena workspace;
  std::vector<PortMemory> inputs, outputs;
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
  std::vector<double> scalars;
  std::vector<std::pair<std::string, double>> settings; ///< of this call alone
  uint64_t scalarVersion = UINT64_MAX;
  dlc_services services{};
  dlc_call call{};
  OpenSizes extents{};
  bool extentIsSet = false; ///< by setExtent: bound memory may have more rows
  std::optional<uint64_t> seed;
  std::optional<int64_t> step;
  int64_t row = 0;

  CallState(const Context &given, const Entry &called);
  ~CallState() {
    if (workspace.data())
      context.model->giveWorkspace(std::move(workspace));
  }

  void resolveScalars();
  int32_t invoke(int64_t first, int64_t rows);
  Obstacle obstacle(size_t &index) const;
  void bind(size_t index, TensorView value, const OpenSizes &extents);
  [[noreturn]] void raise(int64_t firstRow) const;
};

CallState::CallState(const Context &given, const Entry &called) : context(given), entry(&called) {
  if ((entry->kind == DLC_TRAIN || entry->kind == DLC_APPLY || entry->needs(DLC_TRAINING)) && !context.training)
    throw Error(cat("Entry '", entry->name,
                    "' updates parameters with an optimizer, which has state: make it with "
                    "Model::newTraining and call the entry point through that."));
  if (entry->needs(DLC_SESSION) && !context.session && !context.training)
    throw Error(cat("Entry '", entry->name,
                    "' carries state from call to call: make a session with Model::newSession "
                    "and call the entry point through that."));
  workspace = context.model->takeWorkspace();
  inputs.resize(entry->inputs.size());
  outputs.resize(entry->outputs.size());
  inputPointers.resize(inputs.size());
  outputPointers.resize(outputs.size());
  scalars.resize(entry->scalars.size());

  services = *context.model->services();
  services.struct_size = sizeof(dlc_services);

  call.struct_size = sizeof(dlc_call);
  call.inputs = inputPointers.data();
  call.outputs = outputPointers.data();
  call.arenas[DLC_PARAMS] = context.parameters->memory(DLC_PARAMS);
  call.arenas[DLC_BUFFERS] = context.parameters->memory(DLC_BUFFERS);
  call.arenas[DLC_TRAINING] = context.training ? context.training->slots.data() : nullptr;
  call.arenas[DLC_SESSION] = context.session    ? context.session->memory.data()
                             : context.training ? context.training->session->memory.data()
                                                : nullptr;
  call.arenas[DLC_WORKSPACE] = workspace.data();
  call.workspace_bytes = workspace.size();
  call.scalars = scalars.data();
  call.services = &services;
  extents = entry->atCapacity(entry->capacity);
}

void CallState::resolveScalars() {
  std::span<const std::pair<std::string, double>> mine = settings, training;
  if (context.training)
    training = context.training->scalars;
  for (size_t i = 0; i < scalars.size(); ++i) {
    std::string_view name = entry->scalars[i].name, base = scalarBase(name);
    scalars[i] = entry->scalars[i].defaultValue;
    // A group's own value counts before the one for all groups, the call's before the training's.
    for (const double *found :
         {findScalar(mine, name), findScalar(training, name), findScalar(mine, base), findScalar(training, base)})
      if (found) {
        scalars[i] = *found;
        break;
      }
  }
  scalarVersion = context.training ? context.training->scalarVersion : 0;
}

/// Where the rows from `first` on lie: a call that is cut has the batch as the first axis of all that depends on it.
static void *rowAddress(const Port &p, const PortMemory &memory, int64_t first, OpenSizes extents) {
  if (first == 0 || !p.hasBatch())
    return memory.data;
  extents[0] = 1;
  int64_t rowElements = p.shape(extents).elements();
  return static_cast<char *>(memory.data) + first * rowElements * static_cast<int64_t>(sizeOf(p.type));
}

int32_t CallState::invoke(int64_t first, int64_t rows) {
  static char nothing[DLC_ALIGNMENT]; // an address for tensors without elements
  for (size_t i = 0; i < inputs.size(); ++i) {
    const void *data = rowAddress(entry->inputs[i], inputs[i], first, extents);
    inputPointers[i] = data ? data : nothing;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    void *data = rowAddress(entry->outputs[i], outputs[i], first, extents);
    outputPointers[i] = data ? data : nothing;
  }
  if (scalarVersion != (context.training ? context.training->scalarVersion : 0))
    resolveScalars();
  std::copy(extents.begin(), extents.end(), call.extents);
  call.extents[0] = rows;
  call.seed = seed ? *seed : context.training ? context.training->seed : 0;
  call.step = step ? *step : context.training ? context.training->step + 1 : 1;
  call.row = row + first;
  call.error = dlc_error{};
  call.error.row = -1;
  SessionState *session = context.session.get();
  bool isBusy = session && session->busy.exchange(true, std::memory_order_acquire);
  int32_t code = isBusy ? int32_t(DLC_BUSY) : entry->function(&call);
  if (session && !isBusy)
    session->busy.store(false, std::memory_order_release);
  if (code != DLC_OK) {
    call.error.code = code;
    return code;
  }
  if (context.training && (entry->kind == DLC_TRAIN || entry->kind == DLC_APPLY))
    ++context.training->step;
  return DLC_OK;
}

/// Turns the model's error record into an exception; `firstRow` is where this part of a cut call began.
void CallState::raise(int64_t firstRow) const {
  const dlc_error &r = call.error;
  int64_t batchRow = r.row < 0 ? r.row : r.row + firstRow;
  std::string text = cat("Entry '", entry->name, "'");
  if (r.op)
    text += cat(", ", r.op);
  text += ": ";
  std::string where = batchRow < 0 ? std::string() : cat(" in row ", batchRow);
  switch (r.code) {
  case DLC_BAD_INDEX:
    text += cat("the index ", r.value, where, " is out of range: it must be at least 0 and less than ", r.limit, ".");
    break;
  case DLC_NOT_FINITE:
    text += cat("a value", where, " is not finite (NaN or infinite).");
    break;
  case DLC_BAD_EXTENT:
    if (r.op && entry->open[0].name != std::string_view(r.op)) {
      text = cat("Entry '", entry->name, "': the model refused a call whose '", r.op, "' is ", r.value,
                 "; it takes 1 to ", r.limit, ".");
      break;
    }
    text = cat("Entry '", entry->name, "': ");
    text += cat("the model refused a call of ", plural(r.value, "row"), "; it takes ",
                entry->parts > 1 ? cat("a multiple of ", entry->parts, ", up to ") : std::string("1 to "), r.limit,
                entry->parts > 1 ? cat(", since it works through ", entry->parts, " equal parts of them (accumulate).")
                                 : std::string("."));
    break;
  case DLC_BAD_STRUCT:
    text += "the model does not know this version of the call structure. Compile it with the dlc of this "
            "release.";
    break;
  case DLC_MISSING_ARENA:
    text += cat("the model was called without memory of kind ", r.value, ", which it needs.");
    break;
  case DLC_BUSY:
    text += "another thread is calling the same session. A session is one stream of calls: give each thread its own.";
    break;
  default:
    text += cat("the model failed with the unknown code ", r.code, ".");
  }
  throw CallError(text, r.code, r.op ? r.op : "", batchRow, r.value, r.limit);
}

//===--- Checking inputs -------------------------------------------------------------------------------===//

static std::string viewText(TensorView value) {
  if (value.flat())
    return cat(plural(value.elements(), "element"), " of ", nameOf(value.dtype()));
  return cat(nameOf(value.dtype()), value.shape().empty() ? std::string() : value.shape().str());
}

[[noreturn]] static void mismatch(const Entry &e, const Port &p, std::string_view kind, TensorView value) {
  throw Error(cat("Entry '", e.name, "', ", kind, " '", p.name, "': ", viewText(value),
                  value.flat() && value.elements() != 1 ? " were given; " : " was given; ", p.str(), " was expected."));
}

/// The one open size that an axis is a multiple of; nothing where there is none, or several.
static std::optional<size_t> onlyOpenSize(dlc_factors factors) {
  for (size_t i = 0; i < DLC_MAX_EXTENTS; ++i)
    if (factors == dlc_factors(1) << 4 * i)
      return i;
  return std::nullopt;
}

/// What a value tells of the open sizes of a call; 0 for those that it does not tell. Throws if type or shape do not fit.
static OpenSizes extentsOf(const Entry &e, const Port &p, std::string_view kind, TensorView value) {
  OpenSizes found{};
  if (value.dtype() != p.type)
    mismatch(e, p, kind, value);
  if (value.flat() && !(p.dims.size() == 1)) {
    // The number of elements tells an open size only where one axis depends on it, and no other on any.
    int64_t axes = 0, others = 1;
    size_t open = 0;
    for (size_t axis = 0; axis < p.dims.size(); ++axis) {
      if (p.isOpen(axis))
        ++axes, open = axis;
      others *= p.sizes[axis];
    }
    if (axes == 0) {
      if (value.elements() != p.dims.elements())
        mismatch(e, p, kind, value);
      return found;
    }
    auto size = onlyOpenSize(p.factors[open]);
    if (axes != 1 || !size)
      throw Error(cat("Entry '", e.name, "', ", kind, " '", p.name, "': ", p.str(),
                      " was expected; its rows cannot be told from a number of elements: give a shape."));
    if (others == 0 || value.elements() % others || value.elements() == 0)
      mismatch(e, p, kind, value);
    found[*size] = value.elements() / others;
    return found;
  }
  if (value.shape().size() != p.dims.size())
    mismatch(e, p, kind, value);
  for (size_t axis = 0; axis < p.dims.size(); ++axis) {
    int64_t given = value.shape()[axis], size = p.sizes[axis];
    if (!p.isOpen(axis)) {
      if (given != p.dims[axis])
        mismatch(e, p, kind, value);
      continue;
    }
    if (given == 0)
      throw Error(cat("Entry '", e.name, "', ", kind, " '", p.name, "': ", viewText(value),
                      p.rowsAlong(axis) ? " was given, which has no rows; at least one is needed."
                                        : " was given, which has no elements; at least one is needed."));
    if (given % size)
      mismatch(e, p, kind, value);
    auto open = onlyOpenSize(p.factors[axis]);
    if (!open)
      continue; // is compared when all are known
    if (found[*open] && found[*open] != given / size)
      mismatch(e, p, kind, value);
    found[*open] = given / size;
  }
  return found;
}
/// A value has the shape that a call of these extents takes, also along axes that are products of open sizes.
static void checkProducts(const Entry &e, const Port &p, std::string_view kind, TensorView value,
                          const OpenSizes &extents) {
  bool hasProducts =
      std::any_of(p.factors.begin(), p.factors.end(), [](dlc_factors one) { return one && !onlyOpenSize(one); });
  if (hasProducts && !value.flat() && value.shape() != p.shape(extents))
    mismatch(e, p, kind, value);
}

static std::string inputList(const Entry &e) {
  return listed(e.inputs, [](const Port &p) { return cat("'", p.name, "' (", p.str(), ")"); });
}

/// Which given input stands for which port.
static std::vector<TensorView> matchInputs(const Entry &e, std::span<const Input> given) {
  std::vector<TensorView> values(e.inputs.size());
  std::vector<bool> have(e.inputs.size());
  if (given.size() > e.inputs.size())
    throw Error(cat("Entry '", e.name, "' was given ", plural(static_cast<int64_t>(given.size()), "input"),
                    "; it takes ", e.inputs.size(), ": ", inputList(e), "."));
  for (size_t i = 0; i < given.size(); ++i) {
    size_t index = given[i].name.empty() ? i : e.inputIndex(given[i].name);
    if (have[index])
      throw Error(cat("Entry '", e.name, "' was given the input '", e.inputs[index].name, "' twice."));
    have[index] = true;
    values[index] = given[i].value;
  }
  std::vector<std::string_view> missing;
  for (size_t i = 0; i < have.size(); ++i)
    if (!have[i])
      missing.push_back(e.inputs[i].name);
  if (!missing.empty())
    throw Error(cat("Entry '", e.name, "' lacks the input", missing.size() == 1 ? " " : "s ",
                    listed(missing, [](std::string_view name) { return cat("'", name, "'"); }), "; it takes ",
                    inputList(e), "."));
  return values;
}

/// The extents of a call, which all inputs must agree on; 0 where none tells.
static OpenSizes commonExtents(const Entry &e, std::span<const TensorView> values) {
  OpenSizes common{};
  std::array<std::string_view, DLC_MAX_EXTENTS> from;
  for (size_t i = 0; i < values.size(); ++i) {
    OpenSizes mine = extentsOf(e, e.inputs[i], "input", values[i]);
    for (size_t size = 0; size < e.open.size(); ++size) {
      if (mine[size] && common[size] && mine[size] != common[size])
        throw Error(cat("Entry '", e.name, "': the inputs differ in their ",
                        size ? cat("'", e.open[size].name, "'") : std::string("rows"), ": '", from[size], "' has ",
                        common[size], " and '", e.inputs[i].name, "' has ", mine[size], "."));
      if (mine[size] && !common[size])
        common[size] = mine[size], from[size] = e.inputs[i].name;
    }
  }
  return common;
}

/// Refuses a call that has more of another open size than the rows: those are never cut.
static void checkOpenSizes(const Entry &e, const OpenSizes &extents) {
  for (size_t i = 1; i < e.open.size(); ++i)
    if (extents[i] > e.open[i].capacity)
      throw Error(cat("Entry '", e.name, "' was called with ", extents[i], " as '", e.open[i].name,
                      "'; it was compiled for at most ", e.open[i].capacity,
                      ". Give at most that, or compile the model "
                      "with --size ",
                      e.open[i].name, "=", extents[i], "."));
}
/// Refuses a call of more rows than the capacity that cannot be cut.
static void checkCut(const Entry &e, int64_t rows) {
  std::string_view why = e.obstacleToCuts();
  if (!why.empty())
    throw Error(cat("Entry '", e.name, "' was called with ", plural(rows, "row"), "; it was compiled for at most ",
                    e.capacity, ", and the call cannot be cut into several because ", why, ". Give at most ",
                    plural(e.capacity, "row"), ", or compile the model with --batch ", rows, "."));
}

static void checkScalar(const Entry &e, std::string_view name, double value) {
  bool known = false;
  for (const ScalarInfo &scalar : e.scalars)
    known |= scalar.name == name || scalarBase(scalar.name) == name;
  if (!known)
    (void)e.scalarIndex(name); // throws, listing what there is
  checkScalarValue(e, name, value);
}

void CallState::bind(size_t index, TensorView value, const OpenSizes &extents) {
  PortMemory &memory = inputs[index];
  memory.data = const_cast<void *>(value.data());
  memory.extents = extents;
  memory.elements = value.elements();
}

//===--- Calls by value --------------------------------------------------------------------------------===//

namespace {
/// The single numbers of a call that is cut, gathered from its parts: sums and means divide once, at the end.
class Gathering {
public:
  Gathering(const Entry &e, std::vector<NamedTensor> &outputs)
      : entry(e), outputs(outputs), sums(outputs.size()), weights(outputs.size()) {}

  void add(int64_t rows) {
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Port &p = entry.outputs[i];
      double weight = p.combine == DLC_COMBINE_SUM     ? 1
                      : p.combine == DLC_COMBINE_COUNT ? outputs[p.count].value.at(0)
                                                       : static_cast<double>(rows);
      if (p.combine == DLC_COMBINE_UNKNOWN || weight == 0)
        continue; // a mean over nothing says nothing
      sums[i] += weight * outputs[i].value.at(0);
      weights[i] += weight;
    }
  }
  void store() {
    for (size_t i = 0; i < outputs.size(); ++i)
      if (weights[i] != 0)
        outputs[i].value =
            Tensor(Shape(),
                   std::vector<double>{entry.outputs[i].combine == DLC_COMBINE_SUM ? sums[i] : sums[i] / weights[i]})
                .to(entry.outputs[i].type);
  }

private:
  const Entry &entry;
  std::vector<NamedTensor> &outputs;
  std::vector<double> sums, weights;
};
} // namespace

Results detail::callByValue(const Context &ctx, std::string_view name, std::span<const Input> inputs,
                            const CallOptions &options) {
  const Entry &any = ctx.model->entry(name, 1);
  std::vector<TensorView> values = matchInputs(any, inputs);
  OpenSizes extents = commonExtents(any, values);
  int64_t rows = extents[0] ? extents[0] : -1;
  if (rows >= 0 && options.extent && *options.extent != rows)
    throw Error(cat("Entry '", name, "': a call of ", plural(*options.extent, "row"),
                    " was asked for, and the inputs have ", rows, "."));
  if (rows < 0 && options.extent)
    rows = *options.extent;
  // Without a batch, or where nothing tells: the largest there is.
  extents[0] = rows >= 0 ? rows : INT64_MAX;
  const Entry &e = ctx.model->entry(name, extents);
  if (rows < 0)
    rows = e.capacity;
  checkOpenSizes(e, extents);
  if (rows < 1)
    throw Error(cat("Entry '", name, "': a call of ", plural(rows, "row"), " was asked for; at least one is needed."));
  if (rows > e.capacity)
    checkCut(e, rows);
  extents[0] = rows;
  for (size_t i = 0; i < values.size(); ++i)
    checkProducts(e, e.inputs[i], "input", values[i], extents);
  for (const auto &[scalar, value] : options.scalars)
    checkScalar(e, scalar, value);

  CallState s(ctx, e);
  s.settings = options.scalars;
  s.seed = options.seed;
  s.step = options.step;
  s.row = options.row;
  s.call.flags = options.trapNotFinite ? DLC_TRAP_NOT_FINITE : 0;
  s.extents = extents;
  std::vector<NamedTensor> outputs;
  for (size_t i = 0; i < values.size(); ++i)
    s.bind(i, values[i], extents);
  for (size_t i = 0; i < e.outputs.size(); ++i) {
    outputs.push_back({std::string(e.outputs[i].name), Tensor(e.outputs[i].type, e.outputs[i].shape(extents))});
    s.outputs[i].data = outputs.back().value.data();
  }
  Gathering numbers(e, outputs);
  for (int64_t first = 0; first < rows; first += e.capacity) {
    int64_t part = std::min(e.capacity, rows - first);
    if (s.invoke(first, part) != DLC_OK)
      s.raise(first);
    if (rows > e.capacity)
      numbers.add(part);
  }
  if (rows > e.capacity)
    numbers.store();
  return Results(std::move(outputs));
}

[[noreturn]] static void noResult(const std::vector<NamedTensor> &values, const std::string &which) {
  throw Error(cat("The call has no output ", which, "; it has ",
                  listed(values, [](const NamedTensor &each) { return cat("'", each.name, "'"); }), "."));
}
static const Tensor &findResult(const std::vector<NamedTensor> &values, std::string_view name) {
  for (const NamedTensor &each : values)
    if (each.name == name)
      return each.value;
  noResult(values, cat("'", name, "'"));
}
static const Tensor &findResult(const std::vector<NamedTensor> &values, size_t index) {
  if (index >= values.size())
    noResult(values, cat("number ", index, " (counted from 0)"));
  return values[index].value;
}

const Tensor &Results::operator[](std::string_view name) const & { return findResult(values, name); }
const Tensor &Results::operator[](size_t index) const & { return findResult(values, index); }
Tensor Results::operator[](std::string_view name) && {
  return std::move(const_cast<Tensor &>(findResult(values, name)));
}
Tensor Results::operator[](size_t index) && { return std::move(const_cast<Tensor &>(findResult(values, index))); }

//===--- Prepared calls --------------------------------------------------------------------------------===//

CallState *detail::prepareCall(const Context &ctx, std::string_view name, int64_t capacity) {
  OpenSizes wanted{};
  wanted[0] = capacity > 0 ? capacity : INT64_MAX;
  for (const Entry &each : ctx.model->entries) // of what else is open, as much as there is
    for (size_t i = 1; each.name == name && i < each.open.size(); ++i)
      wanted[i] = std::max(wanted[i], each.open[i].capacity);
  const Entry &e = ctx.model->entry(name, wanted);
  if (capacity > 0 && e.capacity != capacity) {
    std::vector<int64_t> there;
    for (const Entry &each : ctx.model->entries)
      if (each.name == name)
        there.push_back(each.capacity);
    throw Error(cat("Entry '", name, "' was not compiled for batches of ", capacity, "; it was for ",
                    listed(there, [](int64_t each) { return std::to_string(each); }),
                    ". A call prepared for a larger batch takes fewer rows too: prepare it without a number, and "
                    "say setExtent(",
                    capacity, ")."));
  }
  auto s = std::make_unique<CallState>(ctx, e);
  for (size_t i = 0; i < e.outputs.size(); ++i) {
    PortMemory &memory = s->outputs[i];
    memory.own = Tensor(e.outputs[i].type, e.outputs[i].dims);
    memory.data = memory.own.data();
    memory.elements = memory.own.elements();
  }
  return s.release();
}

Obstacle CallState::obstacle(size_t &index) const {
  for (index = 0; index < inputs.size(); ++index) {
    const PortMemory &memory = inputs[index];
    const Port &p = entry->inputs[index];
    if (!memory.data && p.dims.elements() != 0)
      return Obstacle::NoInput;
    bool isOwn = memory.own.elements() != 0, mayBeLonger = extentIsSet || isOwn;
    if (p.hasBatch() && memory.data &&
        (memory.extents[0] < extents[0] ||
         (memory.extents[0] > extents[0] && (!mayBeLonger || (!p.batchIsFirst() && !isOwn)))))
      return Obstacle::FewRows;
    for (size_t i = 1; i < entry->open.size() && memory.data && !isOwn; ++i)
      if (memory.extents[i] && memory.extents[i] != extents[i])
        return Obstacle::OtherSize;
  }
  for (index = 0; index < outputs.size(); ++index)
    if (outputs[index].elements < entry->outputs[index].shape(extents).elements())
      return Obstacle::SmallOutput;
  return Obstacle::None;
}

Call::Call(CallState *state) : state(state) {}
Call::~Call() = default;
Call::Call(Call &&) noexcept = default;
Call &Call::operator=(Call &&) noexcept = default;

const Entry &Call::entry() const { return *state->entry; }

static void checkIndex(const Entry &e, size_t index, size_t count, std::string_view what) {
  if (index >= count)
    throw Error(cat("Entry '", e.name, "' has ", plural(static_cast<int64_t>(count), what), "; number ", index,
                    " (counted from 0) was asked for."));
}

void Call::bindInput(size_t index, TensorView value) {
  checkIndex(*state->entry, index, state->inputs.size(), "input");
  OpenSizes found = extentsOf(*state->entry, state->entry->inputs[index], "input", value);
  int64_t rows = found[0];
  if (rows > state->entry->capacity)
    throw Error(cat("Entry '", state->entry->name, "', input '", state->entry->inputs[index].name,
                    "': ", plural(rows, "row"), " were given to a prepared call, which takes at most ",
                    state->entry->capacity, "."));
  checkOpenSizes(*state->entry, found);
  OpenSizes extents = state->extents;
  for (size_t i = 0; i < found.size(); ++i)
    extents[i] = found[i] ? found[i] : extents[i];
  checkProducts(*state->entry, state->entry->inputs[index], "input", value, extents);
  state->bind(index, value, found);
  state->inputs[index].own = Tensor();
  state->extents = extents;
  if (rows)
    state->extentIsSet = false;
}
void Call::bindInput(std::string_view name, TensorView value) { bindInput(state->entry->inputIndex(name), value); }

void Call::bindOutput(size_t index, MutableTensorView value) {
  checkIndex(*state->entry, index, state->outputs.size(), "output");
  const Port &p = state->entry->outputs[index];
  if (value.dtype() != p.type)
    mismatch(*state->entry, p, "output", value);
  if (!value.flat())
    (void)extentsOf(*state->entry, p, "output", value);
  PortMemory &memory = state->outputs[index];
  memory.own = Tensor();
  memory.data = value.data();
  memory.elements = value.elements();
}
void Call::bindOutput(std::string_view name, MutableTensorView value) {
  bindOutput(state->entry->outputIndex(name), value);
}

MutableTensorView Call::input(size_t index) {
  checkIndex(*state->entry, index, state->inputs.size(), "input");
  const Port &p = state->entry->inputs[index];
  PortMemory &memory = state->inputs[index];
  if (memory.own.elements() == 0) {
    memory.own = Tensor(p.type, p.dims);
    state->bind(index, memory.own, state->entry->atCapacity(state->entry->capacity));
  }
  return memory.own;
}
MutableTensorView Call::input(std::string_view name) { return input(state->entry->inputIndex(name)); }

TensorView Call::output(size_t index) const {
  checkIndex(*state->entry, index, state->outputs.size(), "output");
  const Port &p = state->entry->outputs[index];
  return TensorView(p.type, p.shape(state->extents), state->outputs[index].data);
}
TensorView Call::output(std::string_view name) const { return output(state->entry->outputIndex(name)); }

void Call::setExtent(int64_t rows) {
  if (rows < 1 || rows > state->entry->capacity)
    throw Error(cat("Entry '", state->entry->name, "' was to be called with ", plural(rows, "row"), "; it takes 1 to ",
                    state->entry->capacity, "."));
  state->extents[0] = rows;
  state->extentIsSet = true;
}
int64_t Call::extent() const { return state->extents[0]; }
void Call::setExtent(std::string_view size, int64_t extent) {
  size_t index = state->entry->openIndex(size);
  if (index == 0)
    return setExtent(extent);
  int64_t most = state->entry->open[index].capacity;
  if (extent < 1 || extent > std::max<int64_t>(most, 1))
    throw Error(cat("Entry '", state->entry->name, "' was to be called with ", extent, " as '", size,
                    "'; it takes 1 to ", std::max<int64_t>(most, 1), "."));
  state->extents[index] = extent;
}
const OpenSizes &Call::extents() const { return state->extents; }

void Call::setScalar(std::string_view name, double value) {
  checkScalar(*state->entry, name, value);
  state->scalarVersion = UINT64_MAX;
  for (auto &[key, old] : state->settings)
    if (key == name) {
      old = value;
      return;
    }
  state->settings.emplace_back(name, value);
}
void Call::setSeed(uint64_t seed) { state->seed = seed; }
void Call::setStep(int64_t step) { state->step = step; }
void Call::setRow(int64_t row) { state->row = row; }
void Call::setTrapNotFinite(bool on) { state->call.flags = on ? DLC_TRAP_NOT_FINITE : 0; }
void Call::setProfile(ProfileHook hook, void *context) {
  state->services.profile = hook;
  state->services.profile_context = context;
}

const dlc_error &Call::error() const { return state->call.error; }

int32_t Call::tryRun() noexcept {
  size_t index = 0;
  Obstacle found = state->obstacle(index);
  if (found == Obstacle::None)
    return state->invoke(0, state->extents[0]);
  state->call.error = dlc_error{};
  state->call.error.row = -1;
  state->call.error.code = found == Obstacle::NoInput ? DLC_MISSING_ARENA : DLC_BAD_EXTENT;
  state->call.error.value = found == Obstacle::NoInput ? -1 - static_cast<int64_t>(index) : state->extents[0];
  state->call.error.limit = found == Obstacle::FewRows       ? state->inputs[index].extents[0]
                            : found == Obstacle::SmallOutput ? state->outputs[index].elements
                                                             : 0;
  return state->call.error.code;
}

void Call::run() {
  size_t index = 0;
  switch (state->obstacle(index)) {
  case Obstacle::None:
    break;
  case Obstacle::NoInput:
    throw Error(cat("Entry '", state->entry->name, "': the input '", state->entry->inputs[index].name,
                    "' was given no memory: call bindInput or input first."));
  case Obstacle::FewRows:
    throw Error(cat("Entry '", state->entry->name, "': the call has ", plural(state->extents[0], "row"),
                    ", and the input '", state->entry->inputs[index].name, "' has ", state->inputs[index].extents[0],
                    "; setExtent says how many rows a call has, where that is not the capacity."));
  case Obstacle::OtherSize:
    for (size_t i = 1; i < state->entry->open.size(); ++i)
      if (int64_t bound = state->inputs[index].extents[i]; bound && bound != state->extents[i])
        throw Error(cat("Entry '", state->entry->name, "': '", state->entry->open[i].name, "' of the call is ",
                        state->extents[i], ", and of what was bound to the input '", state->entry->inputs[index].name,
                        "' it is ", bound, "; all inputs of a call have one."));
    break;
  case Obstacle::SmallOutput:
    throw Error(cat("Entry '", state->entry->name, "', output '", state->entry->outputs[index].name, "': memory for ",
                    plural(state->outputs[index].elements, "element"), " was given; a call of ",
                    plural(state->extents[0], "row"), " needs ",
                    state->entry->outputs[index].shape(state->extents).elements(), "."));
  }
  if (state->invoke(0, state->extents[0]) != DLC_OK)
    state->raise(0);
}

} // namespace dlc
