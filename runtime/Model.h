// Model.h - compiled models and their state.
// SPDX-License-Identifier: Apache-2.0
//
// The C++ way to use a compiled model:
//
//   auto model  = dlc::Model::open("mnist.so");
//   auto params = model.newParameters(/*seed=*/42);          // or params.load("mnist.safetensors")
//   auto train  = model.newTraining(params);
//   float loss  = train.call("train_step", {images, labels})["loss"];
//   auto p      = model.call("predict", params, {image});
//
// Model, Parameters, Training and Session are handles: copying one is cheap and shares what it names, and
// keeps it (and the library) alive. Parameters::clone copies the numbers.
//
// What may run at once: any number of calls that only read parameters (each takes a workspace of its own).
// A call that writes parameters, buffers, optimizer or session state must be the only one that uses them; the
// caller sees to that. A Call object serves one thread at a time.
//
// Every failure is thrown as dlc::Error (Error.h).
#ifndef DLC_RUNTIME_MODEL_H
#define DLC_RUNTIME_MODEL_H

#include "runtime/Checkpoint.h"
#include "runtime/Error.h"
#include "runtime/Export.h"
#include "runtime/Tensor.h"
#include "runtime/ThreadPool.h"
#include "runtime/abi.h"

#include <array>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlc {

//===--- What a model says of itself -------------------------------------------------------------------===//

/// A stored tensor: a parameter, a buffer, an optimizer slot or a piece of session state.
struct TensorInfo {
  std::string_view name;
  DType type;
  dlc_tensor_kind kind;
  dlc_arena arena;
  Shape dims;    ///< logical, as in files
  Shape strides; ///< where the elements lie in the arena, in elements; of a split axis, within a block
  /// Above 0: the tensor is packed. Place i of axis `splitAxis` lies in block i / split, at i % split there.
  int64_t split = 0;
  int64_t splitStride = 0; ///< from a block to the next, in elements
  size_t splitAxis = 0;
  uint64_t offset, bytes;
  dlc_init init;
  double values[2];
  int64_t fanIn, fanOut;
  std::string_view parameter, slot; ///< of an optimizer slot
  std::string_view group;           ///< training group, may be empty

  /// The name in a checkpoint: "fc1.weight", "optimizer.fc1.weight.m", "session.h".
  DLC_API std::string fileName() const;
  /// "kaiming_uniform", "constant(1)", "uniform(-0.1, 0.1)": to read.
  DLC_API std::string initText() const;
};

/// An extent for each size that is open until a call: the rows, then the others in the order of Entry::open. 0 where
/// nothing is said.
using OpenSizes = std::array<int64_t, DLC_MAX_EXTENTS>;

/// An input or output of an entry point.
struct Port {
  std::string_view name;
  DType type;
  Shape dims;  ///< at full capacity
  Shape sizes; ///< for each axis: to be multiplied by the extents that `factors` tells
  std::vector<dlc_factors> factors;
  std::span<const dlc_extent> open; ///< those of the entry point
  /// Of an output that is a single number: how those of several calls make the one of all their rows.
  dlc_combine combine = DLC_COMBINE_UNKNOWN;
  size_t count = 0; ///< DLC_COMBINE_COUNT: the output that counts

  /// Rows of the batch lie along the axis: so many for each row of the call; 0 if none do.
  int64_t rowsAlong(size_t axis) const { return factors[axis] & 15 ? sizes[axis] : 0; }
  /// The size of the axis is not known before a call.
  bool isOpen(size_t axis) const { return factors[axis]; }
  /// Some axis has another open size than the batch.
  bool hasOpenSizes() const {
    for (dlc_factors one : factors)
      if (one >> 4)
        return true;
    return false;
  }
  bool hasBatch() const {
    for (dlc_factors one : factors)
      if (one & 15)
        return true;
    return false;
  }
  /// Rows lie one after the other: memory of more rows begins with those of a call of fewer.
  bool batchIsFirst() const {
    for (size_t axis = 1; axis < factors.size(); ++axis)
      if (factors[axis] & 15)
        return false;
    return true;
  }
  /// The shape for a call of these extents.
  DLC_API Shape shape(const OpenSizes &extents) const;
  /// The shape for a call of so many rows, where other open sizes are at their capacities.
  DLC_API Shape shape(int64_t rows) const;
  /// "f32[batch, 784]".
  DLC_API std::string str() const;
};

/// A number that a call may set.
struct ScalarInfo {
  std::string_view name; ///< "lr", or "<group>.lr" for one group
  double defaultValue;
  double low = 0, high = 0;
  uint32_t limits = 0; ///< dlc_limits: which of the two count, and how

  /// NaN is no value of any scalar.
  DLC_API bool allows(double value) const;
  /// "in [0, 1)", "above 0"; "a number" where there are no limits.
  DLC_API std::string range() const;
};

/// An entry point. A model compiled for several batch sizes has several of one name.
struct Entry {
  std::string_view name;
  dlc_entry_kind kind;
  uint32_t flags;                   ///< dlc_entry_flags
  uint32_t arenas;                  ///< bit i: needs dlc_arena i
  int64_t capacity;                 ///< rows of a call at most; 1 where nothing depends on them
  std::span<const dlc_extent> open; ///< all open sizes, the batch first
  int64_t parts; ///< rows of a call are a multiple of it: equal parts of a step that accumulates, one after the other
  uint64_t workspaceBytes; ///< for a call on one thread
  uint64_t scratchBytes;   ///< more of it for each further thread
  std::vector<Port> inputs, outputs;
  std::vector<ScalarInfo> scalars;
  dlc_function function;

  /// "(image: f32[batch, 784]) -> (probability: f32[batch, 10])".
  DLC_API std::string signature() const;
  bool hasBatch() const { return open[0].capacity > 0; }
  /// The largest call, but of so many rows.
  OpenSizes atCapacity(int64_t rows) const {
    OpenSizes extents{};
    for (size_t i = 0; i < open.size(); ++i)
      extents[i] = i ? open[i].capacity : rows;
    return extents;
  }
  /// Such a call has no more than the capacity of any open size.
  bool takes(const OpenSizes &extents) const {
    for (size_t i = 0; i < open.size(); ++i)
      if (extents[i] > (i ? open[i].capacity : capacity))
        return false;
    return true;
  }
  /// Number of the open size of that name; throws Error listing those that there are.
  DLC_API size_t openIndex(std::string_view name) const;
  bool rowsIndependent() const { return flags & DLC_ROWS_INDEPENDENT; }
  bool needs(dlc_arena arena) const { return (arenas >> arena) & 1; }
  /// Why a call of more rows than the capacity is refused; empty if it is cut into several.
  DLC_API std::string_view obstacleToCuts() const;
  /// Index of the input, output or scalar of that name; throws Error listing those that there are.
  DLC_API size_t inputIndex(std::string_view name) const;
  DLC_API size_t outputIndex(std::string_view name) const;
  DLC_API size_t scalarIndex(std::string_view name) const;
};

struct KernelInfo {
  std::string_view name, source;
  double flops, bytes; ///< of one call at full capacity, as predicted
};

//===--- Inputs and results of a call ------------------------------------------------------------------===//

/// One input of a call: by position, `{images, labels}`, or by name, `{{"image", images}, {"label",
/// labels}}`. Borrows the elements: from a Tensor, a view, a vector, span or array, or a number (for an input
/// of rank 0).
class Input {
public:
  template <class T>
    requires std::convertible_to<const T &, TensorView>
  Input(const T &value) : value(value) {}
  template <HasDType T> Input(const T &value) : value(TensorView::scalar(value)) {}
  template <class T>
    requires std::convertible_to<const T &, TensorView>
  Input(std::string_view name, const T &value) : name(name), value(value) {}
  template <HasDType T> Input(std::string_view name, const T &value) : name(name), value(TensorView::scalar(value)) {}

  std::string_view name; ///< empty: by position
  TensorView value;
};

/// What a call returned: tensors by name and position.
class DLC_API Results {
public:
  Results() = default;
  explicit Results(std::vector<NamedTensor> values) : values(std::move(values)) {}

  size_t size() const { return values.size(); }
  auto begin() const { return values.begin(); }
  auto end() const { return values.end(); }
  /// Throws Error, listing what there is, if there is no such output.
  const Tensor &operator[](std::string_view name) const &;
  const Tensor &operator[](size_t index) const &;
  Tensor operator[](std::string_view name) &&;
  Tensor operator[](size_t index) &&;

private:
  std::vector<NamedTensor> values;
};

/// What may be said of one call; the defaults are right for most.
struct CallOptions {
  std::vector<std::pair<std::string, double>> scalars = {}; ///< by name; others have their defaults (Training: its own)
  std::optional<uint64_t> seed = {};                        ///< of random streams; default 0 (Training: its own)
  std::optional<int64_t> step = {};   ///< default 1 (Training: its own, one more than the updates done)
  std::optional<int64_t> extent = {}; ///< rows, where no input tells; default the capacity
  int64_t row = 0;                    ///< index of the first row within an accumulated batch
  bool trapNotFinite = false;         ///< fail at the first value that is NaN or infinite
};

/// Called before (begin) and after each kernel, with its index in Model::kernels().
using ProfileHook = void (*)(void *context, uint32_t kernel, int32_t begin);

//===--- Handles ---------------------------------------------------------------------------------------===//

class Call;
class Model;
class Parameters;
class Session;
class Training;
namespace detail {
struct CallState;
struct ModelState;
struct ParametersState;
struct SessionState;
struct TrainingState;
} // namespace detail

/// Where a model's calls run, and how it is opened.
struct ModelOptions {
  unsigned threads = 0;                   ///< 0: the process's shared pool; else a pool of that many
  std::shared_ptr<ThreadPool> pool;       ///< if set, this pool
  const dlc_services *services = nullptr; ///< if set, these, instead of any pool; must outlive the model
  /// Whether `open` compares the file with the checksum that dlc wrote into it. The environment variable
  /// DLC_VERIFY=0 says no for a whole process.
  bool verify = true;
};

/// A compiled model.
class DLC_API Model {
public:
  /// Loads a library that dlc made. The file is checked before it is loaded: one that is missing, truncated,
  /// no ELF library, of another machine, without `dlc_model_query`, of another ABI version, or compiled for a
  /// processor that this one is not, gives an Error that says so, and so does one whose content does not
  /// match its checksum. What was checked is what runs: the file may be
  /// replaced or removed while the model is in use, and opening the path again gives what is there then.
  static Model open(const std::string &path, const ModelOptions &options = {});
  /// A model that is linked into the program: pass `NAME_dlc_model_query`.
  static Model fromQuery(dlc_query query, const ModelOptions &options = {});

  std::string_view name() const;
  std::string_view producer() const;
  std::string_view language() const;
  std::string_view target() const;
  std::string_view cpuFeatures() const;
  uint64_t hash() const;
  /// The file it was opened from; empty for fromQuery.
  const std::string &path() const;
  std::span<const TensorInfo> tensors() const;
  std::span<const Entry> entries() const;
  std::span<const KernelInfo> kernels() const;
  uint64_t arenaBytes(dlc_arena arena) const;
  const dlc_model &descriptor() const;

  /// The entry point of that name for a call of `extent` rows: of its capacities the smallest that is enough,
  /// else the largest. Throws Error, listing the entry points, if there is none of that name.
  const Entry &entry(std::string_view name, int64_t extent = 1) const;
  /// The same for a call of these extents.
  const Entry &entry(std::string_view name, const OpenSizes &extents) const;
  bool hasEntry(std::string_view name) const;
  /// By its name, or its name in a checkpoint. Where a parameter and a slot of another share a name (`w.m`), the
  /// parameter; the slot is `optimizer.w.m`.
  const TensorInfo *findTensor(std::string_view name) const;

  /// Parameters and buffers filled by their initialisers.
  Parameters newParameters(uint64_t seed = 0) const;
  /// Parameters and buffers read from a checkpoint, a plain weights file or a packed one.
  Parameters loadParameters(const std::string &path) const;
  /// Parameters that stay in a packed file (Parameters::pack) and are mapped from there, read-only: all processes and
  /// streams that map it share one copy, and none is made to begin with. Buffers, which are small, are read. They are
  /// for calls and sessions; initialise, load and set throw Error, and so does newTraining. Throws Error where the file is
  /// damaged or was packed for a library that lays them out otherwise. Who replaces the file while it is mapped must
  /// rename a new one over it, as `pack` does: one that is written in place changes the numbers, and cut off it ends the
  /// process (SIGBUS).
  Parameters mapParameters(const std::string &path) const;
  /// Optimizer state for `params`, which training then updates in place.
  Training newTraining(const Parameters &params, uint64_t seed = 0) const;
  /// State of one stream of calls; `params` may be shared by many.
  Session newSession(const Parameters &params) const;

  /// Calls an entry point that needs parameters at most. Extents come from the inputs. More rows than the
  /// capacity are cut into several calls where the compiler has proved rows independent, else refused; a result that
  /// is a single number is gathered from those.
  Results call(std::string_view entry, const Parameters &params, std::span<const Input> inputs,
               const CallOptions &options = {}) const;
  Results call(std::string_view entry, const Parameters &params, std::initializer_list<Input> inputs,
               const CallOptions &options = {}) const {
    return call(entry, params, std::span<const Input>(inputs.begin(), inputs.size()), options);
  }

  /// A call to be made many times. `capacity` picks among entry points of one name by their rows; 0: the largest. Of other
  /// open sizes it has the largest capacity.
  Call prepare(std::string_view entry, const Parameters &params, int64_t capacity = 0) const;

  /// How many threads run a kernel at once.
  unsigned threads() const;

private:
  friend class Call;
  friend class Parameters;
  friend class Training;
  friend class Session;
  explicit Model(std::shared_ptr<detail::ModelState> s) : state(std::move(s)) {}
  std::shared_ptr<detail::ModelState> state;
};

/// The weights and the running statistics of a model.
class DLC_API Parameters {
public:
  /// Fills all from their initialisers (Philox.h says how).
  void initialise(uint64_t seed);
  /// Reads all parameters and buffers, of a packed file too. Names that are missing, unexpected or misshapen are
  /// reported together, and nothing is changed then. Of a checkpoint, optimizer and session state is passed over.
  void load(const std::string &path);
  /// Writes parameters and buffers as a plain safetensors file, atomically.
  void save(const std::string &path) const;
  /// Writes them as they lie in memory, atomically: a packed file, for Model::mapParameters of this library, or of
  /// another that lays them out in the same way. `info`: the record of the checkpoint that they came from, to be kept
  /// beside them.
  void pack(const std::string &path, const std::optional<CheckpointInfo> &info = {}) const;
  /// Of one tensor, a copy in its logical shape, whatever its layout in memory.
  Tensor get(std::string_view name) const;
  void set(std::string_view name, TensorView value);
  /// An independent copy.
  Parameters clone() const;
  /// All tensors, in logical shape.
  std::vector<NamedTensor> all() const;
  /// The raw arena, laid out as the descriptor says; NULL if it is empty. DLC_PARAMS or DLC_BUFFERS. Parameters that
  /// are mapped can only be read there.
  void *arena(dlc_arena arena) const;

private:
  friend class Call;
  friend class Model;
  friend class Training;
  friend class Session;
  explicit Parameters(std::shared_ptr<detail::ParametersState> s) : state(std::move(s)) {}
  std::shared_ptr<detail::ParametersState> state;
};

/// Parameters being trained: optimizer slots, the number of updates done, the seed of random streams, and
/// hyper-parameters.
class DLC_API Training {
public:
  /// Calls any entry point. A train step or an apply that succeeds counts as one update. An input that has no
  /// rows, or a bad index, is found before anything is written; with `trapNotFinite` the parameters may be
  /// partly updated when the call fails.
  Results call(std::string_view entry, std::span<const Input> inputs, const CallOptions &options = {});
  Results call(std::string_view entry, std::initializer_list<Input> inputs, const CallOptions &options = {}) {
    return call(entry, std::span<const Input>(inputs.begin(), inputs.size()), options);
  }
  /// A call to be made many times; it follows this object's step, seed and scalars.
  Call prepare(std::string_view entry, int64_t capacity = 0);

  /// Sets a hyper-parameter for all later calls: "lr", or "<group>.lr" for one group. `lr` sets those of all
  /// groups that are not set themselves. Throws Error, listing the names, if no entry point has it. Setting a
  /// value again allocates nothing.
  void set(std::string_view scalar, double value);
  /// The value in use: set, or of `lr` where that is set and this is a group's, or the default.
  double scalar(std::string_view scalar) const;

  /// Updates done.
  int64_t step() const;
  void setStep(int64_t step);
  uint64_t seed() const;
  void setSeed(uint64_t seed);
  Parameters parameters() const;
  /// What training steps carry on from one to the next (the state of `stateful` layers): reset it where a text begins.
  Session session() const;

  /// Optimizer slots by name ("fc1.weight.m", or "optimizer.fc1.weight.m" as in a checkpoint), in logical shape.
  Tensor slot(std::string_view name) const;
  void setSlot(std::string_view name, TensorView value);
  /// Slots back to their initial values and no update done.
  void reset();

  /// Writes a checkpoint, atomically. Of `info` the caller's fields are used.
  void save(const std::string &path, const CheckpointInfo &info = {}) const;
  /// Goes on from a checkpoint: parameters, buffers, slots, step and seed. All differences from this model
  /// are reported in one Error, and nothing is changed then.
  CheckpointInfo load(const std::string &path);

private:
  friend class Model;
  friend class Call;
  explicit Training(std::shared_ptr<detail::TrainingState> s) : state(std::move(s)) {}
  std::shared_ptr<detail::TrainingState> state;
};

/// One stream of calls: caches, recurrent state. It has its own state and works on parameters that it shares with others:
/// sessions of one model may be called on several threads at once, each of them on one at a time.
///
///   Session stream = model.newSession(params);
///   float next = stream.call("step", {sample})["prediction"].item();
class DLC_API Session {
public:
  Results call(std::string_view entry, std::span<const Input> inputs, const CallOptions &options = {});
  Results call(std::string_view entry, std::initializer_list<Input> inputs, const CallOptions &options = {}) {
    return call(entry, std::span<const Input>(inputs.begin(), inputs.size()), options);
  }
  Call prepare(std::string_view entry, int64_t capacity = 0);
  /// Back to the initial state.
  void reset();
  /// A piece of its state by name ("h", or "session.h" as in a file), in logical shape: as many rows as a call may have.
  Tensor get(std::string_view name) const;
  void set(std::string_view name, TensorView value);
  /// The whole state as a safetensors file, written atomically.
  void save(const std::string &path) const;
  /// Goes on from such a file. All differences from this model are reported in one Error, and nothing is changed then.
  void load(const std::string &path);

private:
  friend class Model;
  friend class Training;
  explicit Session(std::shared_ptr<detail::SessionState> s) : state(std::move(s)) {}
  std::shared_ptr<detail::SessionState> state;
};

/// A call that is set up once and made many times. run() allocates nothing, on any thread.
///
///   auto step = train.prepare("train_step");
///   auto image = step.input("image").as<float>();       // the call's own memory, at full capacity
///   ... fill image and label ...
///   step.setExtent(20); step.run();
///   float loss = step.output("loss").at(0);
class DLC_API Call {
public:
  ~Call();
  Call(Call &&) noexcept;
  Call &operator=(Call &&) noexcept;

  const Entry &entry() const;

  /// Borrows memory for an input, in place of the call's own; the shape is checked as in a call by value, and
  /// its rows become the extent of the call. Bound memory must live until it is bound anew.
  void bindInput(size_t index, TensorView value);
  void bindInput(std::string_view name, TensorView value);
  /// What is gone at the end of the line cannot be borrowed.
  template <class Key> void bindInput(Key, Tensor &&) = delete;
  template <class Key, HasDType T> void bindInput(Key, std::vector<T> &&) = delete;
  template <class Key, HasDType T, size_t N> void bindInput(Key, std::array<T, N> &&) = delete;
  /// Memory for an output: at least what the call's extent needs.
  void bindOutput(size_t index, MutableTensorView value);
  void bindOutput(std::string_view name, MutableTensorView value);
  /// The call's own memory for an input, in its shape at full capacity. A shorter call reads the first
  /// elements, as a dense tensor of its own shape: the first rows where the batch is the outermost axis.
  MutableTensorView input(size_t index);
  MutableTensorView input(std::string_view name);
  /// An output, in the shape of the call's extent.
  TensorView output(size_t index) const;
  TensorView output(std::string_view name) const;

  /// Rows of the next runs, 1 to the capacity; at first the capacity, or the rows of what was bound last.
  void setExtent(int64_t rows);
  int64_t extent() const;
  /// The same of another open size: an input in the call's own memory is dense in the shape of the next run.
  void setExtent(std::string_view size, int64_t extent);
  const OpenSizes &extents() const;
  void setScalar(std::string_view name, double value);
  void setSeed(uint64_t seed);
  void setStep(int64_t step);
  void setRow(int64_t row);
  void setTrapNotFinite(bool on);
  /// NULL: none.
  void setProfile(ProfileHook hook, void *context);

  /// Makes the call; throws CallError if the model refuses it.
  void run();
  /// The same without exceptions: a dlc_status, with the details in error().
  int32_t tryRun() noexcept;
  const dlc_error &error() const;

private:
  friend class Model;
  friend class Training;
  friend class Session;
  explicit Call(detail::CallState *state); ///< takes it over
  std::unique_ptr<detail::CallState> state;
};

/// A processor's level as dlc names targets, "x86-64-v3", and the features that a model needs but this
/// machine lacks (of a list separated by commas), as a list separated by ", "; empty if it has all.
DLC_API std::string cpuLevel();
DLC_API std::string missingCpuFeatures(std::string_view required);

} // namespace dlc

#endif // DLC_RUNTIME_MODEL_H
