// Flatten.cpp - entry points as flat, pure functions.
// SPDX-License-Identifier: Apache-2.0
//
//   func @f   =>   entry function @f
#include "compiler/graph/Extents.h"
#include "compiler/graph/Flattener.h"
#include "dialects/dl/Ports.h"
#include "dialects/nn/NN.h"
#include "runtime/abi.h"

using namespace mlir;
using namespace dlc;

/// A library gives names as C strings, and one without characters as none.
static LogicalResult checkName(const Twine &what, StringRef name, Location loc) {
  if (name.empty())
    return complain(loc) << what << " has no name; expected at least one character between the quotes";
  if (name.contains('\0'))
    return complain(loc) << what << " has a name with the character NUL in it, which no name of a library can hold";
  return success();
}
LogicalResult EntryBuilder::check() {
  LogicalResult right = checkName("this entry point", name, loc);
  auto look = [&](Value value, DictionaryAttr attrs) {
    for (StringRef key : {"input", "output", "parameter", "buffer", "session"}) {
      auto label = attrs.getAs<StringAttr>(key);
      auto tensor = dyn_cast<RankedTensorType>(value.getType());
      if (!label)
        continue;
      if (failed(checkName("this " + key.str(), label, value.getLoc())))
        right = failure();
      if (tensor && tensor.getRank() > DLC_MAX_RANK)
        right = complain(value.getLoc()) << key << " '" << label.getValue() << "': expected at most " << DLC_MAX_RANK
                                         << " axes, found " << tensor.getRank() << ", " << show(value);
    }
  };
  for (BlockArgument argument : body.getArguments())
    look(argument, attributes.lookup(argument));
  for (auto [value, attrs] : llvm::zip(results, resultAttrs))
    look(value, cast<DictionaryAttr>(attrs));
  return right;
}
LogicalResult EntryBuilder::create(OpBuilder &at) {
  if (failed(check()))
    return failure();
  ReturnOp::create(builder, loc, results);
  SmallVector<Attribute> argAttrs, types;
  for (BlockArgument argument : body.getArguments())
    argAttrs.push_back(attributes.lookup(argument));
  for (Value value : results)
    types.push_back(TypeAttr::get(value.getType()));
  auto entry = EntryOp::create(at, loc, name, kind, at.getArrayAttr(argAttrs), at.getArrayAttr(resultAttrs),
                               at.getArrayAttr(types));
  if (parts > 1)
    entry->setAttr("dl.accumulate", at.getI64IntegerAttr(parts));
  entry.getBody().push_back(owned.release());
  return success();
}

std::string Flattener::outputName(FuncOp function, size_t i) {
  StringRef own = cast<StringAttr>(function.getResultNames()[i]).getValue();
  return own.empty() ? function.getResultNames().size() == 1 ? "result" : "result" + std::to_string(i) : own.str();
}

/// One name is one tensor, in all entry points.
LogicalResult Flattener::remember(ArrayRef<Stored> parameters, ArrayRef<Value> results) {
  LogicalResult result = success();
  for (const Stored &one : parameters) {
    if (!one.value.use_empty() || llvm::is_contained(results, one.value) || one.kind != Stored::Parameter)
      read.insert(one.name);
    auto [it, isNew] = all.try_emplace(one.name, one);
    for (StringRef taken : {"optimizer.", "session."})
      if (isNew && StringRef(one.name).starts_with(taken))
        result = complain(one.loc) << "a parameter cannot be called '" << one.name << "': in a checkpoint, names that "
                                   << "begin with '" << taken << "' are those of "
                                   << (taken == "session." ? "session state" : "optimizer slots")
                                   << "; give it, or the scope, another name";
    if (it->second.kind != one.kind) {
      InFlightDiagnostic error = complain(one.loc) << "'" << one.name << "' is a " << textOf(one.kind)
                                                   << " here; one name is one of the two";
      error.attachNote(it->second.loc) << "and a " << textOf(it->second.kind) << " here";
      result = failure();
      continue;
    }
    if (isNew || (it->second.type == one.type && it->second.init == one.init))
      continue;
    InFlightDiagnostic error = complain(one.loc)
                               << "'" << one.name << "' is " << show(one.type) << " = " << show(one.init)
                               << " here; one parameter has one shape and one initialiser";
    error.attachNote(it->second.loc) << "and " << show(it->second.type) << " = " << show(it->second.init) << " here";
    result = failure();
  }
  return result;
}

FailureOr<SmallVector<Value>> Flattener::inputs(FuncOp function, EntryBuilder &b) {
  Inliner sizes(model, functions, at, options.sizes, nullptr);
  if (failed(checkConcrete(function, sizes.sizes())))
    return failure();
  SmallVector<Value> values;
  for (auto [argument, name, shape] :
       llvm::zip(function.getBody().getArguments(), function.getArgNames().getAsRange<StringAttr>(),
                 function.getArgShapes().getAsRange<ShapeAttr>()))
    values.push_back(b.input(name, shape.evaluate(sizes.sizes()), argument.getLoc()));
  return values;
}

FailureOr<SmallVector<Value>> Flattener::body(FuncOp function, EntryBuilder &b, Inliner &inliner, bool training,
                                              bool remembers) {
  auto arguments = inputs(function, b);
  if (failed(arguments))
    return failure();
  auto results = inliner.run(function, *arguments, training, remembers);
  if (failed(results) || failed(remember(inliner.parameters, *results)))
    return failure();
  for (const Stored &one : inliner.parameters)
    b.describe(one.value, storedKinds[one.kind], at.getStringAttr(one.name), {at.getNamedAttr("init", one.init)});
  if (inliner.random)
    b.describe(inliner.random, "random", at.getUnitAttr());
  return results;
}

LogicalResult Flattener::entry(FuncOp function) {
  bool session = function.getSession();
  EntryBuilder b(model, function.getSymName(), session ? "session" : "function", function.getLoc());
  Inliner inliner(model, functions, b.builder, options.sizes, &b.body);
  auto results = body(function, b, inliner, /*training=*/false, /*remembers=*/session);
  if (failed(results))
    return failure();
  if (session && llvm::none_of(inliner.parameters, [](const Stored &one) { return one.kind == Stored::Session; }))
    warn(function.getLoc())
        << "session @" << function.getSymName()
        << " remembers nothing: no `state session` and no `stateful` layer is in what it calls; write `func`";
  for (auto [i, value] : llvm::enumerate(*results))
    b.result(value, "output", outputName(function, i));
  b.updates(inliner.parameters);
  return b.create(at);
}

/// Layers, parameters and calls that nothing which is returned depends on: written, and forgotten.
static void warnOfUnused(FuncOp function) {
  Block &block = function.getBody().front();
  DenseSet<Operation *> used;
  for (Operation &op : llvm::reverse(block)) {
    if (!op.hasTrait<OpTrait::IsTerminator>() && !used.contains(&op)) {
      StringRef name = op.getName().getStringRef();
      name.consume_front("dl.");
      if (isa<nn::LayerOpInterface, ParamOp, CallOp>(op))
        warn(op.getLoc()) << "nothing that @" << function.getSymName() << " returns depends on this `" << name
                          << "`; use its result, or leave it out";
      continue;
    }
    op.walk([&](Operation *inner) {
      for (Value operand : inner->getOperands())
        used.insert(operand.getDefiningOp());
    });
  }
}
//===--- The model --------------------------------------------------------------------------------------===//

/// Calls are inlined: functions that each call the one above twice double the ops with every one of them. What would
/// come of it is counted before it is made.
LogicalResult Flattener::countOps() {
  constexpr int64_t most = 1 << 17,
                    deepest = 256; // places keep the calls that led to an op, and are walked recursively
  struct Count {
    int64_t ops = 0, depth = 0;
    Operation *largest = nullptr; ///< the call that brings in most of them
    int64_t of = -1;
  };
  llvm::StringMap<Count> counts;
  Sizes sizes = Inliner(model, functions, at, options.sizes, nullptr).sizes();
  // Of a count that is not known yet, as of one that is out of range, other messages tell.
  auto numberOf = [&](SizeAttr size) { return std::clamp<int64_t>(size.number(sizes), 1, most + 1); };
  // How often an op is written out: a scan with a scope writes each of its rounds.
  auto timesOf = [&](Operation *op) {
    int64_t times = 1;
    for (auto scan = op->getParentOfType<ScanOp>(); scan; scan = scan->getParentOfType<ScanOp>())
      if (scan.getScope() && scan.getCount())
        times = std::min(times * numberOf(*scan.getCount()), most + 1);
    return times;
  };
  for (auto function : model.getBody().getOps<FuncOp>()) { // what is called stands above
    Count own;
    LogicalResult good = success();
    function.getBody().walk([&](Operation *op) {
      int64_t times = timesOf(op);
      own.ops += times;
      auto call = dyn_cast<CallOp>(op);
      auto stack = dyn_cast<StackOp>(op);
      if (!call && !stack)
        return;
      FlatSymbolRefAttr name = call ? call.getCalleeAttr() : stack.getCalleeAttr();
      auto callee = counts.find(name.getValue());
      if (callee == counts.end()) {
        good = complain(op) << "@" << name.getValue()
                            << " does not stand above this line; define a function before it is called";
        return;
      }
      int64_t ops = std::min(callee->second.ops, most + 1) * (stack ? numberOf(stack.getCount()) : 1);
      own.ops += std::min(ops, most + 1) * times;
      own.depth = std::max(own.depth, callee->second.depth + 1);
      if (ops > own.of) {
        own.of = ops;
        own.largest = op;
      }
    });
    if (failed(good))
      return failure();
    if (own.ops > most && own.largest) {
      InFlightDiagnostic error = complain(function) << "@" << function.getSymName() << " becomes " << own.ops
                                                    << " ops where its calls are inlined; expected at most " << most
                                                    << ": call fewer functions, or each less often";
      int notes = 0;
      for (Operation *call = own.largest; call && notes++ < 20;) {
        StringRef callee = call->getAttrOfType<FlatSymbolRefAttr>("callee").getValue();
        error.attachNote(call->getLoc()) << "@" << callee << " is " << counts[callee].ops
                                         << " of them each time it is called";
        call = counts[callee].largest;
      }
      return error;
    }
    if (own.depth > deepest)
      return complain(function) << "@" << function.getSymName() << " calls functions that call others, " << own.depth
                                << " deep; expected at most " << deepest;
    counts[function.getSymName()] = own;
  }
  return success();
}

/// The capacities of open sizes become numbers.
LogicalResult Flattener::findCapacities(const Sizes &sizes) {
  LogicalResult result = success();
  for (const auto &[name, capacities] : options.open)
    if (!llvm::is_contained(model.getOpenNames(), at.getStringAttr(name))) {
      InFlightDiagnostic error = complain(model) << "--open " << name << "=...: @" << model.getSymName()
                                                 << " has no open size of that name; it has `batch` (--batch)";
      for (StringAttr known : model.getOpenNames().getAsRange<StringAttr>())
        error << ", " << known.getValue();
      result = error;
    }
  SmallVector<Attribute> numbers;
  for (auto [name, size] :
       llvm::zip(model.getOpenNames().getAsRange<StringAttr>(), model.getOpenSizes().getAsRange<SizeAttr>())) {
    auto given = options.sizes.find(name.str());
    Dim capacity = given != options.sizes.end() ? Dim(given->second) : size.evaluate(sizes);
    if (!capacity.isNumber() || capacity.value < 1 || capacity.value > largestBatch)
      result = complain(model) << "the capacity of '" << name.getValue() << "': expected a number from 1 to "
                               << largestBatch << ", found " << show(capacity);
    numbers.push_back(SizeAttr::get(model.getContext(), capacity));
  }
  if (succeeded(result))
    model.setOpenSizesAttr(at.getArrayAttr(numbers));
  return result;
}

LogicalResult Flattener::run() {
  LogicalResult result = success();
  for (const auto &[name, value] : options.sizes) {
    if (llvm::is_contained(model.getOpenNames(), at.getStringAttr(name))) // its capacity
      continue;
    if (!llvm::is_contained(model.getSizeNames(), at.getStringAttr(name))) {
      InFlightDiagnostic error = complain(model) << "--size " << name << "=" << value << ": @" << model.getSymName()
                                                 << " has no such size; ";
      if (model.getSizeNames().empty())
        error << "it has none";
      else
        for (auto [i, known] : llvm::enumerate(model.getSizeNames().getAsRange<StringAttr>()))
          error << (i ? ", " : "it has ") << known.getValue();
      result = error;
    } else if (value < 1) {
      result = complain(model) << "--size " << name << "=" << value << ": expected at least 1";
    }
  }
  if (failed(result))
    return failure();
  for (auto function : model.getBody().getOps<FuncOp>())
    functions[function.getSymName()] = function;
  if (failed(countOps()))
    return failure();
  Inliner sizes(model, functions, at, options.sizes, nullptr);
  if (failed(findCapacities(sizes.sizes())))
    result = failure();
  for (StringAttr name : model.getSizeNames().getAsRange<StringAttr>())
    if (!sizes.sizes().lookup(name).isNumber())
      result = complain(model) << "the size '" << name.getValue() << "' has no default; say --size " << name.getValue()
                               << "=...";
  if (failed(result))
    return failure();
  result = checkName("this model", model.getSymName(), model.getLoc());

  Block &old = model.getBody().front();
  auto items = llvm::to_vector(llvm::make_pointer_range(old));
  at.setInsertionPointToEnd(&old);
  bool any = false;
  for (Operation *item : items) {
    if (auto function = dyn_cast<FuncOp>(item); function && function.getSymVisibility() != "private") {
      any = true;
      if (failed(entry(function)))
        result = failure();
    }
    if (auto step = dyn_cast<TrainOp>(item)) {
      any = true;
      for (Part part : {Part::Whole, Part::Gradients, Part::Apply})
        if (failed(train(step, part))) {
          result = failure();
          break;
        }
    }
  }
  if (!any && !isPart)
    result = complain(model) << "@" << model.getSymName()
                             << " has no entry point; expected a `func` that is not private, or a `train`";
  if (succeeded(result) && !isPart)
    for (auto one : model.getBody().getOps<EntryOp>())
      if (failed(checkExtents(one)))
        result = failure();
  if (succeeded(result) && !isPart) {
    for (const auto &[name, one] : all)
      if (!read.contains(name))
        result = complainOfUnread(one.loc, name);
  } else if (!isPart) { // what could not be flattened may read some of them
    llvm::StringMap<int> declared;
    model.walk([&](ParamOp param) { ++declared[param.getName()]; });
    model.walk([&](ParamOp param) {
      if (param->use_empty() && declared.lookup(param.getName()) == 1)
        (void)complainOfUnread(param.getLoc(), param.getName());
    });
  }
  if (failed(result))
    return failure();
  if (!isPart)
    for (Operation *item : items)
      if (auto function = dyn_cast<FuncOp>(item))
        warnOfUnused(function);
  for (Operation *item : llvm::reverse(items))
    item->erase();
  model.setSizeNamesAttr(at.getArrayAttr({}));
  model.setSizeValuesAttr(at.getArrayAttr({}));
  return success();
}

LogicalResult dlc::checkConcrete(FuncOp function, const Sizes &sizes) {
  LogicalResult good = success();
  for (auto [argument, name, shape] :
       llvm::zip(function.getBody().getArguments(), function.getArgNames().getAsRange<StringAttr>(),
                 function.getArgShapes().getAsRange<ShapeAttr>()))
    for (auto [dim, size] : llvm::zip(dimsOf(shape.evaluate(sizes)), shape.getSizes()))
      if (dim.isUnknown() && !size.getNames().empty() && llvm::all_of(size.getNames(), [&](Attribute one) {
            return isa<StringAttr>(one) && sizes.contains(cast<StringAttr>(one));
          }))
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is no number of 64 bits; expected smaller sizes, and no division by 0";
      else if (dim.isNumber() && dim.value < 0 && !size.getNames().empty()) // a number is told where it is read
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is " << dim.value << "; expected at least 0";
      else if (dim.isUnknown())
        good = complain(argument.getLoc())
               << "argument %" << name.getValue() << " of @" << function.getSymName() << ": size '" << show(size)
               << "' is not known; an entry point is concrete but for `batch` (and multiples of it): write a number, "
                  "or one of the model's sizes";
  return good;
}
LogicalResult dlc::complainOfMissingSize(Operation *call, FuncOp callee, StringRef size) {
  return complain(call) << "@" << callee.getSymName() << " needs a value for '" << size << "': @" << callee.getSymName()
                        << "<" << size << " = ...>";
}
LogicalResult dlc::complainOfUnread(Location loc, StringRef name) {
  return complain(loc) << "nothing reads the parameter '" << name << "'; use its value, or leave it out";
}
LogicalResult dlc::flattenModel(ModelOp model, const CompileOptions &options, bool isPart) {
  return Flattener(model, options, isPart).run();
}
