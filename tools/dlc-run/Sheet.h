// Sheet.h - a sheet of small pictures with a text under each.
// SPDX-License-Identifier: Apache-2.0
//
// Drawn without any library: pictures enlarged by whole factors or made smaller to fit, letters from a table of 5 x 7 points.
#ifndef DLC_RUN_SHEET_H
#define DLC_RUN_SHEET_H

#include "tools/dlc-run/Image.h"

#include <string>
#include <vector>

namespace dlc::run {

struct SheetCell {
  Image picture;            ///< of 1 or 3 channels
  std::string above, below; ///< two lines under the picture
};

/// An RGB picture: the title, then the cells in lines of so many. A cell whose picture has no pixel stays empty.
Image drawSheet(const std::string &title, const std::vector<SheetCell> &cells, size_t columns = 6);

} // namespace dlc::run

#endif // DLC_RUN_SHEET_H
