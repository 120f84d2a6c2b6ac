// FoldRounds.cpp - steps of a schedule that repeat, as a loop.
// SPDX-License-Identifier: Apache-2.0
//
//   run k0 (params, workspace + 64)            loop 3
//   run k0 (params + 256, workspace + 128)  =>   run k0 (params + 256 a round, workspace + 64 + 64 a round)
//   run k0 (params + 512, workspace + 192)     end
//
// An operand may step from one input or output of the call to another, too: each layer has gradients of its own.
// A network of many equal layers so has a table that does not grow with them.
#include "compiler/target/FoldRounds.h"
#include "compiler/target/Repeats.h"
#include "llvm/ADT/DenseMap.h"

using namespace dlc;

namespace {
class Folder {
public:
  Folder(ScheduleTables &schedule, llvm::ArrayRef<KernelOperands> kernels) : old(schedule), kernels(kernels) {}
  void run();

private:
  bool isAlike(size_t step, size_t period, size_t round);
  void copy(size_t step);
  void fold(size_t first, Repeat repeat);
  uint32_t moveBy(int64_t bytes, int32_t ports);

  ScheduleTables &old, made;
  llvm::ArrayRef<KernelOperands> kernels;
  llvm::DenseMap<std::pair<int64_t, int32_t>, uint32_t>
      moveOf; ///< a round's bytes and ports, to what an operand says of it
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
    int64_t bytes = b.offset - a.offset, ports = (int64_t)b.index - a.index;
    // One that moved both ways could not be checked: the room in a port is known, not in which round it is reached.
    if (a.base != c.base || a.moves || c.moves || (bytes && ports) || c.offset - a.offset != bytes * (int64_t)round ||
        (int64_t)c.index - a.index != ports * (int64_t)round)
      return false;
  }
  return true;
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

uint32_t Folder::moveBy(int64_t bytes, int32_t ports) {
  if (!bytes && !ports)
    return 0;
  uint32_t &known = moveOf[{bytes, ports}];
  if (!known) {
    known = made.moves.size() + 1;
    made.moves.add({0, 0, 0});
    made.moves.add({bytes, 0, ports});
  }
  return known;
}

void Folder::fold(size_t first, Repeat repeat) {
  dlc_step loop{};
  loop.kind = DLC_LOOP;
  loop.operand = made.steps.size() + repeat.items + 1;
  loop.count = repeat.rounds;
  loop.unit = 1;
  made.steps.add(loop);
  for (size_t step = first; step < first + repeat.items; ++step) {
    size_t begin = made.operands.size(), next = old.steps[step + repeat.items].operand;
    copy(step);
    for (size_t i = begin; i < made.operands.size(); ++i) {
      dlc_operand &here = made.operands[i], &there = old.operands[next + i - begin];
      here.moves = moveBy(there.offset - here.offset, (int32_t)((int64_t)there.index - here.index));
    }
  }
  made.steps.add().kind = DLC_END_LOOP;
}

void Folder::run() {
  made.moves = old.moves;
  size_t insideUntil = 0; // what stands in a loop already stays there
  for (size_t step = 0; step < old.steps.size();) {
    if (old.steps[step].kind == DLC_LOOP)
      insideUntil = std::max<size_t>(insideUntil, old.steps[step].operand);
    Repeat repeat;
    if (step >= insideUntil)
      repeat = findRepeat(step, [&](size_t step, size_t items, size_t rounds) { return isAlike(step, items, rounds); });
    if (repeat.rounds)
      fold(step, repeat);
    else
      copy(step++);
    step += repeat.items * repeat.rounds;
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
