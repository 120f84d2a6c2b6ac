// damage.cpp - a library cut off, with single bits and whole blocks of it changed: each is refused with a sentence.
// SPDX-License-Identifier: Apache-2.0
//
//   damage MODEL.so
#include "Program.h"

#include <fstream>
#include <iterator>

namespace {
int Refused = 0;
std::string Good;

void attempt(const std::string &What, std::string Content) {
  if (Content == Good) // a block that was copied to an equal one
    Content[Content.size() / 2] = char(Content[Content.size() / 2] ^ 1);
  std::ofstream("damaged.so", std::ios::binary).write(Content.data(), std::streamsize(Content.size()));
  std::string Message = messageOf([] { dlc::Model::open("damaged.so"); });
  CHECK(Message.find("damaged.so") != std::string::npos && (Message.back() == '.' || Message.back() == ')'), "%s: '%s'",
        What.c_str(), Message.c_str());
  Refused += !Message.empty();
}
void flip(size_t Bit) {
  std::string Content = Good;
  Content[Bit / 8] = char(Content[Bit / 8] ^ 1 << Bit % 8);
  attempt("bit " + std::to_string(Bit), Content);
}
} // namespace

int main(int, char **Arguments) {
  std::ifstream File(Arguments[1], std::ios::binary);
  Good.assign(std::istreambuf_iterator<char>(File), {});
  CHECK(messageOf([&] { dlc::Model::open(Arguments[1]); }).empty(), "the library is not whole");
  // Cut off: headers first, then anywhere.
  for (size_t I = 0; I < 300; ++I) {
    size_t Length = I < 150 ? 7 * I : Good.size() * (I - 149) / 151;
    attempt("cut to " + std::to_string(Length) + " bytes", Good.substr(0, Length));
  }
  attempt("one byte is missing", Good.substr(0, Good.size() - 1));
  attempt("one byte more", Good + '\0');
  // Every bit of what the loader reads first, and bits all over the file.
  for (size_t Bit = 0; Bit < 8 * 1024; ++Bit)
    flip(Bit);
  for (size_t I = 0; I < 4000; ++I)
    flip(Good.size() * 8 * I / 4000);
  // As disks and copies lose things: blocks of zeros, blocks of something else, blocks in the wrong place.
  Numbers Random(1);
  for (int I = 0; I < 500; ++I) {
    std::string Content = Good;
    size_t Block = 512u << Random.next() % 4, At = Random.next() % (Good.size() / Block) * Block;
    size_t From = Random.next() % (Good.size() / Block) * Block;
    for (size_t K = At; K < std::min(At + Block, Good.size()); ++K)
      Content[K] = I % 3 == 0   ? '\0'
                   : I % 3 == 1 ? char(Random.next())
                                : Good[std::min(From + K - At, Good.size() - 1)];
    attempt("a block of " + std::to_string(Block) + " bytes at " + std::to_string(At), Content);
  }
  attempt("zeros", std::string(Good.size(), '\0'));

  // What was changed on purpose is opened where that is said: here nothing but the checksum.
  std::string Content = Good;
  size_t Mark = Good.find("dlcxxh64");
  CHECK(Mark != std::string::npos && Mark < 4096, "there is no mark");
  Content[Mark + 8] = char(Content[Mark + 8] ^ 1);
  std::ofstream("damaged.so", std::ios::binary).write(Content.data(), std::streamsize(Content.size()));
  dlc::ModelOptions Options;
  Options.Verify = false;
  CHECK(dlc::Model::open("damaged.so", Options).name() == "mnist", "Verify = false does not open it");

  std::printf("reliability: damaged libraries: %d tried, %d lost\n", Refused, Failures);
  return Failures != 0;
}
