// Memory.cpp - arenas and strided copies.
// SPDX-License-Identifier: Apache-2.0
#include "runtime/Internal.h"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace dlc::detail {

static constexpr uint64_t hugePage = 2 << 20;

/// Mapped size of an arena that large.
static uint64_t mappedBytes(uint64_t bytes) { return (bytes + hugePage - 1) / hugePage * hugePage; }

Arena::Arena(uint64_t wanted) : bytes(wanted) {
  if (bytes < hugePage) {
    uint64_t rounded = (std::max<uint64_t>(bytes, 1) + DLC_ALIGNMENT - 1) / DLC_ALIGNMENT * DLC_ALIGNMENT;
    memory = ::operator new(rounded, std::align_val_t(DLC_ALIGNMENT));
    std::memset(memory, 0, rounded);
    return;
  }
  if (bytes > (uint64_t(1) << 46))
    throw Error(cat("An arena of ", bytes, " bytes is larger than any machine's memory."));
  // Mapped with room to spare, cut back to the aligned part.
  uint64_t size = mappedBytes(bytes), room = size + hugePage;
  void *map = ::mmap(nullptr, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED)
    throw Error(cat("There is no memory for an arena of ", bytes, " bytes."));
  auto start = reinterpret_cast<uintptr_t>(map), aligned = (start + hugePage - 1) / hugePage * hugePage;
  if (aligned != start)
    ::munmap(map, aligned - start);
  if (uint64_t behind = start + room - (aligned + size))
    ::munmap(reinterpret_cast<void *>(aligned + size), behind);
  memory = reinterpret_cast<void *>(aligned);
  ::madvise(memory, size, MADV_HUGEPAGE); // a hint: where it is refused, small pages do
}

Arena::~Arena() {
  if (!memory)
    return;
  if (bytes < hugePage)
    ::operator delete(memory, std::align_val_t(DLC_ALIGNMENT));
  else
    ::munmap(memory, mappedBytes(bytes));
}

Shape denseStrides(const Shape &dims) {
  Shape strides = dims;
  int64_t stride = 1;
  for (size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= std::max<int64_t>(dims[axis], 1);
  }
  return strides;
}

void copyStrided(const Shape &dims, size_t elementBytes, void *to, const Shape &toStrides, const void *from,
                 const Shape &fromStrides) {
  if (dims.elements() == 0)
    return;
  // The innermost axes that are dense on both sides are one run of bytes.
  size_t outer = dims.size();
  int64_t run = 1;
  while (outer > 0 && (dims[outer - 1] == 1 || (toStrides[outer - 1] == run && fromStrides[outer - 1] == run))) {
    run *= dims[outer - 1];
    --outer;
  }
  size_t runBytes = static_cast<size_t>(run) * elementBytes;
  std::array<int64_t, DLC_MAX_RANK> index{};
  auto *target = static_cast<char *>(to);
  auto *source = static_cast<const char *>(from);
  while (true) {
    int64_t toAt = 0, fromAt = 0;
    for (size_t axis = 0; axis < outer; ++axis) {
      toAt += index[axis] * toStrides[axis];
      fromAt += index[axis] * fromStrides[axis];
    }
    std::memcpy(target + toAt * static_cast<int64_t>(elementBytes),
                source + fromAt * static_cast<int64_t>(elementBytes), runBytes);
    size_t axis = outer;
    while (axis > 0 && ++index[axis - 1] == dims[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

} // namespace dlc::detail
