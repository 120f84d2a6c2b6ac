// FoldRows.h - rows of tables that repeat, each round once.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_TARGET_FOLDROWS_H
#define DLC_COMPILER_TARGET_FOLDROWS_H
#include "compiler/target/Tables.h"
#include "compiler/target/rows.h"
#include "llvm/IR/IRBuilder.h"

namespace dlc {
/// Tables of a library that it writes out when it is asked for its description, where that makes the file shorter.
class FoldedTables {
public:
  explicit FoldedTables(Constants &constants) : constants(constants) {}
  /// The table as it will be read: a constant, or memory that `writeOut` fills.
  template <class Row> llvm::GlobalVariable *emit(const Table<Row> &table) {
    return emit(table.words(), sizeof(Row) / sizeof(uint64_t));
  }
  bool empty() const { return !pieces.size(); }
  /// A call that fills them, or waits until another thread has.
  void writeOut(llvm::IRBuilder<> &b);

private:
  llvm::GlobalVariable *emit(const Words &rows, size_t rowWords);
  llvm::GlobalVariable *memory(uint64_t bytes, unsigned alignment);

  Constants &constants;
  Table<dlc_rows> pieces;
  uint64_t textBytes = 0; ///< of all texts that change
};
} // namespace dlc
#endif
