// Reporter.cpp - shows diagnostics in the order of the file, each once, with the calls that led there.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/import/ReadModel.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <tuple>

using namespace mlir;
using namespace dlc;

namespace {
struct Line {
  std::string file;
  unsigned line = 0, column = 0;
  std::string text;
};
struct Report {
  Line head;
  std::vector<Line> notes;
  bool isError;
};
} // namespace

/// The place of a diagnostic, then the calls it was reached by.
static SmallVector<Line> linesOf(Diagnostic &diagnostic) {
  std::string message = diagnostic.str();
  DiagnosticSeverity severity = diagnostic.getSeverity();
  StringRef kind = severity == DiagnosticSeverity::Error     ? "error: "
                   : severity == DiagnosticSeverity::Warning ? "warning: "
                   : severity == DiagnosticSeverity::Remark  ? "remark: "
                                                             : "note: ";
  SmallVector<Line> lines;
  diagnostic.getLocation()->walk([&](Location loc) {
    if (auto place = dyn_cast<FileLineColLoc>(loc))
      lines.push_back({place.getFilename().str(), place.getLine(), place.getColumn(),
                       lines.empty() ? kind.str() + message : "note: called from here"});
    return WalkResult::advance();
  });
  if (lines.empty())
    lines.push_back({"", 0, 0, kind.str() + message});
  return lines;
}

struct Reporter::State {
  explicit State(MLIRContext &context)
      : handler(&context, [this](Diagnostic &diagnostic) {
          SmallVector<Line> lines = linesOf(diagnostic);
          Report &report = reports.emplace_back();
          report.head = lines[0];
          report.notes.assign(lines.begin() + 1, lines.end());
          report.isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
          for (Diagnostic &note : diagnostic.getNotes())
            report.notes.push_back(linesOf(note)[0]);
          return success();
        }) {}
  std::vector<Report> reports;
  ScopedDiagnosticHandler handler;
};

Reporter::Reporter(MLIRContext &context) : state(std::make_unique<State>(context)) {}
Reporter::~Reporter() = default;

bool Reporter::hasErrors() const {
  return llvm::any_of(state->reports, [](const Report &report) { return report.isError; });
}
bool Reporter::show(llvm::raw_ostream &os) {
  // By place, each once.
  std::map<std::tuple<StringRef, unsigned, unsigned, StringRef>, const Report *> shown;
  for (const Report &report : state->reports) {
    const Line &head = report.head;
    shown.try_emplace({head.file, head.line, head.column, head.text}, &report);
  }
  auto print = [&](const Line &line) {
    if (line.file.empty()) {
      os << line.text << '\n';
      return;
    }
    os << line.file << ':';
    if (line.line)
      os << line.line << ':' << line.column << ':';
    os << ' ' << line.text << '\n';
  };
  for (const auto &[place, report] : shown) {
    print(report->head);
    llvm::for_each(report->notes, print);
  }
  bool failed = hasErrors();
  state->reports.clear();
  return failed;
}
