// PackedTest.cpp - parameters that are mapped from a file.
// SPDX-License-Identifier: Apache-2.0
#include "FakeModel.h"
#include "Support.h"
#include "runtime/Safetensors.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/mman.h>
#include <thread>

using namespace dlc;
using namespace dlc::test;

namespace {
/// A packed file, and what is packed in it.
struct Packed {
  TemporaryFolder folder;
  Model model = fakeModel();
  Parameters original = model.newParameters(5);
  std::string path = folder / "packed";
  Packed() {
    original.set("running", std::vector<float>{3, 4});
    original.pack(path);
  }
  /// A copy in which one text of the header stands for another.
  std::string changed(const std::string &from, const std::string &to) const {
    std::vector<uint8_t> bytes = bytesOf(path);
    std::string text(bytes.begin(), bytes.end());
    size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    EXPECT_EQ(from.size(), to.size());
    std::copy(to.begin(), to.end(), bytes.begin() + static_cast<ptrdiff_t>(at));
    writeBytes(folder / "changed", bytes);
    return folder / "changed";
  }
};

/// What /proc/self/smaps says of the mapping that an address lies in: its first line, and its numbers in KB.
std::string mappingOf(const void *address) {
  std::ifstream maps("/proc/self/smaps");
  std::string found;
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long first, last;
    if (std::sscanf(line.c_str(), "%llx-%llx ", &first, &last) == 2)
      inside = reinterpret_cast<uintptr_t>(address) >= first && reinterpret_cast<uintptr_t>(address) < last;
    if (inside)
      found += line + "\n";
  }
  return found;
}
} // namespace

TEST(PackedParameters, AreThoseThatWereRead) {
  Packed p;
  p.original.save(p.folder / "weights");
  Parameters mapped = p.model.mapParameters(p.path), read = p.model.loadParameters(p.folder / "weights"),
             copied = p.model.loadParameters(p.path);
  for (const char *name : {"w", "b", "table", "running"}) {
    Tensor wanted = read.get(name);
    for (const Parameters &each : {mapped, copied})
      EXPECT_EQ(std::memcmp(each.get(name).data(), wanted.data(), wanted.bytes()), 0) << name;
  }
  std::vector<float> x{1, 2, 3};
  Results a = p.model.call("predict", mapped, {x}), b = p.model.call("predict", read, {x});
  EXPECT_EQ(a["y"].at(0), b["y"].at(0));
  EXPECT_EQ(a["y"].at(1), b["y"].at(1));
}
TEST(PackedParameters, AreOneCopyThatNobodyCanWrite) {
  Packed p;
  Parameters mapped = p.model.mapParameters(p.path);
  void *memory = mapped.arena(DLC_PARAMS);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % DLC_ALIGNMENT, 0u);
  (void)mapped.get("w"); // the page is in memory
  std::string mapping = mappingOf(memory);
  EXPECT_NE(mapping.find(" r--s "), std::string::npos) << mapping;
  EXPECT_NE(mapping.find(p.path), std::string::npos) << mapping;
  for (const char *none : {"Private_Dirty:", "Shared_Dirty:", "Anonymous:"}) {
    size_t at = mapping.find(none);
    ASSERT_NE(at, std::string::npos) << mapping;
    EXPECT_EQ(std::stoi(mapping.substr(at + std::strlen(none))), 0) << mapping;
  }
  auto page = reinterpret_cast<uintptr_t>(memory) & ~uintptr_t(4095);
  EXPECT_EQ(::mprotect(reinterpret_cast<void *>(page), 4096, PROT_READ | PROT_WRITE), -1);
  EXPECT_EQ(errno, EACCES);
}
TEST(PackedParameters, AreNotTakenIntoPrivateMemory) {
  static const int64_t dims[] = {4 << 20}, strides[] = {1};
  dlc_tensor t = parameterOf(DLC_F32, dims, strides, 16 << 20);
  t.init = DLC_INIT_ONES;
  Model model = modelOf(t);
  TemporaryFolder folder;
  model.newParameters().pack(folder / "packed");
  Parameters mapped = model.mapParameters(folder / "packed");
  EXPECT_EQ(mapped.get("p").at((4 << 20) - 1), 1);
  std::string mapping = mappingOf(mapped.arena(DLC_PARAMS));
  size_t at = mapping.find("Rss:"), anonymous = mapping.find("Anonymous:");
  ASSERT_NE(at, std::string::npos);
  EXPECT_GE(std::stoi(mapping.substr(at + 4)), 16 << 10) << mapping;
  EXPECT_EQ(std::stoi(mapping.substr(anonymous + 10)), 0) << mapping;
}
TEST(PackedParameters, ServeSessionsOnSeveralThreads) {
  Packed p;
  Parameters mapped = p.model.mapParameters(p.path);
  std::vector<std::thread> threads;
  std::vector<float> last(4);
  for (size_t i = 0; i < last.size(); ++i)
    threads.emplace_back([&, i] {
      Session session = p.model.newSession(mapped);
      for (int n = 0; n < 100; ++n) {
        last[i] = float(session.call("accumulate", {std::vector<float>{float(i), 1}})["h"].at(0));
        (void)p.model.call("predict", mapped, {std::vector<float>{1, 2, 3}});
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  for (size_t i = 0; i < last.size(); ++i)
    EXPECT_EQ(last[i], 100 * float(i));
}
TEST(PackedParameters, OutliveTheFileAndTheHandles) {
  Packed p;
  std::optional<Parameters> mapped = p.model.mapParameters(p.path);
  p.model.newParameters(6).pack(p.path); // another file of that name
  Session session = p.model.newSession(*mapped);
  EXPECT_EQ(mapped->get("w").at(3), p.original.get("w").at(3));
  std::filesystem::remove(p.path);
  mapped.reset();
  EXPECT_EQ(session.call("accumulate", {std::vector<float>{1, 1}})["h"].at(0), 1);
}
TEST(PackedParameters, CannotBeChanged) {
  Packed p;
  Parameters mapped = p.model.mapParameters(p.path);
  std::string sentence = "The parameters of the model 'fake' are mapped from '" + p.path +
                         "' and can only be read: Model::loadParameters of that file, or Parameters::clone, gives some "
                         "that can be changed and trained.";
  EXPECT_EQ(errorOf([&] { mapped.set("b", std::vector<float>{1, 2}); }), sentence);
  EXPECT_EQ(errorOf([&] { mapped.initialise(1); }), sentence);
  EXPECT_EQ(errorOf([&] { mapped.load(p.path); }), sentence);
  EXPECT_EQ(errorOf([&] { p.model.newTraining(mapped); }), sentence);
  mapped.set("running", std::vector<float>{7, 8}); // its own
  EXPECT_EQ(mapped.get("running").at(1), 8);
  Parameters copy = mapped.clone();
  copy.set("b", std::vector<float>{1, 2});
  EXPECT_EQ(copy.get("w").at(3), p.original.get("w").at(3));
  Training training = p.model.newTraining(copy);
  EXPECT_EQ(training.step(), 0);
}
TEST(PackedParameters, KeepTheRecordOfTheirCheckpoint) {
  TemporaryFolder folder;
  Model model = fakeModel();
  Training training = model.newTraining(model.newParameters(1), 1);
  CheckpointInfo info;
  info.values = {{"labels", "[\"a\"]"}};
  training.save(folder / "checkpoint", info);
  model.loadParameters(folder / "checkpoint").pack(folder / "packed", readCheckpointInfo(folder / "checkpoint"));
  EXPECT_EQ(readCheckpointInfo(folder / "packed")->values.at("labels"), "[\"a\"]");
  EXPECT_TRUE(isPacked(folder / "packed"));
  EXPECT_FALSE(isPacked(folder / "checkpoint"));
  EXPECT_ERROR(training.load(folder / "packed"), "is not a checkpoint: it has weights at most");
  training.save(folder / "again", info);
  EXPECT_EQ(bytesOf(folder / "checkpoint"), bytesOf(folder / "again"));
}
TEST(PackedParameters, OfAnotherLibraryAreRefused) {
  Packed p;
  Model other = Model::open(OTHER_LIBRARY);
  std::string text = errorOf([&] { other.mapParameters(p.path); });
  EXPECT_EQ(text, "'" + p.path +
                      "' was packed for another library, of the model 'fake': the parameters of the model "
                      "'other' (" OTHER_LIBRARY ") lie in memory in another way. Make one of the weights for "
                      "this library: dlc-run pack " OTHER_LIBRARY " --weights FILE --output PACKED.");
  EXPECT_EQ(errorOf([&] { other.loadParameters(p.path); }), text);
  // The same model in another file is another library, and has the same layout.
  EXPECT_EQ(Model::open(FAKE_LIBRARY).mapParameters(p.path).get("w").at(3), p.original.get("w").at(3));
}
TEST(PackedParameters, OfAnotherOrderAreRefused) {
  // The same tensors in as many bytes: a library that keeps them in blocks reads others.
  static const int64_t dims[] = {4, 8}, strides[] = {8, 1}, other[] = {1, 4}, blocks[] = {4, 1};
  TemporaryFolder folder;
  auto open = [&](std::span<const int64_t> placed, int64_t split) {
    dlc_tensor t = parameterOf(DLC_F32, dims, placed, 128);
    t.split = split, t.split_stride = split ? 16 : 0, t.split_axis = split ? 1 : 0;
    return modelOf(t);
  };
  open(strides, 0).newParameters().pack(folder / "rows");
  open(blocks, 4).newParameters().pack(folder / "blocks");
  EXPECT_EQ(open(strides, 0).mapParameters(folder / "rows").get("p").at(0), 0);
  EXPECT_EQ(open(blocks, 4).mapParameters(folder / "blocks").get("p").at(0), 0);
  EXPECT_ERROR(open(other, 0).mapParameters(folder / "rows"), "lie in memory in another way");
  EXPECT_ERROR(open(blocks, 4).mapParameters(folder / "rows"), "lie in memory in another way");
  EXPECT_ERROR(open(strides, 0).mapParameters(folder / "blocks"), "lie in memory in another way");
}
TEST(PackedParameters, DamagedFilesAreRefused) {
  Packed p;
  p.original.save(p.folder / "weights");
  EXPECT_ERROR(p.model.mapParameters(p.folder / "weights"),
               "is not packed: it holds weights to be read, not to be mapped.");
  EXPECT_ERROR(p.model.mapParameters(p.folder / "none"), "Cannot open");
  EXPECT_ERROR(p.model.mapParameters(p.changed("\"dlc.packed\":\"2\"", "\"dlc.packed\":\"3\"")),
               "is packed in the format 3; this runtime maps format 2.");
  EXPECT_ERROR(p.model.mapParameters(p.changed("\"dlc.layout\":\"", "\"dlc.layouT\":\"")),
               "was packed for another library");
  EXPECT_ERROR(p.model.mapParameters(p.changed("dlc.params", "dlc.parama")), "is damaged: its 'dlc.params' should be ");
  EXPECT_ERROR(p.model.mapParameters(p.changed("dlc.buffers", "dlc.buffert")),
               "is damaged: its 'dlc.buffers' should be 64 bytes.");
  EXPECT_ERROR(p.model.mapParameters(p.changed("\"shape\":[64]", "\"shape\":[63]")), "its shape and type need 63");
  std::vector<uint8_t> bytes = bytesOf(p.path);
  for (size_t size : {bytes.size() - 1, bytes.size() / 2, size_t(4096), size_t(100), size_t(7), size_t(0)}) {
    writeBytes(p.folder / "short", {bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)});
    EXPECT_ERROR(p.model.mapParameters(p.folder / "short"), "'" + (p.folder / "short") + "'");
  }
  bytes.push_back(0);
  writeBytes(p.folder / "long", bytes);
  EXPECT_ERROR(p.model.mapParameters(p.folder / "long"), "is too long");
}
TEST(PackedParameters, AFlippedBitIsFound) {
  Packed p;
  SafetensorsFile file(p.path);
  const std::vector<uint8_t> sound = bytesOf(p.path);
  for (const char *name : {"dlc.params", "dlc.buffers"})
    for (size_t at : {size_t(0), file.find(name)->bytes - 1}) {
      std::vector<uint8_t> bytes = sound;
      bytes[file.place(name) + at] ^= 0x10;
      writeBytes(p.folder / "flipped", bytes);
      std::string said = std::string("is damaged: the numbers of '") + name + "' do not have their checksum. Make one";
      EXPECT_ERROR(p.model.mapParameters(p.folder / "flipped"), said);
      EXPECT_ERROR(p.model.loadParameters(p.folder / "flipped"), said);
    }
  EXPECT_ERROR(p.model.mapParameters(p.changed("\"dlc.checksum\":\"", "\"dlc.checksuM\":\"")),
               "do not have their checksum");
}
TEST(PackedParameters, MustLieWhereCodeExpectsThem) {
  Packed p;
  SafetensorsFile file(p.path);
  Tensor params = file.read("dlc.params"), buffers = file.read("dlc.buffers"), more(DType::U8, {3});
  std::vector<NamedView> views = {{"dlc.params", params}, {"dlc.buffers", buffers}};
  EXPECT_EQ(file.place("dlc.params") % 4096, 0u);
  auto padded = file.metadata();
  while (true) { // until the header leaves the data at another place than a multiple of 64
    writeSafetensors(p.folder / "moved", views, padded);
    if (SafetensorsFile(p.folder / "moved").place("dlc.params") % DLC_ALIGNMENT)
      break;
    padded["note"] += "12345678";
  }
  EXPECT_ERROR(p.model.mapParameters(p.folder / "moved"), "which begins at a multiple of 64 bytes");
  views.push_back({"more", more});
  writeSafetensors(p.folder / "more", views, file.metadata(), 4096);
  EXPECT_ERROR(p.model.mapParameters(p.folder / "more"), "and nothing else");
}
TEST(PackedParameters, HoldConditionsThatAreNoOthers) {
  static const int64_t dims[] = {64}, strides[] = {1};
  dlc_tensor t = parameterOf(DLC_I1, dims, strides, 64);
  t.name = "c", t.init = DLC_INIT_ONES;
  Model model = modelOf(t);
  TemporaryFolder folder;
  model.newParameters().pack(folder / "packed");
  EXPECT_EQ(model.mapParameters(folder / "packed").get("c").at(63), 1);
  std::vector<uint8_t> bytes = bytesOf(folder / "packed");
  bytes[4096 + 63] = 2;
  writeBytes(folder / "packed", bytes);
  EXPECT_ERROR(model.mapParameters(folder / "packed"), "a condition of 'c' is neither 0 nor 1");
  EXPECT_ERROR(model.loadParameters(folder / "packed"), "a condition of 'c' is neither 0 nor 1");
}
