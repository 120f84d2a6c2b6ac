// Curve.cpp - the picture of a training run: losses and metrics over steps, as SVG.
// SPDX-License-Identifier: Apache-2.0
//
// See Curve.h. Long series are thinned to the least and greatest value of each pixel column, so that the
// file stays small and no peak is lost.
#include "tools/dlc-run/Curve.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dlc::run {

namespace {

constexpr double pictureWidth = 860, left = 78, right = 24, top = 66, panelHeight = 270, gap = 34, bottom = 56;
constexpr double plotWidth = pictureWidth - left - right;

using Points = std::vector<std::pair<double, double>>;

std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '&':
      result += "&amp;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  }
  return result;
}

/// The span of an axis and where its ticks stand. On a logarithmic axis all are powers of ten's logarithms.
struct Axis {
  double first = 0, last = 1;
  bool logarithmic = false;
  std::vector<double> ticks; ///< values, not logarithms

  double place(double value) const {
    double at = logarithmic ? std::log10(value) : value;
    return (at - first) / (last - first);
  }
};

/// 1, 2 or 5 times a power of ten, so that about `count` steps cover `span`.
double niceStep(double span, int count) {
  double raw = span / count, power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power * 1.0001)
      return factor * power;
  return 10 * power;
}

Axis linearAxis(double low, double high, bool roundOut) {
  Axis axis;
  if (!(high > low)) {
    double pad = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= pad, high += pad;
  }
  double step = niceStep(high - low, 6);
  axis.first = roundOut ? std::floor(low / step + 1e-9) * step : low;
  axis.last = roundOut ? std::ceil(high / step - 1e-9) * step : high;
  for (double tick = std::ceil(axis.first / step - 1e-9) * step; tick <= axis.last + 1e-9 * step; tick += step)
    axis.ticks.push_back(std::abs(tick) < 1e-9 * step ? 0 : tick);
  return axis;
}

Axis logarithmicAxis(double low, double high) {
  Axis axis;
  axis.logarithmic = true;
  axis.first = std::log10(low) - 0.03;
  axis.last = std::log10(high) + 0.03;
  bool wide = axis.last - axis.first > 3;
  for (int power = int(std::floor(axis.first)); power <= int(std::ceil(axis.last)); ++power)
    for (double factor : {1.0, 2.0, 5.0}) {
      double tick = factor * std::pow(10, power), at = std::log10(tick);
      if ((factor == 1 || !wide) && at >= axis.first && at <= axis.last)
        axis.ticks.push_back(tick);
    }
  return axis;
}

Points finite(const Points &points) {
  Points kept;
  std::copy_if(points.begin(), points.end(), std::back_inserter(kept),
               [](auto &point) { return std::isfinite(point.second); });
  return kept;
}

Axis verticalAxis(const Panel &panel) {
  double low = INFINITY, high = -INFINITY;
  for (const Curve &curve : panel.curves)
    for (auto &[x, y] : finite(curve.points))
      low = std::min(low, y), high = std::max(high, y);
  if (!(low <= high))
    return linearAxis(0, 1, true);
  if (panel.logarithmic && low > 0 && high / low > 10)
    return logarithmicAxis(low, high);
  return linearAxis(low, high, true);
}

/// At most two points for each pixel column: the least and the greatest of those that fall into it.
Points thinned(const Points &points, double first, double last) {
  size_t columns = size_t(plotWidth);
  if (points.size() <= 2 * columns)
    return points;
  Points result;
  for (size_t at = 0; at < points.size();) {
    auto column = [&](size_t i) { return int64_t((points[i].first - first) / (last - first) * plotWidth); };
    size_t end = at, low = at, high = at;
    for (; end < points.size() && column(end) == column(at); ++end) {
      low = points[end].second < points[low].second ? end : low;
      high = points[end].second > points[high].second ? end : high;
    }
    result.push_back(points[std::min(low, high)]);
    if (low != high)
      result.push_back(points[std::max(low, high)]);
    at = end;
  }
  return result;
}

std::string tickText(double value, bool percent) {
  return percent ? fmt::format("{:.6g} %", 100 * value) : fmt::format("{:.6g}", value);
}

void drawPanel(std::string &svg, const Panel &panel, const Axis &x, double panelTop,
               const std::vector<double> &verticals) {
  Axis y = verticalAxis(panel);
  auto px = [&](double value) { return left + x.place(value) * plotWidth; };
  auto py = [&](double value) { return panelTop + (1 - y.place(value)) * panelHeight; };
  for (double at : verticals)
    if (at > x.first && at < x.last)
      svg += fmt::format("<line class=\"epoch\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>\n",
                         px(at), panelTop, panelTop + panelHeight);
  for (double tick : y.ticks) {
    svg += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n", left,
                       left + plotWidth, py(tick), py(tick));
    svg += fmt::format("<text class=\"tick\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", left - 8,
                       py(tick) + 4, tickText(tick, panel.percent));
  }
  svg += fmt::format("<path class=\"axis\" d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\"/>\n", left, panelTop,
                     panelTop + panelHeight, left + plotWidth);
  svg += fmt::format("<text class=\"label\" text-anchor=\"middle\" transform=\"translate(20 {:.1f}) "
                     "rotate(-90)\">{}</text>\n",
                     panelTop + panelHeight / 2, escaped(panel.label));
  for (const Curve &curve : panel.curves) {
    Points points = thinned(finite(curve.points), x.first, x.last);
    if (points.empty())
      continue;
    std::string path;
    for (auto &[at, value] : points)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", px(at), py(value));
    svg += fmt::format("<path class=\"curve\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\" d=\"{}\"/>\n",
                       curve.color, curve.width, curve.opacity, path);
    if (curve.marks)
      for (auto &[at, value] : points)
        svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.4\" fill=\"{}\" stroke=\"#fff\" "
                           "stroke-width=\"1\"/>\n",
                           px(at), py(value), curve.color);
  }
  // The legend stands where curves seldom are: losses fall, fractions rise.
  auto shown = std::count_if(panel.curves.begin(), panel.curves.end(),
                             [](const Curve &curve) { return !curve.name.empty() && !curve.points.empty(); });
  double legend = panel.percent ? panelTop + panelHeight - 12 - 18 * double(shown - 1) : panelTop + 16;
  for (const Curve &curve : panel.curves) {
    if (curve.name.empty() || curve.points.empty())
      continue;
    double at = left + plotWidth - 12;
    svg += fmt::format("<line stroke=\"{0}\" stroke-width=\"{1}\" stroke-opacity=\"{2}\" x1=\"{3:.1f}\" "
                       "x2=\"{4:.1f}\" y1=\"{5:.1f}\" y2=\"{5:.1f}\"/>\n",
                       curve.color, std::max(curve.width, 1.5), curve.opacity, at - 24, at, legend - 4);
    svg += fmt::format("<text class=\"legend\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at - 30,
                       legend, escaped(curve.name));
    legend += 18;
  }
}

} // namespace

std::string drawPicture(const std::string &title, const std::string &subtitle, const std::string &xLabel,
                        const std::vector<Panel> &panels, const std::vector<double> &verticals) {
  double low = INFINITY, high = -INFINITY;
  for (const Panel &panel : panels)
    for (const Curve &curve : panel.curves)
      for (auto &[at, value] : curve.points)
        low = std::min(low, at), high = std::max(high, at);
  Axis x = low <= high ? linearAxis(low, high, false) : linearAxis(0, 1, false);
  double plots = double(panels.size()) * panelHeight + double(panels.size() - 1) * gap;
  double height = top + plots + bottom;
  std::string svg = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
                                "viewBox=\"0 0 {0} {1}\" font-family=\"Helvetica, Arial, sans-serif\">\n",
                                pictureWidth, height);
  svg += "<style>.grid{stroke:#e6e8ec}.epoch{stroke:#d5d9e0;stroke-dasharray:2 4}.axis{fill:none;stroke:#5b6470}"
         ".curve{fill:none;stroke-linejoin:round;stroke-linecap:round}.tick{font-size:12px;fill:#5b6470}"
         ".label{font-size:13px;fill:#2c333d}.legend{font-size:12px;fill:#2c333d;paint-order:stroke;stroke:#fff;"
         "stroke-width:4px}"
         ".title{font-size:18px;font-weight:bold;fill:#171b21}.subtitle{font-size:12.5px;fill:#5b6470}</"
         "style>\n";
  svg += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#fff\"/>\n", pictureWidth, height);
  svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"28\">{}</text>\n", left, escaped(title));
  svg += fmt::format("<text class=\"subtitle\" x=\"{}\" y=\"48\">{}</text>\n", left, escaped(subtitle));
  double panelTop = top;
  for (const Panel &panel : panels) {
    drawPanel(svg, panel, x, panelTop, verticals);
    panelTop += panelHeight + gap;
  }
  double end = top + plots;
  for (double tick : x.ticks) {
    double at = left + x.place(tick) * plotWidth;
    svg += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>\n", at, end,
                       end + 5);
    svg += fmt::format("<text class=\"tick\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", at,
                       end + 20, tickText(tick, false));
  }
  svg += fmt::format("<text class=\"label\" text-anchor=\"middle\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n</svg>\n",
                     left + plotWidth / 2, end + 42, escaped(xLabel));
  return svg;
}

bool isPicture(std::string_view beginning, const std::string &title) {
  return beginning.starts_with("<svg ") &&
         beginning.find(fmt::format("y=\"28\">{}</text>", escaped(title))) != std::string_view::npos;
}

std::vector<std::pair<double, double>> smoothed(const std::vector<std::pair<double, double>> &points, double halfLife) {
  Points result;
  double keep = std::exp2(-1 / std::max(halfLife, 1e-3)), sum = 0, weight = 0;
  for (auto &[at, value] : points) {
    if (!std::isfinite(value))
      continue;
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    result.emplace_back(at, sum / weight);
  }
  return result;
}

} // namespace dlc::run
