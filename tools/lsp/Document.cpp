// Document.cpp - what an editor wants to know of a model's text.
// SPDX-License-Identifier: Apache-2.0
//
// A file is read anew after each change: that takes a few milliseconds, and leaves no state that could be stale.
#include "tools/lsp/Document.h"
#include "compiler/Pipeline.h"
#include "compiler/target/Target.h"
#include "dialects/dl/DL.h"
#include "llvm/Support/ConvertUTF.h"

using namespace mlir;
using namespace dlc;
namespace lsp = llvm::lsp;

static FileLineColLoc firstPlace(mlir::Location loc) {
  FileLineColLoc found;
  loc->walk([&](mlir::Location part) {
    found = dyn_cast<FileLineColLoc>(part);
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}
static StringRef symbolOf(Operation *item) {
  auto name = item->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName());
  return name ? name.getValue() : "";
}

Document::Document(const lsp::URIForFile &uri, std::string given) : uri(uri), text(std::move(given)) {
  // For an editor a carriage return alone ends a line; for MLIR it does not.
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\r' && text[i + 1] != '\n')
      text[i] = '\n';
  StringRef rest = text;
  while (true) {
    auto [line, after] = rest.split('\n');
    lines.push_back(line);
    if (after.empty() && !rest.ends_with("\n"))
      break;
    rest = after;
  }
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  context.loadAllAvailableDialects();
  Reporter reporter(context);
  auto [isRight, module] = readModelText(text, uri.file(), context);
  if (module && !module->getOperation()->hasAttr("dl.level")) {
    addDefinitions(*module);
    if (!isRight) {
      checkPart(*module, {});
    } else if (llvm::hasSingleElement(module->getOps<ModelOp>())) {
      CompileOptions options;
      options.target = findTarget("v3")->name; // what is checked does not depend on it
      storeOptions(*module, options);
      if (succeeded(runTo("graph", *module, options)))
        addShapes(*module);
      (void)runTo("kernels", *module, options);
    }
  }
  problems = reporter.take();
}

void Document::addDefinitions(ModuleOp module) {
  auto add = [&](StringRef sign, StringRef name, mlir::Location loc, unsigned item, std::string shown) {
    if (FileLineColLoc place = firstPlace(loc); place && place.getLine() && !name.empty())
      definitions.push_back({(sign + name).str(), item, place.getLine(), place.getColumn(), std::move(shown)});
  };
  for (ModelOp model : module.getOps<ModelOp>())
    for (Operation &item : model.getBody().front()) {
      FileLineColLoc place = firstPlace(item.getLoc());
      unsigned line = place ? place.getLine() : 0;
      items.push_back(line);
      // The line that defines it says most of it.
      if (line && line <= lines.size())
        add("@", symbolOf(&item), item.getLoc(), 0, lines[line - 1].trim().rtrim('{').rtrim().str());
      item.walk([&](Operation *op) {
        for (Value result : op->getResults())
          add("%", nameOf(result), op->getLoc(), line, show(result));
        for (Region &region : op->getRegions())
          for (Block &block : region)
            for (BlockArgument argument : block.getArguments())
              add("%", nameOf(argument), argument.getLoc(), line, show(argument));
      });
    }
  llvm::sort(items);
}

/// Calls are inlined now: a value of a function that several entry points call stands in each of them.
void Document::addShapes(ModuleOp module) {
  for (ModelOp model : module.getOps<ModelOp>())
    for (EntryOp entry : model.getBody().getOps<EntryOp>())
      entry.walk([&](Operation *op) {
        for (Value result : op->getResults())
          if (FileLineColLoc place = firstPlace(op->getLoc()); place && place.getFilename() == uri.file()) {
            auto &found = shapes[{place.getLine(), "%" + nameOf(result)}][show(result.getType())];
            if (std::string name = ("@" + entry.getSymName()).str(); !llvm::is_contained(found, name))
              found.push_back(name);
          }
      });
}

/// From a column in bytes (from 0) to one in UTF-16 units, as the protocol counts.
lsp::Position Document::positionOf(unsigned line, size_t column) const {
  StringRef before = line && line <= lines.size() ? lines[line - 1].take_front(column) : "";
  llvm::SmallVector<llvm::UTF16> units;
  bool isText = llvm::convertUTF8ToUTF16String(before, units);
  return lsp::Position(line ? line - 1 : 0, isText ? units.size() : before.size());
}

static bool isWord(char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$' || c == '#'; }

/// The word around a column in bytes (from 0) of a line (from 1); empty at its place if there is none.
Document::Word Document::wordAt(unsigned line, unsigned column) const {
  StringRef whole = line && line <= lines.size() ? lines[line - 1] : "";
  size_t begin = std::min<size_t>(column, whole.size()), end = begin;
  if (end < whole.size() && (whole[end] == '%' || whole[end] == '@'))
    ++end;
  while (end < whole.size() && isWord(whole[end]))
    ++end;
  while (begin && isWord(whole[begin - 1]))
    --begin;
  if (begin && (whole[begin - 1] == '%' || whole[begin - 1] == '@') && (begin == end || isWord(whole[begin])))
    --begin;
  return {whole.slice(begin, end), lsp::Range(positionOf(line, begin), positionOf(line, end)), line};
}
std::optional<Document::Word> Document::wordAt(lsp::Position position) const {
  if (position.line < 0 || size_t(position.line) >= lines.size())
    return std::nullopt;
  unsigned line = position.line + 1;
  size_t column = 0;
  while (column < lines[position.line].size() && positionOf(line, column).character < position.character)
    ++column;
  Word word = wordAt(line, column);
  return word.text.empty() ? std::nullopt : std::optional(word);
}

/// A value's name means what was defined last above it in its own item; an item's name is known in the whole model.
const Document::Definition *Document::find(const Word &word) const {
  auto next = llvm::upper_bound(items, word.line);
  unsigned item = next == items.begin() ? 0 : *std::prev(next);
  const Definition *found = nullptr;
  for (const Definition &one : definitions) {
    bool isKnown = one.item ? one.item == item && one.line <= word.line : true;
    if (one.name == word.text && isKnown && (!found || one.line >= found->line))
      found = &one;
  }
  return found;
}

std::vector<lsp::Diagnostic> Document::diagnostics() const {
  std::vector<lsp::Diagnostic> result;
  for (const Problem &problem : problems) {
    lsp::Diagnostic &one = result.emplace_back();
    // What has no place in this file stands at its top.
    bool isHere = problem.head.file == uri.file() && problem.head.line;
    unsigned line = isHere ? problem.head.line : 1,
             column = isHere && problem.head.column ? problem.head.column - 1 : 0;
    one.range = wordAt(line, column).range;
    if (lsp::Position from = positionOf(line, column); one.range.start < from)
      one.range.start = from;
    one.source = "dlc";
    one.message = problem.head.text;
    one.severity = problem.severity == DiagnosticSeverity::Error     ? lsp::DiagnosticSeverity::Error
                   : problem.severity == DiagnosticSeverity::Warning ? lsp::DiagnosticSeverity::Warning
                                                                     : lsp::DiagnosticSeverity::Information;
    std::vector<lsp::DiagnosticRelatedInformation> notes;
    for (const Problem::Line &note : problem.notes)
      if (note.file == uri.file() && note.line)
        notes.emplace_back(lsp::Location(uri, wordAt(note.line, note.column ? note.column - 1 : 0).range), note.text);
    if (!notes.empty())
      one.relatedInformation = std::move(notes);
  }
  return result;
}

std::optional<lsp::Hover> Document::hover(lsp::Position position) const {
  std::optional<Word> word = wordAt(position);
  const Definition *definition = word ? find(*word) : nullptr;
  if (!definition)
    return std::nullopt;
  lsp::Hover hover(word->range);
  hover.contents.kind = lsp::MarkupKind::Markdown;
  std::string said = definition->shown;
  if (auto found = shapes.find({definition->line, definition->name}); found != shapes.end())
    for (const auto &[shape, entries] : found->second)
      if (said != definition->name + " : " + shape)
        said += "\n" + definition->name + " : " + shape + "  // in " + llvm::join(entries, ", ");
  hover.contents.value = "```mlir\n" + said + "\n```";
  return hover;
}

std::vector<lsp::Location> Document::definition(lsp::Position position) const {
  std::optional<Word> word = wordAt(position);
  const Definition *definition = word ? find(*word) : nullptr;
  if (!definition)
    return {};
  // An op's place is that of its name; what it defines stands before it.
  StringRef line = definition->line <= lines.size() ? lines[definition->line - 1] : "";
  for (size_t at = line.find(definition->name); at != StringRef::npos; at = line.find(definition->name, at + 1))
    if (Word name = wordAt(definition->line, at); name.text == definition->name)
      return {lsp::Location(uri, name.range)};
  return {lsp::Location(uri, wordAt(definition->line, definition->column - 1).range)};
}
