// Values.h - tensors from files and from JSON, and tensors to read.
// SPDX-License-Identifier: Apache-2.0
//
// An input's value comes from an NPY file, an IDX file, pictures, or is written on the command line as JSON; outputs
// are printed with the fewest digits that give the same number back.
#ifndef DLC_RUN_VALUES_H
#define DLC_RUN_VALUES_H

#include "runtime/Model.h"
#include "tools/dlc-run/Pictures.h"
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Scale.h"

#include <string>
#include <string_view>

namespace dlc::run {

/// What a file held, and whether it was an IDX file (whose axes are those of an image, whatever the input's).
struct FileTensor {
  Tensor value;
  bool idx = false;
};

/// Reads an NPY or IDX file (plain or gzip), told apart by its first bytes. Throws an error that names the
/// path.
FileTensor readTensorFile(const std::string &path);

/// A nested list as a tensor: numbers, true and false, and the strings "nan", "inf", "-inf". A tensor without
/// elements is {"shape": [0, 3]}; {"shape": [2, 3], "values": [...]} takes a flat list. UserError starting
/// with `context` where rows differ in length, or a value does not fit the type.
Tensor tensorFromJson(const Json &json, DType type, const std::string &context);

/// The nested list of a tensor; numbers that JSON lacks as strings.
Json jsonFromTensor(TensorView value);

/// A file's numbers as those of an input: scaled as `scales` says, in the input's type. UserError starting with
/// `context` where they do not fit.
Tensor fileNumbers(const Port &port, const Tensor &value, Scales &scales, const std::string &context);

/// `value` with its elements converted to `type` where nothing but precision can be lost: to a float from
/// anything, to an integer from integers that fit. UserError starting with `context` otherwise.
Tensor converted(const Tensor &value, DType type, const std::string &context);

/// True for an input that is written on the command line, not a file's name: it starts with a bracket, or is a number, true,
/// false, nan or inf.
bool looksLikeJson(const std::string &text);

/// An input written as FILE or as JSON (starting with a bracket, a digit, a sign, or being true, false, nan,
/// inf). The numbers of a file are scaled; IDX files are reshaped to the port's row. With `reshapeRows`, so are
/// other files whose rows have the right number of elements. A PNG or JPEG file, or a folder of them, is brought to the
/// port's size by `filter`.
Tensor readInput(const Port &port, const std::string &text, bool reshapeRows, Scales &scales,
                 const std::string &context, Filter filter = Filter::Bilinear);

/// Element `index` with the fewest digits.
std::string elementText(TensorView value, int64_t index);

/// "loss: f32[] = 0.125" or, for tensors, the rows in brackets over several lines.
std::string tensorText(std::string_view name, TensorView value);

/// The index of element `flat` in brackets: "[3, 0]"; "" for rank 0.
std::string indexText(const Shape &shape, int64_t flat);

} // namespace dlc::run

#endif // DLC_RUN_VALUES_H
