// Precedence.h - which groups of ops must run before which.
// SPDX-License-Identifier: Apache-2.0
#ifndef DLC_COMPILER_KERNELS_PRECEDENCE_H
#define DLC_COMPILER_KERNELS_PRECEDENCE_H
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <cstdint>
#include <vector>

namespace dlc {
/// A graph without cycles that grows: node b waits for node a if a must run first, directly or by way of others.
///
/// A network is long and narrow. So a few chains of nodes, each of which waits for the one before, cover most of it: a
/// node keeps, for each chain, how far up it waits. That answers for all nodes on chains. From any other node a search
/// goes along those that wait for it, and ends at chains.
class Precedence {
public:
  /// A new node, which waits for nothing.
  int add();
  /// `node` waits for `before`, which must not wait for it.
  void wait(int node, int before);
  /// Node `other` becomes part of node `into`: no third node may stand between the two.
  void merge(int into, int other);

  /// True if `node` waits for `before`.
  bool waits(int node, int before);
  /// True if `node` waits for a third node that waits for `before`.
  bool waitsThroughOthers(int node, int before);
  /// The nodes that `node` waits for directly; some may be named several times, by names from before they were merged.
  llvm::ArrayRef<int> makersOf(int node) const { return nodes[node].makers; }
  /// The node that a node is part of: itself, unless it was merged.
  int find(int node);
  int size() const { return nodes.size(); }

private:
  static constexpr int mostChains = 16;
  /// For each chain the last place of it that a node waits for; 0 is none.
  using Reach = std::array<uint32_t, mostChains>;
  struct Node {
    int parent;     ///< what it was merged into, or itself
    int chain = -1; ///< the chain that it stands on
    uint32_t place = 0;
    unsigned seen = 0; ///< the last search that met it
    Reach reach{};
    llvm::SmallVector<int, 4> makers, readers;
  };
  struct Chain {
    std::vector<std::pair<uint32_t, int>> members; ///< place and node, ascending
    uint32_t places = 0;                           ///< given so far: none is given twice
    uint64_t used = 0;                             ///< when it last grew
  };
  /// Puts a node that nothing waits for yet on a chain, if there is one for it.
  void place(int node);
  void append(int chain, int node);
  /// What stands behind `node`, and the node itself, is waited for by its readers, and theirs.
  void spread(int node);
  Reach behind(int node) const;
  /// Raises `reach` to `other` wherever that is more; false if it is nowhere.
  static bool raise(Reach &reach, const Reach &other);

  std::vector<Node> nodes;
  std::vector<Chain> chains;
  uint64_t clock = 0;
  unsigned searches = 0;
};
} // namespace dlc
#endif
