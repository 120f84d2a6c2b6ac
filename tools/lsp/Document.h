// Document.h - what an editor wants to know of a model's text: its problems, and what stands at a place.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_TOOLS_LSP_DOCUMENT_H
#define DLC_TOOLS_LSP_DOCUMENT_H
#include "compiler/import/ReadModel.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/LSP/Protocol.h"
#include <map>
#include <optional>

namespace dlc {
/// One version of an open file, read as `dlc` reads it and taken through the levels that can find mistakes.
class Document {
public:
  Document(const llvm::lsp::URIForFile &uri, std::string text);

  std::vector<llvm::lsp::Diagnostic> diagnostics() const;
  /// What a value is, with the shapes that it has in the entry points; what a function takes and returns.
  std::optional<llvm::lsp::Hover> hover(llvm::lsp::Position position) const;
  /// Where the value, the function or the optimizer at `position` is defined.
  std::vector<llvm::lsp::Location> definition(llvm::lsp::Position position) const;

private:
  /// A word of the text: a name with its `%` or `@`, or letters and digits.
  struct Word {
    llvm::StringRef text;
    llvm::lsp::Range range;
    unsigned line; ///< from 1
  };
  /// Something that is defined in the file.
  struct Definition {
    std::string name; ///< `%h`, `@net`
    unsigned item;    ///< the line where the function or train block begins that it belongs to; 0: the model
    unsigned line, column;
    std::string shown; ///< `%h : f32[batch, 128]`
  };

  std::optional<Word> wordAt(llvm::lsp::Position position) const;
  Word wordAt(unsigned line, unsigned column) const;
  llvm::lsp::Position positionOf(unsigned line, size_t column) const;
  const Definition *find(const Word &word) const;
  void addDefinitions(mlir::ModuleOp module);
  void addShapes(mlir::ModuleOp module);

  llvm::lsp::URIForFile uri;
  std::string text;
  std::vector<llvm::StringRef> lines;
  std::vector<Problem> problems;
  std::vector<Definition> definitions;
  std::vector<unsigned> items; ///< the lines where functions and train blocks begin, in order
  /// By line and name: the shapes of a value in entry points, each with the entry points that have it.
  std::map<std::pair<unsigned, std::string>, std::map<std::string, std::vector<std::string>>> shapes;
};
} // namespace dlc
#endif
