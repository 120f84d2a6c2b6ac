// ReadModel.cpp - all problems of a file in one run.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser stops at its first error, its verifier at the first of each function. Three things help:
// 1. parsers of ops report what they can step over (an unknown option, a wrong type after `:`) and go on;
// 2. after an error that stops the parser, what it could not read is replaced, and the text is read again;
// 3. verification after parsing is off; a walk of our own asks each op, except those fed by a wrong one.
#include "compiler/import/ReadModel.h"
#include "compiler/import/ParserMessages.h"
#include "compiler/import/ReadableText.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace dlc;

//===--- Reading on after a syntax error ---------------------------------------------------------------===//

static size_t offsetOf(StringRef text, FileLineColLoc loc) {
  size_t offset = 0;
  for (unsigned line = 1; line < loc.getLine(); ++line)
    offset = text.find('\n', offset) + 1;
  return std::min<size_t>(offset + std::max(loc.getColumn(), 1u) - 1, text.size());
}
static FileLineColLoc placeIn(StringRef text, size_t offset, StringRef file, MLIRContext &context) {
  StringRef before = text.take_front(offset);
  return FileLineColLoc::get(&context, file, before.count('\n') + 1, offset - (before.rfind('\n') + 1) + 1);
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
    complain(placeIn(text, at, name, context)) << "brackets stand more than 200 deep here; expected a model file";
    return {};
  }
  ParserConfig config(&context, /*verifyAfterParse=*/false);
  ReadableText readable(text);
  Names outermost(/*holdsItems=*/true);
  bool clean = true;
  for (int passes = 0;; ++passes) {
    StringRef current = readable.get();
    /// The place in the author's text of one in the current text.
    auto inFile = [&](Location loc) -> Location {
      AttrTypeReplacer replacer;
      replacer.addReplacement([&](FileLineColRange place) -> Attribute {
        size_t offset = offsetOf(current, cast<FileLineColLoc>(LocationAttr(place)));
        return placeIn(text, readable.originOf(offset), name, context);
      });
      return readable.isChanged() ? Location(cast<LocationAttr>(replacer.replace(LocationAttr(loc)))) : loc;
    };
    FileLineColLoc last;
    std::string lastMessage;
    bool parsing = true;
    std::vector<Diagnostic> translated;
    auto remember = [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
        return failure(); // shown by the tool's own handler
      clean = false;
      FileLineColLoc place;
      diagnostic.getLocation()->walk([&](Location loc) { // the parser's own errors have a plain place
        place = dyn_cast<FileLineColLoc>(loc);
        return place ? WalkResult::interrupt() : WalkResult::advance();
      });
      if (!place || isBytecode)
        return failure();
      if (parsing && place == last)
        return success(); // our own message at a character that MLIR's lexer has refused, and the like
      last = place;
      lastMessage = diagnostic.str();
      size_t offset = offsetOf(current, place);
      if (parsing ? readable.isKnown(offset) : readable.isReplaced(offset))
        return success(); // what is wrong here has been said
      Diagnostic &own = translated.emplace_back(inFile(diagnostic.getLocation()), DiagnosticSeverity::Error);
      own << inOurWords(diagnostic.str(), current, offset, parsing, context);
      for (Diagnostic &note : diagnostic.getNotes())
        if (std::string words = noteInOurWords(note.str()); !words.empty())
          own.attachNote(inFile(note.getLocation())) << words;
      return success();
    };
    OwningOpRef<ModuleOp> module;
    {
      ScopedDiagnosticHandler handler(&context, remember);
      llvm::SourceMgr sources;
      sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(current, name), {});
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
    // A very large file is no model.
    if (module || !last || isBytecode || text.size() > (1 << 24))
      return {};
    size_t offset = offsetOf(current, last);
    if (passes + 1 == 50) {
      complain(placeIn(text, readable.originOf(offset), name, context))
          << "after 50 mistakes that stop the reader the rest of the file was not looked at";
      return {};
    }
    if (!readable.stepOver(offset, lastMessage))
      return {};
    Names::addFunction("?", UnrankedTensorType::get(Float32Type::get(&context))); // has the results that stand in
  }
}
