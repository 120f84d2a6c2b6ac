// guards.cpp - calls of any number of rows touch nothing behind their inputs and outputs.
// SPDX-License-Identifier: Apache-2.0
//
//   guards LIB.so: each entry point is called with every number of rows; the caller's memory ends where a page begins that
//   must not be touched.
#include "Program.h"
#include <sys/mman.h>
#include <unistd.h>

namespace {
/// Memory whose last byte is the last one of a page.
class Guarded {
public:
  explicit Guarded(size_t bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    size = (bytes + page - 1) / page * page + page;
    base = static_cast<char *>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK(base != MAP_FAILED && !mprotect(base + size - page, page, PROT_NONE), "no memory");
    data = base + size - page - bytes;
  }
  ~Guarded() { munmap(base, size); }
  Guarded(const Guarded &) = delete;
  char *data;

private:
  char *base;
  size_t size;
};
} // namespace

int main(int count, char **arguments) {
  CHECK(count == 2, "guards LIB.so");
  dlc::Model model = dlc::Model::open(arguments[1]);
  dlc::Parameters params = model.newParameters(1);
  int calls = 0;
  for (const dlc::Entry &entry : model.entries())
    for (int64_t rows = 1; rows <= entry.capacity; ++rows) {
      dlc::Call call = model.prepare(entry.name, params);
      std::vector<std::unique_ptr<Guarded>> memory;
      auto take = [&](const dlc::Port &port) {
        dlc::Shape shape = port.shape(rows);
        memory.push_back(std::make_unique<Guarded>(shape.elements() * dlc::sizeOf(port.type)));
        return dlc::MutableTensorView(port.type, shape, memory.back()->data);
      };
      call.setExtent(rows);
      for (size_t i = 0; i < entry.inputs.size(); ++i)
        call.bindInput(i, take(entry.inputs[i]));
      for (size_t i = 0; i < entry.outputs.size(); ++i)
        call.bindOutput(i, take(entry.outputs[i]));
      call.setExtent(rows);
      call.run();
      ++calls;
    }
  std::printf("guards: %d calls\n", calls);
}
