// Loader.h - rows made ahead of time, on threads of their own.
// SPDX-License-Identifier: Apache-2.0
//
// The loader is told which rows will be asked for and makes the next of them while the model computes: never more than it
// has slots for, so that memory is bounded. A row's content depends on its number alone, and rows are handed out in the
// order in which they are asked for, so that timing decides nothing. A row that cannot be made is an error where it is
// asked for, and only then.
#ifndef DLC_RUN_LOADER_H
#define DLC_RUN_LOADER_H

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace dlc::run {

class Loader {
public:
  /// Makes the row of that number, on any thread, several at once. May throw.
  using Make = std::function<void(uint32_t row, std::byte *to)>;

  /// Threads are started by the first `expect`.
  Loader(Make make, size_t rowBytes, size_t slots, unsigned threads);
  ~Loader();
  Loader(const Loader &) = delete;
  Loader &operator=(const Loader &) = delete;

  /// The rows that `copy` will be asked for next, in this order; what was expected before no longer is.
  void expect(std::span<const uint32_t> rows);
  /// The row's bytes. What `make` threw for it is thrown here. A row that is not the next expected one is made at once, by
  /// the caller.
  void copy(uint32_t row, std::byte *to);

private:
  struct Slot {
    std::vector<std::byte> bytes;
    std::exception_ptr problem;
    bool ready = false;
  };
  void startThreads();
  void work();

  Make make_;
  size_t rowBytes_;
  std::vector<Slot> slots_;
  unsigned threadCount_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable wanted_, made_;
  std::vector<uint32_t> plan_;
  size_t begun_ = 0, taken_ = 0; ///< of the plan: place i has slot i modulo their number
  size_t working_ = 0;           ///< threads within `make`
  bool ending_ = false;
};

} // namespace dlc::run

#endif // DLC_RUN_LOADER_H
