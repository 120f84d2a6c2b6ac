// CostModel.cpp - numbers that differ from target to target.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/CostModel.h"
#include "dialects/dl/DL.h"
#include <algorithm>

using namespace mlir;
using namespace dlc;

CostModel::CostModel(const TargetDescription &target)
    : keptBytes(target.l2Bytes), deepBytes(16 * target.l2Bytes), delayedBytes(target.l2Bytes),
      distantBytes(4 * target.l2Bytes), turnedCrowdedBytes(16 * target.l2Bytes), streamedBytes(32 * target.l2Bytes),
      farBytes(target.l2Bytes / 2), memoryBytes(16 * target.l2Bytes), crowdedBytes(target.l2Bytes),
      sharedBytes(target.l2Bytes / 2), sharedPanelBytes(target.l2Bytes / 4 * 3), columnBytes(target.l2Bytes / 4),
      fetchLeftBytes(target.l2Bytes), packedLeftBytes(4 * target.l2Bytes), registerBytes(target.registerBytes) {}

bool CostModel::isWide(int64_t elementBytes) const {
  return registerBytes / elementBytes >= productLanes(elementBytes);
}
int64_t CostModel::shuffleLanes(int64_t elementBytes) const {
  return std::min(registerBytes / elementBytes, productLanes(elementBytes));
}

int64_t CostModel::panelVectors(bool wide, int64_t rows) const {
  if (wide)
    return rows == 1 ? 16 : rows == 2 ? 8 : 4;
  return rows == 1 ? 4 : rows == 2 ? 2 : 1;
}

int64_t CostModel::tileRows(bool wide, int64_t vectors) const {
  if (!wide) // registers are half as wide and half as many
    return vectors == 1 ? 6 : vectors == 2 ? 2 : 1;
  switch (vectors) {
  case 1:
    return 16;
  case 2:
    return 12;
  case 3:
    return 8;
  case 4:
    return 6;
  }
  return vectors <= 8 ? 2 : 1;
}

int64_t CostModel::leastTileRows(bool wide, int64_t vectors) const {
  int64_t columns = std::max<int64_t>(vectors, 2);
  return wide ? (16 + columns - 1) / columns : tileRows(wide, vectors);
}

int64_t CostModel::cutRows(bool wide, int64_t vectors) const {
  int64_t registers = vectors * (wide ? 1 : 2);
  return std::min(tileRows(wide, vectors), (8 + registers - 1) / registers);
}

std::pair<int64_t, int64_t> CostModel::dotTile(bool wide, int64_t rows) const {
  if (wide)
    return {std::min<int64_t>(rows, 4), rows <= 2 ? 8 : 4};
  return {std::min<int64_t>(rows, 2), rows == 1 ? 4 : 2};
}
