// FoldRows.cpp - rows of tables that repeat, each round once.
// SPDX-License-Identifier: Apache-2.0
//
//   "h.0.weight", f32, [24, 40], params + 0          3 times:
//   "h.1.weight", f32, [24, 40], params + 3840   =>    "h.0.weight", f32, [24, 40], params + 0
//   "h.2.weight", f32, [24, 40], params + 7680       the number at 2 in the name by 1, the place by 3840
//
// What a row says is not looked at: its words are numbers and pointers, and some texts. So a table of many equal layers does not
// grow with them, whatever it is of.
#include "compiler/target/FoldRows.h"
#include "compiler/target/Repeats.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlc;
using llvm::StringRef;

/// The code that writes rows, and what goes with it, is about as long: below, a table stays as it is.
static constexpr size_t worthIt = 2048;

//===--- Numbers in texts -------------------------------------------------------------------------------===//

/// A number in a text that grows from round to round.
struct CountedText {
  StringRef before, after;
  uint64_t number;
  int64_t by;

  std::string numberIn(size_t round) const { return std::to_string(number + round * by); }
  bool isIn(size_t round, StringRef text) const {
    return text.consume_front(before) && text.consume_back(after) && text == numberIn(round);
  }
};

/// What makes the second of a text where the first is before it, if a number does.
static std::optional<CountedText> countedText(StringRef first, StringRef second) {
  size_t at = std::mismatch(first.begin(), first.end(), second.begin(), second.end()).first - first.begin();
  while (at && llvm::isDigit(first[at - 1]))
    --at;
  auto numberAt = [&](StringRef text, uint64_t &number) {
    StringRef digits = text.drop_front(at).take_while(llvm::isDigit);
    return digits.size() < 19 && !digits.getAsInteger(10, number); // fits into 64 bits, whatever is added
  };
  CountedText text{first.take_front(at), first.drop_front(at).drop_while(llvm::isDigit), 0, 0};
  uint64_t next;
  if (!numberAt(first, text.number) || !numberAt(second, next))
    return std::nullopt;
  text.by = (int64_t)(next - text.number);
  return text.isIn(0, first) && text.isIn(1, second) ? std::optional(text) : std::nullopt;
}

/// A text that a word points at; none where it points at other things.
static std::optional<StringRef> textAt(llvm::Constant *pointer) {
  auto *global = llvm::dyn_cast_or_null<llvm::GlobalVariable>(pointer);
  auto *data = global && global->hasInitializer()
                   ? llvm::dyn_cast<llvm::ConstantDataSequential>(global->getInitializer())
                   : nullptr;
  return data && data->isCString() ? std::optional(data->getAsCString()) : std::nullopt;
}

//===--- Rows -------------------------------------------------------------------------------------------===//

namespace {
class RowFolder {
public:
  RowFolder(const Words &words, size_t rowWords) : words(words), rowWords(rowWords) {}
  /// Pieces of the table, from the first row to the last.
  struct Piece {
    size_t first, rows, rounds;
  };
  std::vector<Piece> pieces();
  /// What is another in each round, and the bytes of all texts that are.
  Table<dlc_row_change> changes(const Piece &piece, uint64_t &textBytes);
  /// What the table is shorter by.
  uint64_t saved(const Piece &piece);

private:
  bool isAlike(size_t row, size_t rows, size_t rounds);
  bool isAlikeWord(size_t word, size_t words, size_t rounds);

  const Words &words;
  size_t rowWords;
};
} // namespace

bool RowFolder::isAlikeWord(size_t word, size_t apart, size_t rounds) {
  size_t next = word + apart, later = word + apart * rounds;
  llvm::Constant *a = words.pointers[word], *b = words.pointers[next], *c = words.pointers[later];
  if (!a && !c)
    return words.numbers[later] - words.numbers[word] == (words.numbers[next] - words.numbers[word]) * rounds;
  if (a == b || a == c)
    return a == b && a == c;
  std::optional<StringRef> first = textAt(a), second = textAt(b), last = textAt(c);
  std::optional<CountedText> text = first && second && last ? countedText(*first, *second) : std::nullopt;
  return text && text->isIn(rounds, *last);
}
bool RowFolder::isAlike(size_t row, size_t rows, size_t rounds) {
  if ((row + rows * rounds + 1) * rowWords > words.numbers.size())
    return false;
  for (size_t i = 0; i < rowWords; ++i)
    if (!isAlikeWord(row * rowWords + i, rows * rowWords, rounds))
      return false;
  return true;
}

std::vector<RowFolder::Piece> RowFolder::pieces() {
  std::vector<Piece> result;
  for (size_t row = 0; row * rowWords < words.numbers.size();) {
    Repeat found = findRepeat(row, [&](size_t row, size_t rows, size_t rounds) { return isAlike(row, rows, rounds); });
    if (found.rounds)
      result.push_back({row, found.items, found.rounds});
    else if (!result.empty() && result.back().rounds == 1)
      ++result.back().rows;
    else
      result.push_back({row, 1, 1});
    row += found.rounds ? found.items * found.rounds : 1;
  }
  return result;
}

Table<dlc_row_change> RowFolder::changes(const Piece &piece, uint64_t &textBytes) {
  Table<dlc_row_change> result;
  size_t count = piece.rows * rowWords, begin = piece.first * rowWords;
  if (piece.rounds == 1)
    return result;
  for (size_t i = 0; i < count; ++i) {
    llvm::Constant *a = words.pointers[begin + i], *b = words.pointers[begin + i + count];
    if (!a && words.numbers[begin + i] != words.numbers[begin + i + count])
      result.add({(uint32_t)i, 0, (int64_t)(words.numbers[begin + i + count] - words.numbers[begin + i])});
    if (a == b)
      continue;
    CountedText text = *countedText(*textAt(a), *textAt(b));
    result.add({(uint32_t)i, (uint32_t)text.before.size() + 1, text.by});
    for (size_t round = 0; round < piece.rounds; ++round)
      textBytes += text.before.size() + text.numberIn(round).size() + text.after.size() + 1;
  }
  return result;
}

uint64_t RowFolder::saved(const Piece &piece) {
  uint64_t texts = 0;
  changes(piece, texts);
  return (piece.rows * rowWords * sizeof(uint64_t) * piece.rounds + texts) * (piece.rounds - 1) / piece.rounds;
}

//===--- Tables -----------------------------------------------------------------------------------------===//

llvm::GlobalVariable *FoldedTables::memory(uint64_t bytes, unsigned alignment) {
  auto *type = llvm::ArrayType::get(llvm::Type::getInt8Ty(constants.module.getContext()), bytes);
  auto *global =
      new llvm::GlobalVariable(constants.module, type, /*isConstant=*/false, llvm::GlobalValue::InternalLinkage,
                               llvm::ConstantAggregateZero::get(type), "dlc.memory");
  global->setAlignment(llvm::Align(alignment));
  return global;
}

llvm::GlobalVariable *FoldedTables::emit(const Words &rows, size_t rowWords) {
  RowFolder folder(rows, rowWords);
  std::vector<RowFolder::Piece> found = folder.pieces();
  uint64_t saved = 0;
  for (const RowFolder::Piece &piece : found)
    saved += folder.saved(piece);
  if (saved < worthIt)
    return rows.emit(constants);
  llvm::GlobalVariable *table = memory(rows.numbers.size() * sizeof(uint64_t), 16);
  llvm::IRBuilder<> b(constants.module.getContext());
  for (const RowFolder::Piece &piece : found) {
    Table<dlc_row_change> changes = folder.changes(piece, textBytes);
    size_t begin = piece.first * rowWords, count = piece.rows * rowWords;
    pieces.add({nullptr, nullptr, nullptr, (uint32_t)count, (uint32_t)changes.size(), piece.rounds});
    pieces.point(&dlc_rows::to, llvm::ConstantExpr::getInBoundsGetElementPtr(b.getInt8Ty(), table,
                                                                             b.getInt64(begin * sizeof(uint64_t))));
    pieces.point(&dlc_rows::first, rows.slice(begin, count).emit(constants));
    pieces.point(&dlc_rows::changes, changes.emit(constants));
  }
  return table;
}

void FoldedTables::writeOut(llvm::IRBuilder<> &b) {
  llvm::Type *i64 = b.getInt64Ty(), *pointer = b.getPtrTy();
  llvm::FunctionCallee write =
      constants.module.getOrInsertFunction("dlc_write_rows", b.getVoidTy(), pointer, i64, pointer, pointer);
  llvm::cast<llvm::Function>(write.getCallee())->setVisibility(llvm::GlobalValue::HiddenVisibility);
  b.CreateCall(write, {pieces.emit(constants), b.getInt64(pieces.size()), memory(textBytes, 1), memory(4, 4)});
}
