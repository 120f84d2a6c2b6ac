// PictureFiles.h - picture files and what else lies in a folder.
// SPDX-License-Identifier: Apache-2.0
//
// Which names are pictures, which are of no interest to anybody, and one picture file read within bounds.
#ifndef DLC_RUN_PICTUREFILES_H
#define DLC_RUN_PICTUREFILES_H

#include "tools/dlc-run/Image.h"

#include <string>
#include <vector>

namespace dlc::run {

/// The names in a folder, each list in the order of their bytes. What a system keeps for itself (.DS_Store, Thumbs.db) is in
/// none.
struct FolderNames {
  std::vector<std::string> folders, pictures, others;
};
/// UserError where the folder cannot be read.
FolderNames listFolder(const std::string &path);

/// True if a file is called like PNG or JPEG: .png, .jpg, .jpeg, in any case.
bool hasPictureName(const std::string &path);

/// A file as a picture of 1 or 3 channels. Throws Error or UserError, not always with the file's name.
Image readPictureFile(const std::string &path, size_t channels);

} // namespace dlc::run

#endif // DLC_RUN_PICTUREFILES_H
