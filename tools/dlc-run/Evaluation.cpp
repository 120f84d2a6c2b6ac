// Evaluation.cpp - loss and accuracy of rows, by an evaluation function or a session.
// SPDX-License-Identifier: Apache-2.0
#include "tools/dlc-run/Evaluation.h"

#include <algorithm>
#include <numeric>

namespace dlc::run {

std::vector<uint32_t> contiguousRows(int64_t count, int64_t batch) {
  int64_t windows = count / batch;
  std::vector<uint32_t> rows;
  rows.reserve(size_t(windows * batch));
  for (int64_t window = 0; window < windows; ++window)
    for (int64_t row = 0; row < batch; ++row)
      rows.push_back(uint32_t(row * windows + window));
  return rows;
}

static std::optional<Session> sessionFor(const Model &model, const Entry &entry, const Parameters &parameters) {
  return entry.kind == DLC_SESSION_CALL ? std::optional(model.newSession(parameters)) : std::nullopt;
}

Evaluation::Evaluation(const Model &model, const Entry &entry, const Parameters &parameters, const DataSet &data)
    : session_(sessionFor(model, entry, parameters)),
      call_(session_ ? session_->prepare(entry.name, entry.capacity)
                     : model.prepare(entry.name, parameters, entry.capacity)),
      feed_(data, call_) {
  if (session_ && data.windows())
    streams_ = std::clamp<int64_t>(entry.capacity, 1, feed_.rows());
}

std::optional<Metrics> Evaluation::run(int64_t first, int64_t last, const volatile int *stop) {
  if (session_) {
    session_->reset();
    return evaluate(feed_, contiguousRows(feed_.rows(), streams_), streams_, stop);
  }
  std::vector<uint32_t> rows(size_t(std::max<int64_t>(last - first, 0)));
  std::iota(rows.begin(), rows.end(), uint32_t(first));
  return evaluate(feed_, rows, std::max<int64_t>(call_.entry().capacity, 1), stop);
}

} // namespace dlc::run
