// Text.h - words and numbers, as every subcommand of dlc-run writes them.
// SPDX-License-Identifier: Apache-2.0
//
// One place for the error a user sees, for "did you mean" and for readable numbers.
#ifndef DLC_RUN_TEXT_H
#define DLC_RUN_TEXT_H

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::run {

/// A mistake of the user's: printed as `dlc-run: error: ...`, exit code 1.
class UserError : public std::runtime_error {
public:
  explicit UserError(const std::string &message) : std::runtime_error(message) {}
};

/// The known name nearest to `found`, if it is near enough to be a slip of the finger; else "".
std::string nearestName(std::string_view found, const std::vector<std::string> &known);

/// "no input 'imge' in entry point 'predict': did you mean 'image'? The inputs are: image, label".
/// `what` names the thing ("input"), `where` the place (" in ...", may be empty), `plural` its kind.
std::string unknownName(std::string_view what, std::string_view found, std::string_view where, std::string_view plural,
                        const std::vector<std::string> &known);

/// With the letters A to Z as small ones.
std::string lowerCase(std::string text);

std::string join(const std::vector<std::string> &parts, std::string_view separator = ", ");

/// "[32, 784]"
std::string shapeText(const std::vector<int64_t> &shape);

/// "60,000"
std::string countText(int64_t count);

/// "398.6 KiB"
std::string bytesText(uint64_t bytes);

/// "0:12", "3:05", "1:02:07"; below a second or two "0.4 s".
std::string durationText(double seconds);

/// Four significant digits, to look at: "0.1234", "1.234e-05", "nan".
std::string shortNumber(double value);

/// The fewest digits that read back as the same number; "nan", "inf", "-inf".
std::string exactNumber(double value, bool single);

/// `accuracy` as "97.81 %", anything else by shortNumber.
std::string metricText(std::string_view name, double value);

/// Places in files, as a table has room for them: "/a/mnist.mlir:4 /a/mnist.mlir:12 -:3" gives
/// "mnist.mlir:4,12 -:3".
std::string placesText(std::string_view places);

/// A word as a shell reads it back.
std::string shellQuote(std::string_view word);

/// "name=value" cut in two; UserError that names `option` if there is no '='.
std::pair<std::string, std::string> splitAssignment(const std::string &text, std::string_view option);

/// A number in full, or UserError: "--set lr=abc: 'abc' is not a number".
double parseNumber(const std::string &text, std::string_view context);

/// `text` with its lines broken at spaces, so that none is longer than `width` where a word is not.
std::string wrapped(std::string_view text, size_t width);

/// `path` with the last suffix of its file name replaced: ("a/mnist.so", ".svg") gives "a/mnist.svg".
std::string withSuffix(const std::string &path, std::string_view suffix);

} // namespace dlc::run

#endif // DLC_RUN_TEXT_H
