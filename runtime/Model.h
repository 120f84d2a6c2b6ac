//===- Model.h - compiled models and their state -----------------------------===//
//
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
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_MODEL_H
#define DLC_RUNTIME_MODEL_H

#include "runtime/Checkpoint.h"
#include "runtime/Error.h"
#include "runtime/Export.h"
#include "runtime/Tensor.h"
#include "runtime/ThreadPool.h"
#include "runtime/abi.h"

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

//===----------------------------------------------------------------------===//
// What a model says of itself
//===----------------------------------------------------------------------===//

/// A stored tensor: a parameter, a buffer, an optimizer slot or a piece of session state.
struct TensorInfo {
  std::string_view Name;
  DType Type;
  dlc_tensor_kind Kind;
  dlc_arena Arena;
  Shape Dims;    ///< logical, as in files
  Shape Strides; ///< where the elements lie in the arena, in elements
  uint64_t Offset, Bytes;
  dlc_init Init;
  double Values[2];
  int64_t FanIn, FanOut;
  std::string_view Parameter, Slot; ///< of an optimizer slot
  std::string_view Group;           ///< training group, may be empty

  /// The name in a checkpoint: "fc1.weight", "optimizer.fc1.weight.m", "session.h".
  DLC_API std::string fileName() const;
  /// "kaiming_uniform", "constant(1)", "uniform(-0.1, 0.1)": to read.
  DLC_API std::string initText() const;
};

/// An input or output of an entry point.
struct Port {
  std::string_view Name;
  DType Type;
  Shape Dims;  ///< at full capacity
  Shape Batch; ///< for each axis 0, or k: the axis is k times the extent of the call
  /// Of an output that is a single number: how those of several calls make the one of all their rows.
  dlc_combine Combine = DLC_COMBINE_UNKNOWN;
  size_t Count = 0; ///< DLC_COMBINE_COUNT: the output that counts

  bool hasBatch() const {
    for (int64_t K : Batch)
      if (K)
        return true;
    return false;
  }
  /// The shape for a call of `Extent` rows.
  DLC_API Shape shape(int64_t Extent) const;
  /// "f32[batch, 784]".
  DLC_API std::string str() const;
};

/// A number that a call may set.
struct ScalarInfo {
  std::string_view Name; ///< "lr", or "<group>.lr" for one group
  double Default;
  double Low = 0, High = 0;
  uint32_t Limits = 0; ///< dlc_limits: which of the two count, and how

  /// NaN is no value of any scalar.
  DLC_API bool allows(double Value) const;
  /// "in [0, 1)", "above 0"; "a number" where there are no limits.
  DLC_API std::string range() const;
};

/// An entry point. A model compiled for several batch sizes has several of one name.
struct Entry {
  std::string_view Name;
  std::string_view Signature;
  dlc_entry_kind Kind;
  uint32_t Flags;  ///< dlc_entry_flags
  uint32_t Arenas; ///< bit i: needs dlc_arena i
  int64_t Capacity;
  uint64_t WorkspaceBytes; ///< for a call on one thread
  uint64_t ScratchBytes;   ///< more of it for each further thread
  std::vector<Port> Inputs, Outputs;
  std::vector<ScalarInfo> Scalars;
  dlc_function Function;

  bool hasBatch() const { return Flags & DLC_HAS_BATCH; }
  bool rowsIndependent() const { return Flags & DLC_ROWS_INDEPENDENT; }
  bool needs(dlc_arena Arena) const { return (Arenas >> Arena) & 1; }
  /// Index of the input, output or scalar of that name; throws Error listing those that there are.
  DLC_API size_t inputIndex(std::string_view Name) const;
  DLC_API size_t outputIndex(std::string_view Name) const;
  DLC_API size_t scalarIndex(std::string_view Name) const;
};

struct KernelInfo {
  std::string_view Name, Source;
  double Flops, Bytes; ///< of one call at full capacity, as predicted
};

//===----------------------------------------------------------------------===//
// Inputs and results of a call
//===----------------------------------------------------------------------===//

/// One input of a call: by position, `{images, labels}`, or by name, `{{"image", images}, {"label",
/// labels}}`. Borrows the elements: from a Tensor, a view, a vector, span or array, or a number (for an input
/// of rank 0).
class Input {
public:
  template <class T>
    requires std::convertible_to<const T &, TensorView>
  Input(const T &Value) : Value(Value) {}
  template <HasDType T> Input(const T &Value) : Value(TensorView::scalar(Value)) {}
  template <class T>
    requires std::convertible_to<const T &, TensorView>
  Input(std::string_view Name, const T &Value) : Name(Name), Value(Value) {}
  template <HasDType T> Input(std::string_view Name, const T &Value) : Name(Name), Value(TensorView::scalar(Value)) {}

  std::string_view Name; ///< empty: by position
  TensorView Value;
};

/// What a call returned: tensors by name and position.
class DLC_API Results {
public:
  Results() = default;
  explicit Results(std::vector<NamedTensor> Values) : Values(std::move(Values)) {}

  size_t size() const { return Values.size(); }
  auto begin() const { return Values.begin(); }
  auto end() const { return Values.end(); }
  /// Throws Error, listing what there is, if there is no such output.
  const Tensor &operator[](std::string_view Name) const &;
  const Tensor &operator[](size_t Index) const &;
  Tensor operator[](std::string_view Name) &&;
  Tensor operator[](size_t Index) &&;

private:
  std::vector<NamedTensor> Values;
};

/// What may be said of one call; the defaults are right for most.
struct CallOptions {
  std::vector<std::pair<std::string, double>> Scalars = {}; ///< by name; others have their defaults (Training: its own)
  std::optional<uint64_t> Seed = {};                        ///< of random streams; default 0 (Training: its own)
  std::optional<int64_t> Step = {};   ///< default 1 (Training: its own, one more than the updates done)
  std::optional<int64_t> Extent = {}; ///< rows, where no input tells; default the capacity
  int64_t Row = 0;                    ///< index of the first row within an accumulated batch
  bool TrapNotFinite = false;         ///< fail at the first value that is NaN or infinite
};

/// Called before (Begin) and after each kernel, with its index in Model::kernels().
using ProfileHook = void (*)(void *Context, uint32_t Kernel, int32_t Begin);

//===----------------------------------------------------------------------===//
// Handles
//===----------------------------------------------------------------------===//

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
  unsigned Threads = 0;                   ///< 0: the process's shared pool; else a pool of that many
  std::shared_ptr<ThreadPool> Pool;       ///< if set, this pool
  const dlc_services *Services = nullptr; ///< if set, these, instead of any pool; must outlive the model
  /// Whether `open` compares the file with the checksum that dlc wrote into it. The environment variable
  /// DLC_VERIFY=0 says no for a whole process.
  bool Verify = true;
};

/// A compiled model.
class DLC_API Model {
public:
  /// Loads a library that dlc made. The file is checked before it is loaded: one that is missing, truncated,
  /// no ELF library, of another machine, without `dlc_model_query`, of another ABI version, or compiled for a
  /// processor that this one is not, gives an Error that says so, and so does one whose content does not match its checksum. What was checked is what runs: the file may
  /// be replaced or removed while the model is in use, and opening the path again gives what is there then.
  static Model open(const std::string &Path, const ModelOptions &Options = {});
  /// A model that is linked into the program: pass `NAME_dlc_model_query`.
  static Model fromQuery(dlc_query Query, const ModelOptions &Options = {});

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
  uint64_t arenaBytes(dlc_arena Arena) const;
  const dlc_model &descriptor() const;

  /// The entry point of that name for a call of `Extent` rows: of its capacities the smallest that is enough,
  /// else the largest. Throws Error, listing the entry points, if there is none of that name.
  const Entry &entry(std::string_view Name, int64_t Extent = 1) const;
  bool hasEntry(std::string_view Name) const;
  /// By its name, or its name in a checkpoint. Where a parameter and a slot of another share a name (`w.m`), the
  /// parameter; the slot is `optimizer.w.m`.
  const TensorInfo *findTensor(std::string_view Name) const;

  /// Parameters and buffers filled by their initialisers.
  Parameters newParameters(uint64_t Seed = 0) const;
  /// Parameters and buffers read from a checkpoint or a plain weights file.
  Parameters loadParameters(const std::string &Path) const;
  /// Optimizer state for `Params`, which training then updates in place.
  Training newTraining(const Parameters &Params, uint64_t Seed = 0) const;
  /// State of one stream of calls; `Params` may be shared by many.
  Session newSession(const Parameters &Params) const;

  /// Calls an entry point that needs parameters at most. Extents come from the inputs. More rows than the
  /// capacity are cut into several calls where the compiler has proved rows independent, else refused; a result that
  /// is a single number is gathered from those.
  Results call(std::string_view Entry, const Parameters &Params, std::span<const Input> Inputs,
               const CallOptions &Options = {}) const;
  Results call(std::string_view Entry, const Parameters &Params, std::initializer_list<Input> Inputs,
               const CallOptions &Options = {}) const {
    return call(Entry, Params, std::span<const Input>(Inputs.begin(), Inputs.size()), Options);
  }

  /// A call to be made many times. `Capacity` picks among entry points of one name; 0: the largest.
  Call prepare(std::string_view Entry, const Parameters &Params, int64_t Capacity = 0) const;

  /// How many threads run a kernel at once.
  unsigned threads() const;

private:
  friend class Call;
  friend class Parameters;
  friend class Training;
  friend class Session;
  explicit Model(std::shared_ptr<detail::ModelState> S) : S(std::move(S)) {}
  std::shared_ptr<detail::ModelState> S;
};

/// The weights and the running statistics of a model.
class DLC_API Parameters {
public:
  /// Fills all from their initialisers (Philox.h says how).
  void initialise(uint64_t Seed);
  /// Reads all parameters and buffers. Names that are missing, unexpected or misshapen are reported together,
  /// and nothing is changed then. Of a checkpoint, optimizer and session state is passed over.
  void load(const std::string &Path);
  /// Writes parameters and buffers as a plain safetensors file, atomically.
  void save(const std::string &Path) const;
  /// Of one tensor, a copy in its logical shape, whatever its layout in memory.
  Tensor get(std::string_view Name) const;
  void set(std::string_view Name, TensorView Value);
  /// An independent copy.
  Parameters clone() const;
  /// All tensors, in logical shape.
  std::vector<NamedTensor> all() const;
  /// The raw arena, laid out as the descriptor says; NULL if it is empty. DLC_PARAMS or DLC_BUFFERS.
  void *arena(dlc_arena Arena) const;

private:
  friend class Call;
  friend class Model;
  friend class Training;
  friend class Session;
  explicit Parameters(std::shared_ptr<detail::ParametersState> S) : S(std::move(S)) {}
  std::shared_ptr<detail::ParametersState> S;
};

/// Parameters being trained: optimizer slots, the number of updates done, the seed of random streams, and
/// hyper-parameters.
class DLC_API Training {
public:
  /// Calls any entry point. A train step or an apply that succeeds counts as one update. An input that has no
  /// rows, or a bad index, is found before anything is written; with TrapNotFinite the parameters may be
  /// partly updated when the call fails.
  Results call(std::string_view Entry, std::span<const Input> Inputs, const CallOptions &Options = {});
  Results call(std::string_view Entry, std::initializer_list<Input> Inputs, const CallOptions &Options = {}) {
    return call(Entry, std::span<const Input>(Inputs.begin(), Inputs.size()), Options);
  }
  /// A call to be made many times; it follows this object's step, seed and scalars.
  Call prepare(std::string_view Entry, int64_t Capacity = 0);

  /// Sets a hyper-parameter for all later calls: "lr", or "<group>.lr" for one group. `lr` sets those of all
  /// groups that are not set themselves. Throws Error, listing the names, if no entry point has it. Setting a
  /// value again allocates nothing.
  void set(std::string_view Scalar, double Value);
  /// The value in use: set, or of `lr` where that is set and this is a group's, or the default.
  double scalar(std::string_view Scalar) const;

  /// Updates done.
  int64_t step() const;
  void setStep(int64_t Step);
  uint64_t seed() const;
  void setSeed(uint64_t Seed);
  Parameters parameters() const;

  /// Optimizer slots by name ("fc1.weight.m", or "optimizer.fc1.weight.m" as in a checkpoint), in logical shape.
  Tensor slot(std::string_view Name) const;
  void setSlot(std::string_view Name, TensorView Value);
  /// Slots back to their initial values and no update done.
  void reset();

  /// Writes a checkpoint, atomically. Of `Info` the caller's fields are used.
  void save(const std::string &Path, const CheckpointInfo &Info = {}) const;
  /// Goes on from a checkpoint: parameters, buffers, slots, step and seed. All differences from this model
  /// are reported in one Error, and nothing is changed then.
  CheckpointInfo load(const std::string &Path);

private:
  friend class Model;
  friend class Call;
  explicit Training(std::shared_ptr<detail::TrainingState> S) : S(std::move(S)) {}
  std::shared_ptr<detail::TrainingState> S;
};

/// One stream of calls: caches, recurrent state.
class DLC_API Session {
public:
  Results call(std::string_view Entry, std::span<const Input> Inputs, const CallOptions &Options = {});
  Results call(std::string_view Entry, std::initializer_list<Input> Inputs, const CallOptions &Options = {}) {
    return call(Entry, std::span<const Input>(Inputs.begin(), Inputs.size()), Options);
  }
  Call prepare(std::string_view Entry, int64_t Capacity = 0);
  /// Back to the initial state.
  void reset();
  Tensor get(std::string_view Name) const;

private:
  friend class Model;
  explicit Session(std::shared_ptr<detail::SessionState> S) : S(std::move(S)) {}
  std::shared_ptr<detail::SessionState> S;
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
  void bindInput(size_t Index, TensorView Value);
  void bindInput(std::string_view Name, TensorView Value);
  /// What is gone at the end of the line cannot be borrowed.
  template <class Key> void bindInput(Key, Tensor &&) = delete;
  template <class Key, HasDType T> void bindInput(Key, std::vector<T> &&) = delete;
  template <class Key, HasDType T, size_t N> void bindInput(Key, std::array<T, N> &&) = delete;
  /// Memory for an output: at least what the call's extent needs.
  void bindOutput(size_t Index, MutableTensorView Value);
  void bindOutput(std::string_view Name, MutableTensorView Value);
  /// The call's own memory for an input, in its shape at full capacity. A shorter call reads the first
  /// elements, as a dense tensor of its own shape: the first rows where the batch is the outermost axis.
  MutableTensorView input(size_t Index);
  MutableTensorView input(std::string_view Name);
  /// An output, in the shape of the call's extent.
  TensorView output(size_t Index) const;
  TensorView output(std::string_view Name) const;

  /// Rows of the next runs, 1 to the capacity; at first the capacity, or the rows of what was bound last.
  void setExtent(int64_t Rows);
  int64_t extent() const;
  void setScalar(std::string_view Name, double Value);
  void setSeed(uint64_t Seed);
  void setStep(int64_t Step);
  void setRow(int64_t Row);
  void setTrapNotFinite(bool On);
  /// NULL: none.
  void setProfile(ProfileHook Hook, void *Context);

  /// Makes the call; throws CallError if the model refuses it.
  void run();
  /// The same without exceptions: a dlc_status, with the details in error().
  int32_t tryRun() noexcept;
  const dlc_error &error() const;

private:
  friend class Model;
  friend class Training;
  friend class Session;
  explicit Call(detail::CallState *State); ///< takes it over
  std::unique_ptr<detail::CallState> S;
};

/// A processor's level as dlc names targets, "x86-64-v3", and the features that a model needs but this
/// machine lacks (of a list separated by commas), as a list separated by ", "; empty if it has all.
DLC_API std::string cpuLevel();
DLC_API std::string missingCpuFeatures(std::string_view Required);

} // namespace dlc

#endif // DLC_RUNTIME_MODEL_H
