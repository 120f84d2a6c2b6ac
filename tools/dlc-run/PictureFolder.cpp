// PictureFolder.cpp - a folder with a folder a class.
// SPDX-License-Identifier: Apache-2.0
//
// See Pictures.h. DIR/train/CLASS/*.png and DIR/test/CLASS/*.png, or DIR/CLASS/*.png, which are training data. Labels are
// the classes' places among their names, in the order of bytes. Rows take turns between the classes, so that any piece of
// them, such as the tail that is held out for validation, has its share of each class: the last ones by name.
#include "runtime/File.h"
#include "tools/dlc-run/Classes.h"
#include "tools/dlc-run/PictureFiles.h"
#include "tools/dlc-run/Pictures.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace dlc::run {

namespace fs = std::filesystem;

namespace {

class FolderStore : public PictureStore {
public:
  size_t size() const override { return files_.size(); }
  Image read(size_t index, size_t channels) const override { return readPictureFile(place(index), channels); }
  std::string place(size_t index) const override {
    return (fs::path(folders_[files_[index].folder]) / files_[index].name).string();
  }
  bool holds(const std::string &path) const override {
    for (size_t i = 0; i < size(); ++i)
      if (isSameFile(place(i), path))
        return true;
    return false;
  }

  struct File {
    uint32_t folder, number; ///< the file's place within its folder
    std::string name;
  };
  std::vector<std::string> folders_;
  std::vector<uint32_t> counts_; ///< of files in each folder
  std::vector<File> files_;

  /// Puts the files of all folders in turns: by how far within its folder each stands.
  void sortInTurns() {
    auto before = [&](const File &a, const File &b) {
      // (number + 1/2) / count, without a division
      uint64_t left = (2 * uint64_t(a.number) + 1) * counts_[b.folder];
      uint64_t right = (2 * uint64_t(b.number) + 1) * counts_[a.folder];
      return left != right ? left < right : a.folder < b.folder;
    };
    std::sort(files_.begin(), files_.end(), before);
  }
};

void checkNames(const std::string &root, const std::vector<std::string> &classes) {
  std::map<std::string, std::string> known;
  for (const std::string &name : classes) {
    if (!isPlainText(name))
      throw UserError(fmt::format("{} has a class folder whose name is not plain text (UTF-8): rename it", root));
    auto [other, isNew] = known.emplace(lowerCase(name), name);
    if (!isNew)
      throw UserError(fmt::format("{} has two folders of one name, '{}' and '{}', which differ in case only: put their "
                                  "pictures into one, or rename one",
                                  root, other->second, name));
  }
}

/// "3 files of /a/b are no PNG or JPEG (first: x.txt)"
std::string othersText(size_t count, const std::string &first) {
  return fmt::format("{} file{} in the class folders {} neither PNG nor JPEG, and not read (first: {})",
                     countText(int64_t(count)), count == 1 ? "" : "s", count == 1 ? "is" : "are", first);
}

PictureSet readClasses(const std::string &root, const FolderNames &names) {
  checkNames(root, names.folders);
  if (!names.pictures.empty())
    throw UserError(
        fmt::format("{} is a picture beside the class folders: put it into the folder of its class, or elsewhere",
                    (fs::path(root) / names.pictures.front()).string()));
  auto store = std::make_shared<FolderStore>();
  PictureSet set{root, store, {}, names.folders, {}};
  size_t others = 0;
  std::string firstOther;
  for (const std::string &name : names.folders) {
    std::string folder = (fs::path(root) / name).string();
    FolderNames inside = listFolder(folder);
    if (!inside.folders.empty())
      throw UserError(
          fmt::format("the class folder {} holds the folder '{}': expected PNG and JPEG files directly in it", folder,
                      inside.folders.front()));
    if (inside.pictures.empty())
      throw UserError(fmt::format("the class folder {} holds no PNG or JPEG file{}: put pictures into it, or remove it",
                                  folder,
                                  inside.others.empty() ? "" : fmt::format(" (but {})", inside.others.front())));
    if (others == 0 && !inside.others.empty())
      firstOther = (fs::path(folder) / inside.others.front()).string();
    others += inside.others.size();
    if (store->files_.size() + inside.pictures.size() > std::numeric_limits<uint32_t>::max())
      throw UserError(fmt::format("{} holds more than 4 billion pictures", root));
    for (uint32_t number = 0; number < inside.pictures.size(); ++number)
      store->files_.push_back({uint32_t(store->folders_.size()), number, inside.pictures[number]});
    store->folders_.push_back(folder);
    store->counts_.push_back(uint32_t(inside.pictures.size()));
  }
  store->sortInTurns();
  for (const FolderStore::File &file : store->files_)
    set.labels.push_back(int32_t(file.folder));
  if (others)
    set.notes.push_back(othersText(others, firstOther));
  return set;
}

const std::vector<std::string> testNames = {"test", "val", "valid", "validation"};

bool isSplitName(const std::string &name) {
  return name == "train" || std::find(testNames.begin(), testNames.end(), name) != testNames.end();
}

/// True if one of the folders holds pictures: else this is no data at all.
bool hasClasses(const std::string &root, const FolderNames &names) {
  return std::any_of(names.folders.begin(), names.folders.end(), [&](const std::string &name) {
    return !listFolder((fs::path(root) / name).string()).pictures.empty();
  });
}

/// True for a folder that holds class folders, as "train" does; one with pictures in it is a class of that name.
bool isSplitFolder(const std::string &root, const std::string &name, const FolderNames &names) {
  return std::find(names.folders.begin(), names.folders.end(), name) != names.folders.end() &&
         !listFolder((fs::path(root) / name).string()).folders.empty();
}

} // namespace

std::optional<PictureSet> findClassFolders(const std::string &directory, Split split, std::string &why) {
  FolderNames names = listFolder(directory);
  if (names.folders.empty())
    return std::nullopt;
  std::string train = isSplitFolder(directory, "train", names) ? "train" : "", test;
  for (const std::string &name : testNames)
    if (test.empty() && isSplitFolder(directory, name, names))
      test = name;
  std::string chosen = split == Split::Train ? train : test;
  if (train.empty() && test.empty()) {
    if (!hasClasses(directory, names))
      return std::nullopt;
    if (std::all_of(names.folders.begin(), names.folders.end(), isSplitName))
      throw UserError(
          fmt::format("{} holds pictures, but no folder a class: put those of each class into a folder of its own",
                      (fs::path(directory) / names.folders.front()).string()));
    if (split == Split::Train)
      return readClasses(directory, names);
    why = fmt::format("{} holds classes, which are training data: expected test data in {}", directory,
                      (fs::path(directory) / "test" / names.folders.front()).string());
    return std::nullopt;
  }
  if (chosen.empty()) {
    why = fmt::format("there is no folder {} with a folder a class",
                      (fs::path(directory) / (split == Split::Train ? "train" : "test")).string());
    return std::nullopt;
  }
  std::string root = (fs::path(directory) / chosen).string();
  PictureSet set = readClasses(root, listFolder(root));
  for (const std::string &name : names.folders)
    if (name != train && name != test)
      set.notes.push_back(fmt::format("{} is not read: only train and test are, and folders a class in them",
                                      (fs::path(directory) / name).string()));
  return set;
}

} // namespace dlc::run
