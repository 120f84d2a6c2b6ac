//===- FileTest.cpp - files written whole or not at all -----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
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
TEST(File, ReadsWhatHasNoSize) { EXPECT_GT(readFile("/proc/self/status").size(), 10u); }
TEST(File, MissingFileIsNamed) {
  EXPECT_ERROR(readFile("/nowhere/file"), "Cannot open '/nowhere/file': No such file or directory.");
}
TEST(File, DirectoryIsRefused) { EXPECT_ERROR(readFile("/tmp"), "it is a directory"); }
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
  {
    AtomicFile(Folder / "a").write("new");
  }
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
  EXPECT_EQ(Message, "Cannot write '" + (Folder / "a") + "': File too large. The file that was there is unchanged.");
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
  EXPECT_ERROR(AtomicFile("/nowhere/file"), "Cannot write '/nowhere/file': there is no folder '/nowhere'.");
}
TEST(AtomicFile, DirectoryIsRefused) { EXPECT_ERROR(AtomicFile("/tmp"), "it is a directory"); }
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

TEST(AtomicFile, FollowsALinkToWhatIsNotThereYet) {
  TemporaryFolder Folder;
  ASSERT_EQ(symlink("real", (Folder / "link").c_str()), 0); // relative to the folder of the link
  AtomicFile File(Folder / "link");
  File.write("new!");
  File.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(Folder / "link"));
  EXPECT_EQ(bytesOf(Folder / "real").size(), 4u);
}
TEST(AtomicFile, LongNames) { // the temporary name is no longer than a name may be
  TemporaryFolder Folder;
  for (std::string Name : {std::string(255, 'n'), "x" + [] {
                             std::string Umlauts;
                             for (int I = 0; I < 127; ++I)
                               Umlauts += "\xc3\xa4";
                             return Umlauts;
                           }()}) {
    AtomicFile File(Folder / Name);
    File.write("1");
    File.commit();
    EXPECT_EQ(bytesOf(Folder / Name).size(), 1u);
  }
  EXPECT_EQ(Folder.files(), 2u);
  EXPECT_ERROR(AtomicFile(Folder / std::string(256, 'n')), "File name too long"); // known when it is opened
}
TEST(AtomicFile, WritesToAnOpenDescriptor) {
  TemporaryFolder Folder;
  int File = open((Folder / "out").c_str(), O_WRONLY | O_CREAT, 0666);
  ASSERT_GE(File, 0);
  ASSERT_EQ(write(File, "a", 1), 1);
  {
    AtomicFile Output("/dev/fd/" + std::to_string(File));
    Output.write("b");
    Output.commit();
  }
  ASSERT_EQ(write(File, "c", 1), 1); // still open, and behind what was written
  close(File);
  EXPECT_EQ(bytesOf(Folder / "out"), (std::vector<uint8_t>{'a', 'b', 'c'}));
  EXPECT_ERROR(AtomicFile("/dev/fd/12345"), "Bad file descriptor");
}
TEST(AtomicFile, ModeOfANewFile) {
  TemporaryFolder Folder;
  mode_t Mask = umask(022);
  AtomicFile File(Folder / "tool", 0777);
  umask(Mask);
  File.commit();
  struct stat Status;
  stat((Folder / "tool").c_str(), &Status);
  EXPECT_EQ(Status.st_mode & 0777, 0755u);
}

namespace {
/// What a process leaves that is killed while it writes "name" in a folder.
void killWhileWriting(const TemporaryFolder &Folder) {
  pid_t Child = fork();
  if (Child == 0) {
    AtomicFile File(Folder / "name");
    File.write(std::string(200000, 'x'));
    raise(SIGKILL);
  }
  int Status = 0;
  waitpid(Child, &Status, 0);
  EXPECT_TRUE(WIFSIGNALED(Status));
}
} // namespace

TEST(AtomicFile, TakesAwayWhatKilledProcessesLeft) {
  TemporaryFolder Folder;
  killWhileWriting(Folder);
  ASSERT_EQ(Folder.files(), 1u);
  std::string Left = std::filesystem::directory_iterator(Folder.Path)->path().filename();
  EXPECT_EQ(Left.substr(0, 6), ".name.");
  EXPECT_EQ(Left.substr(Left.size() - 8), ".dlc-tmp");
  AtomicFile(Folder / "other").commit(); // any file of the folder
  EXPECT_FALSE(std::filesystem::exists(Folder / Left));
  EXPECT_EQ(Folder.files(), 1u);
}
TEST(AtomicFile, LeavesWhatIsNotLeftOver) {
  TemporaryFolder Folder;
  AtomicFile Live(Folder / "live"); // of a living process
  Live.write(std::string(200000, 'x'));
  // The user's.
  for (const char *Name : {".name.0123456789abcdef.tmp", "name.0123456789abcdef.dlc-tmp", ".name.0123.dlc-tmp",
                           ".name.0123456789abcdeg.dlc-tmp", ".0123456789abcdef.dlc-tmp"})
    writeText(Folder / Name, "mine");
  std::filesystem::create_directory(Folder / ".folder.0123456789abcdef.dlc-tmp");
  AtomicFile(Folder / "other").commit();
  Live.commit();
  EXPECT_EQ(bytesOf(Folder / "live").size(), 200000u);
  EXPECT_EQ(Folder.files(), 8u);
}

//===----------------------------------------------------------------------===//
// Files that must differ
//===----------------------------------------------------------------------===//

TEST(Outputs, OneFileByAnySpelling) {
  TemporaryFolder Folder;
  writeText(Folder / "a", "1");
  writeText(Folder / "b", "1");
  std::filesystem::create_directory(Folder / "sub");
  ASSERT_EQ(symlink("a", (Folder / "link").c_str()), 0);
  ASSERT_EQ(symlink("new", (Folder / "dangling").c_str()), 0);
  ASSERT_EQ(link((Folder / "a").c_str(), (Folder / "hard").c_str()), 0);
  EXPECT_TRUE(isSameFile(Folder / "a", Folder / "a"));
  EXPECT_TRUE(isSameFile(Folder / "a", Folder / "sub/../a"));
  EXPECT_TRUE(isSameFile(Folder / "a", Folder / "link"));
  EXPECT_TRUE(isSameFile(Folder / "a", Folder / "hard"));
  EXPECT_FALSE(isSameFile(Folder / "a", Folder / "b"));
  // Not there yet.
  EXPECT_TRUE(isSameFile(Folder / "new", Folder / "sub/../new"));
  EXPECT_TRUE(isSameFile(Folder / "new", Folder / "dangling"));
  EXPECT_FALSE(isSameFile(Folder / "new", Folder / "sub/new"));
  EXPECT_FALSE(isSameFile(Folder / "new", Folder / "a"));
  // No files.
  EXPECT_FALSE(isSameFile("/dev/null", "/dev/null"));
  EXPECT_FALSE(isSameFile("/dev/stdout", "/dev/stdout"));
  EXPECT_FALSE(isSameFile("", ""));
}
TEST(Outputs, AreNeitherInputsNorEachOther) {
  TemporaryFolder Folder;
  std::string A = Folder / "a", B = Folder / "b", C = Folder / "c";
  writeText(A, "1");
  checkOutputs({{"--out", B}, {"--log", C}, {"--curve", ""}, {"--best", ""}}, {{"LIB", A}, {"--weights", ""}});
  checkOutputs({{"-o", "-"}}, {{"the model file", "-"}});
  EXPECT_ERROR(checkOutputs({{"--out", B}, {"--log", A}}, {{"LIB", A}}),
               "--log " + A + " would overwrite LIB " + A +
                   ", which is read: they are one file. Give --log another name.");
  EXPECT_ERROR(checkOutputs({{"--out", B}, {"--log", B}}, {}),
               "--log " + B + " would overwrite --out " + B + ", which is written, too");
}
