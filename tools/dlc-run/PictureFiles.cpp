// PictureFiles.cpp - picture files and what else lies in a folder.
// SPDX-License-Identifier: Apache-2.0
//
// See PictureFiles.h.
#include "tools/dlc-run/PictureFiles.h"
#include "runtime/File.h"
#include "tools/dlc-run/Decode.h"
#include "tools/dlc-run/Text.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace dlc::run {

namespace fs = std::filesystem;

/// No file that mostPixels allow is larger.
static constexpr uint64_t mostBytes = uint64_t(1) << 29;

bool hasPictureName(const std::string &path) {
  std::string suffix = lowerCase(fs::path(path).extension().string());
  return suffix == ".png" || suffix == ".jpg" || suffix == ".jpeg";
}

static bool isOfTheSystem(const std::string &name) {
  return name.starts_with(".") || name == "Thumbs.db" || name == "desktop.ini" || name == "__MACOSX";
}

FolderNames listFolder(const std::string &path) {
  FolderNames names;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    std::error_code unknown; // a link that leads nowhere is told where it is read
    if (isOfTheSystem(name))
      continue;
    (at->is_directory(unknown) ? names.folders : hasPictureName(name) ? names.pictures : names.others).push_back(name);
  }
  if (error)
    throw UserError(fmt::format("the folder {} cannot be read: {}", path, error.message()));
  for (auto *list : {&names.folders, &names.pictures, &names.others})
    std::sort(list->begin(), list->end());
  return names;
}

Image readPictureFile(const std::string &path, size_t channels) {
  // A pipe may never end, and a device is read until memory is full.
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    throw UserError("it is not a regular file; expected a PNG or JPEG picture");
  uint64_t bytes = fs::file_size(path, error);
  if (!error && bytes > mostBytes)
    throw UserError(fmt::format("the file has {}; at most {} are read", bytesText(bytes), bytesText(mostBytes)));
  return decodePicture(readFile(path), channels);
}

} // namespace dlc::run
