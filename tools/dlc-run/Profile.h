// Profile.h - what the profile hook tells, gathered call by call.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUN_PROFILE_H
#define DLC_RUN_PROFILE_H

#include "runtime/Model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::run {

/// Which kernels a call runs, how often and how long. Gives `hook` and itself to Call::setProfile.
class KernelTimes {
public:
  /// A run of a kernel; times as of now().
  struct Event {
    uint32_t kernel;
    double begin, end;
  };

  explicit KernelTimes(size_t kernels) : calls_(kernels) {}

  static void hook(void *context, uint32_t kernel, int32_t begin);

  /// Forgets the events of the last call; counts go on.
  void beginCall() { events_.clear(); }
  const std::vector<Event> &events() const { return events_; }
  /// How often each kernel ran.
  const std::vector<int64_t> &calls() const { return calls_; }

private:
  std::vector<Event> events_;
  std::vector<int64_t> calls_;
};

/// "12.3 us", "4.56 ms"
std::string timeText(double seconds);

} // namespace dlc::run

#endif // DLC_RUN_PROFILE_H
