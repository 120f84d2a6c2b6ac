// Classes.h - the names of a classifier's classes.
// SPDX-License-Identifier: Apache-2.0
//
// A label is a place in a list of names. Training leaves the list in the checkpoint, so that data whose classes are others,
// or in another order, are not taken for the same, and so that answers have names.
#ifndef DLC_RUN_CLASSES_H
#define DLC_RUN_CLASSES_H

#include "runtime/Model.h"
#include "tools/dlc-run/Progress.h"

#include <string>
#include <string_view>
#include <vector>

namespace dlc::run {

/// True for UTF-8 without control characters: what can be shown and stored.
bool isPlainText(std::string_view name);

/// The names in a file, one a line; lines without one are passed over. UserError for what is no such list.
std::vector<std::string> readNames(const std::string &path);

/// The names that a checkpoint of a training keeps; none where it keeps none, or is a file of weights alone.
std::vector<std::string> classesOf(const std::string &weights);
std::vector<std::string> classesOf(const CheckpointInfo &info, const std::string &path);
void keepClasses(const std::vector<std::string> &classes, CheckpointInfo &info);

/// UserError where both are known and are not the same. `where` and `keptIn` are paths.
void checkClasses(const std::vector<std::string> &found, const std::string &where, const std::vector<std::string> &kept,
                  const std::string &keptIn);

/// The function that tells classes apart for inputs like those of `entry`: its output [batch, classes] is `output`. NULL if
/// there is none, or none that is sure to be it: one called "predict", or the only function with such an output.
struct Classifier {
  const Entry *entry = nullptr;
  size_t output = 0;
  int64_t classes = 0;
};
Classifier findClassifier(const Model &model, const Entry &entry);

/// UserError where the data have more classes than the function "predict" tells apart.
void checkClassCount(const Model &model, const Entry &entry, const std::vector<std::string> &classes,
                     const std::string &where);

} // namespace dlc::run

#endif // DLC_RUN_CLASSES_H
