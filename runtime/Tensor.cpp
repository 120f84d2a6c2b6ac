//===- Tensor.cpp - dense tensors in host memory -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Owning tensors are 64-byte aligned, as the arenas are, so that kernels may use aligned accesses on them.
//
//===----------------------------------------------------------------------===//
#include "runtime/Tensor.h"
#include "runtime/Text.h"

#include <cstring>
#include <limits>
#include <new>

namespace dlc {
using detail::cat;

size_t sizeOf(DType Type) {
  switch (Type) {
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

std::string_view nameOf(DType Type) {
  switch (Type) {
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

//===----------------------------------------------------------------------===//
// Shape
//===----------------------------------------------------------------------===//

Shape::Shape(std::span<const int64_t> From) {
  if (From.size() > DLC_MAX_RANK)
    throw Error(cat("A tensor has ", From.size(), " axes; at most ", DLC_MAX_RANK, " are supported."));
  for (int64_t Axis : From) {
    if (Axis < 0)
      throw Error(cat("A shape has an axis of extent ", Axis, "; extents must not be negative."));
    Axes[Rank++] = Axis;
  }
}

int64_t Shape::elements() const {
  int64_t Product = 1;
  for (int64_t Axis : *this)
    if (Axis == 0)
      return 0;
  for (int64_t Axis : *this)
    if (__builtin_mul_overflow(Product, Axis, &Product) || Product > (int64_t(1) << 58))
      throw Error(cat("A tensor of shape ", str(), " is too large to address."));
  return Product;
}

std::string Shape::str() const {
  std::string Text = "[";
  for (size_t I = 0; I < Rank; ++I)
    Text += cat(I ? ", " : "", Axes[I]);
  return Text + "]";
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

TensorView::TensorView(const Tensor &T) : TensorView(T.dtype(), T.shape(), T.data()) {}
MutableTensorView::MutableTensorView(Tensor &T) : TensorView(T.dtype(), T.shape(), T.data()) {}

void TensorView::requireType(DType Wanted) const {
  if (Type != Wanted)
    throw Error(cat("A tensor of type ", nameOf(Type), " was read as ", nameOf(Wanted), "."));
}

TensorView TensorView::rows(int64_t First, int64_t Last) const {
  if (Dims.empty())
    throw Error("Rows were taken of a tensor of rank 0, which has none.");
  if (First < 0 || First > Last || Last > Dims[0])
    throw Error(cat("Rows ", First, " to ", Last, " were taken of a tensor of shape ", Dims.str(), "."));
  TensorView Part = *this;
  Part.Dims[0] = 1;
  auto RowBytes = static_cast<size_t>(Part.Dims.elements()) * sizeOf(Type);
  Part.Dims[0] = Last - First;
  if (Data)
    Part.Data = static_cast<const char *>(Data) + static_cast<size_t>(First) * RowBytes;
  return Part;
}

MutableTensorView MutableTensorView::rows(int64_t First, int64_t Last) const {
  TensorView Part = TensorView::rows(First, Last);
  return MutableTensorView(Type, Part.shape(), const_cast<void *>(Part.data()));
}

TensorView TensorView::reshaped(const Shape &To) const {
  if (To.elements() != elements())
    throw Error(cat("A tensor of shape ", Dims.str(), " (", detail::plural(elements(), "element"),
                    ") cannot take the shape ", To.str(), " (", detail::plural(To.elements(), "element"), ")."));
  return TensorView(Type, To, Data);
}

double TensorView::at(int64_t Index) const {
  if (Index < 0 || Index >= elements())
    throw Error(cat("Element ", Index, " was read of a tensor of shape ", Dims.str(), "."));
  switch (Type) {
  case DType::F32:
    return static_cast<const float *>(Data)[Index];
  case DType::F64:
    return static_cast<const double *>(Data)[Index];
  case DType::I32:
    return static_cast<const int32_t *>(Data)[Index];
  case DType::I64:
    return static_cast<double>(static_cast<const int64_t *>(Data)[Index]);
  case DType::U8:
  case DType::Bool:
    return static_cast<const uint8_t *>(Data)[Index];
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Tensor
//===----------------------------------------------------------------------===//

static void *allocate(size_t Bytes) {
  void *Data = ::operator new(Bytes ? Bytes : 1, std::align_val_t(DLC_ALIGNMENT), std::nothrow);
  if (!Data)
    throw Error(cat("There is no memory for a tensor of ", Bytes, " bytes."));
  return Data;
}
static void release(void *Data) { ::operator delete(Data, std::align_val_t(DLC_ALIGNMENT)); }

Tensor::Tensor(DType Type, const Shape &Dims) : Type(Type), Dims(Dims), Data(allocate(bytes())) {
  std::memset(Data, 0, bytes());
}

Tensor::Tensor(TensorView View) : Type(View.dtype()), Dims(View.shape()), Data(allocate(bytes())) {
  if (bytes())
    std::memcpy(Data, View.data(), bytes());
}

Tensor::Tensor(const Tensor &Other) : Tensor(TensorView(Other)) {}

Tensor::Tensor(Tensor &&Other) noexcept : Type(Other.Type), Dims(Other.Dims), Data(Other.Data) {
  Other.Data = nullptr;
  Other.Dims = Shape{0};
}

Tensor &Tensor::operator=(const Tensor &Other) {
  if (this != &Other)
    *this = Tensor(Other);
  return *this;
}

Tensor &Tensor::operator=(Tensor &&Other) noexcept {
  std::swap(Type, Other.Type);
  std::swap(Dims, Other.Dims);
  std::swap(Data, Other.Data);
  return *this;
}

Tensor::~Tensor() { release(Data); }

Tensor &Tensor::reshape(const Shape &To) {
  Dims = TensorView(*this).reshaped(To).shape();
  return *this;
}

template <class From, class To> static void convert(const void *Source, void *Target, int64_t Count) {
  auto *S = static_cast<const From *>(Source);
  auto *T = static_cast<To *>(Target);
  for (int64_t I = 0; I < Count; ++I) {
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To> && !std::is_same_v<To, bool>) {
      // Out of range is undefined in C++: such values, and NaN, become the nearest bound, and 0.
      double V = S[I], Low = double(std::numeric_limits<To>::min()), High = double(std::numeric_limits<To>::max());
      T[I] = V != V      ? To(0)
             : V <= Low  ? std::numeric_limits<To>::min()
             : V >= High ? std::numeric_limits<To>::max()
                         : To(V);
    } else if constexpr (std::is_same_v<To, bool>) {
      T[I] = S[I] != From(0);
    } else {
      T[I] = static_cast<To>(S[I]);
    }
  }
}

template <class From> static void convertFrom(DType Wanted, const void *Source, void *Target, int64_t Count) {
  switch (Wanted) {
  case DType::F32:
    return convert<From, float>(Source, Target, Count);
  case DType::F64:
    return convert<From, double>(Source, Target, Count);
  case DType::I32:
    return convert<From, int32_t>(Source, Target, Count);
  case DType::I64:
    return convert<From, int64_t>(Source, Target, Count);
  case DType::U8:
    return convert<From, uint8_t>(Source, Target, Count);
  case DType::Bool:
    return convert<From, bool>(Source, Target, Count);
  }
}

Tensor Tensor::to(DType Wanted) const {
  Tensor Result(Wanted, Dims);
  switch (Type) {
  case DType::F32:
    convertFrom<float>(Wanted, Data, Result.Data, elements());
    break;
  case DType::F64:
    convertFrom<double>(Wanted, Data, Result.Data, elements());
    break;
  case DType::I32:
    convertFrom<int32_t>(Wanted, Data, Result.Data, elements());
    break;
  case DType::I64:
    convertFrom<int64_t>(Wanted, Data, Result.Data, elements());
    break;
  case DType::U8:
  case DType::Bool: // stored as 0 or 1: read as a byte
    convertFrom<uint8_t>(Wanted, Data, Result.Data, elements());
    break;
  }
  return Result;
}

double Tensor::item() const {
  if (elements() != 1)
    throw Error(cat("A tensor of shape ", Dims.str(), " was used as one number; it has ",
                    detail::plural(elements(), "element"), "."));
  return at(0);
}

} // namespace dlc
