// ReadModel.cpp - all problems of a file in one run.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser stops at its first error, its verifier at the first of each function. Three things help:
// 1. parsers of ops report what they can step over (an unknown option, a wrong type after `:`) and go on;
// 2. after an error that stops the parser, the function that holds it is blanked out and the file is read again;
// 3. verification after parsing is off; a walk of our own asks each op, except those fed by a wrong one.
#include "compiler/import/ReadModel.h"
#include "compiler/import/ParserMessages.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace dlc;

//===--- Reading on after a syntax error ---------------------------------------------------------------===//

/// The item of a model (a text at brace depth 1, from its first word to its closing brace) around `offset`.
static std::pair<size_t, size_t> itemAround(StringRef text, size_t offset) {
  size_t start = StringRef::npos;
  std::pair<size_t, size_t> found;
  int depth = 0;
  forEachCharacter(text, [&](size_t i) {
    if (depth == 1 && start == StringRef::npos && isalpha((unsigned char)text[i]))
      start = i;
    if (text[i] == '{')
      ++depth;
    if (text[i] != '}' || --depth != 1 || start == StringRef::npos)
      return true;
    if (start <= offset && offset <= i)
      found = {start, i + 1};
    start = StringRef::npos;
    return !found.second;
  });
  return found;
}
static size_t offsetOf(StringRef text, FileLineColLoc loc) {
  size_t offset = 0;
  for (unsigned line = 1; line < loc.getLine(); ++line)
    offset = text.find('\n', offset) + 1;
  return offset + loc.getColumn() - 1;
}
static FileLineColLoc placeOf(StringRef text, size_t offset, StringRef file, MLIRContext &context) {
  StringRef before = text.take_front(offset);
  return FileLineColLoc::get(&context, file, before.count('\n') + 1, offset - (before.rfind('\n') + 1) + 1);
}
/// Is every `{` closed, and nothing else? Where not, what belongs to which function is a guess.
static bool isBalanced(StringRef text) {
  int depth = 0;
  forEachCharacter(text, [&](size_t i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    return depth >= 0;
  });
  return depth == 0;
}
/// Where brackets stand deeper than recursive parsers can follow; npos if nowhere.
static size_t tooDeep(StringRef text) {
  constexpr int most = 200;
  int depth = 0;
  size_t found = StringRef::npos;
  forEachCharacter(text, [&](size_t i) {
    if (StringRef("([{<").contains(text[i]))
      ++depth;
    else if (StringRef(")]}>").contains(text[i]) && depth && !(text[i] == '>' && text[i - 1] == '-'))
      --depth;
    if (depth > most)
      found = i;
    return depth <= most;
  });
  return found;
}

OwningOpRef<ModuleOp> dlc::readModel(StringRef file, MLIRContext &context) {
  auto opened = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  StringRef name = file == "-" ? "<stdin>" : file;
  if (!opened) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "cannot read the file: " << opened.getError().message();
    return {};
  }
  std::string text = (*opened)->getBuffer().str();
  if (StringRef(text).starts_with("\xef\xbb\xbf")) // some editors mark UTF-8 so
    text.erase(0, 3);
  bool isBytecode = StringRef(text).starts_with("ML\xefR");
  auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (!isBytecode && (StringRef(text).contains('\0') || !llvm::isLegalUTF8String(&bytes, bytes + text.size()))) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "this is no text; expected a model file, with `dl.model @name { ... }`";
    return {};
  }
  if (size_t at = isBytecode ? StringRef::npos : tooDeep(text); at != StringRef::npos) {
    complain(placeOf(text, at, name, context)) << "brackets stand more than 200 deep here; expected a model file";
    return {};
  }
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  bool clean = true, isGuess = !isBytecode && !isBalanced(text);
  for (int passes = 0;; ++passes) {
    FileLineColLoc last;
    bool parsing = true;
    std::vector<Diagnostic> translated;
    auto remember = [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
        clean = false;
        FileLineColLoc before = last;
        diagnostic.getLocation()->walk([&](Location loc) { // the parser's own errors have a plain place
          auto place = dyn_cast<FileLineColLoc>(loc);
          if (place)
            last = place;
          return place ? WalkResult::interrupt() : WalkResult::advance();
        });
        if (parsing && last && last == before)
          return success(); // our own message at a character that MLIR's lexer has refused, and the like
        if (last && !isBytecode) {
          Diagnostic &own = translated.emplace_back(diagnostic.getLocation(), DiagnosticSeverity::Error);
          own << inOurWords(diagnostic.str(), text, offsetOf(text, last), parsing, context);
          for (Diagnostic &note : diagnostic.getNotes())
            if (std::string words = noteInOurWords(note.str()); !words.empty())
              own.attachNote(note.getLocation()) << words;
          return success();
        }
      }
      return failure(); // shown by the tool's own handler
    };
    OwningOpRef<ModuleOp> module;
    {
      ScopedDiagnosticHandler handler(&context, remember);
      llvm::SourceMgr sources;
      sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(text, name), {});
      module = parseSourceFile<ModuleOp>(sources, config);
      parsing = false;
      if (module)
        checkModel(*module);
    }
    for (Diagnostic &own : translated)
      context.getDiagEngine().emit(std::move(own));
    if (module && clean) { // where our own walk is content, so must MLIR's verifier be
      module->walk([&](FuncOp function) {
        if (!function.getBody().front().empty())
          return;
        complain(function) << "@" << function.getSymName() << " is empty; its body must end with `return`";
        clean = false;
      });
      ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
        clean &= diagnostic.getSeverity() != DiagnosticSeverity::Error;
        return failure(); // shown by the tool's own handler
      });
      if (clean && failed(verify(*module)) && clean)
        complain(FileLineColLoc::get(&context, name, 0, 0)) << "an op of this file has the attribute `dl.wrong`, which "
                                                               "marks what could not be read; leave it out";
      else if (clean)
        return module;
    }
    if (module)
      return {};
    // A file with very many mistakes, or a very large one, is no model.
    if (!last || isBytecode || isGuess || text.size() > (1 << 24))
      return {};
    if (passes + 1 == 50) {
      complain(placeOf(text, text.size(), name, context)) << "after 50 functions that cannot be read the rest of the "
                                                             "file was not looked at";
      return {};
    }
    auto [start, end] = itemAround(text, offsetOf(text, last));
    StringRef item = StringRef(text).slice(start, end);
    if (start == end || item.ends_with("(){}")) // outside any function, or no progress
      return {};
    // `func @name(){}` stands in for the function: calls of it have results of unknown type.
    std::string stub;
    StringRef own = item.take_until([](char c) { return c == '(' || c == '{'; }).split('@').second.take_while([](char c) {
      return isalnum(c) || c == '_';
    });
    if (item.starts_with("func") && !own.empty())
      stub = ("func private @" + own + "(){}").str();
    std::string blank = item.str();
    for (char &c : blank)
      c = c == '\n' ? c : ' ';
    text.replace(start, end - start, stub + blank); // lines stay; columns after it on that line do not matter
  }
}

