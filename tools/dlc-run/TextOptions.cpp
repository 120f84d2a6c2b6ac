// TextOptions.cpp - what a person says about texts.
// SPDX-License-Identifier: Apache-2.0
//
// See TextOptions.h.
#include "tools/dlc-run/TextOptions.h"
#include "runtime/text/Vocabulary.h"
#include "tools/dlc-run/Common.h"

#include <fmt/format.h>

namespace dlc::run {

/// The default of an option that the checkpoint knows.
static const char *const keptFirst = "as in training, or ";

static CLI::Option *addWord(CLI::App &app, const std::string &flag, std::string &value, const std::string &form,
                            const std::string &help) {
  return app.add_option(flag, value, help)->option_text(form);
}

/// How the table of --lines has its texts.
void TextOptions::addColumnsTo(CLI::App &app, const std::string &kept) {
  addWord(app, "--text-column", textColumn, "NAME|N",
          "Of --lines: the column of the text, by name or from 1 (default: " + kept + "text)");
  app.add_flag("--header", header,
               "Of --lines: the first line has names, although all columns are given by their numbers");
  addChoice(app, "--quotes", quotes, "Of --lines: quotes around fields: rfc4180 or none (default: " + kept + "rfc4180)",
            {"rfc4180", "none"});
}

void TextOptions::addTextsTo(CLI::App &app) {
  CLI::Option *table = addWord(app, "--lines", lines, "FILE",
                               "A table of texts, as train --lines takes it, labels or not; - is standard input");
  app.add_option("--line", typed, "A text itself; may be repeated")
      ->take_all()
      ->allow_extra_args(false)
      ->option_text("TEXT")
      ->excludes(table);
  addColumnsTo(app, keptFirst);
}

void TextOptions::addTo(CLI::App &app, bool forTraining) {
  auto word = [&](const std::string &flag, std::string &value, const std::string &form, const std::string &help) {
    return addWord(app, flag, value, form, help);
  };
  CLI::Option *stream =
      word("--text", text, "FILE",
           "A text, plain or gzip: windows of it feed the first input of i32[batch, time], the tokens "
           "that follow each the second");
  word("--lines", lines, "FILE",
       "A table of texts and labels, TSV or .csv, plain or gzip: they feed the inputs i32[batch, time] and i32[batch], "
       "and a mask or a length where there is such an input")
      ->excludes(stream);
  std::string kept = forTraining ? "" : keptFirst;
  addColumnsTo(app, kept);
  word("--label-column", labelColumn, "NAME|N", "Of --lines: the column of the label (default: " + kept + "label)");
  word("--split-column", splitColumn, "NAME|N",
       "Of --lines: the column that says train, test or validation; other rows are not used");
  addWhole(app, "--test-every", testEvery, "Of --lines: each Nth row is for the test, the others are not", int64_t(2));
  addChoice(app, "--tokens", tokens,
            forTraining ? "bytes, characters (default of --text) or words (default of --lines)"
                        : "bytes, characters or words (default: those that it was trained on; others are an error)",
            {"bytes", "characters", "words"});
  if (!forTraining)
    return;
  leastCountOption_ = addWhole(app, "--least-count", leastCount,
                               "Tokens that are found less often are unknown (default 1)", int64_t(1));
  vocabularySizeOption_ =
      addWhole(app, "--vocabulary-size", vocabularySize,
               "The most tokens that are known, with <pad> and <unk> (default of words: what the model has room for)",
               int64_t(3), text::mostTokens);
  addChoice(app, "--windows", windows,
            "Of --text: contiguous (each row of a batch goes on where it ended in the batch before: default of models "
            "that carry a state on) or random",
            {"contiguous", "random"});
}

void TextOptions::inherit(const Json &settings) {
  if (!settings.is_object() || isStream()) // all of it is about tables
    return;
  auto take = [&](const char *key, std::string &value) {
    if (value.empty() && settings.contains(key) && settings[key].is_string())
      value = settings[key].get<std::string>();
  };
  // Who says which rows are for the test says it alone.
  bool saysTest = testEvery > 0 || !splitColumn.empty();
  take("text-column", textColumn);
  take("label-column", labelColumn);
  if (!saysTest)
    take("split-column", splitColumn);
  take("quotes", quotes);
  if (settings.contains("header") && settings["header"] == true)
    header = true;
  if (!saysTest && settings.contains("test-every") && settings["test-every"].is_number_integer())
    testEvery = std::max<int64_t>(0, settings["test-every"].get<int64_t>());
}

void TextOptions::inheritTexts(const Json &settings) {
  if (lines.empty() || !textColumn.empty())
    return;
  inherit(settings);
  // A table had a line of names if any of its columns was named.
  auto isName = [](const std::string &column) { return column.find_first_not_of("0123456789") != std::string::npos; };
  header |= isName(textColumn.empty() ? "text" : textColumn) || isName(labelColumn.empty() ? "label" : labelColumn) ||
            isName(splitColumn);
}

void TextOptions::checkVocabularyIs(const Json &settings, const std::string &path) const {
  for (auto [option, value] : {std::pair{leastCountOption_, leastCount}, {vocabularySizeOption_, vocabularySize}})
    if (option && option->count() > 0 &&
        !(settings.is_object() && settings.value(option->get_name().substr(2), Json()) == value))
      throw UserError(fmt::format("{} {}: the vocabulary is that of {}, which stays as it is; leave {} out",
                                  option->get_name(), value, path, option->get_name()));
}

void TextOptions::check() const {
  auto refuse = [&](bool said, const char *option, const char *reason) {
    if (said)
      throw UserError(fmt::format("{}: {}", option, reason));
  };
  if (!given()) {
    for (auto [said, option] : {std::pair{!tokens.empty(), "--tokens"},
                                {leastCount > 0, "--least-count"},
                                {vocabularySize > 0, "--vocabulary-size"}})
      refuse(said, option, "this is for texts: give --text FILE or --lines FILE");
  }
  if (lines.empty())
    for (auto [said, option] : {std::pair{!textColumn.empty(), "--text-column"},
                                {!labelColumn.empty(), "--label-column"},
                                {!splitColumn.empty(), "--split-column"},
                                {!quotes.empty(), "--quotes"},
                                {header, "--header"},
                                {testEvery > 0, "--test-every"}})
      refuse(said, option, "this is for tables: give --lines FILE");
  refuse(!windows.empty() && !isStream(), "--windows", "this is for windows of one text: give --text FILE");
  refuse(testEvery > 0 && !splitColumn.empty(), "--test-every", "--split-column says which rows are for the test");
  refuse(tokens == "bytes" && (leastCount > 0 || vocabularySize > 0),
         leastCount > 0 ? "--least-count" : "--vocabulary-size", "all 256 bytes are known");
}

} // namespace dlc::run
