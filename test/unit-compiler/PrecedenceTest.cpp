// PrecedenceTest.cpp - which groups wait for which: against a table of all pairs, on graphs that grow at random.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/kernels/Precedence.h"
#include <gtest/gtest.h>
#include <random>

using namespace dlc;

namespace {
/// The same, the slow way: a bit for each pair.
struct Table {
  std::vector<std::vector<bool>> waits;
  std::vector<int> gone; ///< what a node was merged into, or itself

  int add() {
    for (auto &row : waits)
      row.push_back(false);
    waits.emplace_back(waits.size() + 1);
    gone.push_back(gone.size());
    return gone.back();
  }
  void wait(int node, int before) {
    std::vector<bool> all = waits[before];
    all[before] = true;
    for (size_t i = 0; i < waits.size(); ++i)
      if ((int)i == node || waits[i][node])
        for (size_t j = 0; j < all.size(); ++j)
          waits[i][j] = waits[i][j] || all[j];
  }
  bool waitsThroughOthers(int node, int before) const {
    for (size_t i = 0; i < waits.size(); ++i)
      if ((int)i != node && (int)i != before && gone[i] == (int)i && waits[node][i] && waits[i][before])
        return true;
    return false;
  }
  void merge(int into, int other) {
    gone[other] = into;
    for (size_t i = 0; i < waits.size(); ++i) {
      if (waits[other][i])
        waits[into][i] = true;
      if (waits[i][other])
        waits[i][into] = true;
    }
    waits[into][into] = waits[into][other] = false;
    for (size_t i = 0; i < waits.size(); ++i)
      if (waits[i][into] && (int)i != into)
        for (size_t j = 0; j < waits.size(); ++j)
          waits[i][j] = waits[i][j] || waits[into][j];
    for (auto &row : waits)
      row[other] = false;
    waits[other].assign(waits.size(), false);
  }
};

/// Grows both; `reach` is how far back a new node looks for what it waits for.
void grow(unsigned seed, int nodes, int reach) {
  std::mt19937 random(seed);
  auto below = [&](int limit) { return (int)(random() % (unsigned)limit); };
  Precedence precedence;
  Table table;
  std::vector<int> alive;
  auto any = [&] { return alive[alive.size() - 1 - below(std::min<int>(alive.size(), reach))]; };
  for (int i = 0; i < nodes; ++i) {
    int node = precedence.add();
    ASSERT_EQ(node, table.add());
    for (int edges = alive.empty() ? 0 : below(4); edges > 0; --edges) {
      int before = any();
      precedence.wait(node, before);
      table.wait(node, before);
    }
    alive.push_back(node);
    if (alive.size() > 1 && below(2)) { // an older node waits for one more
      int later = any(), before = any();
      if (later != before && !table.waits[before][later]) {
        precedence.wait(later, before);
        table.wait(later, before);
      }
    }
    if (alive.size() > 1 && below(4) == 0) {
      int into = any(), other = any();
      bool between = table.waitsThroughOthers(into, other) || table.waitsThroughOthers(other, into);
      if (into != other) {
        ASSERT_EQ(between, precedence.waitsThroughOthers(into, other) || precedence.waitsThroughOthers(other, into));
        if (!between) {
          precedence.merge(into, other);
          table.merge(into, other);
          std::erase(alive, other);
        }
      }
    }
    for (int j = 0; j < 10; ++j) {
      int a = alive[below(alive.size())], b = alive[below(alive.size())];
      ASSERT_EQ((bool)table.waits[a][b], precedence.waits(a, b)) << "seed " << seed << ": " << a << " for " << b;
    }
  }
  for (int a : alive)
    for (int b : alive)
      ASSERT_EQ((bool)table.waits[a][b], precedence.waits(a, b)) << "seed " << seed << ": " << a << " for " << b;
}
} // namespace

TEST(Precedence, NarrowGraphs) {
  for (unsigned seed = 1; seed <= 30; ++seed)
    grow(seed, 120, 4);
}
// More nodes stand side by side than there are chains.
TEST(Precedence, WideGraphs) {
  for (unsigned seed = 1; seed <= 30; ++seed)
    grow(seed, 120, 60);
}
