// EvaluateTest.cpp - the evaluator against numbers that were computed elsewhere: the cases of test/exec, one test for
// each op. SPDX-License-Identifier: Apache-2.0
#include "compiler/Passes.h"
#include "compiler/Pipeline.h"
#include "compiler/evaluate/Entries.h"
#include "compiler/import/ReadModel.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace dlc;

namespace {
struct Numbers {
  std::vector<int64_t> shape;
  std::vector<double> reals;
  std::vector<int64_t> integers; ///< the same, exact where they are whole
};

void append(const llvm::json::Value &json, size_t depth, Numbers &numbers) {
  if (const llvm::json::Array *rows = json.getAsArray()) {
    if (numbers.shape.size() == depth)
      numbers.shape.push_back(rows->size());
    for (const llvm::json::Value &row : *rows)
      append(row, depth + 1, numbers);
    return;
  }
  double real = 0;
  if (auto text = json.getAsString())
    real = *text == "nan" ? NAN : *text == "inf" ? INFINITY : -INFINITY;
  else if (auto truth = json.getAsBoolean())
    real = *truth;
  else
    real = *json.getAsNumber();
  numbers.reals.push_back(real);
  numbers.integers.push_back(json.getAsInteger().value_or(std::isfinite(real) ? (int64_t)real : 0));
}
Numbers read(const llvm::json::Value &json) {
  Numbers numbers;
  const llvm::json::Object *object = json.getAsObject();
  if (!object) {
    append(json, 0, numbers);
    return numbers;
  }
  if (const llvm::json::Value *flat = object->get("values"))
    append(*flat, 0, numbers);
  numbers.shape.clear();
  for (const llvm::json::Value &size : *object->getArray("shape"))
    numbers.shape.push_back(*size.getAsInteger());
  return numbers;
}
Array toArray(const Numbers &numbers, dlc_dtype type) {
  Array array = Array::make(type, numbers.shape);
  if (!array.isFloat())
    array.integers = numbers.integers;
  for (auto [to, from] : llvm::zip(array.reals, numbers.reals))
    to = type == DLC_F32 ? (float)from : from;
  return array;
}

class EvaluateTest : public testing::Test {
protected:
  EvaluateTest() : registry(makeRegistry()), context(registry, MLIRContext::Threading::DISABLED), reporter(context) {
    context.loadAllAvailableDialects();
  }
  void runCase(ModuleOp module, const llvm::json::Object &about);

  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerDialects(registry);
    return registry;
  }
  DialectRegistry registry;
  MLIRContext context;
  Reporter reporter;
};
class EvaluateCases : public EvaluateTest, public testing::WithParamInterface<std::string> {
protected:
  void runCases(bool doubles);
};

void EvaluateTest::runCase(ModuleOp module, const llvm::json::Object &about) {
  EntryOp entry = findEntry(module, *about.getString("entry"));
  ASSERT_TRUE(entry);
  const llvm::json::Object *inputs = about.getObject("inputs"), *parameters = about.getObject("parameters");
  std::vector<Argument> arguments = argumentsOf(entry);
  auto given = [&](const Argument &argument) -> const llvm::json::Value * {
    const llvm::json::Object *from = argument.kind == "input" ? inputs : parameters;
    return from ? from->get(argument.name) : nullptr;
  };
  Extents extents;
  llvm::DenseSet<StringAttr> known;
  for (const Argument &argument : arguments)
    if (const llvm::json::Value *json = given(argument))
      for (auto [dim, size] : llvm::zip(dimsOf(argument.value), read(*json).shape))
        if (dim.isOpen() && dim.open.size() == 1)
          if (auto name = cast<StringAttr>(dim.open[0]); known.insert(name).second)
            extents.add(name, size / dim.value);
  std::vector<Array> values;
  for (const Argument &argument : arguments) {
    const llvm::json::Value *json = given(argument);
    values.push_back(json ? toArray(read(*json), argument.type)
                          : defaultValue(argument, shapeOf(argument.value, extents),
                                         about.getInteger("seed").value_or(0), about.getInteger("step").value_or(1)));
  }
  auto results = evaluate(entry, values, extents);
  if (about.get("error")) {
    EXPECT_TRUE(failed(results)) << "expected an error with " << about.getString("error")->str();
    return;
  }
  ASSERT_TRUE(succeeded(results));
  std::vector<std::string> names = resultNames(entry);
  for (const auto &[name, json] : *about.getObject("expect")) {
    auto at = llvm::find(names, name.str());
    if (at == names.end())
      continue; // a parameter that the call leaves alone
    const Array &found = (*results)[at - names.begin()];
    Numbers expected = read(json);
    ASSERT_EQ(found.shape, expected.shape) << name.str();
    for (int64_t i = 0; i < found.size(); ++i) {
      if (!found.isFloat()) {
        ASSERT_EQ(found.integers[i], expected.integers[i]) << name.str() << ", element " << i;
        continue;
      }
      double a = found.reals[i], b = expected.reals[i];
      if (a == b || (std::isnan(a) && std::isnan(b)))
        continue;
      // A constant or a conversion of the model's that is f32 is rounded so.
      double allowed = (found.type == DLC_F32 ? 1e-6 : 1e-12) * std::max(std::fabs(b), 1.0);
      // A count of what is drawn at random is within bounds only.
      ASSERT_LE(std::fabs(a - b), std::max(allowed, about.getNumber("absolute").value_or(0)))
          << name.str() << ", element " << i;
    }
  }
}
void EvaluateCases::runCases(bool doubles) {
  std::string folder = DLC_TEST_FOLDER "/exec/";
  auto text = llvm::MemoryBuffer::getFile(folder + "Inputs/" + GetParam() + ".json");
  ASSERT_TRUE(bool(text)) << "there are no cases for " << GetParam();
  auto cases = llvm::json::parse((*text)->getBuffer());
  ASSERT_TRUE(bool(cases));
  auto [isRight, module] = readModel(folder + GetParam() + ".mlir", context);
  ASSERT_TRUE(isRight);
  CompileOptions options;
  options.doubles = doubles;
  ASSERT_TRUE(succeeded(runTo("autodiff", *module, options)));
  writeOutMaps(*module->getOps<ModelOp>().begin());
  size_t number = 0;
  for (const llvm::json::Value &one : *cases->getAsArray()) {
    if (one.getAsObject()->get("repeat") || one.getAsObject()->get("scalars"))
      continue; // what a call leaves behind, and what it sets, is the runtime's
    SCOPED_TRACE("case " + std::to_string(++number) + ", @" + one.getAsObject()->getString("entry")->str());
    runCase(*module, *one.getAsObject());
  }
  EXPECT_FALSE(cases->getAsArray()->empty());
}

TEST_P(EvaluateCases, AsWritten) { runCases(false); }
class EvaluateCasesInDouble : public EvaluateCases {};
TEST_P(EvaluateCasesInDouble, InDouble) { runCases(true); }

/// The files of test/exec that come with cases; `doubles`: those whose cases hold in f64 as well.
std::vector<std::string> ops(bool doubles) {
  std::vector<std::string> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(DLC_TEST_FOLDER "/exec", error), end; at != end && !error;
       at.increment(error))
    if (StringRef name = llvm::sys::path::stem(at->path());
        llvm::sys::path::extension(at->path()) == ".mlir" &&
        llvm::sys::fs::exists(DLC_TEST_FOLDER "/exec/Inputs/" + name + ".json"))
      if (auto text = llvm::MemoryBuffer::getFile(at->path());
          text &&
          (!doubles || (*text)->getBuffer().contains("--float f64") || (*text)->getBuffer().contains("--float=f64")))
        names.push_back(name.str());
  llvm::sort(names);
  return names;
}

TEST_F(EvaluateTest, SaysWhatItCannotDo) {
  auto [isRight, module] = readModel(DLC_TEST_FOLDER "/grad/sub.mlir", context);
  ASSERT_TRUE(isRight);
  ASSERT_TRUE(succeeded(runTo("graph", *module, {})));
  EXPECT_FALSE(findEntry(*module, "nowhere"));
  EntryOp entry = findEntry(*module, "t.gradients");
  ASSERT_TRUE(entry);
  std::vector<Array> values;
  for (const Argument &argument : argumentsOf(entry))
    values.push_back(defaultValue(argument, shapeOf(argument.value, Extents()), 0, 1));
  EXPECT_TRUE(failed(evaluate(entry, values, Extents()))) << "gradients are no plain ops yet";
  EXPECT_TRUE(reporter.hasErrors());
}

std::string nameOfCase(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param; // GoogleTest takes letters, digits and underlines
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Ops, EvaluateCases, testing::ValuesIn(ops(false)), nameOfCase);
INSTANTIATE_TEST_SUITE_P(Ops, EvaluateCasesInDouble, testing::ValuesIn(ops(true)), nameOfCase);
} // namespace
