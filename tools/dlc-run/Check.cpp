// Check.cpp - dlc-run check: stored cases against a library.
// SPDX-License-Identifier: Apache-2.0
//
// A case names an entry point, inputs, and what must come out, as numbers that were computed elsewhere. Every
// mismatch of every case is reported, up to a few for each tensor.
#include "runtime/File.h"
#include "runtime/Model.h"
#include "tools/dlc-run/Commands.h"
#include "tools/dlc-run/Common.h"
#include "tools/dlc-run/Invocation.h"
#include "tools/dlc-run/Values.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dlc::run {

namespace {

/// What the JSON library says, without its own name and number.
std::string reason(const Json::exception &error) {
  std::string_view text = error.what();
  size_t end = text.starts_with("[json.") ? text.find("] ") : std::string_view::npos;
  return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

/// How far a number may be off, as a case says.
double toleranceIn(const Json &object, const char *key, double otherwise) {
  if (!object.contains(key))
    return otherwise;
  const Json &value = object[key];
  if (!value.is_number() || !(value.get<double>() >= 0))
    throw UserError(fmt::format("\"{}\" is {}; expected a number, 0 or more", key, value.dump()));
  return value.get<double>();
}

constexpr int shownMismatches = 5; // of one tensor

class Checker {
public:
  Checker(const Model &model, std::string file) : model_(model), file_(std::move(file)) {}

  /// True if the case passed; its problems are printed otherwise.
  bool check(const Json &object, size_t number);

private:
  void run(const Json &object);
  void compare(const std::string &name, const Tensor &found, const Json &expected, const Json &object);
  void problem(const std::string &text) {
    fmt::print("{}: {}\n", title_, text);
    passed_ = false;
  }

  const Model &model_;
  std::string file_, title_;
  bool passed_ = true;
};

bool Checker::check(const Json &object, size_t number) {
  title_ = fmt::format("{}: case {}", file_, number);
  passed_ = true;
  if (!object.is_object()) {
    problem("expected an object with \"entry\", \"inputs\" and \"expect\"");
    return false;
  }
  static const std::vector<std::string> known = {"name",  "entry",     "inputs",   "parameters", "scalars", "expect",
                                                 "error", "tolerance", "absolute", "seed",       "step",    "repeat"};
  for (auto &[key, value] : object.items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      problem(unknownName("member", key, "", "members", known));
  if (object.contains("name") && object["name"].is_string())
    title_ += fmt::format(" ({})", object["name"].get<std::string>());
  std::string expectedError;
  try {
    if (object.contains("error"))
      expectedError = object["error"].get<std::string>();
    run(object);
    if (!expectedError.empty())
      problem(fmt::format("expected an error with '{}', but the call succeeded", expectedError));
  } catch (const std::runtime_error &error) {
    if (expectedError.empty())
      problem(error.what());
    else if (std::string(error.what()).find(expectedError) == std::string::npos)
      problem(fmt::format("expected an error with '{}', found: {}", expectedError, error.what()));
  } catch (const Json::exception &error) {
    problem(fmt::format("a member has the wrong type: {}", reason(error)));
  }
  return passed_;
}

void Checker::run(const Json &object) {
  if (!object.contains("entry"))
    throw UserError("\"entry\" is missing");
  if (!object.contains("expect") && !object.contains("error"))
    throw UserError("\"expect\" is missing");
  const Entry &entry = findEntry(model_, object["entry"].get<std::string>());
  // Named, for a loop over items() does not keep what it iterates alive.
  Json given = object.value("inputs", Json::object()), weights = object.value("parameters", Json::object()),
       settings = object.value("scalars", Json::object()), expectations = object.value("expect", Json::object());
  std::vector<std::pair<size_t, Tensor>> values;
  for (auto &[name, value] : given.items()) {
    size_t index = findInput(entry, name, "inputs");
    values.emplace_back(index, tensorFromJson(value, entry.inputs[index].type, fmt::format("input '{}'", name)));
  }
  std::vector<Input> inputs;
  for (auto &[index, value] : values)
    inputs.emplace_back(entry.inputs[index].name, value);

  std::optional<uint64_t> seed;
  if (object.contains("seed"))
    seed = object["seed"].get<uint64_t>();
  Invocation invocation(model_, entry, "", seed, /*onlyReads=*/false);
  for (auto &[name, value] : weights.items()) {
    const TensorInfo *info = model_.findTensor(name);
    invocation.setTensor(name,
                         info ? tensorFromJson(value, info->type, fmt::format("parameter '{}'", name)) : Tensor());
  }
  CallOptions options;
  std::vector<std::string> scalars;
  for (auto &[name, value] : settings.items())
    scalars.push_back(fmt::format("{}={}", name, value.get<double>()));
  for (auto &[name, value] : parseScalars(entry, scalars)) {
    if (isTraining(entry))
      invocation.training()->set(name, value);
    else
      options.scalars.emplace_back(name, value);
  }
  if (object.contains("step")) {
    if (isTraining(entry))
      invocation.training()->setStep(object["step"].get<int64_t>() - 1);
    else
      options.step = object["step"].get<int64_t>();
  }
  Results results;
  int64_t repeat = object.value("repeat", int64_t(1));
  if (repeat < 1)
    throw UserError(fmt::format("\"repeat\" is {}; expected 1 or more", repeat));
  for (int64_t i = 0; i < repeat; ++i)
    results = invocation.call(inputs, options);

  for (auto &[name, expected] : expectations.items()) {
    std::optional<Tensor> found;
    for (const NamedTensor &result : results)
      if (result.name == name)
        found = result.value;
    if (!found)
      found = invocation.tensor(name);
    if (!found) {
      std::vector<std::string> names = namesOf(entry.outputs);
      for (const TensorInfo &tensor : model_.tensors())
        names.emplace_back(tensor.name);
      throw UserError(unknownName("output or tensor", name, fmt::format(" of '{}'", entry.name), "known ones", names));
    }
    compare(name, *found, expected, object);
  }
}

void Checker::compare(const std::string &name, const Tensor &found, const Json &expected, const Json &object) {
  bool real = found.dtype() == DType::F32 || found.dtype() == DType::F64;
  bool single = found.dtype() == DType::F32;
  // Expected numbers are kept in double, or the comparison would hide what single precision rounds away.
  Tensor wanted = tensorFromJson(expected, real ? DType::F64 : found.dtype(), fmt::format("expected '{}'", name));
  if (!(wanted.shape() == found.shape())) {
    problem(fmt::format("'{}' has shape {}, expected {}", name, found.shape().str(), wanted.shape().str()));
    return;
  }
  double relative = toleranceIn(object, "tolerance", single ? 1e-5 : real ? 1e-12 : 0.0);
  double absolute = toleranceIn(object, "absolute", relative);
  int64_t wrong = 0;
  for (int64_t i = 0; i < found.elements(); ++i) {
    double a = found.at(i), b = wanted.at(i);
    bool equal =
        (std::isnan(a) && std::isnan(b)) || a == b ||
        (std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= std::max(relative * std::abs(b), absolute));
    if (!real)
      equal = elementText(found, i) == elementText(wanted, i);
    if (equal || ++wrong > shownMismatches)
      continue;
    problem(fmt::format("'{}'{}: found {}, expected {}{}", name, indexText(found.shape(), i), elementText(found, i),
                        elementText(wanted, i),
                        real ? fmt::format(" (off by {:.3g}, allowed {:.3g})", std::abs(a - b),
                                           std::max(relative * std::abs(b), absolute))
                             : ""));
  }
  if (wrong > shownMismatches)
    problem(fmt::format("'{}': {} of {} elements are wrong", name, wrong, found.elements()));
}

void check(const ModelArguments &arguments, const std::string &path) {
  std::vector<uint8_t> bytes = readFile(path);
  std::string problem;
  Json cases = parseJson({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, &problem);
  if (cases.is_discarded())
    throw UserError(fmt::format("{} is not JSON: {}", path, problem));
  if (!cases.is_array())
    throw UserError(fmt::format("{}: expected a list of cases", path));
  if (cases.empty())
    throw UserError(fmt::format("{}: there is no case in it", path));
  Model model = arguments.open();
  Checker checker(model, path);
  size_t passed = 0, number = 0;
  for (const Json &object : cases)
    passed += checker.check(object, ++number);
  fmt::print("{} case{} passed\n", passed, passed == 1 ? "" : "s");
  if (passed < cases.size()) {
    fmt::print("{} failed\n", cases.size() - passed);
    exitCode() = 1;
  }
}

} // namespace

void addCheck(CLI::App &app) {
  CLI::App &command =
      addSubcommand(app, "check", "Compare a model with stored inputs and outputs",
                    "dlc-run check mnist.so cases.json\n\n"
                    "cases.json is a list of objects:\n"
                    "  [{\"entry\": \"predict\", \"inputs\": {\"x\": [[1, 2]]},\n"
                    "    \"parameters\": {\"fc.bias\": [0.5]},\n"
                    "    \"expect\": {\"y\": [[\"nan\", 2]]}, \"tolerance\": 1e-6}]\n"
                    "and may have \"name\", \"scalars\", \"seed\", \"step\", \"repeat\", \"absolute\" (the least\n"
                    "difference that is allowed; \"tolerance\" is relative), and \"error\" (words of the\n"
                    "message that the call must fail with). \"expect\" takes outputs, and parameters,\n"
                    "buffers and optimizer slots after the call. A tensor without elements is\n"
                    "{\"shape\": [0, 3]}.");
  auto arguments = std::make_shared<ModelArguments>();
  auto path = std::make_shared<std::string>();
  arguments->addTo(command);
  command.add_option("CASES", *path, "The cases, as JSON")->required()->option_text(" ");
  command.callback([arguments, path] { check(*arguments, *path); });
}

} // namespace dlc::run
