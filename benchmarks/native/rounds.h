// rounds.h - what the compiled workers share: commands on standard input, rounds of timed blocks.
// SPDX-License-Identifier: Apache-2.0
//
// A worker is one process for one case, which waits for commands, a line each, and answers with a line of JSON:
//   outputs FOLDER STEPS        makes STEPS calls from the first state and writes the results as NPY
//   round SECONDS BLOCK CLOCK   makes calls for SECONDS; times are those of blocks of calls, each of about BLOCK seconds
// suite/worker.py is the same for Python. Between commands a worker sleeps, so that the others have the machine.
#ifndef DLC_BENCHMARKS_ROUNDS_H
#define DLC_BENCHMARKS_ROUNDS_H

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace rounds {

inline double wall() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Seconds of processor time that this process has used, on all its threads.
inline double processor() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// The largest resident size so far, in bytes.
inline int64_t peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0)
      return std::stoll(line.substr(6)) * 1024;
  return 0;
}

/// One way to make the calls; a worker may have several, of which the first round finds the fastest.
struct Form {
  std::string name;
  std::function<void()> call;
};

struct Times {
  std::vector<double> wall, processor; ///< seconds of a call, block by block
  int64_t block;                       ///< calls

  /// What forms are compared by: the least; of processor time, which the system counts in ticks, the mean.
  double figure(const std::string &clock) const {
    if (clock == "cpu")
      return std::accumulate(processor.begin(), processor.end(), 0.0) / double(processor.size());
    return *std::min_element(wall.begin(), wall.end());
  }
};

/// Makes calls for `seconds`. Each block is as many calls as take about `blockSeconds`.
inline Times measure(const std::function<void()> &call, double seconds, double blockSeconds) {
  // A first block warms caches and tells how long a call takes.
  double start = wall();
  int64_t warm = 0;
  do {
    call();
    ++warm;
  } while (wall() - start < std::max(blockSeconds, seconds / 10));
  double each = (wall() - start) / double(warm);
  int64_t block = std::max<int64_t>(1, int64_t(std::ceil(blockSeconds / each)));

  Times times{{}, {}, block};
  double end = wall() + seconds;
  while (wall() < end || times.wall.size() < 2) {
    double used = processor(), from = wall();
    for (int64_t i = 0; i < block; ++i)
      call();
    times.wall.push_back((wall() - from) / double(block));
    times.processor.push_back((processor() - used) / double(block));
  }
  return times;
}

inline std::string list(const std::vector<double> &values) {
  std::string text;
  char number[32];
  for (double value : values) {
    std::snprintf(number, sizeof number, "%s%.9g", text.empty() ? "" : ", ", value);
    text += number;
  }
  return text;
}

/// Leaves the fastest of `forms`.
inline void choose(std::vector<Form> &forms, double seconds, double blockSeconds, const std::string &clock) {
  std::vector<double> times;
  for (const Form &form : forms)
    times.push_back(measure(form.call, seconds, blockSeconds).figure(clock));
  forms = {forms[size_t(std::min_element(times.begin(), times.end()) - times.begin())]};
}

/// Answers commands until standard input ends. `outputs(folder, steps)` is the worker's.
inline int serve(const std::function<void(const std::string &, int64_t)> &outputs, std::vector<Form> forms) {
  std::cout << "{\"ready\": true}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "outputs") {
      std::string folder;
      int64_t steps = 1;
      words >> folder >> steps;
      outputs(folder, steps);
      std::cout << "{\"outputs\": true}" << std::endl;
    } else if (command == "round") {
      double seconds = 0.2, block = 1e-3;
      std::string clock;
      words >> seconds >> block >> clock;
      if (forms.size() > 1)
        choose(forms, seconds, block, clock);
      Times times = measure(forms[0].call, seconds, block);
      std::cout << "{\"form\": \"" << forms[0].name << "\", \"wall\": [" << list(times.wall) << "], \"cpu\": ["
                << list(times.processor) << "], \"calls\": " << times.block << ", \"memory\": " << peakMemory() << "}"
                << std::endl;
    } else {
      throw std::runtime_error("no command '" + command + "'");
    }
  }
  return 0;
}

/// The elements of an NPY file, as bytes in 64-byte alignment from `data()` on.
class Npy {
public:
  explicit Npy(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    unsigned char head[10];
    if (!file.read(reinterpret_cast<char *>(head), sizeof head))
      throw std::runtime_error(path + ": cannot be read");
    size_t begin = sizeof head + head[8] + 256u * head[9];
    file.seekg(0, std::ios::end);
    bytes = size_t(file.tellg()) - begin;
    memory.resize(bytes + 64);
    start = reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64);
    file.seekg(std::streamoff(begin));
    file.read(start, std::streamsize(bytes));
    if (!file)
      throw std::runtime_error(path + ": is cut off");
  }
  Npy(Npy &&) = default;
  char *data() { return start; }
  size_t size() const { return bytes; }

private:
  std::vector<char> memory;
  char *start = nullptr;
  size_t bytes = 0;
};

/// Writes an NPY file of version 1. `type` is NumPy's: "<f4".
inline void writeNpy(const std::string &path, const std::string &type, const std::vector<int64_t> &shape,
                     const void *data, size_t bytes) {
  std::string dims;
  for (int64_t size : shape)
    dims += std::to_string(size) + ",";
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dims + "), }";
  header.resize((10 + header.size() + 64) / 64 * 64 - 11, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  char head[10] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, char(header.size() % 256), char(header.size() / 256)};
  file.write(head, sizeof head).write(header.data(), std::streamsize(header.size()));
  file.write(static_cast<const char *>(data), std::streamsize(bytes));
  if (!file.flush())
    throw std::runtime_error(path + ": cannot be written");
}

} // namespace rounds

#endif // DLC_BENCHMARKS_ROUNDS_H
