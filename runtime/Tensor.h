//===- Tensor.h - dense tensors in host memory -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0
//
// Tensor owns its elements, TensorView and MutableTensorView borrow them. All are dense and row-major, the
// form in which compiled models take inputs and give outputs.
//
//===----------------------------------------------------------------------===//
#ifndef DLC_RUNTIME_TENSOR_H
#define DLC_RUNTIME_TENSOR_H

#include "runtime/Error.h"
#include "runtime/Export.h"
#include "runtime/abi.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dlc {

/// Element types. The values are those of dlc_dtype in abi.h.
enum class DType : uint32_t {
  F32 = DLC_F32,
  F64 = DLC_F64,
  I32 = DLC_I32,
  I64 = DLC_I64,
  U8 = DLC_UI8,
  Bool = DLC_I1 ///< one byte an element, 0 or 1
};

/// Bytes of one element.
DLC_API size_t sizeOf(DType Type);
/// The model language's name: "f32", "f64", "i32", "i64", "ui8", "i1".
DLC_API std::string_view nameOf(DType Type);

/// The element type of a C++ type; `HasDType<T>` says whether there is one.
template <class T> struct DTypeOf {};
template <> struct DTypeOf<float> {
  static constexpr DType Value = DType::F32;
};
template <> struct DTypeOf<double> {
  static constexpr DType Value = DType::F64;
};
template <> struct DTypeOf<int32_t> {
  static constexpr DType Value = DType::I32;
};
template <> struct DTypeOf<int64_t> {
  static constexpr DType Value = DType::I64;
};
template <> struct DTypeOf<uint8_t> {
  static constexpr DType Value = DType::U8;
};
template <> struct DTypeOf<bool> {
  static constexpr DType Value = DType::Bool;
};
template <class T>
concept HasDType = requires { DTypeOf<T>::Value; };

/// Extents of the axes, outermost first. At most DLC_MAX_RANK axes; holds them in place, never allocates.
class DLC_API Shape {
public:
  Shape() = default;
  /// Throws Error if there are more than DLC_MAX_RANK axes or one is negative.
  Shape(std::span<const int64_t> Axes);
  Shape(std::initializer_list<int64_t> Axes) : Shape(std::span<const int64_t>(Axes.begin(), Axes.size())) {}
  Shape(const std::vector<int64_t> &Axes) : Shape(std::span<const int64_t>(Axes)) {}

  size_t size() const { return Rank; }
  bool empty() const { return Rank == 0; }
  int64_t operator[](size_t Axis) const { return Axes[Axis]; }
  int64_t &operator[](size_t Axis) { return Axes[Axis]; }
  const int64_t *begin() const { return Axes.data(); }
  const int64_t *end() const { return Axes.data() + Rank; }
  operator std::span<const int64_t>() const { return {Axes.data(), Rank}; }
  /// Product of the axes; 1 for rank 0. Throws Error where it does not fit 62 bits.
  int64_t elements() const;
  /// "[32, 784]".
  std::string str() const;
  friend bool operator==(const Shape &A, const Shape &B) {
    return A.Rank == B.Rank && std::equal(A.begin(), A.end(), B.begin());
  }

private:
  std::array<int64_t, DLC_MAX_RANK> Axes{};
  size_t Rank = 0;
};

class Tensor;

/// Borrowed elements, read-only. The memory must outlive the view. A view made from a vector or span is
/// *flat*: it has one axis, and a call takes its elements in the shape of the port.
class DLC_API TensorView {
public:
  TensorView() = default;
  TensorView(DType Type, const Shape &Dims, const void *Data) : Type(Type), Dims(Dims), Data(Data) {}
  TensorView(const Tensor &T);
  template <HasDType T> TensorView(std::span<const T> S) : TensorView(DTypeOf<T>::Value, S.data(), S.size()) {}
  template <HasDType T> TensorView(std::span<T> S) : TensorView(DTypeOf<T>::Value, S.data(), S.size()) {}
  template <HasDType T> TensorView(const std::vector<T> &V) : TensorView(DTypeOf<T>::Value, V.data(), V.size()) {}
  template <HasDType T, size_t N> TensorView(const std::array<T, N> &A) : TensorView(DTypeOf<T>::Value, A.data(), N) {}
  /// Rank 0, borrowing `Value`.
  template <HasDType T> static TensorView scalar(const T &Value) {
    return TensorView(DTypeOf<T>::Value, Shape{}, &Value);
  }

  DType dtype() const { return Type; }
  const Shape &shape() const { return Dims; }
  const void *data() const { return Data; }
  bool flat() const { return Flat; }
  int64_t elements() const { return Dims.elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * sizeOf(Type); }
  /// The elements as T; throws Error if the tensor's type is another.
  template <HasDType T> std::span<const T> as() const {
    requireType(DTypeOf<T>::Value);
    return {static_cast<const T *>(Data), static_cast<size_t>(elements())};
  }
  /// Rows [First, Last) of the outermost axis.
  TensorView rows(int64_t First, int64_t Last) const;
  /// The same elements in another shape; throws Error if their number differs.
  TensorView reshaped(const Shape &To) const;
  /// Element `Index` (row-major) as a double, whatever the type.
  double at(int64_t Index) const;

protected:
  TensorView(DType Type, const void *Data, size_t Count)
      : Type(Type), Dims{static_cast<int64_t>(Count)}, Data(Data), Flat(true) {}
  void requireType(DType Wanted) const;

  DType Type = DType::F32;
  Shape Dims{0};
  const void *Data = nullptr;
  bool Flat = false;
};

/// Borrowed elements that may be written.
class DLC_API MutableTensorView : public TensorView {
public:
  MutableTensorView() = default;
  MutableTensorView(DType Type, const Shape &Dims, void *Data) : TensorView(Type, Dims, Data) {}
  MutableTensorView(Tensor &T);
  template <HasDType T> MutableTensorView(std::span<T> S) : TensorView(DTypeOf<T>::Value, S.data(), S.size()) {}
  template <HasDType T> MutableTensorView(std::vector<T> &V) : TensorView(DTypeOf<T>::Value, V.data(), V.size()) {}

  void *data() const { return const_cast<void *>(Data); }
  template <HasDType T> std::span<T> as() const {
    requireType(DTypeOf<T>::Value);
    return {static_cast<T *>(data()), static_cast<size_t>(elements())};
  }
  MutableTensorView rows(int64_t First, int64_t Last) const;
};

/// A tensor that owns its elements, 64-byte aligned. Copying copies them.
class DLC_API Tensor {
public:
  /// Rank 1, no element.
  Tensor() = default;
  /// Zeros.
  Tensor(DType Type, const Shape &Dims);
  /// A copy of what a view shows.
  explicit Tensor(TensorView View);
  /// From values, row-major: `Tensor({2, 2}, std::vector<float>{1, 2, 3, 4})`.
  template <HasDType T> Tensor(const Shape &Dims, const std::vector<T> &Values);
  Tensor(const Tensor &Other);
  Tensor(Tensor &&Other) noexcept;
  Tensor &operator=(const Tensor &Other);
  Tensor &operator=(Tensor &&Other) noexcept;
  ~Tensor();

  DType dtype() const { return Type; }
  const Shape &shape() const { return Dims; }
  int64_t elements() const { return Dims.elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * sizeOf(Type); }
  const void *data() const { return Data; }
  void *data() { return Data; }
  /// Borrowed; not of a tensor that is gone at the end of the line.
  template <HasDType T> std::span<const T> as() const & { return TensorView(*this).as<T>(); }
  template <HasDType T> std::span<T> as() & { return MutableTensorView(*this).as<T>(); }
  template <HasDType T> void as() && = delete;
  template <HasDType T> void as() const && = delete;
  TensorView rows(int64_t First, int64_t Last) const & { return TensorView(*this).rows(First, Last); }
  void rows(int64_t First, int64_t Last) const && = delete;
  double at(int64_t Index) const { return TensorView(*this).at(Index); }
  /// The same elements in another shape; throws Error if their number differs.
  Tensor &reshape(const Shape &To);
  /// A copy with the elements converted; to an integer type they are rounded toward zero, to Bool `!= 0`.
  Tensor to(DType Wanted) const;

  /// The only element, as a number: `float loss = results["loss"]`. Throws Error if there is not exactly one.
  template <class T>
    requires std::is_arithmetic_v<T>
  operator T() const {
    return static_cast<T>(item());
  }
  double item() const;

private:
  DType Type = DType::F32;
  Shape Dims{0};
  void *Data = nullptr;
};

template <HasDType T>
Tensor::Tensor(const Shape &Dims, const std::vector<T> &Values)
    : Tensor(TensorView(std::span<const T>(Values)).reshaped(Dims)) {}

/// A name and a tensor: what files of several tensors hold.
struct NamedTensor {
  std::string Name;
  Tensor Value;
};
struct NamedView {
  std::string Name;
  TensorView Value;
};

} // namespace dlc

#endif // DLC_RUNTIME_TENSOR_H
