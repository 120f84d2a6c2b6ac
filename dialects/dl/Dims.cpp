// Dims.cpp - sizes as products of a number and open sizes, and tensors whose axes have such sizes.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/Program.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace dlc;

//===--- Sizes --------------------------------------------------------------------------------------------===//

int64_t Extents::operator[](StringAttr name) const {
  for (auto [own, number] : all)
    if (own == name)
      return number;
  return otherwise;
}

static bool comesFirst(Attribute a, Attribute b) {
  StringRef x = cast<StringAttr>(a).getValue(), y = cast<StringAttr>(b).getValue();
  return x != y && (x == "batch" || (y != "batch" && x < y));
}
static ArrayAttr openOf(MLIRContext *context, SmallVector<Attribute> names) {
  llvm::sort(names, comesFirst);
  return names.empty() ? ArrayAttr() : ArrayAttr::get(context, names);
}
static ArrayRef<Attribute> namesOf(Dim dim) { return dim.open ? dim.open.getValue() : ArrayRef<Attribute>(); }

unsigned Dim::power(StringRef name) const {
  return llvm::count_if(namesOf(*this), [&](Attribute one) { return cast<StringAttr>(one).getValue() == name; });
}
bool Dim::fitsAxis() const {
  ArrayRef<Attribute> names = namesOf(*this);
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}
int64_t Dim::at(const Extents &extents) const {
  int64_t size = value;
  for (Attribute name : namesOf(*this))
    if (llvm::MulOverflow(size, extents[cast<StringAttr>(name)], size))
      return INT64_MAX;
  return size;
}
Dim dlc::operator*(Dim a, Dim b) {
  if (a == Dim(0) || b == Dim(0))
    return 0;
  int64_t product;
  if (a.isUnknown() || b.isUnknown() || llvm::MulOverflow(a.value, b.value, product))
    return {};
  if (!a.open || !b.open)
    return Dim(product, a.open ? a.open : b.open);
  SmallVector<Attribute> names(namesOf(a));
  llvm::append_range(names, namesOf(b));
  return Dim(product, openOf(a.open.getContext(), names));
}
Dim dlc::operator/(Dim a, Dim b) {
  if (a.isUnknown() || b.isUnknown() || b.value == 0 || a.value % b.value)
    return {};
  SmallVector<Attribute> names(namesOf(a));
  for (Attribute name : namesOf(b)) {
    auto *found = llvm::find(names, name);
    if (found == names.end())
      return {};
    names.erase(found);
  }
  return Dim(a.value / b.value, names.empty() ? ArrayAttr() : openOf(a.open.getContext(), names));
}
Dim dlc::operator+(Dim a, Dim b) {
  if (a == Dim(0) || b == Dim(0))
    return a == Dim(0) ? b : a;
  int64_t sum;
  bool fits = !a.isUnknown() && !b.isUnknown() && a.open == b.open && !llvm::AddOverflow(a.value, b.value, sum);
  return fits ? Dim(sum, a.open) : Dim();
}
Dim dlc::openSize(StringAttr name) { return Dim(1, ArrayAttr::get(name.getContext(), name)); }
Dim dlc::withoutRows(Dim dim) {
  while (dim.hasRows())
    dim = dim / openSize(cast<StringAttr>(dim.open[0]));
  return dim;
}
std::string dlc::show(Dim dim) {
  if (dim.isUnknown())
    return "?";
  std::string text = dim.isOpen() && dim.value == 1 ? "" : std::to_string(dim.value);
  for (Attribute name : namesOf(dim))
    text += (text.empty() ? "" : " * ") + cast<StringAttr>(name).str();
  return text;
}
std::string dlc::openPart(Dim dim) {
  std::string text = show(Dim(1, dim.open));
  return text == "batch" ? "the batch" : text;
}
ParseResult dlc::parseDim(AsmParser &parser, Dim &dim) {
  SmallVector<Attribute> names;
  int64_t value = 1;
  OptionalParseResult number = parser.parseOptionalInteger(value);
  if (number.has_value() && failed(*number))
    return failure();
  bool more = !number.has_value() || succeeded(parser.parseOptionalStar());
  while (more) {
    StringRef name;
    if (parser.parseKeyword(&name))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(name));
    more = succeeded(parser.parseOptionalStar());
  }
  dim = Dim(value, openOf(parser.getContext(), names));
  return success();
}
Dim OpenAttr::numberOf(OpenAttr list) { return list && list.getDims().size() == 1 ? list.getDims()[0] : Dim(); }

//===--- Tensors ------------------------------------------------------------------------------------------===//

RankedTensorType dlc::makeTensor(ArrayRef<Dim> dims, Type elementType) {
  SmallVector<int64_t> shape;
  SmallVector<Dim> encoded;
  bool open = false;
  for (Dim dim : dims) {
    shape.push_back(dim.isNumber() ? dim.value : ShapedType::kDynamic);
    encoded.push_back(dim.isOpen() && dim.fitsAxis() ? dim : Dim(0));
    open |= encoded.back().isOpen();
  }
  return RankedTensorType::get(shape, elementType,
                               open ? OpenAttr::get(elementType.getContext(), encoded) : OpenAttr());
}
Dim dlc::dimOf(RankedTensorType type, unsigned axis) {
  auto open = dyn_cast_or_null<OpenAttr>(type.getEncoding());
  auto placed = dyn_cast_or_null<PlacedAttr>(type.getEncoding());
  ArrayRef<Dim> dims = open ? open.getDims() : placed ? placed.getDims() : ArrayRef<Dim>();
  if (axis < dims.size())
    if (Dim dim = dims[axis]; dim.isOpen() && dim.value > 0 && dim.fitsAxis())
      return dim;
  return Dim(type.getDimSize(axis));
}
SmallVector<Dim> dlc::dimsOf(RankedTensorType type) {
  return llvm::map_to_vector(llvm::seq<unsigned>(0, type.getRank()), [&](unsigned i) { return dimOf(type, i); });
}

bool dlc::hasRowsFirst(RankedTensorType type) {
  SmallVector<Dim> dims = dimsOf(type);
  return llvm::none_of(dims, [](Dim dim) { return dim.isUnknown(); }) &&
         llvm::all_of(llvm::drop_begin(dims, std::min<size_t>(dims.size(), 1)), [](Dim dim) { return dim.isNumber(); });
}

/// Of the tensor that lies by itself, alone or around this one.
static SmallVector<Dim> axesOf(RankedTensorType type) {
  auto placed = dyn_cast_or_null<PlacedAttr>(type.getEncoding());
  return placed && (int64_t)placed.getWithin().size() == type.getRank() ? llvm::to_vector(placed.getWithin())
                                                                        : dimsOf(type);
}
bool dlc::isPlaced(RankedTensorType type) { return isa_and_nonnull<PlacedAttr>(type.getEncoding()); }
RankedTensorType dlc::unplaced(RankedTensorType type) {
  return isPlaced(type) ? makeTensor(dimsOf(type), type.getElementType()) : type;
}
RankedTensorType dlc::placedIn(RankedTensorType type, RankedTensorType larger) {
  SmallVector<Dim> own = dimsOf(type), within = axesOf(larger);
  if (stridesOf(larger) == stridesOf(unplaced(type)))
    return unplaced(type);
  within[0] = 0;
  for (Dim &dim : own)
    dim = dim.isOpen() ? dim : Dim(0);
  return RankedTensorType::get(type.getShape(), type.getElementType(), PlacedAttr::get(type.getContext(), own, within));
}
SmallVector<Dim> dlc::stridesOf(RankedTensorType type) {
  SmallVector<Dim> dims = axesOf(type), strides(dims.size());
  Dim stride = 1;
  for (int i = (int)dims.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride = stride * dims[i];
  }
  return strides;
}
Dim dlc::elementsOf(RankedTensorType type) {
  Dim count = 1;
  for (Dim dim : dimsOf(type))
    count = count * dim;
  return count;
}
