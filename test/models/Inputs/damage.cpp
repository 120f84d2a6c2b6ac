// damage.cpp - a library cut off, with single bits and whole blocks of it changed: each is refused with a sentence.
// SPDX-License-Identifier: Apache-2.0
//
//   damage MODEL.so
#include "Program.h"

#include <fstream>
#include <iterator>

namespace {
int refused = 0;
std::string good;

void attempt(const std::string &what, std::string content) {
  if (content == good) // a block that was copied to an equal one
    content[content.size() / 2] = char(content[content.size() / 2] ^ 1);
  std::ofstream("damaged.so", std::ios::binary).write(content.data(), std::streamsize(content.size()));
  std::string message = messageOf([] { dlc::Model::open("damaged.so"); });
  CHECK(message.find("damaged.so") != std::string::npos && (message.back() == '.' || message.back() == ')'), "%s: '%s'",
        what.c_str(), message.c_str());
  refused += !message.empty();
}
void flip(size_t bit) {
  std::string content = good;
  content[bit / 8] = char(content[bit / 8] ^ 1 << bit % 8);
  attempt("bit " + std::to_string(bit), content);
}
} // namespace

int main(int, char **arguments) {
  std::ifstream file(arguments[1], std::ios::binary);
  good.assign(std::istreambuf_iterator<char>(file), {});
  CHECK(messageOf([&] { dlc::Model::open(arguments[1]); }).empty(), "the library is not whole");
  // Cut off: headers first, then anywhere.
  for (size_t i = 0; i < 300; ++i) {
    size_t length = i < 150 ? 7 * i : good.size() * (i - 149) / 151;
    attempt("cut to " + std::to_string(length) + " bytes", good.substr(0, length));
  }
  attempt("one byte is missing", good.substr(0, good.size() - 1));
  attempt("one byte more", good + '\0');
  // Every bit of what the loader reads first, and bits all over the file.
  for (size_t bit = 0; bit < 8 * 1024; ++bit)
    flip(bit);
  for (size_t i = 0; i < 4000; ++i)
    flip(good.size() * 8 * i / 4000);
  // As disks and copies lose things: blocks of zeros, blocks of something else, blocks in the wrong place.
  Numbers random(1);
  for (int i = 0; i < 500; ++i) {
    std::string content = good;
    size_t block = 512u << random.next() % 4, at = random.next() % (good.size() / block) * block;
    size_t from = random.next() % (good.size() / block) * block;
    for (size_t k = at; k < std::min(at + block, good.size()); ++k)
      content[k] = i % 3 == 0   ? '\0'
                   : i % 3 == 1 ? char(random.next())
                                : good[std::min(from + k - at, good.size() - 1)];
    attempt("a block of " + std::to_string(block) + " bytes at " + std::to_string(at), content);
  }
  attempt("zeros", std::string(good.size(), '\0'));

  // What was changed on purpose is opened where that is said: here nothing but the checksum.
  std::string content = good;
  size_t mark = good.find("dlcxxh64");
  CHECK(mark != std::string::npos && mark < 4096, "there is no mark");
  content[mark + 8] = char(content[mark + 8] ^ 1);
  std::ofstream("damaged.so", std::ios::binary).write(content.data(), std::streamsize(content.size()));
  dlc::ModelOptions options;
  options.verify = false;
  CHECK(dlc::Model::open("damaged.so", options).name() == "mnist", "verify = false does not open it");

  std::printf("reliability: damaged libraries: %d tried, %d lost\n", refused, failures);
  return failures != 0;
}
