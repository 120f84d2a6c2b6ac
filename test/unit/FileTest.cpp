// FileTest.cpp - files written whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/File.h"
#include "Support.h"
#include "runtime/Npy.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace dlc;
using namespace dlc::test;

namespace {
/// Lets no file grow beyond a size: writing fails as on a full disk.
class SizeLimit {
public:
  explicit SizeLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    rlimit now{bytes, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~SizeLimit() { setrlimit(RLIMIT_FSIZE, &old); }

private:
  rlimit old;
};
} // namespace

TEST(File, ReadsWhole) {
  TemporaryFolder folder;
  writeText(folder / "a", "hello");
  EXPECT_EQ(readFile(folder / "a").size(), 5u);
  writeText(folder / "b", "");
  EXPECT_TRUE(readFile(folder / "b").empty());
}
TEST(File, ReadsWhatHasNoSize) { EXPECT_GT(readFile("/proc/self/status").size(), 10u); }
TEST(File, MissingFileIsNamed) {
  EXPECT_ERROR(readFile("/nowhere/file"), "Cannot open '/nowhere/file': No such file or directory.");
}
TEST(File, DeviceIsRefused) {
  for (const char *path : {"/dev/zero", "/dev/null"})
    EXPECT_ERROR(readFile(path), "': it is a device; a file was expected.");
}
TEST(File, DirectoryIsRefused) { EXPECT_ERROR(readFile("/tmp"), "it is a directory"); }
TEST(File, WhatIsTooLargeIsNotRead) {
  TemporaryFolder folder;
  writeText(folder / "a", "hello");
  EXPECT_EQ(readInflated(folder / "a", 5), "hello");
  EXPECT_ERROR(readInflated(folder / "a", 4), "holds more than 4 bytes, which is the most that is read.");
  // A pipe need not have an end, and memory would have one.
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  std::string whole(2000, 'x'), path = "/dev/fd/" + std::to_string(pipe[0]);
  ASSERT_EQ(::write(pipe[1], whole.data(), whole.size()), ssize_t(whole.size()));
  ::close(pipe[1]);
  EXPECT_ERROR(readInflated(path, 1000), "holds more than 1000 bytes");
  ::close(pipe[0]);
}
TEST(AtomicFile, AppearsWhenCommitted) {
  TemporaryFolder folder;
  {
    AtomicFile file(folder / "a");
    file.write("one");
    EXPECT_FALSE(std::filesystem::exists(folder / "a"));
    file.write(std::string(200000, 'x'));
    file.write("two");
    file.commit();
  }
  auto bytes = bytesOf(folder / "a");
  EXPECT_EQ(bytes.size(), 200006u);
  EXPECT_EQ(bytes[0], 'o');
  EXPECT_EQ(bytes[200005], 'o');
  EXPECT_EQ(folder.files(), 1u);
}
TEST(AtomicFile, AbandonedLeavesTheOldFile) {
  TemporaryFolder folder;
  writeText(folder / "a", "old");
  {
    AtomicFile(folder / "a").write("new");
  }
  EXPECT_EQ(bytesOf(folder / "a").size(), 3u);
  EXPECT_EQ(bytesOf(folder / "a")[0], 'o');
  EXPECT_EQ(folder.files(), 1u);
}
TEST(AtomicFile, FullDiskLeavesTheOldFile) {
  TemporaryFolder folder;
  writeText(folder / "a", "old");
  std::string message;
  {
    SizeLimit limit(100000);
    message = errorOf([&] {
      AtomicFile file(folder / "a");
      file.write(std::string(1 << 20, 'x'));
      file.commit();
    });
  }
  EXPECT_EQ(message, "Cannot write '" + (folder / "a") + "': File too large. The file that was there is unchanged.");
  EXPECT_EQ(bytesOf(folder / "a").size(), 3u);
  EXPECT_EQ(folder.files(), 1u);
}
TEST(AtomicFile, FullDiskAtTheEnd) { // what is still buffered is written by commit
  TemporaryFolder folder;
  SizeLimit limit(10);
  EXPECT_ERROR(writeNpy(folder / "a.npy", Tensor(DType::F32, {4})), "Cannot write");
  EXPECT_EQ(folder.files(), 0u);
}
TEST(AtomicFile, DevicesAreWrittenDirectly) {
  EXPECT_ERROR(writeNpy("/dev/full", Tensor(DType::F32, {4})), "No space left on device");
  writeNpy("/dev/null", Tensor(DType::F32, {4}));
  struct stat status;
  ASSERT_EQ(stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}
TEST(AtomicFile, MissingFolderIsNamed) {
  EXPECT_ERROR(AtomicFile("/nowhere/file"), "Cannot write '/nowhere/file': there is no folder '/nowhere'.");
}
TEST(AtomicFile, DirectoryIsRefused) { EXPECT_ERROR(AtomicFile("/tmp"), "it is a directory"); }
TEST(AtomicFile, FollowsSymbolicLinksAndKeepsTheMode) {
  TemporaryFolder folder;
  writeText(folder / "real", "old");
  chmod((folder / "real").c_str(), 0600);
  ASSERT_EQ(symlink((folder / "real").c_str(), (folder / "link").c_str()), 0);
  AtomicFile file(folder / "link");
  file.write("new!");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(bytesOf(folder / "real").size(), 4u);
  struct stat status;
  stat((folder / "real").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(AtomicFile, FollowsALinkToWhatIsNotThereYet) {
  TemporaryFolder folder;
  ASSERT_EQ(symlink("real", (folder / "link").c_str()), 0); // relative to the folder of the link
  AtomicFile file(folder / "link");
  file.write("new!");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(bytesOf(folder / "real").size(), 4u);
}
TEST(AtomicFile, LongNames) { // the temporary name is no longer than a name may be
  TemporaryFolder folder;
  for (std::string name : {std::string(255, 'n'), "x" + [] {
                             std::string umlauts;
                             for (int i = 0; i < 127; ++i)
                               umlauts += "\xc3\xa4";
                             return umlauts;
                           }()}) {
    AtomicFile file(folder / name);
    file.write("1");
    file.commit();
    EXPECT_EQ(bytesOf(folder / name).size(), 1u);
  }
  EXPECT_EQ(folder.files(), 2u);
  EXPECT_ERROR(AtomicFile(folder / std::string(256, 'n')), "File name too long"); // known when it is opened
}
TEST(AtomicFile, WritesToAnOpenDescriptor) {
  TemporaryFolder folder;
  int file = open((folder / "out").c_str(), O_WRONLY | O_CREAT, 0666);
  ASSERT_GE(file, 0);
  ASSERT_EQ(write(file, "a", 1), 1);
  {
    AtomicFile output("/dev/fd/" + std::to_string(file));
    output.write("b");
    output.commit();
  }
  ASSERT_EQ(write(file, "c", 1), 1); // still open, and behind what was written
  close(file);
  EXPECT_EQ(bytesOf(folder / "out"), (std::vector<uint8_t>{'a', 'b', 'c'}));
  EXPECT_ERROR(AtomicFile("/dev/fd/12345"), "Bad file descriptor");
}
TEST(AtomicFile, ModeOfANewFile) {
  TemporaryFolder folder;
  mode_t mask = umask(022);
  AtomicFile file(folder / "tool", 0777);
  umask(mask);
  file.commit();
  struct stat status;
  stat((folder / "tool").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
}

namespace {
/// What a process leaves that is killed while it writes "name" in a folder.
void killWhileWriting(const TemporaryFolder &folder) {
  pid_t child = fork();
  if (child == 0) {
    AtomicFile file(folder / "name");
    file.write(std::string(200000, 'x'));
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
}
} // namespace

TEST(AtomicFile, TakesAwayWhatKilledProcessesLeft) {
  TemporaryFolder folder;
  killWhileWriting(folder);
  ASSERT_EQ(folder.files(), 1u);
  std::string left = std::filesystem::directory_iterator(folder.path)->path().filename();
  EXPECT_EQ(left.substr(0, 6), ".name.");
  EXPECT_EQ(left.substr(left.size() - 8), ".dlc-tmp");
  AtomicFile(folder / "other").commit(); // any file of the folder
  EXPECT_FALSE(std::filesystem::exists(folder / left));
  EXPECT_EQ(folder.files(), 1u);
}
TEST(AtomicFile, LeavesWhatIsNotLeftOver) {
  TemporaryFolder folder;
  AtomicFile live(folder / "live"); // of a living process
  live.write(std::string(200000, 'x'));
  // The user's.
  for (const char *name : {".name.0123456789abcdef.tmp", "name.0123456789abcdef.dlc-tmp", ".name.0123.dlc-tmp",
                           ".name.0123456789abcdeg.dlc-tmp", ".0123456789abcdef.dlc-tmp"})
    writeText(folder / name, "mine");
  std::filesystem::create_directory(folder / ".folder.0123456789abcdef.dlc-tmp");
  AtomicFile(folder / "other").commit();
  live.commit();
  EXPECT_EQ(bytesOf(folder / "live").size(), 200000u);
  EXPECT_EQ(folder.files(), 8u);
}

//===--- Files that must differ ------------------------------------------------------------------------===//

TEST(Outputs, OneFileByAnySpelling) {
  TemporaryFolder folder;
  writeText(folder / "a", "1");
  writeText(folder / "b", "1");
  std::filesystem::create_directory(folder / "sub");
  ASSERT_EQ(symlink("a", (folder / "link").c_str()), 0);
  ASSERT_EQ(symlink("new", (folder / "dangling").c_str()), 0);
  ASSERT_EQ(link((folder / "a").c_str(), (folder / "hard").c_str()), 0);
  EXPECT_TRUE(isSameFile(folder / "a", folder / "a"));
  EXPECT_TRUE(isSameFile(folder / "a", folder / "sub/../a"));
  EXPECT_TRUE(isSameFile(folder / "a", folder / "link"));
  EXPECT_TRUE(isSameFile(folder / "a", folder / "hard"));
  EXPECT_FALSE(isSameFile(folder / "a", folder / "b"));
  // Not there yet.
  EXPECT_TRUE(isSameFile(folder / "new", folder / "sub/../new"));
  EXPECT_TRUE(isSameFile(folder / "new", folder / "dangling"));
  EXPECT_FALSE(isSameFile(folder / "new", folder / "sub/new"));
  EXPECT_FALSE(isSameFile(folder / "new", folder / "a"));
  // No files.
  EXPECT_FALSE(isSameFile("/dev/null", "/dev/null"));
  EXPECT_FALSE(isSameFile("/dev/stdout", "/dev/stdout"));
  EXPECT_FALSE(isSameFile("", ""));
}
TEST(Outputs, AreNeitherInputsNorEachOther) {
  TemporaryFolder folder;
  std::string a = folder / "a", b = folder / "b", c = folder / "c";
  writeText(a, "1");
  checkOutputs({{"--out", b}, {"--log", c}, {"--curve", ""}, {"--best", ""}}, {{"LIB", a}, {"--weights", ""}});
  checkOutputs({{"-o", "-"}}, {{"the model file", "-"}});
  EXPECT_ERROR(checkOutputs({{"--out", b}, {"--log", a}}, {{"LIB", a}}),
               "--log " + a + " would overwrite LIB " + a +
                   ", which is read: they are one file. Give --log another name.");
  EXPECT_ERROR(checkOutputs({{"--out", b}, {"--log", b}}, {}),
               "--log " + b + " would overwrite --out " + b + ", which is written, too");
}
