// Tables.h - read-only tables of C structs, as constants of an LLVM module.
// SPDX-License-Identifier: Apache-2.0
//
// The structs are those of runtime/abi.h itself, filled here as any C++ program would fill them: their layout is written
// down once, in C. Pointers are noted beside, and become relocations.
#ifndef DLC_COMPILER_TARGET_TABLES_H
#define DLC_COMPILER_TARGET_TABLES_H
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace dlc {
/// Strings, numbers and tables of a module, each once: layers that are alike have shapes, strides and tails of names in
/// common. The linker merges what can be merged beyond that.
class Constants {
public:
  explicit Constants(llvm::Module &module) : module(module) {}
  /// NUL-terminated; null for none.
  llvm::Constant *string(llvm::StringRef text) {
    return text.empty() ? nullptr
                        : global(llvm::ConstantDataArray::getString(module.getContext(), text, /*AddNull=*/true), 1);
  }
  llvm::GlobalVariable *global(llvm::Constant *value, unsigned alignment) {
    llvm::GlobalVariable *&known = made[value]; // equal constants of a context are one
    if (!known) {
      known = new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                                       value, "dlc.data");
      known->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    }
    known->setAlignment(std::max(known->getAlign().valueOrOne(), llvm::Align(alignment)));
    return known;
  }
  llvm::Module &module;

private:
  llvm::DenseMap<llvm::Constant *, llvm::GlobalVariable *> made;
};

/// A table as words of 8 bytes: numbers, and where there is a pointer, what it points at.
struct Words {
  std::vector<uint64_t> numbers;
  std::vector<llvm::Constant *> pointers;

  Words slice(size_t first, size_t count) const {
    return {{numbers.begin() + first, numbers.begin() + first + count},
            {pointers.begin() + first, pointers.begin() + first + count}};
  }
  /// Null where there are no words.
  llvm::GlobalVariable *emit(Constants &constants) const {
    if (numbers.empty())
      return nullptr;
    llvm::LLVMContext &context = constants.module.getContext();
    llvm::StringRef bytes((const char *)numbers.data(), numbers.size() * sizeof(uint64_t));
    std::vector<llvm::Constant *> parts;
    size_t done = 0;
    auto fill = [&](size_t end) {
      if (end != done)
        parts.push_back(llvm::ConstantDataArray::getString(context, bytes.slice(done, end), /*AddNull=*/false));
    };
    for (size_t i = 0; i < pointers.size(); ++i)
      if (pointers[i]) {
        fill(i * sizeof(uint64_t));
        parts.push_back(pointers[i]);
        done = (i + 1) * sizeof(uint64_t);
      }
    fill(bytes.size());
    return constants.global(llvm::ConstantStruct::getAnon(context, parts, /*Packed=*/true), 16);
  }
};

/// Rows of one struct.
template <class Row> class Table {
public:
  Row &add(const Row &row = {}) { return rows.emplace_back(row); }
  /// A field of the row that was added last, and what it points at; null leaves it null.
  template <class Field> void point(Field Row::*field, llvm::Constant *to) {
    if (to)
      pointers.push_back({(const char *)&(rows.back().*field) - (const char *)rows.data(), to});
  }
  size_t size() const { return rows.size(); }
  Row &operator[](size_t index) { return rows[index]; }
  Words words() const {
    static_assert(sizeof(Row) % sizeof(uint64_t) == 0);
    Words words;
    words.numbers.resize(rows.size() * (sizeof(Row) / sizeof(uint64_t)));
    words.pointers.resize(words.numbers.size());
    if (!rows.empty())
      std::memcpy(words.numbers.data(), rows.data(), rows.size() * sizeof(Row));
    for (auto [at, to] : pointers)
      words.pointers[at / sizeof(uint64_t)] = to;
    return words;
  }
  /// Null where there are no rows.
  llvm::GlobalVariable *emit(Constants &constants) const { return words().emit(constants); }

private:
  std::vector<Row> rows;
  std::vector<std::pair<size_t, llvm::Constant *>> pointers;
};
} // namespace dlc
#endif
