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
#include "llvm/Support/ConvertUTF.h"
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

//===--- What MLIR's parser says, in the words of the language ---------------------------------------------===//

/// What stands at `offset`: a word, a number, a name; in quotes.
static std::string tokenAt(StringRef text, size_t offset) {
  StringRef rest = text.drop_front(std::min(offset, text.size())).ltrim();
  while (rest.starts_with("//"))
    rest = rest.drop_until([](char c) { return c == '\n'; }).ltrim();
  if (rest.empty())
    return "the end of the file";
  auto isWord = [](char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; };
  StringRef sigil = rest.take_front(StringRef("%@#!").contains(rest[0]) ? 1 : 0);
  StringRef token = rest.take_front(std::max<size_t>(1, sigil.size() + rest.drop_front(sigil.size()).take_while(isWord).size()));
  return "'" + token.str() + "'";
}
/// The op of `dl` or `nn` whose name is nearest to `word`; empty if none is near.
static std::string nearestOp(StringRef word, MLIRContext &context) {
  std::string best;
  unsigned distance = std::max<size_t>(1, word.size() / 3) + 1;
  word.consume_front("dl.");
  for (RegisteredOperationName name : context.getRegisteredOperations()) {
    StringRef own = name.getStringRef();
    if (!own.consume_front("dl.") && !own.starts_with("nn."))
      continue;
    for (StringRef one : {own, own.starts_with("nn.") ? own.drop_front(3) : own})
      if (unsigned d = word.edit_distance(one, true, distance); d < distance) {
        distance = d;
        best = own.str();
      }
  }
  return best;
}
/// A message of MLIR's parser in the words of this language: what was found, what was expected, what to do.
static std::string translate(StringRef message, StringRef text, size_t offset, MLIRContext &context) {
  if (message.starts_with("custom op '") && message.contains("' is unknown")) {
    StringRef word = message.drop_front(11).take_until([](char c) { return c == '\''; });
    std::string near = nearestOp(word, context);
    return ("no op is called '" + word + "'").str() + (near.empty() ? "" : "; did you mean '" + near + "'?");
  }
  if (message.starts_with("redefinition of SSA value '"))
    return ("the value " + message.drop_front(27).take_until([](char c) { return c == '\''; }) +
            " is defined twice; give one of them another name")
        .str();
  if (message.starts_with("redefinition of symbol named '"))
    return ("@" + message.drop_front(30).take_until([](char c) { return c == '\''; }) +
            " is defined twice; give one of them another name")
        .str();
  std::string found = tokenAt(text, offset);
  if (message == "expected operation name in quotes")
    return found == "the end of the file" ? "expected `}`: something above is not closed; found the end of the file"
                                          : "expected an op, or `%name = op ...`; found " + found;
  if (message.starts_with("custom op '")) // MLIR's parser says so before every message
    message = message.drop_front(11).split("' ").second;
  if (!message.contains("expected ") || message.contains("found"))
    return message.str();
  return (message + (message.contains(';') ? ": " : ", ") + "found " + found).str();
}

OwningOpRef<ModuleOp> dlc::readModel(StringRef file, MLIRContext &context) {
  auto opened = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  StringRef name = file == "-" ? "<stdin>" : file;
  if (!opened) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "cannot read the file: " << opened.getError().message();
    return {};
  }
  std::string text = (*opened)->getBuffer().str();
  bool isBytecode = StringRef(text).starts_with("ML\xefR");
  auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (!isBytecode && (StringRef(text).contains('\0') || !llvm::isLegalUTF8String(&bytes, bytes + text.size()))) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "this is no text; expected a model file, with `dl.model @name { ... }`";
    return {};
  }
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  bool clean = true;
  for (;;) {
    FileLineColLoc last;
    bool parsing = true;
    std::vector<Diagnostic> translated;
    auto remember = [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
        clean = false;
        diagnostic.getLocation()->walk([&](Location loc) { // the parser's own errors have a plain place
          auto place = dyn_cast<FileLineColLoc>(loc);
          if (place)
            last = place;
          return place ? WalkResult::interrupt() : WalkResult::advance();
        });
        if (parsing && last && !isBytecode) {
          Diagnostic &own = translated.emplace_back(diagnostic.getLocation(), DiagnosticSeverity::Error);
          own << translate(diagnostic.str(), text, offsetOf(text, last), context);
          for (Diagnostic &note : diagnostic.getNotes())
            own.attachNote(note.getLocation()) << note.str();
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
    if (module) // where our own walk is content, so must MLIR's verifier be
      return clean && succeeded(verify(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
    if (!last || isBytecode)
      return {};
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

