// ReadableText.h - a model's text in which what cannot be read gives way to what can.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser stops at its first error. The least that makes the text readable again is then replaced, and the text
// is read once more: a line's op gives way to a call of `@"?"`, a function that does not exist and whose results have
// unknown types; an argument loses its type; a brace is added or taken out.
#ifndef DLC_COMPILER_IMPORT_READABLETEXT_H
#define DLC_COMPILER_IMPORT_READABLETEXT_H
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace dlc {
class ReadableText {
public:
  explicit ReadableText(std::string text);
  llvm::StringRef get() const { return text; }
  bool isChanged() const { return !replaced.empty(); }

  /// Where the author's text has what stands at `offset` now.
  size_t originOf(size_t offset) const { return origins[std::min(offset, text.size())]; }
  /// Does `offset` stand in what was put here instead of the author's words? What is wrong there is not their mistake.
  bool isReplaced(size_t offset) const;
  /// The same, or has the parser given up here before?
  bool isKnown(size_t offset) const;

  /// The author's places of all that was replaced.
  std::vector<size_t> changes() const;
  /// Replaces the least after which `message`, with which the parser gave up at `offset`, should not come again.
  /// False if nothing is left to try.
  bool stepOver(size_t offset, llvm::StringRef message);

private:
  struct Statement;
  struct Range {
    size_t begin, end;
  };
  std::vector<Statement> statements() const;
  static unsigned unclosed(const std::vector<Statement> &all);
  void replace(size_t begin, size_t end, llvm::StringRef with);
  std::string unknownValue(); ///< A name that nothing else has.
  bool stepOverPart(const std::vector<Statement> &all, int innermost, size_t offset, llvm::StringRef message);
  bool stepOverHeader(const Statement &own, size_t offset);
  bool stepOverStatement(const std::vector<Statement> &all, int index, size_t offset);
  bool stepOverModelHeader(const Statement &model);
  bool stepOverFuncHeader(const Statement &func, size_t offset);
  bool stepOverTrainHeader(const Statement &train);
  bool stepOverOptimizerHeader(const Statement &optimizer);
  bool stepOverScanHeader(const Statement &scan);

  std::string text;
  std::vector<size_t> origins; ///< of each character of `text`, and of its end
  std::vector<Range> replaced;
  std::vector<size_t> given; ///< the author's places that `stepOver` was called for
  unsigned unknownValues = 0;
};
} // namespace dlc
#endif
