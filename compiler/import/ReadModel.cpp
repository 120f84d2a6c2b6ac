// ReadModel.cpp - all problems of a file in one run.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser stops at its first error, its verifier at the first of each function. Three things help:
// 1. parsers of ops report what they can step over (an unknown option, a wrong type after `:`) and go on;
// 2. after an error that stops the parser, the function that holds it is blanked out and the file is read again;
// 3. verification after parsing is off; a walk of our own asks each op, except those fed by a wrong one.
#include "compiler/import/ReadModel.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace dlc;

//===--- Reading on after a syntax error ---------------------------------------------------------------===//

/// The item of a model (a text at brace depth 1, from its first word to its closing brace) around `offset`.
static std::pair<size_t, size_t> itemAround(StringRef text, size_t offset) {
  size_t start = StringRef::npos;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("//")) {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        if (text[i] == '\\')
          ++i;
      continue;
    }
    if (depth == 1 && start == StringRef::npos && isalpha(text[i]))
      start = i;
    if (text[i] == '{')
      ++depth;
    if (text[i] != '}')
      continue;
    if (--depth == 1 && start != StringRef::npos) {
      if (start <= offset && offset <= i)
        return {start, i + 1};
      start = StringRef::npos;
    }
  }
  return {0, 0};
}
static size_t offsetOf(StringRef text, FileLineColLoc loc) {
  size_t offset = 0;
  for (unsigned line = 1; line < loc.getLine(); ++line)
    offset = text.find('\n', offset) + 1;
  return offset + loc.getColumn() - 1;
}

OwningOpRef<ModuleOp> dlc::readModel(StringRef file, MLIRContext &context) {
  auto opened = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  StringRef name = file == "-" ? "<stdin>" : file;
  if (!opened) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "cannot read the file: " << opened.getError().message();
    return {};
  }
  std::string text = (*opened)->getBuffer().str();
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  bool clean = true;
  for (;;) {
    FileLineColLoc last;
    auto remember = [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
        clean = false;
        diagnostic.getLocation()->walk([&](Location loc) { // the parser's own errors have a plain place
          auto place = dyn_cast<FileLineColLoc>(loc);
          if (place)
            last = place;
          return place ? WalkResult::interrupt() : WalkResult::advance();
        });
      }
      return failure(); // shown by the tool's own handler
    };
    OwningOpRef<ModuleOp> module;
    {
      ScopedDiagnosticHandler handler(&context, remember);
      llvm::SourceMgr sources;
      sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, name), {});
      module = parseSourceFile<ModuleOp>(sources, config);
      if (module)
        checkModel(*module);
    }
    if (module) // where our own walk is content, so must MLIR's verifier be
      return clean && succeeded(verify(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
    if (!last)
      return {};
    auto [start, end] = itemAround(text, offsetOf(text, last));
    StringRef item = StringRef(text).slice(start, end);
    if (start == end || item.ends_with("(){}")) // outside any function, or no progress
      return {};
    // `func @name(){}` stands in for the function: calls of it have results of unknown type.
    std::string stub;
    if (item.starts_with("func"))
      stub = ("func private @" + item.split('@').second.take_while([](char c) { return isalnum(c) || c == '_'; }) +
              "(){}")
                 .str();
    std::string blank = item.str();
    for (char &c : blank)
      c = c == '\n' ? c : ' ';
    text.replace(start, end - start, stub + blank); // lines stay; columns after it on that line do not matter
  }
}

