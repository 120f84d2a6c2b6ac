// Text.cpp - words and numbers, as every subcommand of dlc-run writes them.
// SPDX-License-Identifier: Apache-2.0
//
// See Text.h. Nothing here knows about models.
#include "tools/dlc-run/Text.h"
#include "tools/Numbers.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <numeric>

namespace dlc::run {

/// Levenshtein's distance: insertions, deletions and substitutions that lead from one to the other.
/// Letters that differ in case alone count as equal.
static size_t editDistance(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t(0));
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (lower(a[i - 1]) != lower(b[j - 1]))});
      diagonal = above;
    }
  }
  return row.back();
}

std::string nearestName(std::string_view found, const std::vector<std::string> &known) {
  std::string best;
  size_t bestDistance = std::max<size_t>(2, found.size() / 3) + 1;
  for (const std::string &name : known) {
    // Words were added or left out: --batch-size for --batch.
    auto extends = [](std::string_view longer, std::string_view shorter) {
      return shorter.size() > 2 && longer.size() > shorter.size() && longer.starts_with(shorter) &&
             !std::isalnum(static_cast<unsigned char>(longer[shorter.size()]));
    };
    size_t distance = extends(found, name) || extends(name, found) ? 1 : editDistance(found, name);
    // "image" for "imag" counts, "y" for "x" does not: something of the word must be right.
    if (distance < bestDistance && distance < std::max(found.size(), name.size()))
      best = name, bestDistance = distance;
  }
  return best;
}

std::string unknownName(std::string_view what, std::string_view found, std::string_view where, std::string_view plural,
                        const std::vector<std::string> &known) {
  std::string text = fmt::format("no {} '{}'{}", what, found, where);
  if (known.empty())
    return text + fmt::format(": there are no {}", plural);
  std::string nearest = nearestName(found, known);
  if (!nearest.empty())
    text += fmt::format(": did you mean '{}'?", nearest);
  return text + fmt::format("{} The {} are: {}", nearest.empty() ? "." : "", plural, join(known));
}

std::string lowerCase(std::string text) {
  for (char &c : text)
    if (c >= 'A' && c <= 'Z')
      c = char(c - 'A' + 'a');
  return text;
}

std::string join(const std::vector<std::string> &parts, std::string_view separator) {
  std::string text;
  for (const std::string &part : parts) {
    if (!text.empty())
      text += separator;
    text += part;
  }
  return text;
}

std::string shapeText(const std::vector<int64_t> &shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::string countText(int64_t count) {
  std::string digits = std::to_string(count);
  for (int64_t at = int64_t(digits.size()) - 3; at > (count < 0 ? 1 : 0); at -= 3)
    digits.insert(size_t(at), ",");
  return digits;
}

std::string bytesText(uint64_t bytes) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double value = double(bytes);
  int unit = 0;
  while (value >= 1024 && unit < 4)
    value /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string durationText(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9)
    return "?";
  if (seconds < 2)
    return fmt::format("{:.1f} s", seconds);
  int64_t whole = int64_t(seconds + 0.5);
  if (whole < 3600)
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string shortNumber(double value) {
  if (!std::isfinite(value))
    return exactNumber(value, false);
  return fmt::format("{:.4g}", value);
}

std::string exactNumber(double value, bool single) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  return single ? fmt::format("{}", float(value)) : fmt::format("{}", value);
}

std::string metricText(std::string_view name, double value) {
  if (name.find("accuracy") != std::string_view::npos && std::isfinite(value))
    return fmt::format("{:.2f} %", 100 * value);
  return shortNumber(value);
}

std::string placesText(std::string_view places) {
  std::string text, last;
  while (!places.empty()) {
    size_t end = std::min(places.find(' '), places.size());
    std::string_view place = places.substr(0, end);
    places.remove_prefix(std::min(end + 1, places.size()));
    size_t colon = std::min(place.find(':'), place.size());
    std::string_view path = place.substr(0, colon), line = place.substr(colon);
    std::string file(path.substr(path.rfind('/') + 1));
    if (!text.empty() && file == last && !line.empty())
      text += fmt::format(",{}", line.substr(1));
    else
      text += fmt::format("{}{}{}", text.empty() ? "" : " ", file, line);
    last = file;
  }
  return text;
}

std::string shellQuote(std::string_view word) {
  bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("._-/=+:,@%", c);
  });
  if (plain)
    return std::string(word);
  std::string text = "'";
  for (char c : word)
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::pair<std::string, std::string> splitAssignment(const std::string &text, std::string_view option) {
  size_t at = text.find('=');
  if (at == std::string::npos || at == 0)
    throw UserError(fmt::format("{} {}: expected NAME=VALUE", option, text));
  return {text.substr(0, at), text.substr(at + 1)};
}

double parseNumber(const std::string &text, std::string_view context) {
  double value = 0;
  if (!parseAll(text, value))
    throw UserError(fmt::format("{}: '{}' is not a number", context, text));
  return value;
}

std::string wrapped(std::string_view text, size_t width) {
  std::string result;
  size_t used = 0; // characters of the line so far
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find_first_of(" \n", at), text.size());
    if (used && used + 1 + (end - at) > width) {
      result += '\n';
      used = 0;
    }
    if (used)
      result += ' ', ++used;
    result += text.substr(at, end - at);
    used += end - at;
    if (end < text.size() && text[end] == '\n') {
      result += '\n';
      used = 0;
    }
    at = end + 1;
  }
  return result;
}

std::string withSuffix(const std::string &path, std::string_view suffix) {
  std::filesystem::path changed(path);
  changed.replace_extension(std::filesystem::path(suffix));
  return changed.string();
}

} // namespace dlc::run
