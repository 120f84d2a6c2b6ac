// Precedence.cpp - which groups of ops must run before which.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/kernels/Precedence.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlc;

int Precedence::add() {
  int node = nodes.size();
  nodes.emplace_back().parent = node;
  return node;
}

int Precedence::find(int node) {
  while (nodes[node].parent != node)
    node = nodes[node].parent = nodes[nodes[node].parent].parent;
  return node;
}

Precedence::Reach Precedence::behind(int node) const {
  Reach reach = nodes[node].reach;
  if (int chain = nodes[node].chain; chain >= 0)
    reach[chain] = std::max(reach[chain], nodes[node].place);
  return reach;
}

bool Precedence::raise(Reach &reach, const Reach &other) {
  bool grown = false;
  for (auto [own, more] : llvm::zip_equal(reach, other)) {
    grown |= more > own;
    own = std::max(own, more);
  }
  return grown;
}

void Precedence::append(int chain, int node) {
  Chain &own = chains[chain];
  nodes[node].chain = chain;
  nodes[node].place = ++own.places;
  own.members.push_back({own.places, node});
  own.used = ++clock;
}

void Precedence::place(int node) {
  const Reach &reach = nodes[node].reach;
  for (auto [i, chain] : llvm::enumerate(chains))
    if (!chain.members.empty() && reach[i] >= chain.members.back().first)
      return append(i, node);
  if (chains.size() < mostChains) {
    chains.emplace_back();
    return append(chains.size() - 1, node);
  }
  // The end of a chain that has not grown for longest makes room: what stands there is searched from now on. Places are
  // never given twice, so what waits for the old end does not seem to wait for the new one.
  int oldest = -1;
  for (auto [i, chain] : llvm::enumerate(chains))
    if (reach[i] && (oldest < 0 || chain.used < chains[oldest].used))
      oldest = i;
  if (oldest < 0)
    return;
  auto &members = chains[oldest].members;
  while (!members.empty() && members.back().first > reach[oldest]) {
    Node &gone = nodes[members.back().second];
    if (gone.chain == oldest && gone.place == members.back().first)
      gone.chain = -1;
    members.pop_back();
  }
  append(oldest, node);
}

void Precedence::spread(int node) {
  llvm::SmallVector<int> open{node};
  while (!open.empty()) {
    int next = open.pop_back_val();
    Reach reach = behind(next);
    for (int reader : nodes[next].readers)
      if (reader = find(reader); reader != next && raise(nodes[reader].reach, reach))
        open.push_back(reader);
  }
}

void Precedence::wait(int node, int before) {
  node = find(node);
  before = find(before);
  if (llvm::is_contained(llvm::ArrayRef(nodes[node].makers).take_back(8), before))
    return;
  if (nodes[before].readers.empty())
    place(before);
  nodes[before].readers.push_back(node);
  nodes[node].makers.push_back(before);
  if (raise(nodes[node].reach, behind(before)))
    spread(node);
}

void Precedence::merge(int into, int other) {
  into = find(into);
  other = find(other);
  Node &kept = nodes[into], &gone = nodes[other];
  gone.parent = into;
  llvm::append_range(kept.makers, gone.makers);
  llvm::append_range(kept.readers, gone.readers);
  raise(kept.reach, gone.reach);
  if (kept.chain < 0) {
    kept.chain = gone.chain;
    kept.place = gone.place;
    if (kept.chain >= 0)
      *llvm::lower_bound(chains[kept.chain].members, std::pair(kept.place, 0)) = {kept.place, into};
  }
  gone = {into};
  spread(into);
}

bool Precedence::waits(int node, int before) {
  node = find(node);
  before = find(before);
  if (node == before || nodes[node].makers.empty())
    return false;
  ++searches;
  llvm::SmallVector<int> open{before};
  while (!open.empty()) {
    int next = open.pop_back_val();
    if (int chain = nodes[next].chain; chain >= 0) {
      if (nodes[node].reach[chain] >= nodes[next].place)
        return true;
      continue; // nothing that waits for it is waited for either
    }
    for (int reader : nodes[next].readers) {
      reader = find(reader);
      if (reader == node)
        return true;
      if (nodes[reader].seen != searches) {
        nodes[reader].seen = searches;
        open.push_back(reader);
      }
    }
  }
  return false;
}

bool Precedence::waitsThroughOthers(int node, int before) {
  node = find(node);
  before = find(before);
  return llvm::any_of(nodes[node].makers,
                      [&](int maker) { return find(maker) != node && find(maker) != before && waits(maker, before); });
}
