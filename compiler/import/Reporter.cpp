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

using Line = Problem::Line;

/// The place of a diagnostic, then the calls it was reached by.
static SmallVector<Line> linesOf(Diagnostic &diagnostic) {
  std::string message = diagnostic.str();
  SmallVector<Line> lines;
  diagnostic.getLocation()->walk([&](Location loc) {
    if (auto place = dyn_cast<FileLineColLoc>(loc))
      lines.push_back({place.getFilename().str(), place.getLine(), place.getColumn(),
                       lines.empty() ? message : "called from here"});
    return WalkResult::advance();
  });
  if (lines.empty())
    lines.push_back({"", 0, 0, message});
  return lines;
}

struct Reporter::State {
  explicit State(MLIRContext &context)
      : handler(&context, [this](Diagnostic &diagnostic) {
          SmallVector<Line> lines = linesOf(diagnostic);
          Problem &report = reports.emplace_back();
          report.head = lines[0];
          report.notes.assign(lines.begin() + 1, lines.end());
          report.severity = diagnostic.getSeverity();
          for (Diagnostic &note : diagnostic.getNotes())
            report.notes.push_back(linesOf(note)[0]);
          return success();
        }) {}
  std::vector<Problem> reports;
  ScopedDiagnosticHandler handler;
};

Reporter::Reporter(MLIRContext &context) : state(std::make_unique<State>(context)) {}
Reporter::~Reporter() = default;

static bool isError(const Problem &problem) { return problem.severity == DiagnosticSeverity::Error; }

bool Reporter::hasErrors() const { return llvm::any_of(state->reports, isError); }

std::vector<Problem> Reporter::take() {
  // At one place errors come first.
  std::map<std::tuple<std::string, unsigned, unsigned, bool, std::string>, Problem> byPlace;
  for (Problem &report : state->reports) {
    auto [file, line, column, text] = report.head;
    byPlace.try_emplace({file, line, column, !isError(report), text}, std::move(report));
  }
  state->reports.clear();
  std::vector<Problem> taken;
  for (auto &[place, problem] : byPlace)
    taken.push_back(std::move(problem));
  return taken;
}

bool Reporter::show(llvm::raw_ostream &os) {
  auto print = [&](const Line &line, StringRef kind) {
    if (!line.file.empty()) {
      os << line.file << ':';
      if (line.line)
        os << line.line << ':' << line.column << ':';
      os << ' ';
    }
    os << kind << ": " << line.text << '\n';
  };
  bool failed = false;
  for (const Problem &problem : take()) {
    failed |= isError(problem);
    print(problem.head, isError(problem)                                  ? "error"
                        : problem.severity == DiagnosticSeverity::Warning ? "warning"
                        : problem.severity == DiagnosticSeverity::Remark  ? "remark"
                                                                          : "note");
    for (const Line &note : problem.notes)
      print(note, "note");
  }
  return failed;
}
