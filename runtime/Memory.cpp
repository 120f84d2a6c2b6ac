//===- Memory.cpp - arenas and strided copies --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
//===----------------------------------------------------------------------===//
#include "runtime/Internal.h"

#include <cstring>
#include <new>
#include <sys/mman.h>

namespace dlc::detail {

static constexpr uint64_t HugePage = 2 << 20;

/// Mapped size of an arena that large.
static uint64_t mappedBytes(uint64_t Bytes) { return (Bytes + HugePage - 1) / HugePage * HugePage; }

Arena::Arena(uint64_t Wanted) : Bytes(Wanted) {
  if (Bytes < HugePage) {
    uint64_t Rounded = (std::max<uint64_t>(Bytes, 1) + DLC_ALIGNMENT - 1) / DLC_ALIGNMENT * DLC_ALIGNMENT;
    Data = ::operator new(Rounded, std::align_val_t(DLC_ALIGNMENT));
    std::memset(Data, 0, Rounded);
    return;
  }
  if (Bytes > (uint64_t(1) << 46))
    throw Error(cat("An arena of ", Bytes, " bytes is larger than any machine's memory."));
  // Mapped with room to spare, cut back to the aligned part.
  uint64_t Size = mappedBytes(Bytes), Room = Size + HugePage;
  void *Map = ::mmap(nullptr, Room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (Map == MAP_FAILED)
    throw Error(cat("There is no memory for an arena of ", Bytes, " bytes."));
  auto Start = reinterpret_cast<uintptr_t>(Map), Aligned = (Start + HugePage - 1) / HugePage * HugePage;
  if (Aligned != Start)
    ::munmap(Map, Aligned - Start);
  if (uint64_t Behind = Start + Room - (Aligned + Size))
    ::munmap(reinterpret_cast<void *>(Aligned + Size), Behind);
  Data = reinterpret_cast<void *>(Aligned);
  ::madvise(Data, Size, MADV_HUGEPAGE); // a hint: where it is refused, small pages do
}

Arena::~Arena() {
  if (!Data)
    return;
  if (Bytes < HugePage)
    ::operator delete(Data, std::align_val_t(DLC_ALIGNMENT));
  else
    ::munmap(Data, mappedBytes(Bytes));
}

Shape denseStrides(const Shape &Dims) {
  Shape Strides = Dims;
  int64_t Stride = 1;
  for (size_t Axis = Dims.size(); Axis-- > 0;) {
    Strides[Axis] = Stride;
    Stride *= std::max<int64_t>(Dims[Axis], 1);
  }
  return Strides;
}

void copyStrided(const Shape &Dims, size_t ElementBytes, void *To, const Shape &ToStrides, const void *From,
                 const Shape &FromStrides) {
  if (Dims.elements() == 0)
    return;
  // The innermost axes that are dense on both sides are one run of bytes.
  size_t Outer = Dims.size();
  int64_t Run = 1;
  while (Outer > 0 && (Dims[Outer - 1] == 1 || (ToStrides[Outer - 1] == Run && FromStrides[Outer - 1] == Run))) {
    Run *= Dims[Outer - 1];
    --Outer;
  }
  size_t RunBytes = static_cast<size_t>(Run) * ElementBytes;
  std::array<int64_t, DLC_MAX_RANK> Index{};
  auto *Target = static_cast<char *>(To);
  auto *Source = static_cast<const char *>(From);
  while (true) {
    int64_t ToAt = 0, FromAt = 0;
    for (size_t Axis = 0; Axis < Outer; ++Axis) {
      ToAt += Index[Axis] * ToStrides[Axis];
      FromAt += Index[Axis] * FromStrides[Axis];
    }
    std::memcpy(Target + ToAt * static_cast<int64_t>(ElementBytes),
                Source + FromAt * static_cast<int64_t>(ElementBytes), RunBytes);
    size_t Axis = Outer;
    while (Axis > 0 && ++Index[Axis - 1] == Dims[Axis - 1])
      Index[--Axis] = 0;
    if (Axis == 0)
      return;
  }
}

} // namespace dlc::detail
