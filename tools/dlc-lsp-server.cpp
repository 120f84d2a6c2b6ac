// dlc-lsp-server.cpp - shapes, definitions and mistakes of a model file in an editor.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/Pipeline.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include <thread>
#include <unistd.h>

/// The protocol ends a line with "\n", "\r\n" or a "\r" alone. MLIR's server counts lines by "\n" and dies of a place that
/// lies behind a "\r": in the texts of JSON that come in, one that stands alone becomes a "\n", which is as long.
class LineEnds {
public:
  /// What can be passed on after `bytes`: all but an escape that is not complete.
  std::string pass(llvm::StringRef bytes) {
    held += bytes;
    std::string out;
    llvm::StringRef rest = held;
    while (!rest.empty()) {
      size_t length = escapeAt(rest);
      if (!length || (isReturn(rest.take_front(length)) && !escapeAt(rest.drop_front(length))))
        break; // what follows is not here yet
      llvm::StringRef escape = rest.take_front(length), next = rest.substr(length, escapeAt(rest.drop_front(length)));
      bool isAlone = isReturn(escape) && next != "\\n" && !next.equals_insensitive("\\u000a");
      out += !isAlone ? escape : length == 2 ? "\\n" : "\\u000a";
      rest = rest.drop_front(length);
    }
    held = rest.str();
    return out;
  }
  std::string takeHeld() { return std::move(held); }

private:
  /// The length of the character or escape that `text` begins with; 0 if its end is missing.
  static size_t escapeAt(llvm::StringRef text) {
    size_t length = !text.starts_with("\\") ? 1 : text.starts_with("\\u") ? 6 : 2;
    return length <= text.size() ? length : 0;
  }
  static bool isReturn(llvm::StringRef escape) { return escape == "\\r" || escape.equals_insensitive("\\u000d"); }
  std::string held;
};

/// Puts a filter before the standard input, which MLIR's server reads itself.
static void filterInput() {
  int ends[2], input = dup(STDIN_FILENO);
  if (input < 0 || pipe(ends) || dup2(ends[0], STDIN_FILENO) < 0)
    return;
  close(ends[0]);
  std::thread([input, output = ends[1]] {
    LineEnds lineEnds;
    auto send = [output](llvm::StringRef bytes) {
      while (!bytes.empty()) {
        ssize_t count = write(output, bytes.data(), bytes.size());
        if (count <= 0)
          return;
        bytes = bytes.drop_front(count);
      }
    };
    char bytes[4096];
    for (ssize_t count; (count = read(input, bytes, sizeof bytes)) > 0;)
      send(lineEnds.pass({bytes, (size_t)count}));
    send(lineEnds.takeHeld());
    close(output);
  }).detach();
}

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  filterInput();
  return failed(mlir::MlirLspServerMain(argc, argv, registry));
}
