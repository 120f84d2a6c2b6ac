// FoldRounds.cpp - steps of a schedule that repeat, as a loop.
// SPDX-License-Identifier: Apache-2.0
//
//   run k0 (params, workspace + 64)            loop 3
//   run k0 (params + 256, workspace + 128)  =>   run k0 (params + 256 a round, workspace + 64 + 64 a round)
//   run k0 (params + 512, workspace + 192)     end
//
// A network of many equal layers so has a table that does not grow with them.
#include "compiler/target/FoldRounds.h"
#include "llvm/ADT/DenseMap.h"

using namespace dlc;

/// So many steps make a round at the most, and so many rounds a loop at the least.
static constexpr size_t mostSteps = 256, fewestRounds = 3;

namespace {
class Folder {
public:
  Folder(ScheduleTables &schedule, llvm::ArrayRef<KernelOperands> kernels) : old(schedule), kernels(kernels) {}
  void run();

private:
  bool isAlike(size_t step, size_t period, size_t round);
  size_t roundsFrom(size_t step, size_t period);
  void copy(size_t step);
  void fold(size_t first, size_t period, size_t rounds);
  uint32_t moveBy(int64_t bytes);

  ScheduleTables &old, made;
  llvm::ArrayRef<KernelOperands> kernels;
  llvm::DenseMap<int64_t, uint32_t> moveOf; ///< bytes a round, to what an operand says of it
};
} // namespace

/// Whether a step runs so many rounds later, each operand as often as far on as it is after one.
bool Folder::isAlike(size_t step, size_t period, size_t round) {
  if (step + round * period >= old.steps.size())
    return false;
  const dlc_step &first = old.steps[step], &second = old.steps[step + period],
                 &later = old.steps[step + round * period];
  if (first.kind != DLC_RUN || later.kind != DLC_RUN || first.kernel != later.kernel || first.count != later.count ||
      first.factors != later.factors || first.unit != later.unit || first.check != later.check)
    return false;
  for (uint32_t i = 0; i < kernels[first.kernel].count; ++i) {
    const dlc_operand &a = old.operands[first.operand + i], &b = old.operands[second.operand + i],
                      &c = old.operands[later.operand + i];
    if (a.base != c.base || a.index != c.index || a.moves || c.moves ||
        c.offset - a.offset != (b.offset - a.offset) * (int64_t)round)
      return false;
  }
  return true;
}

size_t Folder::roundsFrom(size_t step, size_t period) {
  for (size_t rounds = 1;; ++rounds)
    for (size_t i = 0; i < period; ++i)
      if (!isAlike(step + i, period, rounds))
        return rounds;
}

void Folder::copy(size_t step) {
  dlc_step row = old.steps[step];
  if (row.kind == DLC_LOOP) // the end comes as far behind it as it was
    row.operand += made.steps.size() - step;
  if (row.kind == DLC_RUN) {
    row.operand = made.operands.size();
    for (uint32_t i = 0; i < kernels[row.kernel].count; ++i)
      made.operands.add(old.operands[old.steps[step].operand + i]);
  }
  made.steps.add(row);
}

uint32_t Folder::moveBy(int64_t bytes) {
  uint32_t &known = moveOf[bytes];
  if (bytes && !known) {
    known = made.moves.size() + 1;
    made.moves.add({0, 0, 0});
    made.moves.add({bytes, 0, 0});
  }
  return known;
}

void Folder::fold(size_t first, size_t period, size_t rounds) {
  dlc_step loop{};
  loop.kind = DLC_LOOP;
  loop.operand = made.steps.size() + period + 1;
  loop.count = rounds;
  loop.unit = 1;
  made.steps.add(loop);
  for (size_t step = first; step < first + period; ++step) {
    size_t begin = made.operands.size(), next = old.steps[step + period].operand;
    copy(step);
    for (size_t i = begin; i < made.operands.size(); ++i)
      made.operands[i].moves = moveBy(old.operands[next + i - begin].offset - made.operands[i].offset);
  }
  made.steps.add().kind = DLC_END_LOOP;
}

void Folder::run() {
  made.moves = old.moves;
  size_t insideUntil = 0; // what stands in a loop already stays there
  for (size_t step = 0; step < old.steps.size();) {
    if (old.steps[step].kind == DLC_LOOP)
      insideUntil = std::max<size_t>(insideUntil, old.steps[step].operand);
    size_t period = 0, rounds = 0;
    for (size_t some = 1; some <= mostSteps && step >= insideUntil; ++some)
      if (size_t found = roundsFrom(step, some);
          found >= fewestRounds && (!rounds || (found - 1) * some > (rounds - 1) * period))
        period = some, rounds = found;
    if (rounds)
      fold(step, period, rounds);
    else
      copy(step++);
    step += period * rounds;
  }
  old = std::move(made);
}

void dlc::foldRounds(ScheduleTables &schedule, llvm::ArrayRef<KernelOperands> kernels) {
  // Who made a number that is not finite is looked for among the runs before, up to where a loop begins.
  for (size_t step = 0; step < schedule.steps.size(); ++step)
    if (schedule.steps[step].kind == DLC_RUN && kernels[schedule.steps[step].kernel].readsApart)
      return;
  Folder(schedule, kernels).run();
}
