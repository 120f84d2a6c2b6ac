// Rows.h - the rows of one input, wherever they come from.
// SPDX-License-Identifier: Apache-2.0
//
// What a feed reads from: a tensor in memory, or rows that are made when they are asked for. The latter are told
// beforehand which rows will be wanted, so that they can be made while the model computes.
#ifndef DLC_RUN_ROWS_H
#define DLC_RUN_ROWS_H

#include "runtime/Tensor.h"
#include "tools/dlc-run/Text.h"

#include <cstdint>
#include <span>
#include <string>

namespace dlc::run {

/// A row that cannot be had: the text names it. The rows before it were all right, so a run keeps what it has.
class DataError : public UserError {
public:
  using UserError::UserError;
};

class RowSource {
public:
  virtual ~RowSource() = default;

  virtual DType dtype() const = 0;
  /// [rows, ...]; of an input that does not depend on the batch, the shape of its value.
  virtual const Shape &shape() const = 0;
  /// All rows, where they lie in memory; else NULL, and copyRow makes each.
  virtual const Tensor *tensor() const { return nullptr; }
  /// The rows that copyRow will be asked for, in this order. What was expected before no longer is.
  virtual void expect(std::span<const uint32_t>) {}
  /// Copies a row in the source's own type. Throws DataError.
  virtual void copyRow(int64_t row, std::byte *to) = 0;
  /// What a person calls a row: "row 7 of labels (counted from 0)".
  virtual std::string place(int64_t row) const = 0;
};

/// The rows of a tensor that was read from a file.
class TensorRows : public RowSource {
public:
  TensorRows(Tensor values, std::string path) : values_(std::move(values)), path_(std::move(path)) {}

  DType dtype() const override { return values_.dtype(); }
  const Shape &shape() const override { return values_.shape(); }
  const Tensor *tensor() const override { return &values_; }
  void copyRow(int64_t row, std::byte *to) override;
  std::string place(int64_t row) const override;

private:
  Tensor values_;
  std::string path_;
};

} // namespace dlc::run

#endif // DLC_RUN_ROWS_H
