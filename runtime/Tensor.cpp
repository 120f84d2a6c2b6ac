// Tensor.cpp - dense tensors in host memory.
// SPDX-License-Identifier: Apache-2.0
//
// Owning tensors are 64-byte aligned, as the arenas are, so that kernels may use aligned accesses on them.
#include "runtime/Tensor.h"
#include "runtime/Text.h"

#include <cstring>
#include <limits>
#include <new>

namespace dlc {
using detail::cat;

size_t sizeOf(DType type) {
  switch (type) {
  case DType::F32:
  case DType::I32:
    return 4;
  case DType::F64:
  case DType::I64:
    return 8;
  case DType::U8:
  case DType::Bool:
    return 1;
  }
  return 0;
}

std::string_view nameOf(DType type) {
  switch (type) {
  case DType::F32:
    return "f32";
  case DType::F64:
    return "f64";
  case DType::I32:
    return "i32";
  case DType::I64:
    return "i64";
  case DType::U8:
    return "ui8";
  case DType::Bool:
    return "i1";
  }
  return "unknown";
}

//===--- Shape -----------------------------------------------------------------------------------------===//

Shape::Shape(std::span<const int64_t> from) {
  if (from.size() > DLC_MAX_RANK)
    throw Error(cat("A tensor has ", from.size(), " axes; at most ", DLC_MAX_RANK, " are supported."));
  for (int64_t axis : from) {
    if (axis < 0)
      throw Error(cat("A shape has an axis of extent ", axis, "; extents must not be negative."));
    axes[rank++] = axis;
  }
}

int64_t Shape::elements() const {
  int64_t product = 1;
  for (int64_t axis : *this)
    if (axis == 0)
      return 0;
  for (int64_t axis : *this)
    if (__builtin_mul_overflow(product, axis, &product) || product > (int64_t(1) << 58))
      throw Error(cat("A tensor of shape ", str(), " is too large to address."));
  return product;
}

std::string Shape::str() const {
  std::string text = "[";
  for (size_t i = 0; i < rank; ++i)
    text += cat(i ? ", " : "", axes[i]);
  return text + "]";
}

//===--- Views -----------------------------------------------------------------------------------------===//

TensorView::TensorView(const Tensor &t) : TensorView(t.dtype(), t.shape(), t.data()) {}
MutableTensorView::MutableTensorView(Tensor &t) : TensorView(t.dtype(), t.shape(), t.data()) {}

void TensorView::requireType(DType wanted) const {
  if (type != wanted)
    throw Error(cat("A tensor of type ", nameOf(type), " was read as ", nameOf(wanted), "."));
}

TensorView TensorView::rows(int64_t first, int64_t last) const {
  if (dims.empty())
    throw Error("Rows were taken of a tensor of rank 0, which has none.");
  if (first < 0 || first > last || last > dims[0])
    throw Error(cat("Rows ", first, " to ", last, " were taken of a tensor of shape ", dims.str(), "."));
  TensorView part = *this;
  part.dims[0] = 1;
  auto rowBytes = static_cast<size_t>(part.dims.elements()) * sizeOf(type);
  part.dims[0] = last - first;
  if (memory)
    part.memory = static_cast<const char *>(memory) + static_cast<size_t>(first) * rowBytes;
  return part;
}

MutableTensorView MutableTensorView::rows(int64_t first, int64_t last) const {
  TensorView part = TensorView::rows(first, last);
  return MutableTensorView(type, part.shape(), const_cast<void *>(part.data()));
}

TensorView TensorView::reshaped(const Shape &to) const {
  if (to.elements() != elements())
    throw Error(cat("A tensor of shape ", dims.str(), " (", detail::plural(elements(), "element"),
                    ") cannot take the shape ", to.str(), " (", detail::plural(to.elements(), "element"), ")."));
  return TensorView(type, to, memory);
}

double TensorView::at(int64_t index) const {
  if (index < 0 || index >= elements())
    throw Error(cat("Element ", index, " was read of a tensor of shape ", dims.str(), "."));
  switch (type) {
  case DType::F32:
    return static_cast<const float *>(memory)[index];
  case DType::F64:
    return static_cast<const double *>(memory)[index];
  case DType::I32:
    return static_cast<const int32_t *>(memory)[index];
  case DType::I64:
    return static_cast<double>(static_cast<const int64_t *>(memory)[index]);
  case DType::U8:
  case DType::Bool:
    return static_cast<const uint8_t *>(memory)[index];
  }
  return 0;
}

//===--- Tensor ----------------------------------------------------------------------------------------===//

static void *allocate(size_t bytes) {
  void *data = ::operator new(bytes ? bytes : 1, std::align_val_t(DLC_ALIGNMENT), std::nothrow);
  if (!data)
    throw Error(cat("There is no memory for a tensor of ", bytes, " bytes."));
  return data;
}
static void release(void *data) { ::operator delete(data, std::align_val_t(DLC_ALIGNMENT)); }

Tensor::Tensor(DType type, const Shape &dims) : type(type), dims(dims), memory(allocate(bytes())) {
  std::memset(memory, 0, bytes());
}

Tensor::Tensor(TensorView view) : type(view.dtype()), dims(view.shape()), memory(allocate(bytes())) {
  if (bytes())
    std::memcpy(memory, view.data(), bytes());
}

Tensor::Tensor(const Tensor &other) : Tensor(TensorView(other)) {}

Tensor::Tensor(Tensor &&other) noexcept : type(other.type), dims(other.dims), memory(other.memory) {
  other.memory = nullptr;
  other.dims = Shape{0};
}

Tensor &Tensor::operator=(const Tensor &other) {
  if (this != &other)
    *this = Tensor(other);
  return *this;
}

Tensor &Tensor::operator=(Tensor &&other) noexcept {
  std::swap(type, other.type);
  std::swap(dims, other.dims);
  std::swap(memory, other.memory);
  return *this;
}

Tensor::~Tensor() { release(memory); }

Tensor &Tensor::reshape(const Shape &to) {
  dims = TensorView(*this).reshaped(to).shape();
  return *this;
}

template <class From, class To> static void convert(const void *source, void *target, int64_t count) {
  auto *s = static_cast<const From *>(source);
  auto *t = static_cast<To *>(target);
  for (int64_t i = 0; i < count; ++i) {
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To> && !std::is_same_v<To, bool>) {
      // Out of range is undefined in C++: such values, and NaN, become the nearest bound, and 0.
      double v = s[i], low = double(std::numeric_limits<To>::min()), high = double(std::numeric_limits<To>::max());
      t[i] = v != v      ? To(0)
             : v <= low  ? std::numeric_limits<To>::min()
             : v >= high ? std::numeric_limits<To>::max()
                         : To(v);
    } else if constexpr (std::is_same_v<To, bool>) {
      t[i] = s[i] != From(0);
    } else {
      t[i] = static_cast<To>(s[i]);
    }
  }
}

template <class From> static void convertFrom(DType wanted, const void *source, void *target, int64_t count) {
  switch (wanted) {
  case DType::F32:
    return convert<From, float>(source, target, count);
  case DType::F64:
    return convert<From, double>(source, target, count);
  case DType::I32:
    return convert<From, int32_t>(source, target, count);
  case DType::I64:
    return convert<From, int64_t>(source, target, count);
  case DType::U8:
    return convert<From, uint8_t>(source, target, count);
  case DType::Bool:
    return convert<From, bool>(source, target, count);
  }
}

Tensor Tensor::to(DType wanted) const {
  Tensor result(wanted, dims);
  switch (type) {
  case DType::F32:
    convertFrom<float>(wanted, memory, result.memory, elements());
    break;
  case DType::F64:
    convertFrom<double>(wanted, memory, result.memory, elements());
    break;
  case DType::I32:
    convertFrom<int32_t>(wanted, memory, result.memory, elements());
    break;
  case DType::I64:
    convertFrom<int64_t>(wanted, memory, result.memory, elements());
    break;
  case DType::U8:
  case DType::Bool: // stored as 0 or 1: read as a byte
    convertFrom<uint8_t>(wanted, memory, result.memory, elements());
    break;
  }
  return result;
}

double Tensor::item() const {
  if (elements() != 1)
    throw Error(cat("A tensor of shape ", dims.str(), " was used as one number; it has ",
                    detail::plural(elements(), "element"), "."));
  return at(0);
}

} // namespace dlc
