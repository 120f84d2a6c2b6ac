// Support.h - what the runtime's tests share.
// SPDX-License-Identifier: Apache-2.0
//
// A folder of their own for files, the text of errors, and a count of allocations.
#ifndef DLC_TEST_SUPPORT_H
#define DLC_TEST_SUPPORT_H

#include "runtime/Error.h"
#include "runtime/Model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dlc::test {

/// A new empty folder, removed at the end.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string operator/(const std::string &name) const { return (path / name).string(); }
  /// How many files it holds.
  size_t files() const;
  std::filesystem::path path;
};

std::vector<uint8_t> bytesOf(const std::string &path);
void writeBytes(const std::string &path, const std::vector<uint8_t> &bytes);
void writeText(const std::string &path, const std::string &text);

/// The message of the Error that a function throws; a failure of the test if it throws none.
template <class Fn> std::string errorOf(Fn function) {
  try {
    function();
  } catch (const Error &e) {
    return e.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

/// The model that is linked into the tests.
Model fakeModel(const ModelOptions &options = {});
/// The parameter "p" at the start of its arena; `dims` and `strides` outlive the model.
dlc_tensor parameterOf(uint32_t type, std::span<const int64_t> dims, std::span<const int64_t> strides, uint64_t bytes);
/// The model that is linked, with this tensor alone and no entry point.
Model modelOf(const dlc_tensor &tensor);

/// Allocations (malloc and its kin, mmap) on every thread since startCounting. Needs a build without
/// sanitizers, which replace the allocator themselves.
bool canCountAllocations();
void startCounting();
uint64_t stopCounting();
/// The largest of them, in bytes; 0 where they cannot be counted.
uint64_t largestAllocation();

/// What the gzip program makes of it.
std::vector<uint8_t> gzip(const std::vector<uint8_t> &plain);
/// A zip archive of one deflated member a.npy; `claim` is the size that its directory claims.
std::vector<uint8_t> deflated(const std::vector<uint8_t> &plain, uint32_t claim, uint16_t method = 8,
                              uint16_t flags = 0);

} // namespace dlc::test

/// The error's text must hold a part.
#define EXPECT_ERROR(statement, part) \
  EXPECT_PRED2( \
      [](const std::string &text, const std::string &sought) { return text.find(sought) != std::string::npos; }, \
      ::dlc::test::errorOf([&] { (void)(statement); }), part)

#endif // DLC_TEST_SUPPORT_H
