// Internal.h - what the runtime's own files share.
// SPDX-License-Identifier: Apache-2.0
//
// Arenas, strided copies, and the states behind the handles of Model.h.
#ifndef DLC_RUNTIME_INTERNAL_H
#define DLC_RUNTIME_INTERNAL_H

#include "runtime/Model.h"
#include "runtime/Text.h"

#include <atomic>
#include <elf.h>
#include <mutex>
#include <sys/types.h>

namespace dlc::detail {

/// Zeroed memory, 64-byte aligned; from 2 MiB on aligned to 2 MiB and offered to the kernel for huge pages.
/// Never NULL, even for no bytes, as compiled code takes NULL for a missing arena.
class Arena {
public:
  Arena() = default;
  explicit Arena(uint64_t bytes);
  Arena(Arena &&other) noexcept { swap(other); }
  Arena &operator=(Arena &&other) noexcept {
    swap(other);
    return *this;
  }
  ~Arena();

  char *data() const { return static_cast<char *>(memory); }
  uint64_t size() const { return bytes; }

private:
  void swap(Arena &other) {
    std::swap(memory, other.memory);
    std::swap(bytes, other.bytes);
  }
  void *memory = nullptr;
  uint64_t bytes = 0;
};

/// Where the elements of a stored tensor lie, in row-major order: a split axis is two, its blocks and the places in one.
struct Places {
  Shape dims, strides;
};
Places placesOf(const TensorInfo &info);
/// Copies elements between two layouts of one shape; strides in elements.
void copyStrided(const Shape &dims, size_t elementBytes, void *to, const Shape &toStrides, const void *from,
                 const Shape &fromStrides);
/// Strides of a dense row-major tensor.
Shape denseStrides(const Shape &dims);

/// A loaded library, unloaded with its last user.
class Library {
public:
  Library(const std::string &path, std::span<const uint8_t> content, std::span<const Elf64_Phdr> segments,
          bool hasChecksum);
  ~Library() { unload(); }
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;

  dlc_query query = nullptr;
  bool hasChecksum;                ///< one that was compared with the file
  std::span<const uint8_t> loaded; ///< the file's bytes; empty where there was no file in memory to be had

private:
  void loadFromMemory(const std::string &path, std::span<const uint8_t> content);
  void loadFromPath(const std::string &path, std::span<const uint8_t> content, std::span<const Elf64_Phdr> segments);
  void unload();

  void *handle = nullptr;
  int file = -1; ///< in memory; open as long as the library is loaded, as its number is the library's name
  dev_t device = 0;
  ino_t inode = 0;
};
/// Reads a file, checks it and loads what was read (see Model::open).
std::shared_ptr<const Library> loadLibrary(const std::string &path, bool verify);

struct ModelState {
  std::shared_ptr<const Library> code; ///< none where the model is linked into the program
  std::string path;
  const dlc_model *raw = nullptr;
  std::vector<TensorInfo> tensors;
  std::vector<Entry> entries;
  std::vector<KernelInfo> kernels;
  ModelOptions options;

  std::mutex lock; ///< of what follows
  std::shared_ptr<ThreadPool> pool;
  std::vector<Arena> workspaces; ///< not in use

  /// The services that calls run with; starts the pool when first asked.
  const dlc_services *services();
  Arena takeWorkspace();
  void giveWorkspace(Arena a);
  /// "model 'mnist' (mnist.so)".
  std::string describe() const;
  const Entry &entry(std::string_view name, const OpenSizes &extents) const;
  const Entry &entry(std::string_view name, int64_t rows) const { return entry(name, OpenSizes{rows}); }
  /// By its name, or its name in a checkpoint, among those that lie there.
  const TensorInfo *find(std::string_view name, std::initializer_list<dlc_arena> arenas) const;
};

struct ParametersState {
  std::shared_ptr<ModelState> model;
  Arena params, buffers;
  std::shared_ptr<const char> mapped; ///< in place of `params`; read-only
  std::string file;                   ///< that they are mapped from

  explicit ParametersState(std::shared_ptr<ModelState> of);
  ParametersState(std::shared_ptr<ModelState> of, std::shared_ptr<const char> mapped, const std::string &file);
  /// DLC_PARAMS or DLC_BUFFERS; NULL for the others.
  char *memory(dlc_arena arena) const;
  /// Throws where what lies there is mapped.
  void requireWritable(dlc_arena arena) const;
};

/// Fills both arenas from a packed file, or throws where it was not made for the model.
void readPacked(const SafetensorsFile &file, ParametersState &p);

struct SessionState {
  std::shared_ptr<ParametersState> parameters;
  Arena memory;
  std::atomic<bool> busy = false; ///< a call is running
};

struct TrainingState {
  std::shared_ptr<ParametersState> parameters;
  std::shared_ptr<SessionState> session; ///< what its steps carry on
  Arena slots;
  int64_t step = 0; ///< updates done
  uint64_t seed = 0;
  std::vector<std::pair<std::string, double>> scalars;
  uint64_t scalarVersion = 0; ///< changes with `scalars`
};

/// Reads and checks a descriptor into `S`.
void readDescriptor(ModelState &s, dlc_query query, const std::string &what);

/// Fills a tensor as its initialiser says; on the pool's threads where there is one.
void initialiseTensor(const TensorInfo &t, char *arena, uint64_t seed, ThreadPool *pool);
// Between an arena and logical tensors.
Tensor readTensor(const TensorInfo &t, const char *arena);
/// Checks type and shape, then writes.
void writeTensor(const TensorInfo &t, char *arena, TensorView value);

/// "lr" of "decay.lr".
std::string_view scalarBase(std::string_view name);
/// Throws where a scalar of this name, or of this base in some group, may not be this value.
void checkScalarValue(const Entry &e, std::string_view name, double value);
/// The value of a scalar from what was set by name, exact names first; nothing if neither it nor its base
/// was.
const double *findScalar(std::span<const std::pair<std::string, double>> set, std::string_view name);

/// What a call needs beside its inputs.
struct Context {
  std::shared_ptr<ModelState> model;
  std::shared_ptr<ParametersState> parameters;
  std::shared_ptr<TrainingState> training;
  std::shared_ptr<SessionState> session;
};

Results callByValue(const Context &c, std::string_view entry, std::span<const Input> inputs,
                    const CallOptions &options);
/// Owned by the Call that it is given to.
CallState *prepareCall(const Context &c, std::string_view entry, int64_t capacity);

} // namespace dlc::detail

#endif // DLC_RUNTIME_INTERNAL_H
