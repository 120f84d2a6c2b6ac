// LoaderTest.cpp - rows made ahead of time: in order, within bounds, whatever the timing.
// SPDX-License-Identifier: Apache-2.0
#include "tools/dlc-run/Loader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <numeric>
#include <stdexcept>

using namespace dlc::run;

namespace {

/// The row's number, after a time that differs from row to row.
void makeSlowly(uint32_t row, std::byte *to) {
  std::this_thread::sleep_for(std::chrono::microseconds(row * 7919 % 300));
  std::memcpy(to, &row, sizeof row);
}

uint32_t take(Loader &loader, uint32_t row) {
  uint32_t got = 0;
  loader.copy(row, reinterpret_cast<std::byte *>(&got));
  return got;
}

std::vector<uint32_t> rowsTo(uint32_t count) {
  std::vector<uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

} // namespace

TEST(Loader, GivesTheRowsThatAreAskedFor) {
  for (unsigned threads : {0u, 1u, 4u}) {
    Loader loader(makeSlowly, sizeof(uint32_t), 5, threads);
    std::vector<uint32_t> rows = rowsTo(200);
    std::reverse(rows.begin(), rows.end());
    loader.expect(rows);
    for (uint32_t row : rows)
      ASSERT_EQ(take(loader, row), row);
  }
}

TEST(Loader, MakesNoMoreThanItHasSlotsFor) {
  std::atomic<int> made = 0;
  auto count = [&](uint32_t, std::byte *) { ++made; };
  Loader loader(count, sizeof(uint32_t), 6, 3);
  std::vector<uint32_t> rows = rowsTo(100);
  loader.expect(rows);
  uint32_t got = 0;
  for (int taken = 0; taken < 20; ++taken) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_LE(made, taken + 6);
    loader.copy(rows[size_t(taken)], reinterpret_cast<std::byte *>(&got));
  }
  EXPECT_GE(made, 20);
}

TEST(Loader, WorksWhileNobodyAsks) {
  std::atomic<int> made = 0;
  Loader loader([&](uint32_t, std::byte *) { ++made; }, 4, 8, 1);
  loader.expect(rowsTo(100));
  for (int i = 0; i < 30000 && made < 8; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(made, 8);
}

// An error comes out at its row, and the rows around it are as they are.
TEST(Loader, ThrowsWhereTheRowIsAskedFor) {
  auto make = [](uint32_t row, std::byte *to) {
    if (row % 10 == 3)
      throw std::runtime_error("row " + std::to_string(row));
    makeSlowly(row, to);
  };
  for (unsigned threads : {0u, 2u}) {
    Loader loader(make, sizeof(uint32_t), 4, threads);
    loader.expect(rowsTo(40));
    for (uint32_t row = 0; row < 40; ++row) {
      std::string problem;
      try {
        ASSERT_EQ(take(loader, row), row);
      } catch (const std::runtime_error &error) {
        problem = error.what();
      }
      ASSERT_EQ(problem, row % 10 == 3 ? "row " + std::to_string(row) : "");
    }
  }
}

TEST(Loader, TakesAnotherPlanAtAnyTime) {
  Loader loader(makeSlowly, sizeof(uint32_t), 7, 3);
  for (uint32_t round = 0; round < 30; ++round) {
    std::vector<uint32_t> rows = rowsTo(50);
    std::rotate(rows.begin(), rows.begin() + round, rows.end());
    loader.expect(rows);
    for (uint32_t i = 0; i < round; ++i)
      ASSERT_EQ(take(loader, rows[i]), rows[i]);
    // One that is not the next is made at once, and the plan goes on.
    ASSERT_EQ(take(loader, 1000 + round), 1000 + round);
    ASSERT_EQ(take(loader, rows[round]), rows[round]);
  }
  loader.expect(rowsTo(50)); // and is left at once
}
