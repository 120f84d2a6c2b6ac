// Evaluation.h - loss and accuracy of rows, by an evaluation function or a session.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_RUN_EVALUATION_H
#define DLC_RUN_EVALUATION_H

#include "tools/dlc-run/Data.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dlc::run {

/// Rows of windows in the order in which each row of a batch goes on where it ended in the batch before: the text is cut into
/// as many streams as a batch has rows. What is left over at its end is left out.
std::vector<uint32_t> contiguousRows(int64_t count, int64_t batch);

/// An evaluation function, ready to be called on a data set. It follows the parameters as they change.
class Evaluation {
public:
  Evaluation(const Model &model, const Entry &entry, const Parameters &parameters, const DataSet &data);
  Evaluation(const Evaluation &) = delete; // the feed knows where the call is
  Evaluation &operator=(const Evaluation &) = delete;

  /// The rows that there are to be judged: of a text that a session reads, as many as its streams have together.
  int64_t rows() const { return feed_.rows() / streams_ * streams_; }
  /// Means over rows [first, last), or, of a session, over all: it begins anew, and reads a text in streams, as many as it has rows.
  /// Nothing if `stop` became true on the way.
  std::optional<Metrics> run(int64_t first, int64_t last, const volatile int *stop = nullptr);
  std::optional<Metrics> run(const volatile int *stop = nullptr) { return run(0, rows(), stop); }

private:
  std::optional<Session> session_;
  Call call_;
  Feed feed_;
  int64_t streams_ = 1;
};

} // namespace dlc::run

#endif // DLC_RUN_EVALUATION_H
