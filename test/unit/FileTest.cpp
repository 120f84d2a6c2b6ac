//===- FileTest.cpp - files written whole or not at all -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/File.h"
#include "Support.h"
#include "runtime/Npy.h"

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace dlc;
using namespace dlc::test;

namespace {
/// Lets no file grow beyond a size: writing fails as on a full disk.
class SizeLimit {
public:
  explicit SizeLimit(rlim_t Bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &Old);
    rlimit Now{Bytes, Old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &Now);
  }
  ~SizeLimit() { setrlimit(RLIMIT_FSIZE, &Old); }

private:
  rlimit Old;
};
} // namespace

TEST(File, ReadsWhole) {
  TemporaryFolder Folder;
  writeText(Folder / "a", "hello");
  EXPECT_EQ(readFile(Folder / "a").size(), 5u);
  writeText(Folder / "b", "");
  EXPECT_TRUE(readFile(Folder / "b").empty());
}
TEST(File, ReadsWhatHasNoSize) {
  EXPECT_GT(readFile("/proc/self/status").size(), 10u);
}
TEST(File, MissingFileIsNamed) {
  EXPECT_ERROR(readFile("/nowhere/file"), "Cannot open '/nowhere/file': No such file or directory.");
}
TEST(File, DirectoryIsRefused) {
  EXPECT_ERROR(readFile("/tmp"), "it is a directory");
}
TEST(AtomicFile, AppearsWhenCommitted) {
  TemporaryFolder Folder;
  {
    AtomicFile File(Folder / "a");
    File.write("one");
    EXPECT_FALSE(std::filesystem::exists(Folder / "a"));
    File.write(std::string(200000, 'x'));
    File.write("two");
    File.commit();
  }
  auto Bytes = bytesOf(Folder / "a");
  EXPECT_EQ(Bytes.size(), 200006u);
  EXPECT_EQ(Bytes[0], 'o');
  EXPECT_EQ(Bytes[200005], 'o');
  EXPECT_EQ(Folder.files(), 1u);
}
TEST(AtomicFile, AbandonedLeavesTheOldFile) {
  TemporaryFolder Folder;
  writeText(Folder / "a", "old");
  { AtomicFile(Folder / "a").write("new"); }
  EXPECT_EQ(bytesOf(Folder / "a").size(), 3u);
  EXPECT_EQ(bytesOf(Folder / "a")[0], 'o');
  EXPECT_EQ(Folder.files(), 1u);
}
TEST(AtomicFile, FullDiskLeavesTheOldFile) {
  TemporaryFolder Folder;
  writeText(Folder / "a", "old");
  std::string Message;
  {
    SizeLimit Limit(100000);
    Message = errorOf([&] {
      AtomicFile File(Folder / "a");
      File.write(std::string(1 << 20, 'x'));
      File.commit();
    });
  }
  EXPECT_EQ(Message,
            "Cannot write '" + (Folder / "a") + "': File too large. The file that was there is unchanged.");
  EXPECT_EQ(bytesOf(Folder / "a").size(), 3u);
  EXPECT_EQ(Folder.files(), 1u);
}
TEST(AtomicFile, FullDiskAtTheEnd) { // what is still buffered is written by commit
  TemporaryFolder Folder;
  SizeLimit Limit(10);
  EXPECT_ERROR(writeNpy(Folder / "a.npy", Tensor(DType::F32, {4})), "Cannot write");
  EXPECT_EQ(Folder.files(), 0u);
}
TEST(AtomicFile, DevicesAreWrittenDirectly) {
  EXPECT_ERROR(writeNpy("/dev/full", Tensor(DType::F32, {4})), "No space left on device");
  writeNpy("/dev/null", Tensor(DType::F32, {4}));
  struct stat Status;
  ASSERT_EQ(stat("/dev/null", &Status), 0);
  EXPECT_TRUE(S_ISCHR(Status.st_mode));
}
TEST(AtomicFile, MissingFolderIsNamed) {
  EXPECT_ERROR(AtomicFile("/nowhere/file"), "Cannot write '/nowhere/file': No such file or directory.");
}
TEST(AtomicFile, DirectoryIsRefused) {
  EXPECT_ERROR(AtomicFile("/tmp"), "it is a directory");
}
TEST(AtomicFile, FollowsSymbolicLinksAndKeepsTheMode) {
  TemporaryFolder Folder;
  writeText(Folder / "real", "old");
  chmod((Folder / "real").c_str(), 0600);
  ASSERT_EQ(symlink((Folder / "real").c_str(), (Folder / "link").c_str()), 0);
  AtomicFile File(Folder / "link");
  File.write("new!");
  File.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(Folder / "link"));
  EXPECT_EQ(bytesOf(Folder / "real").size(), 4u);
  struct stat Status;
  stat((Folder / "real").c_str(), &Status);
  EXPECT_EQ(Status.st_mode & 0777, 0600u);
}
