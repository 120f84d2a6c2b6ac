// Values.cpp - tensors from files and from JSON, and tensors to read.
// SPDX-License-Identifier: Apache-2.0
//
// See Values.h.
#include "tools/dlc-run/Values.h"
#include "runtime/File.h"
#include "runtime/Idx.h"
#include "runtime/Npy.h"
#include "tools/dlc-run/Text.h"

#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <limits>

namespace dlc::run {

namespace {

bool isFloat(DType type) { return type == DType::F32 || type == DType::F64; }

std::pair<int64_t, int64_t> integerRange(DType type) {
  switch (type) {
  case DType::I32:
    return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  case DType::U8:
    return {0, 255};
  case DType::Bool:
    return {0, 1};
  default:
    return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
  }
}

void storeInteger(Tensor &tensor, int64_t at, int64_t value) {
  switch (tensor.dtype()) {
  case DType::I32:
    tensor.as<int32_t>()[size_t(at)] = int32_t(value);
    break;
  case DType::I64:
    tensor.as<int64_t>()[size_t(at)] = value;
    break;
  default:
    static_cast<uint8_t *>(tensor.data())[at] = uint8_t(value);
    break;
  }
}

void storeDouble(Tensor &tensor, int64_t at, double value) {
  if (tensor.dtype() == DType::F32)
    tensor.as<float>()[size_t(at)] = float(value);
  else
    tensor.as<double>()[size_t(at)] = value;
}

int64_t integerAt(TensorView value, int64_t at) {
  switch (value.dtype()) {
  case DType::I32:
    return value.as<int32_t>()[size_t(at)];
  case DType::I64:
    return value.as<int64_t>()[size_t(at)];
  default:
    return static_cast<const uint8_t *>(value.data())[at];
  }
}

/// Reads nested lists: first the shape, along the first element of each list, then the elements in order.
class JsonReader {
public:
  JsonReader(DType type, const std::string &context) : type_(type), context_(context) {}

  Tensor read(const Json &json) {
    if (json.is_object())
      return readObject(json);
    std::vector<int64_t> shape;
    for (const Json *list = &json; list->is_array(); list = &(*list)[0]) {
      shape.push_back(int64_t(list->size()));
      if (list->empty())
        break;
    }
    checkRank(shape);
    // Before memory is asked for: what the first lists promise, the others may not keep.
    checkLengths(json, shape, 0);
    Tensor tensor(type_, shape);
    int64_t next = 0;
    fill(json, tensor, shape, 0, next);
    return tensor;
  }

private:
  [[noreturn]] void fail(const std::string &what) const { throw UserError(context_ + ": " + what); }

  void checkRank(const std::vector<int64_t> &shape) const {
    if (shape.size() > DLC_MAX_RANK)
      fail(fmt::format("lists nested {} deep; a tensor has at most {} axes", shape.size(), DLC_MAX_RANK));
  }

  Tensor readObject(const Json &json) {
    if (!json.contains("shape") || !json["shape"].is_array())
      fail("expected a nested list, or an object with \"shape\" and, flat, \"values\"");
    std::vector<int64_t> shape;
    for (const Json &extent : json["shape"]) {
      if (!extent.is_number_integer() || extent.get<int64_t>() < 0 || extent.get<int64_t>() > (int64_t(1) << 40))
        fail("\"shape\" is not a list of extents");
      shape.push_back(extent.get<int64_t>());
    }
    checkRank(shape);
    int64_t count = Shape(shape).elements();
    const Json values = json.value("values", Json::array());
    if (!values.is_array() || int64_t(values.size()) != count)
      fail(fmt::format("shape {} has {} elements, \"values\" has {}", shapeText(shape), count, values.size()));
    Tensor tensor(type_, shape);
    for (int64_t i = 0; i < count; ++i)
      store(values[size_t(i)], tensor, i);
    return tensor;
  }

  void checkLengths(const Json &json, const std::vector<int64_t> &shape, size_t depth) const {
    if (depth == shape.size())
      return;
    if (!json.is_array() || int64_t(json.size()) != shape[depth])
      fail(fmt::format("lists of different lengths: expected {} elements on axis {}, found {}", shape[depth], depth,
                       json.is_array() ? std::to_string(json.size()) : json.dump()));
    for (const Json &element : json)
      checkLengths(element, shape, depth + 1);
  }

  void fill(const Json &json, Tensor &tensor, const std::vector<int64_t> &shape, size_t depth, int64_t &next) {
    if (depth == shape.size()) {
      store(json, tensor, next++);
      return;
    }
    for (const Json &element : json)
      fill(element, tensor, shape, depth + 1, next);
  }

  void store(const Json &json, Tensor &tensor, int64_t at) {
    if (isFloat(type_)) {
      storeDouble(tensor, at, number(json));
      return;
    }
    int64_t value;
    if (json.is_boolean())
      value = json.get<bool>();
    else if (json.is_number_unsigned() && json.get<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max()))
      fail(fmt::format("{} does not fit {}", json.dump(), nameOf(type_)));
    else if (json.is_number_integer())
      value = json.get<int64_t>();
    else if (double real = number(json); real == std::floor(real) && std::abs(real) < 9e15)
      value = int64_t(real);
    else
      fail(fmt::format("{} is not a whole number, but the type is {}", json.dump(), nameOf(type_)));
    auto [low, high] = integerRange(type_);
    if (value < low || value > high)
      fail(fmt::format("{} does not fit {}", value, nameOf(type_)));
    storeInteger(tensor, at, value);
  }

  double number(const Json &json) const {
    if (json.is_number())
      return json.get<double>();
    if (json.is_boolean())
      return json.get<bool>();
    if (json.is_string()) {
      std::string word = json.get<std::string>();
      if (word == "nan")
        return std::numeric_limits<double>::quiet_NaN();
      if (word == "inf")
        return std::numeric_limits<double>::infinity();
      if (word == "-inf")
        return -std::numeric_limits<double>::infinity();
    }
    fail(fmt::format("{} is not a number", json.dump()));
  }

  DType type_;
  const std::string &context_;
};

/// The shape that a file of `rows` rows has for this port, or the file's own where the port has no leading
/// batch.
Shape rowsShape(const Port &port, const Tensor &value) {
  Shape shape = port.dims;
  if (shape.empty() || value.shape().empty())
    return value.shape();
  shape[0] = port.rowsAlong(0) ? value.shape()[0] : port.dims[0];
  return shape;
}

} // namespace

bool looksLikeJson(const std::string &text) {
  if (text == "true" || text == "false" || text == "nan" || text == "inf")
    return true;
  if (text.empty() || !std::strchr("[{-+.0123456789", text[0]))
    return false;
  if (text[0] == '[' || text[0] == '{')
    return true;
  // A file may be called 5.npy or ../x.npy: a number is one only if all of it is.
  try {
    parseNumber(text, "");
    return true;
  } catch (const UserError &) {
    return text == "-inf";
  }
}

FileTensor readTensorFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  char start[6] = {};
  file.read(start, sizeof start);
  if (file.gcount() >= 6 && std::memcmp(start, "\x93NUMPY", 6) == 0)
    return {readNpy(path), false};
  if (file.gcount() >= 4 && std::memcmp(start, "PK\3\4", 4) == 0)
    throw UserError(fmt::format("{} is an NPZ file, which holds several arrays: expected NPY or IDX here", path));
  bool gzip = file.gcount() >= 2 && start[0] == '\x1f' && start[1] == '\x8b';
  bool idx = file.gcount() >= 4 && start[0] == 0 && start[1] == 0;
  if (file && !gzip && !idx)
    throw UserError(fmt::format("{} is neither an NPY nor an IDX file", path));
  return {readIdx(path), true};
}

Tensor tensorFromJson(const Json &json, DType type, const std::string &context) {
  return JsonReader(type, context).read(json);
}

Json jsonFromTensor(TensorView value) {
  std::vector<int64_t> shape(value.shape().begin(), value.shape().end());
  int64_t next = 0;
  auto build = [&](auto &self, size_t depth) -> Json {
    if (depth == shape.size()) {
      int64_t at = next++;
      if (value.dtype() == DType::Bool)
        return integerAt(value, at) != 0;
      if (!isFloat(value.dtype()))
        return integerAt(value, at);
      double number = value.at(at);
      // A float is written with a float's digits: 0.1, not 0.10000000149011612.
      if (value.dtype() == DType::F32 && std::isfinite(number))
        return Json::parse(exactNumber(number, true));
      return jsonNumber(number);
    }
    Json list = Json::array();
    for (int64_t i = 0; i < shape[depth]; ++i)
      list.push_back(self(self, depth + 1));
    return list;
  };
  return build(build, 0);
}

Tensor converted(const Tensor &value, DType type, const std::string &context) {
  if (value.dtype() == type)
    return value;
  if (isFloat(type))
    return value.to(type);
  if (isFloat(value.dtype()))
    throw UserError(fmt::format("{}: found {}, expected {}: floats are not rounded to integers on the way in; save "
                                "the array as an integer one",
                                context, nameOf(value.dtype()), nameOf(type)));
  Tensor result(type, value.shape());
  auto [low, high] = integerRange(type);
  for (int64_t i = 0; i < value.elements(); ++i) {
    int64_t element = integerAt(value, i);
    if (element < low || element > high)
      throw UserError(fmt::format("{}: element {} is {}, which does not fit {}", context, indexText(value.shape(), i),
                                  element, nameOf(type)));
    storeInteger(result, i, element);
  }
  return result;
}

Tensor fileNumbers(const Port &port, const Tensor &value, Scales &scales, const std::string &context) {
  Tensor result = converted(value, port.type, context);
  if (Scale scale = scales.use(port, value.dtype()); !scale.keeps())
    scaleNumbers(port.type, result.data(), result.elements(), scale);
  return result;
}

Tensor readInput(const Port &port, const std::string &text, bool reshapeRows, Scales &scales,
                 const std::string &context, Filter filter) {
  if (looksLikeJson(text)) {
    scales.checkInline(port, context);
    bool word = text == "nan" || text == "inf" || text == "-inf";
    Json json = parseJson(word ? "\"" + text + "\"" : text[0] == '+' ? text.substr(1) : text);
    if (json.is_discarded())
      throw UserError(fmt::format("{}: '{}' is neither the name of a file nor a JSON value", context, text));
    return tensorFromJson(json, port.type, context);
  }
  if (std::vector<std::string> pictures = pictureFiles(text); !pictures.empty())
    return fileNumbers(port, readPictures(port, pictures, filter, context), scales, context);
  FileTensor file = readTensorFile(text);
  Tensor value = fileNumbers(port, file.value, scales, context);
  if (file.idx || reshapeRows) {
    Shape shape = rowsShape(port, value);
    if (shape.elements() == value.elements())
      value.reshape(shape);
  }
  return value;
}

std::string elementText(TensorView value, int64_t index) {
  if (value.dtype() == DType::Bool)
    return integerAt(value, index) ? "true" : "false";
  if (!isFloat(value.dtype()))
    return std::to_string(integerAt(value, index));
  return exactNumber(value.at(index), value.dtype() == DType::F32);
}

std::string tensorText(std::string_view name, TensorView value) {
  const Shape &shape = value.shape();
  std::string text = fmt::format("{}: {}{} =", name, nameOf(value.dtype()), shape.str());
  int64_t next = 0;
  auto print = [&](auto &self, size_t depth) -> std::string {
    if (depth == shape.size())
      return elementText(value, next++);
    std::string list = "[";
    for (int64_t i = 0; i < shape[depth]; ++i) {
      if (i)
        list += depth + 1 == shape.size() ? ", " : ",\n" + std::string(depth + 3, ' ');
      list += self(self, depth + 1);
    }
    return list + "]";
  };
  return text + (shape.size() > 1 ? "\n  " : " ") + print(print, 0);
}

std::string indexText(const Shape &shape, int64_t flat) {
  if (shape.empty())
    return "";
  std::vector<int64_t> index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = shape[axis] ? flat % shape[axis] : 0;
    flat /= std::max<int64_t>(shape[axis], 1);
  }
  return shapeText(index);
}

} // namespace dlc::run
