// Curve.h - the picture of a training run: losses and metrics over steps, as SVG.
// SPDX-License-Identifier: Apache-2.0
//
// A picture is a column of panels that share the horizontal axis. It is one self-contained SVG file, to
// be opened in any browser.
#ifndef DLC_RUN_CURVE_H
#define DLC_RUN_CURVE_H

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlc::run {

/// One line of a panel. Points whose value is not finite are left out.
struct Curve {
  std::string name;                              ///< in the legend; "" to stay out of it
  std::string color;                             ///< as SVG writes it: "#4269d0"
  std::vector<std::pair<double, double>> points; ///< by rising x
  double width = 1.8;                            ///< of the line, in pixels
  double opacity = 1;
  bool marks = false; ///< a dot at every point
};

struct Panel {
  std::string label; ///< of the vertical axis
  std::vector<Curve> curves;
  bool percent = false;     ///< values are fractions, shown as percentages
  bool logarithmic = false; ///< where all values are positive and span more than a factor of ten
};

/// The picture. `verticals` are places on the x axis to mark by a thin line (ends of epochs).
std::string drawPicture(const std::string &title, const std::string &subtitle, const std::string &xLabel,
                        const std::vector<Panel> &panels, const std::vector<double> &verticals);

/// True if a file begins as a picture of that title does.
bool isPicture(std::string_view beginning, const std::string &title);

/// A running mean that forgets with the given half-life in points, without a bias towards the first.
std::vector<std::pair<double, double>> smoothed(const std::vector<std::pair<double, double>> &points, double halfLife);

} // namespace dlc::run

#endif // DLC_RUN_CURVE_H
