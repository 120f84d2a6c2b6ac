// Progress.cpp - how a long run tells what it is doing: a line that updates, plain lines, or JSON.
// SPDX-License-Identifier: Apache-2.0
//
// See Progress.h.
#include "tools/dlc-run/Progress.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace dlc::run {

std::string metricsText(const Metrics &metrics) {
  std::vector<std::string> parts;
  for (auto &[name, value] : metrics)
    parts.push_back(fmt::format("{} {}", name, metricText(name, value)));
  return join(parts);
}

Json parseJson(std::string_view text, std::string *problem) {
  constexpr int deepest = 100;
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString)
      i += c == '\\', inString = c != '"';
    else if (c == '"')
      inString = true;
    else if (c == '[' || c == '{')
      ++depth;
    else if (c == ']' || c == '}')
      --depth;
    if (depth > deepest) {
      if (problem)
        *problem = fmt::format("lists and objects are nested more than {} deep", deepest);
      return Json(Json::value_t::discarded);
    }
  }
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::exception &error) {
    if (problem)
      *problem = error.what();
    return Json(Json::value_t::discarded);
  }
}

Json jsonNumber(double value) {
  if (std::isfinite(value))
    return value;
  return exactNumber(value, false);
}

double numberFromJson(const Json &json) {
  if (json == "nan")
    return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf" || json == "-inf")
    return std::copysign(std::numeric_limits<double>::infinity(), json == "inf" ? 1 : -1);
  return json.get<double>();
}

Json jsonMetrics(const Metrics &metrics) {
  Json object = Json::object();
  for (auto &[name, value] : metrics)
    object[name] = jsonNumber(value);
  return object;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// How often a report is worth its place: 12 times a second where it replaces the last one.
static double interval(bool terminal, bool json) { return terminal && !json ? 0.08 : 5; }

/// fmt::print throws where a stream is closed.
static void put(const std::string &text, std::FILE *stream = stdout) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

static size_t terminalWidth() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

static std::string bar(double fraction, int width) {
  int done = int(std::clamp(fraction, 0.0, 1.0) * width);
  std::string text(size_t(done), '=');
  if (done < width)
    text += '>';
  text.resize(size_t(width), ' ');
  return "[" + text + "]";
}

Progress::Progress(bool json) : json_(json), last_(now()) {
  const char *kind = std::getenv("TERM");
  terminal_ = ::isatty(STDOUT_FILENO) && kind && std::string_view(kind) != "dumb";
}

Progress::~Progress() { clear(); }

bool Progress::due() const { return now() - last_ >= interval(terminal_, json_); }

void Progress::step(const Status &status) {
  last_ = now();
  if (json_) {
    Json object = {{"event", "progress"}, {"epoch", status.epoch}, {"step", status.totalStep}};
    object.update(jsonMetrics(status.metrics));
    object["rows_per_second"] = std::round(status.rowsPerSecond);
    object["seconds_left"] = std::round(10 * status.secondsLeft) / 10;
    event(object);
    return;
  }
  auto numbersIn = [&](std::string_view unit) {
    return fmt::format("{}/{}  {}  {} {}/s  {} left", status.step, status.steps, metricsText(status.metrics),
                       countText(int64_t(status.rowsPerSecond)), unit, durationText(status.secondsLeft));
  };
  std::string numbers = numbersIn("examples");
  std::string head = fmt::format("epoch {}/{} ", status.epoch, status.epochs);
  if (!terminal_) {
    line(head + numbers);
    return;
  }
  double fraction = status.steps ? double(status.step) / double(status.steps) : 0;
  size_t width = terminalWidth();
  // The bar takes what room there is; on a narrow terminal words give way first, the time left last.
  int room = int(width) - int(head.size() + numbers.size()) - 4;
  std::string text = room >= 8 ? head + bar(fraction, std::min(room, 24)) + " " + numbers : head + numbers;
  if (text.size() >= width)
    text = (head + numbersIn("ex")).substr(0, width - 1);
  put("\r\033[K" + text);
  shown_ = true;
}

void Progress::line(const std::string &text) {
  if (json_)
    return;
  clear();
  put(text + "\n");
}

void Progress::warn(const std::string &text) {
  clear();
  put(fmt::format("dlc-run: warning: {}\n", text), stderr);
  event({{"event", "warning"}, {"text", text}});
}

void Progress::event(const Json &object) {
  if (!json_)
    return;
  put(object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void Progress::clear() {
  if (!shown_)
    return;
  put("\r\033[K");
  shown_ = false;
}

} // namespace dlc::run
