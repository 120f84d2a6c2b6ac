//===- Internal.h - what the runtime's own files share -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Arenas, strided copies, and the states behind the handles of Model.h.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_INTERNAL_H
#define DLC_RUNTIME_INTERNAL_H

#include "runtime/Model.h"
#include "runtime/Text.h"

#include <elf.h>
#include <mutex>
#include <sys/types.h>

namespace dlc::detail {

/// Zeroed memory, 64-byte aligned; from 2 MiB on aligned to 2 MiB and offered to the kernel for huge pages.
/// Never NULL, even for no bytes, as compiled code takes NULL for a missing arena.
class Arena {
public:
  Arena() = default;
  explicit Arena(uint64_t Bytes);
  Arena(Arena &&Other) noexcept { swap(Other); }
  Arena &operator=(Arena &&Other) noexcept {
    swap(Other);
    return *this;
  }
  ~Arena();

  char *data() const { return static_cast<char *>(Data); }
  uint64_t size() const { return Bytes; }

private:
  void swap(Arena &Other) {
    std::swap(Data, Other.Data);
    std::swap(Bytes, Other.Bytes);
  }
  void *Data = nullptr;
  uint64_t Bytes = 0;
};

/// Copies elements between two layouts of one shape; strides in elements.
void copyStrided(const Shape &Dims, size_t ElementBytes, void *To, const Shape &ToStrides, const void *From,
                 const Shape &FromStrides);
/// Strides of a dense row-major tensor.
Shape denseStrides(const Shape &Dims);

/// A loaded library, unloaded with its last user.
class Library {
public:
  Library(const std::string &Path, std::span<const uint8_t> Content, std::span<const Elf64_Phdr> Segments,
          bool HasChecksum);
  ~Library() { unload(); }
  Library(const Library &) = delete;
  Library &operator=(const Library &) = delete;

  dlc_query Query = nullptr;
  bool HasChecksum;                ///< one that was compared with the file
  std::span<const uint8_t> Loaded; ///< the file's bytes; empty where there was no file in memory to be had

private:
  void loadFromMemory(const std::string &Path, std::span<const uint8_t> Content);
  void loadFromPath(const std::string &Path, std::span<const uint8_t> Content, std::span<const Elf64_Phdr> Segments);
  void unload();

  void *Handle = nullptr;
  int File = -1; ///< in memory; open as long as the library is loaded, as its number is the library's name
  dev_t Device = 0;
  ino_t Inode = 0;
};
/// Reads a file, checks it and loads what was read (see Model::open).
std::shared_ptr<const Library> loadLibrary(const std::string &Path, bool Verify);

struct ModelState {
  std::shared_ptr<const Library> Code; ///< none where the model is linked into the program
  std::string Path;
  const dlc_model *Raw = nullptr;
  std::vector<TensorInfo> Tensors;
  std::vector<Entry> Entries;
  std::vector<KernelInfo> Kernels;
  ModelOptions Options;

  std::mutex Lock; ///< of what follows
  std::shared_ptr<ThreadPool> Pool;
  std::vector<Arena> Workspaces; ///< not in use

  /// The services that calls run with; starts the pool when first asked.
  const dlc_services *services();
  Arena takeWorkspace();
  void giveWorkspace(Arena A);
  /// "model 'mnist' (mnist.so)".
  std::string describe() const;
  const Entry &entry(std::string_view Name, int64_t Extent) const;
  /// By its name, or its name in a checkpoint, among those that lie there.
  const TensorInfo *find(std::string_view Name, std::initializer_list<dlc_arena> Arenas) const;
};

struct ParametersState {
  std::shared_ptr<ModelState> M;
  Arena Params, Buffers;

  explicit ParametersState(std::shared_ptr<ModelState> Model);
};

struct SessionState {
  std::shared_ptr<ParametersState> P;
  Arena Memory;
};

struct TrainingState {
  std::shared_ptr<ParametersState> P;
  Arena Slots, Session;
  int64_t Step = 0; ///< updates done
  uint64_t Seed = 0;
  std::vector<std::pair<std::string, double>> Scalars;
  uint64_t ScalarVersion = 0; ///< changes with Scalars
};

/// Reads and checks a descriptor into `S`.
void readDescriptor(ModelState &S, dlc_query Query, const std::string &What);

/// Fills a tensor as its initialiser says; on the pool's threads where there is one.
void initialiseTensor(const TensorInfo &T, char *Arena, uint64_t Seed, ThreadPool *Pool);
// Between an arena and logical tensors.
Tensor readTensor(const TensorInfo &T, const char *Arena);
/// Checks type and shape, then writes.
void writeTensor(const TensorInfo &T, char *Arena, TensorView Value);

/// "lr" of "decay.lr".
std::string_view scalarBase(std::string_view Name);
/// Throws where a scalar of this name, or of this base in some group, may not be this value.
void checkScalarValue(const Entry &E, std::string_view Name, double Value);
/// The value of a scalar from what was set by name, exact names first; nothing if neither it nor its base
/// was.
const double *findScalar(std::span<const std::pair<std::string, double>> Set, std::string_view Name);

/// What a call needs beside its inputs.
struct Context {
  std::shared_ptr<ModelState> M;
  std::shared_ptr<ParametersState> P;
  std::shared_ptr<TrainingState> T;
  std::shared_ptr<SessionState> S;
};

Results callByValue(const Context &C, std::string_view Entry, std::span<const Input> Inputs,
                    const CallOptions &Options);
/// Owned by the Call that it is given to.
CallState *prepareCall(const Context &C, std::string_view Entry, int64_t Capacity);

} // namespace dlc::detail

#endif // DLC_RUNTIME_INTERNAL_H
