// ReadModel.cpp - all problems of a file in one run.
// SPDX-License-Identifier: Apache-2.0
//
// MLIR's parser stops at its first error, its verifier at the first of each function. Four things help:
// 1. parsers of ops report what they can step over (an unknown option, a wrong type after `:`) and go on;
// 2. after an error that stops the parser, what it could not read is replaced, and the text is read again;
// 3. verification after parsing is off; a walk of our own asks each op, except those fed by a wrong one;
// 4. what no mistake touches is kept, so that later levels can be asked about it.
#include "compiler/import/ReadModel.h"
#include "compiler/graph/Flatten.h"
#include "compiler/import/ParserMessages.h"
#include "compiler/import/ReadableText.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace dlc;

//===--- Places ---------------------------------------------------------------------------------------------===//

static FileLineColLoc placeOf(Location loc) {
  FileLineColLoc found;
  loc->walk([&](Location part) {
    found = dyn_cast<FileLineColLoc>(part);
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}
namespace {
/// Where the lines of a text begin.
class Lines {
public:
  explicit Lines(StringRef text) : begins{0}, end(text.size()) {
    for (size_t at = text.find('\n'); at != StringRef::npos; at = text.find('\n', at + 1))
      begins.push_back(at + 1);
  }
  size_t offsetOf(FileLineColLoc place) const {
    if (!place || !place.getLine())
      return 0;
    size_t begin = begins[std::min<size_t>(place.getLine(), begins.size()) - 1];
    return std::min<size_t>(begin + std::max(place.getColumn(), 1u) - 1, end);
  }
  bool areOnOneLine(size_t a, size_t b) const { return llvm::upper_bound(begins, a) == llvm::upper_bound(begins, b); }
  size_t offsetOf(Operation *op) const { return offsetOf(placeOf(op->getLoc())); }
  FileLineColLoc placeAt(size_t offset, StringRef file, MLIRContext &context) const {
    size_t line = llvm::upper_bound(begins, offset) - begins.begin();
    return FileLineColLoc::get(&context, file, line, offset - begins[line - 1] + 1);
  }

private:
  std::vector<size_t> begins;
  size_t end;
};
} // namespace

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

//===--- What mistakes do not touch ------------------------------------------------------------------------===//

/// Reports a parameter that is named where it stands and nowhere else in its function, readable or not.
static void checkParametersAreRead(ModuleOp module, StringRef text, const Lines &lines) {
  llvm::StringMap<int> declared;
  module.walk([&](ParamOp param) { ++declared[param.getName()]; });
  module.walk([&](FuncOp function) {
    Operation *next = function->getNextNode();
    StringRef own = text.slice(lines.offsetOf(function), next ? lines.offsetOf(next) : text.size());
    function.walk([&](ParamOp param) {
      std::string name = "%" + nameOf(param.getResult());
      int count = 0;
      for (size_t at = own.find(name); at != StringRef::npos; at = own.find(name, at + 1)) {
        StringRef after = own.drop_front(at + name.size());
        count += after.empty() || !(isalnum((unsigned char)after[0]) || after[0] == '_');
      }
      if (count == 1 && param->use_empty() && declared.lookup(param.getName()) == 1)
        (void)complainOfUnread(param.getLoc(), param.getName());
    });
  });
}

/// Takes the line at `place` out of a training step, if it is that which is wrong there and not the step itself.
static bool takeLineOut(TrainOp train, size_t place, const Lines &lines) {
  Block &body = train.getBody().front();
  auto isWrong = [&](Operation &line) {
    return line.hasAttr("dl.wrong") || lines.areOnOneLine(lines.offsetOf(&line), place);
  };
  bool isInBody = lines.offsetOf(train) != place && !lines.areOnOneLine(lines.offsetOf(train), place);
  if (isInBody)
    for (Operation &line : llvm::make_early_inc_range(body))
      if (isWrong(line))
        line.erase();
  train->setAttr("dl.incomplete", UnitAttr::get(train.getContext()));
  return isInBody;
}

/// Takes out of a model the items around `wrong` places, and those that need them. False if that leaves nothing.
static bool keepRight(ModuleOp module, ArrayRef<size_t> wrong, const Lines &lines) {
  auto models = module.getOps<ModelOp>();
  if (models.empty() || std::next(models.begin()) != models.end() || module->hasAttr("dl.level"))
    return false;
  Block &body = (*models.begin()).getBody().front();
  auto items = llvm::map_to_vector(body, [](Operation &item) { return &item; });
  auto nameOf = [](Operation *item) {
    auto name = item->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName());
    return name ? name.getValue() : "";
  };
  llvm::StringSet<> names; // by name: of two items with one name it is not known which is meant
  for (size_t place : wrong) {
    auto after = llvm::partition_point(items, [&](Operation *item) { return lines.offsetOf(item) <= place; });
    if (after == items.begin())
      return false;
    Operation *item = *std::prev(after);
    if (auto train = dyn_cast<TrainOp>(item); !train || !takeLineOut(train, place, lines))
      names.insert(nameOf(item));
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation *item : items)
      item->walk([&](Operation *op) {
        for (NamedAttribute attribute : op->getAttrDictionary())
          if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attribute.getValue());
              symbol && names.contains(symbol.getValue()))
            changed |= names.insert(nameOf(item)).second;
      });
  }
  // A value that stands among the items (behind a `}` too many) may be read in any of them.
  SmallVector<Operation *> out =
      llvm::filter_to_vector(items, [&](Operation *item) { return names.contains(nameOf(item)); });
  llvm::SmallPtrSet<Operation *, 8> isOut(llvm::from_range, out);
  for (size_t i = 0; i < out.size(); ++i)
    for (Operation *reader : out[i]->getUsers())
      if (Operation *item = body.findAncestorOpInBlock(*reader); item && isOut.insert(item).second)
        out.push_back(item);
  for (Operation *item : out)
    item->dropAllReferences();
  for (Operation *item : out)
    item->erase();
  bool hasEntry = llvm::any_of(body, [](Operation &item) {
    return isa<TrainOp>(item) || (isa<FuncOp>(item) && cast<FuncOp>(item).getSymVisibility() != "private");
  });
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  return hasEntry && succeeded(verify(module));
}

//===--- Reading -------------------------------------------------------------------------------------------===//

namespace {
/// Reads one text again and again, each time with less in it that cannot be read.
class Reader {
public:
  Reader(std::string text, StringRef name, MLIRContext &context)
      : text(std::move(text)), name(name), context(context), isBytecode(StringRef(this->text).starts_with("ML\xefR")),
        lines(this->text), readable(this->text), readLines(lines) {}
  ReadResult run();

private:
  OwningOpRef<ModuleOp> readOnce();
  LogicalResult receive(Diagnostic &diagnostic);
  bool verifyWhole(ModuleOp module);
  Location inText(Location loc);
  void moveToText(ModuleOp module);

  std::string text; ///< as its author wrote it
  StringRef name;
  MLIRContext &context;
  bool isBytecode;
  Lines lines;
  ReadableText readable;
  Lines readLines; ///< of `readable`
  bool isRight = true;
  // Of the reading at hand:
  bool isParsing = false;
  FileLineColLoc last; ///< where the last error is
  std::string lastMessage;
  std::vector<size_t> wrong;          ///< places of errors in the text
  std::vector<Diagnostic> translated; ///< errors in our words
};
} // namespace

/// The place in the author's text of one in the text that was read.
Location Reader::inText(Location loc) {
  if (!readable.isChanged())
    return loc;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FileLineColRange range) -> Attribute {
    auto place = dyn_cast<FileLineColLoc>(LocationAttr(range));
    if (!place || place.getFilename() != name)
      return range;
    return lines.placeAt(readable.originOf(readLines.offsetOf(place)), name, context);
  });
  return cast<LocationAttr>(replacer.replace(LocationAttr(loc)));
}
void Reader::moveToText(ModuleOp module) {
  module->walk([&](Operation *op) {
    op->setLoc(inText(op->getLoc()));
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          argument.setLoc(inText(argument.getLoc()));
  });
}

LogicalResult Reader::receive(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return failure(); // shown by the tool's own handler
  isRight = false;
  FileLineColLoc place = placeOf(diagnostic.getLocation());
  if (!place || place.getFilename() != name || isBytecode) // a printed level knows the places of the model's file
    return failure();
  if (isParsing && place == last)
    return success(); // our own message at a character that MLIR's lexer has refused, and the like
  last = place;
  lastMessage = diagnostic.str();
  size_t offset = readLines.offsetOf(place);
  wrong.push_back(readable.originOf(offset));
  if (isParsing ? readable.isKnown(offset) : readable.isReplaced(offset))
    return success(); // what is wrong here has been said
  size_t there = isParsing ? placeOfMessage(lastMessage, readable.get(), offset) : offset;
  Location loc = there == offset ? diagnostic.getLocation() : Location(readLines.placeAt(there, name, context));
  Diagnostic &own = translated.emplace_back(inText(loc), DiagnosticSeverity::Error);
  own << inOurWords(lastMessage, readable.get(), offset, isParsing, context);
  for (Diagnostic &note : diagnostic.getNotes())
    if (std::string words = noteInOurWords(note.str()); !words.empty())
      own.attachNote(inText(note.getLocation())) << words;
  return success();
}

OwningOpRef<ModuleOp> Reader::readOnce() {
  readLines = Lines(readable.get());
  last = {};
  wrong.clear();
  translated.clear();
  OwningOpRef<ModuleOp> module;
  {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) { return receive(diagnostic); });
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(readable.get(), name), {});
    isParsing = true;
    module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context, /*verifyAfterParse=*/false));
    isParsing = false;
    // A printed level is verified as a whole, from the outside in: it may be of any dialect.
    if (module && (!module->getOperation()->hasAttr("dl.level") || succeeded(verify(*module))))
      checkModel(*module);
  }
  for (Diagnostic &own : translated)
    context.getDiagEngine().emit(std::move(own));
  return module;
}

/// Where our own walk is content, so must MLIR's verifier be.
bool Reader::verifyWhole(ModuleOp module) {
  bool wasSaid = false;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    wasSaid |= diagnostic.getSeverity() == DiagnosticSeverity::Error;
    return failure(); // shown by the tool's own handler
  });
  if (succeeded(verify(module)))
    return true;
  if (!wasSaid)
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "an op of this file has the attribute `dl.wrong`, which "
                                                           "marks what could not be read; leave it out";
  return false;
}

ReadResult Reader::run() {
  Names outermost(/*holdsItems=*/true);
  for (int readings = 1;; ++readings) {
    OwningOpRef<ModuleOp> module = readOnce();
    if (module && isRight) {
      bool isWhole = verifyWhole(*module);
      return {isWhole, isWhole ? std::move(module) : nullptr};
    }
    if (isBytecode || (!module && !last) || text.size() > (1 << 24)) // so large a file is no model
      return {false, nullptr};
    if (module) {
      moveToText(*module);
      checkParametersAreRead(*module, text, lines);
      llvm::append_range(wrong, readable.changes());
      return {false, keepRight(*module, wrong, lines) ? std::move(module) : nullptr};
    }
    size_t offset = readLines.offsetOf(last);
    if (readings == 50) {
      complain(lines.placeAt(readable.originOf(offset), name, context))
          << "after 50 mistakes that stop the reader the rest of the file was not looked at";
      return {false, nullptr};
    }
    if (!readable.stepOver(offset, lastMessage))
      return {false, nullptr};
    Names::addFunction("?", std::nullopt); // its results stand in for unknown ones
  }
}

ReadResult dlc::readModel(StringRef file, MLIRContext &context, bool trustBytecode) {
  auto opened = llvm::MemoryBuffer::getFileOrSTDIN(file, /*IsText=*/true);
  StringRef name = file == "-" ? "<stdin>" : file;
  if (!opened) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "cannot read the file: " << opened.getError().message();
    return {false, nullptr};
  }
  return readModelText((*opened)->getBuffer().str(), name, context, trustBytecode);
}
ReadResult dlc::readModelText(std::string text, StringRef name, MLIRContext &context, bool trustBytecode) {
  if (StringRef(text).starts_with("\xef\xbb\xbf")) // some editors mark UTF-8 so
    text.erase(0, 3);
  bool isBytecode = StringRef(text).starts_with("ML\xefR");
  if (isBytecode && !trustBytecode) {
    complain(FileLineColLoc::get(&context, name, 0, 0)) << "this is bytecode, and a damaged or malicious one can crash "
                                                           "dlc or make it do anything; compile the text, or say "
                                                           "--trust-bytecode if you know who made this file";
    return {false, nullptr};
  }
  auto *bytes = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (!isBytecode && (StringRef(text).contains('\0') || !llvm::isLegalUTF8String(&bytes, bytes + text.size()))) {
    complain(FileLineColLoc::get(&context, name, 0, 0))
        << "this is no text; expected a model file, with `dl.model @name { ... }`";
    return {false, nullptr};
  }
  if (size_t at = isBytecode ? StringRef::npos : tooDeep(text); at != StringRef::npos) {
    complain(Lines(text).placeAt(at, name, context)) << "brackets stand more than 200 deep here; expected a model file";
    return {false, nullptr};
  }
  return Reader(std::move(text), name, context).run();
}
