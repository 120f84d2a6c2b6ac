// Tensor.h - dense tensors in host memory.
// SPDX-License-Identifier: Apache-2.0
//
// Tensor owns its elements, TensorView and MutableTensorView borrow them. All are dense and row-major, the
// form in which compiled models take inputs and give outputs.
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
DLC_API size_t sizeOf(DType type);
/// The model language's name: "f32", "f64", "i32", "i64", "ui8", "i1".
DLC_API std::string_view nameOf(DType type);

/// The element type of a C++ type; `HasDType<T>` says whether there is one.
template <class T> struct DTypeOf {};
template <> struct DTypeOf<float> : std::integral_constant<DType, DType::F32> {};
template <> struct DTypeOf<double> : std::integral_constant<DType, DType::F64> {};
template <> struct DTypeOf<int32_t> : std::integral_constant<DType, DType::I32> {};
template <> struct DTypeOf<int64_t> : std::integral_constant<DType, DType::I64> {};
template <> struct DTypeOf<uint8_t> : std::integral_constant<DType, DType::U8> {};
template <> struct DTypeOf<bool> : std::integral_constant<DType, DType::Bool> {};
template <class T>
concept HasDType = requires { DTypeOf<T>::value; };

/// Extents of the axes, outermost first. At most DLC_MAX_RANK axes; holds them in place, never allocates.
class DLC_API Shape {
public:
  Shape() = default;
  /// Throws Error if there are more than DLC_MAX_RANK axes or one is negative.
  Shape(std::span<const int64_t> axes);
  Shape(std::initializer_list<int64_t> axes) : Shape(std::span<const int64_t>(axes.begin(), axes.size())) {}
  Shape(const std::vector<int64_t> &axes) : Shape(std::span<const int64_t>(axes)) {}

  size_t size() const { return rank; }
  bool empty() const { return rank == 0; }
  int64_t operator[](size_t axis) const { return axes[axis]; }
  int64_t &operator[](size_t axis) { return axes[axis]; }
  const int64_t *begin() const { return axes.data(); }
  const int64_t *end() const { return axes.data() + rank; }
  operator std::span<const int64_t>() const { return {axes.data(), rank}; }
  /// Product of the axes; 1 for rank 0. Throws Error where it does not fit 62 bits.
  int64_t elements() const;
  /// "[32, 784]".
  std::string str() const;
  friend bool operator==(const Shape &a, const Shape &b) {
    return a.rank == b.rank && std::equal(a.begin(), a.end(), b.begin());
  }

private:
  std::array<int64_t, DLC_MAX_RANK> axes{};
  size_t rank = 0;
};

class Tensor;

/// Borrowed elements, read-only. The memory must outlive the view. A view made from a vector or span is
/// *flat*: it has one axis, and a call takes its elements in the shape of the port.
class DLC_API TensorView {
public:
  TensorView() = default;
  TensorView(DType type, const Shape &dims, const void *data) : type(type), dims(dims), memory(data) {}
  TensorView(const Tensor &t);
  template <HasDType T> TensorView(std::span<const T> s) : TensorView(DTypeOf<T>::value, s.data(), s.size()) {}
  template <HasDType T> TensorView(std::span<T> s) : TensorView(DTypeOf<T>::value, s.data(), s.size()) {}
  template <HasDType T> TensorView(const std::vector<T> &v) : TensorView(DTypeOf<T>::value, v.data(), v.size()) {}
  template <HasDType T, size_t N> TensorView(const std::array<T, N> &a) : TensorView(DTypeOf<T>::value, a.data(), N) {}
  /// Rank 0, borrowing `value`.
  template <HasDType T> static TensorView scalar(const T &value) {
    return TensorView(DTypeOf<T>::value, Shape{}, &value);
  }

  DType dtype() const { return type; }
  const Shape &shape() const { return dims; }
  const void *data() const { return memory; }
  bool flat() const { return isFlat; }
  int64_t elements() const { return dims.elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * sizeOf(type); }
  /// The elements as T; throws Error if the tensor's type is another.
  template <HasDType T> std::span<const T> as() const {
    requireType(DTypeOf<T>::value);
    return {static_cast<const T *>(memory), static_cast<size_t>(elements())};
  }
  /// Rows [first, last) of the outermost axis.
  TensorView rows(int64_t first, int64_t last) const;
  /// The same elements in another shape; throws Error if their number differs.
  TensorView reshaped(const Shape &to) const;
  /// Element `index` (row-major) as a double, whatever the type.
  double at(int64_t index) const;

protected:
  TensorView(DType type, const void *data, size_t count)
      : type(type), dims{static_cast<int64_t>(count)}, memory(data), isFlat(true) {}
  void requireType(DType wanted) const;

  DType type = DType::F32;
  Shape dims{0};
  const void *memory = nullptr;
  bool isFlat = false;
};

/// Borrowed elements that may be written.
class DLC_API MutableTensorView : public TensorView {
public:
  MutableTensorView() = default;
  MutableTensorView(DType type, const Shape &dims, void *data) : TensorView(type, dims, data) {}
  MutableTensorView(Tensor &t);
  template <HasDType T> MutableTensorView(std::span<T> s) : TensorView(DTypeOf<T>::value, s.data(), s.size()) {}
  template <HasDType T> MutableTensorView(std::vector<T> &v) : TensorView(DTypeOf<T>::value, v.data(), v.size()) {}

  void *data() const { return const_cast<void *>(memory); }
  template <HasDType T> std::span<T> as() const {
    requireType(DTypeOf<T>::value);
    return {static_cast<T *>(data()), static_cast<size_t>(elements())};
  }
  MutableTensorView rows(int64_t first, int64_t last) const;
};

/// A tensor that owns its elements, 64-byte aligned. Copying copies them.
class DLC_API Tensor {
public:
  /// Rank 1, no element.
  Tensor() = default;
  /// Zeros.
  Tensor(DType type, const Shape &dims);
  /// A copy of what a view shows.
  explicit Tensor(TensorView view);
  /// From values, row-major: `Tensor({2, 2}, std::vector<float>{1, 2, 3, 4})`.
  template <HasDType T> Tensor(const Shape &dims, const std::vector<T> &values);
  Tensor(const Tensor &other);
  Tensor(Tensor &&other) noexcept;
  Tensor &operator=(const Tensor &other);
  Tensor &operator=(Tensor &&other) noexcept;
  ~Tensor();

  DType dtype() const { return type; }
  const Shape &shape() const { return dims; }
  int64_t elements() const { return dims.elements(); }
  size_t bytes() const { return static_cast<size_t>(elements()) * sizeOf(type); }
  const void *data() const { return memory; }
  void *data() { return memory; }
  /// Borrowed; not of a tensor that is gone at the end of the line.
  template <HasDType T> std::span<const T> as() const & { return TensorView(*this).as<T>(); }
  template <HasDType T> std::span<T> as() & { return MutableTensorView(*this).as<T>(); }
  template <HasDType T> void as() && = delete;
  template <HasDType T> void as() const && = delete;
  TensorView rows(int64_t first, int64_t last) const & { return TensorView(*this).rows(first, last); }
  void rows(int64_t first, int64_t last) const && = delete;
  double at(int64_t index) const { return TensorView(*this).at(index); }
  /// The same elements in another shape; throws Error if their number differs.
  Tensor &reshape(const Shape &to);
  /// A copy with the elements converted; to an integer type they are rounded toward zero, to Bool `!= 0`.
  Tensor to(DType wanted) const;

  /// The only element, as a number: `float loss = results["loss"]`. Throws Error if there is not exactly one.
  template <class T>
    requires std::is_arithmetic_v<T>
  operator T() const {
    return static_cast<T>(item());
  }
  double item() const;

private:
  DType type = DType::F32;
  Shape dims{0};
  void *memory = nullptr;
};

template <HasDType T>
Tensor::Tensor(const Shape &dims, const std::vector<T> &values)
    : Tensor(TensorView(std::span<const T>(values)).reshaped(dims)) {}

/// A name and a tensor: what files of several tensors hold.
struct NamedTensor {
  std::string name;
  Tensor value;
};
struct NamedView {
  std::string name;
  TensorView value;
};

} // namespace dlc

#endif // DLC_RUNTIME_TENSOR_H
