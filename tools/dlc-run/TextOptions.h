// TextOptions.h - what a person says about texts: where they are, what a token is, which rows are for what.
// SPDX-License-Identifier: Apache-2.0
//
// The same options for train and eval, but for what training alone decides; a checkpoint keeps them as it keeps all settings
// of a run.
#ifndef DLC_RUN_TEXTOPTIONS_H
#define DLC_RUN_TEXTOPTIONS_H

#include "tools/dlc-run/Progress.h"

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace dlc::run {

struct TextOptions {
  std::string text;               ///< --text: a text whose next token is to be foreseen
  std::string lines;              ///< --lines: a table of texts with labels
  std::vector<std::string> typed; ///< --line: texts themselves
  std::string textColumn, labelColumn, splitColumn, quotes, tokens, windows; ///< empty: not said
  bool header = false;
  int64_t testEvery = 0, leastCount = 0, vocabularySize = 0; ///< 0: not said

  /// Adds those of reading; with `forTraining` those of making a vocabulary and windows as well.
  void addTo(CLI::App &app, bool forTraining);
  /// Adds those of texts without labels: of a table, or on the command line.
  void addTextsTo(CLI::App &app);
  bool given() const { return isStream() || !lines.empty() || !typed.empty(); }
  bool isStream() const { return !text.empty(); }
  /// The file.
  const std::string &path() const { return isStream() ? text : lines; }
  /// "--text" or "--lines".
  std::string flag() const { return isStream() ? "--text" : "--lines"; }
  /// Takes what is not said from the settings of a training, where it says how a file is to be read.
  void inherit(const Json &settings);
  /// The same of texts without labels: whoever says where they are speaks of another table than the training's.
  void inheritTexts(const Json &settings);
  /// UserError where two of them do not go together.
  void check() const;
  /// UserError where a vocabulary that was made with these settings is to be made otherwise.
  void checkVocabularyIs(const Json &settings, const std::string &path) const;

private:
  /// `kept` stands before the defaults.
  void addColumnsTo(CLI::App &app, const std::string &kept);

  CLI::Option *leastCountOption_ = nullptr, *vocabularySizeOption_ = nullptr; ///< NULL: they are not among the options
};

} // namespace dlc::run

#endif // DLC_RUN_TEXTOPTIONS_H
