// ReadMutated.cpp - reads model files that were changed at random, within one process that the sanitizers watch.
// SPDX-License-Identifier: Apache-2.0
//
//   dlc_read_mutated COUNT SEED FOLDER FILE...    each text is written to FOLDER/mutated.mlir before it is read: where the
//                                                 program dies, it is still there
#include "compiler/Pipeline.h"
#include "compiler/import/ReadModel.h"
#include "dialects/dl/DL.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <random>

using llvm::StringRef;

namespace {
class Mutator {
public:
  Mutator(std::vector<std::string> texts, unsigned seed) : texts(std::move(texts)), random(seed) {}
  std::string next() {
    text = texts[below(texts.size())];
    for (size_t i = 0, count = 1 + (below(3) == 0) * (1 + below(3)); i < count && !text.empty(); ++i)
      change();
    return text;
  }

private:
  size_t below(size_t end) { return random() % end; } // no distribution: those differ between libraries
  /// Where the line around `at` begins and ends, with its `\n`.
  std::pair<size_t, size_t> lineAt(size_t at) {
    size_t begin = at ? text.rfind('\n', at - 1) + 1 : 0, end = text.find('\n', at);
    return {begin, end == std::string::npos ? text.size() : end + 1};
  }
  /// A word, a number or a sign.
  std::pair<size_t, size_t> wordAt(size_t at) {
    auto isPart = [&](size_t i) {
      return i < text.size() && (isalnum((unsigned char)text[i]) || StringRef("_.%@").contains(text[i]));
    };
    size_t begin = at, end = at + 1;
    while (isPart(at) && begin && isPart(begin - 1))
      --begin;
    while (isPart(at) && isPart(end))
      ++end;
    return {begin, end};
  }
  void change() {
    static constexpr StringRef pieces[] = {"{",
                                           "}",
                                           "(",
                                           ")",
                                           "[",
                                           "]",
                                           "\"",
                                           ",",
                                           "=",
                                           ":",
                                           "->",
                                           "%",
                                           "@",
                                           "<",
                                           ">",
                                           "#",
                                           "//",
                                           "\n",
                                           "\r",
                                           "-",
                                           "1e-3",
                                           "0.5",
                                           "99999999999999999999",
                                           "batch",
                                           "?",
                                           "f16",
                                           "%y",
                                           "loc(",
                                           "^bb:",
                                           "{dl.wrong}",
                                           "\xc3\xb6"};
    auto [begin, end] = lineAt(below(text.size()));
    auto [from, to] = wordAt(below(text.size()));
    std::string line = text.substr(begin, end - begin), word = text.substr(from, to - from);
    switch (below(10)) {
    case 0:
      text.erase(begin, end - begin);
      break;
    case 1:
      text.insert(lineAt(below(text.size())).first, line);
      break;
    case 2: { // a line moves
      text.erase(begin, end - begin);
      text.insert(text.empty() ? 0 : lineAt(below(text.size())).first, line);
      break;
    }
    case 3:
      text.insert(below(text.size() + 1), below(2) ? "{" : "}");
      break;
    case 4:
      text.erase(from, to - from);
      break;
    case 5: {
      auto [first, last] = wordAt(below(text.size()));
      text.replace(first, last - first, word);
      break;
    }
    case 6:
      text.insert(from, pieces[below(std::size(pieces))].str());
      break;
    case 7:
      text.replace(from, to - from, pieces[below(std::size(pieces))].str());
      break;
    case 8:
      text.resize(below(text.size()));
      break;
    case 9:
      text[below(text.size())] ^= 1 << below(7);
      break;
    }
  }

  std::vector<std::string> texts;
  std::mt19937 random;
  std::string text;
};
} // namespace

/// As `dlc FILE --emit=graph` does. True if the model is right.
static bool read(StringRef path, const mlir::DialectRegistry &registry) {
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  context.loadAllAvailableDialects();
  dlc::Reporter reporter(context);
  auto [isRight, module] = dlc::readModel(path, context);
  dlc::CompileOptions options;
  if (isRight && !module->getOperation()->hasAttr("dl.level") && llvm::hasSingleElement(module->getOps<dlc::ModelOp>()))
    isRight = succeeded(dlc::runTo("autodiff", *module, options));
  else if (!isRight && module)
    dlc::checkPart(*module, options);
  bool wasSaid = reporter.show(llvm::nulls());
  if (!isRight && !wasSaid)
    llvm::report_fatal_error("a model was refused without a word");
  return isRight;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    llvm::errs() << "usage: dlc_read_mutated COUNT SEED FOLDER FILE...\n";
    return 1;
  }
  std::vector<std::string> texts;
  for (int i = 4; i < argc; ++i) {
    auto file = llvm::MemoryBuffer::getFile(argv[i]);
    if (!file) {
      llvm::errs() << argv[i] << ": " << file.getError().message() << '\n';
      return 1;
    }
    texts.push_back((*file)->getBuffer().str());
  }
  int count = atoi(argv[1]), right = 0;
  Mutator mutator(texts, atoi(argv[2]));
  std::string path = std::string(argv[3]) + "/mutated.mlir";
  if (llvm::sys::fs::create_directories(argv[3]))
    return 1;
  mlir::DialectRegistry registry;
  dlc::registerDialects(registry);
  for (int i = 0; i < count; ++i) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << mutator.next();
    right += read(path, registry);
  }
  llvm::outs() << count << " mutated files: " << right << " right, " << count - right << " refused\n";
  llvm::outs() << "reliability: model files read under sanitizers: " << count << " tried, 0 lost\n";
}
