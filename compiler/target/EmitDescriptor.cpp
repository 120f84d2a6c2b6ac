// EmitDescriptor.cpp - the read-only description of a model (runtime/abi.h): its tables of tensors, entry points, kernels.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Descriptor.h"
#include "dialects/dl/Program.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::descriptor;


/// Every stored tensor of every entry point, each once, with a place in its arena.
void DescriptorEmitter::collectTensors() {
  auto add = [&](DictionaryAttr attrs, StoredTensor one) {
    if (auto [it, isNew] = tensorOf.try_emplace(storedKey(attrs), tensors.size()); isNew)
      tensors.push_back(one);
  };
  auto functions = llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>());
  for (bool slots : {false, true})
    for (auto function : functions) {
      auto about = function->getAttrOfType<DictionaryAttr>("dl.entry");
      if (!about)
        continue;
      for (auto [attrs, type] : llvm::zip(about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>(),
                                          about.getAs<ArrayAttr>("arg_types").getAsValueRange<TypeAttr>())) {
        auto tensor = cast<RankedTensorType>(type);
        bool swapped = attrs.contains("layout"); // the axes of a matrix lie the other way round
        if (swapped)
          tensor = RankedTensorType::get({tensor.getDimSize(1), tensor.getDimSize(0)}, tensor.getElementType());
        if (auto name = attrs.getAs<StringAttr>("parameter"); name && !slots)
          add(attrs, {name.str(), "", "", "", tensor, attrs.getAs<InitAttr>("init"), DLC_PARAMETER, DLC_PARAMS, swapped});
        if (auto name = attrs.getAs<StringAttr>("slot"); name && slots) {
          auto of = attrs.getAs<StringAttr>("of");
          std::string group = attrs.getAs<StringAttr>("group").str();
          add(attrs, {(of.getValue() + "." + name.getValue()).str(), of.str(), name.str(), group, tensor,
                      attrs.getAs<InitAttr>("init"), DLC_SLOT, DLC_TRAINING, swapped});
          tensors[tensorOf.at({Attribute(), of})].group = group;
        }
      }
    }
  for (StoredTensor &one : tensors) {
    int64_t count = one.type.getNumElements();
    one.bytes = llvm::alignTo(std::max<int64_t>(count, 1) * bytesOf(one.type.getElementType()), DLC_ALIGNMENT);
    one.offset = arenaBytes[one.arena];
    arenaBytes[one.arena] += one.bytes;
    int64_t stride = 1;
    one.strides.resize(one.type.getRank());
    for (int i = one.type.getRank() - 1; i >= 0; --i) {
      one.strides[i] = stride;
      stride *= one.type.getDimSize(i);
    }
    if (one.swapped)
      one.strides = {1, one.type.getDimSize(0)};
  }
}

int64_t DescriptorEmitter::scratchOf(LLVM::LLVMFuncOp inner) {
  auto bytes = inner->getAttrOfType<IntegerAttr>("dl.scratch");
  return bytes ? bytes.getInt() : 0;
}
/// Buffers; where there is scratch memory a line that says how many threads have some, and that of the first.
int64_t DescriptorEmitter::workspaceOf(LLVM::LLVMFuncOp inner) {
  int64_t scratch = scratchOf(inner);
  return inner->getAttrOfType<IntegerAttr>("dl.workspace").getInt() + (scratch ? DLC_ALIGNMENT + scratch : 0);
}

uint32_t DescriptorEmitter::flagsOf(DictionaryAttr about, uint32_t &arenas) {
  uint32_t flags = 0;
  arenas = 0;
  for (auto attrs : about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>()) {
    if (attrs.get("parameter"))
      arenas |= 1 << DLC_PARAMS;
    if (attrs.get("slot"))
      arenas |= 1 << DLC_TRAINING;
    if (attrs.get("random"))
      flags |= DLC_USES_RANDOM;
    if (attrs.get("step"))
      flags |= DLC_USES_STEP;
  }
  for (auto attrs : about.getAs<ArrayAttr>("res_attrs").getAsRange<DictionaryAttr>())
    if (attrs.contains("update"))
      flags |= tensors[tensorOf.at(storedKey(attrs))].kind == DLC_SLOT ? DLC_WRITES_TRAINING : DLC_WRITES_PARAMS;
  if (about.getAs<BoolAttr>("has_batch").getValue())
    flags |= DLC_HAS_BATCH;
  if (about.getAs<BoolAttr>("rows_independent").getValue())
    flags |= DLC_ROWS_INDEPENDENT;
  return flags;
}

//===--- The tables -------------------------------------------------------------------------------------===//

LLVM::GlobalOp DescriptorEmitter::portTable(DictionaryAttr about, StringRef attrs, StringRef types, StringRef kind,
                                            size_t &count) {
  struct Port {
    std::string name;
    RankedTensorType type;
    LLVM::GlobalOp shape, batch;
    DictionaryAttr about;
  };
  std::vector<Port> ports;
  int64_t capacity = about.getAs<IntegerAttr>("capacity").getInt();
  for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                    about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>())) {
    auto name = one.getAs<StringAttr>(kind);
    if (!name)
      continue;
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape, batch;
    for (Dim dim : dimsOf(tensor)) {
      shape.push_back(dim.at(capacity));
      batch.push_back(dim.factor);
    }
    g.string(name);
    ports.push_back({name.str(), tensor, g.numbers(shape), g.numbers(batch), one});
  }
  count = ports.size();
  auto combineOf = [&](const Port &port) {
    auto word = port.about.getAs<StringAttr>("combine");
    return !word                        ? DLC_COMBINE_UNKNOWN
           : word.getValue() == "rows"  ? DLC_COMBINE_ROWS
           : word.getValue() == "count" ? DLC_COMBINE_COUNT
                                        : DLC_COMBINE_SUM;
  };
  auto counterOf = [&](const Port &port) {
    auto name = port.about.getAs<StringAttr>("count");
    return name ? llvm::find_if(ports, [&](const Port &other) { return other.name == name.getValue(); }) - ports.begin()
                : 0;
  };
  Type row = g.structOf({g.pointer, g.i32, g.i32, g.pointer, g.pointer, g.i32, g.i32});
  return g.table(row, count, [&](size_t i) {
    Port &port = ports[i];
    return g.aggregate(row, {g.text(port.name), g.number(g.i32, dtypeOf(port.type.getElementType())),
                             g.number(g.i32, port.type.getRank()), g.address(port.shape), g.address(port.batch),
                             g.number(g.i32, combineOf(port)), g.number(g.i32, counterOf(port))});
  });
}

/// The lines of the model file that an op comes from; with columns, the first place and the kernel's name.
std::string DescriptorEmitter::sourceOf(Operation *op, bool withColumn) {
  std::string text;
  llvm::StringSet<> seen;
  op->getLoc()->walk([&](Location loc) {
    auto file = dyn_cast<FileLineColLoc>(loc);
    if (!file || file.getFilename() == "-" || (withColumn && !text.empty()))
      return WalkResult::advance();
    std::string one = (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
    if (withColumn)
      one += ":" + std::to_string(file.getColumn()) + ": " + cast<LLVM::LLVMFuncOp>(op).getName().str();
    if (seen.insert(one).second)
      text += (text.empty() ? "" : " ") + one;
    return WalkResult::advance();
  });
  return text.empty() && withColumn ? cast<LLVM::LLVMFuncOp>(op).getName().str() : text;
}

std::string DescriptorEmitter::signatureOf(DictionaryAttr about) {
  auto list = [&](StringRef attrs, StringRef types, StringRef kind) {
    std::string text;
    for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                      about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>()))
      if (auto name = one.getAs<StringAttr>(kind))
        text += (text.empty() ? "" : ", ") + name.str() + ": " + show(type);
    return text;
  };
  return "(" + list("arg_attrs", "arg_types", "input") + ") -> (" + list("res_attrs", "res_types", "output") + ")";
}

uint64_t DescriptorEmitter::hash() {
  uint64_t value = 0xcbf29ce484222325u;
  auto mix = [&](StringRef text) {
    for (unsigned char c : text)
      value = (value ^ c) * 0x100000001b3u;
    value = (value ^ 0xff) * 0x100000001b3u;
  };
  for (const StoredTensor &one : tensors) {
    mix(one.name);
    mix(show(one.type));
    mix(std::to_string(one.kind));
  }
  return value;
}

static std::tuple<uint32_t, double, double> initOf(InitAttr init) {
  SmallVector<double, 2> values;
  for (FloatAttr value : init.getValues().getAsRange<FloatAttr>())
    values.push_back(value.getValueAsDouble());
  values.resize(2, 0);
  static const llvm::StringMap<uint32_t> kinds = {
      {"zeros", DLC_INIT_ZEROS},           {"ones", DLC_INIT_ONES},
      {"constant", DLC_INIT_CONSTANT},     {"normal", DLC_INIT_NORMAL},
      {"uniform", DLC_INIT_UNIFORM},       {"kaiming_uniform", DLC_INIT_KAIMING_UNIFORM},
      {"fan_in_uniform", DLC_INIT_FAN_IN_UNIFORM}, {"xavier_uniform", DLC_INIT_XAVIER_UNIFORM},
      {"xavier_normal", DLC_INIT_XAVIER_NORMAL},   {"kaiming_normal", DLC_INIT_KAIMING_NORMAL}};
  return {kinds.lookup(init.getKind().getValue()), values[0], values[1]};
}

void DescriptorEmitter::emitModel(ArrayRef<LLVM::LLVMFuncOp> inner, ArrayRef<LLVM::LLVMFuncOp> outer) {
  ImplicitLocOpBuilder &b = g.b;
  Type values = LLVM::LLVMArrayType::get(g.f64, 2);
  Type tensorType = g.structOf({g.pointer, g.i32, g.i32, g.i32, g.i32, g.pointer, g.pointer, g.i64, g.i64, g.i32,
                                g.i32, values, g.i64, g.i64, g.pointer, g.pointer, g.pointer});
  std::vector<std::pair<LLVM::GlobalOp, LLVM::GlobalOp>> shapes;
  for (const StoredTensor &one : tensors) {
    for (StringRef text : {StringRef(one.name), StringRef(one.parameter), StringRef(one.slot), StringRef(one.group)})
      g.string(text);
    shapes.push_back({g.numbers(one.type.getShape()), g.numbers(one.strides)});
  }
  LLVM::GlobalOp tensorTable = g.table(tensorType, tensors.size(), [&](size_t i) {
    const StoredTensor &one = tensors[i];
    auto [init, v0, v1] = initOf(one.init);
    // PyTorch's fans: the weight is [out, in, ...].
    ArrayRef<int64_t> shape = one.type.getShape();
    int64_t field = 1;
    for (int64_t size : shape.drop_front(std::min<size_t>(2, shape.size())))
      field *= size;
    int64_t fanIn = shape.size() > 1 ? shape[1] * field : shape.empty() ? 1 : shape[0];
    int64_t fanOut = shape.empty() ? 1 : shape[0] * field;
    Value initial = g.aggregate(values, {g.real(v0), g.real(v1)});
    return g.aggregate(tensorType,
                       {g.text(one.name), g.number(g.i32, dtypeOf(one.type.getElementType())),
                        g.number(g.i32, one.kind), g.number(g.i32, one.arena), g.number(g.i32, one.type.getRank()),
                        g.address(shapes[i].first), g.address(shapes[i].second), g.number(g.i64, one.offset),
                        g.number(g.i64, one.bytes), g.number(g.i32, init), g.number(g.i32, 0), initial,
                        g.number(g.i64, fanIn), g.number(g.i64, fanOut), g.text(one.parameter), g.text(one.slot),
                        g.text(one.group)});
  });

  Type scalarType = g.structOf({g.pointer, g.f64, g.f64, g.f64, g.i32, g.i32});
  Type entryType = g.structOf({g.pointer, g.pointer, g.i32, g.i32, g.i32, g.i32, g.i32, g.i32, g.i64, g.i64, g.pointer,
                               g.pointer, g.pointer, g.pointer, g.i64});
  struct Row {
    DictionaryAttr about;
    std::string name, signature;
    size_t inputs, outputs, scalars;
    LLVM::GlobalOp inputTable, outputTable, scalarTable;
  };
  std::vector<Row> rows;
  int64_t workspace = 0;
  for (LLVM::LLVMFuncOp function : inner) {
    Row row;
    row.about = function->getAttrOfType<DictionaryAttr>("dl.entry");
    row.name = row.about.getAs<StringAttr>("name").str();
    row.signature = signatureOf(row.about);
    g.string(row.name);
    g.string(row.signature);
    row.inputTable = portTable(row.about, "arg_attrs", "arg_types", "input", row.inputs);
    row.outputTable = portTable(row.about, "res_attrs", "res_types", "output", row.outputs);
    SmallVector<DictionaryAttr> scalars;
    for (auto attrs : row.about.getAs<ArrayAttr>("arg_attrs").getAsRange<DictionaryAttr>())
      if (auto name = attrs.getAs<StringAttr>("scalar")) {
        g.string(name);
        scalars.push_back(attrs);
      }
    row.scalars = scalars.size();
    row.scalarTable = g.table(scalarType, scalars.size(), [&](size_t i) {
      auto range = scalars[i].getAs<StringAttr>("range");
      std::optional<Range> limits = range ? readRange(range) : std::nullopt;
      uint32_t flags = !limits ? 0
                               : (limits->withLow ? DLC_FROM_LOW : DLC_ABOVE_LOW) |
                                     (limits->withHigh ? DLC_TO_HIGH : DLC_BELOW_HIGH);
      return g.aggregate(scalarType, {g.text(scalars[i].getAs<StringAttr>("scalar")),
                                      g.real(cast<FloatAttr>(scalars[i].get("value")).getValueAsDouble()),
                                      g.real(limits ? limits->low : 0), g.real(limits ? limits->high : 0),
                                      g.number(g.i32, flags), g.number(g.i32, 0)});
    });
    workspace = std::max(workspace, workspaceOf(function));
    rows.push_back(row);
  }
  arenaBytes[DLC_WORKSPACE] = workspace;
  LLVM::GlobalOp entryTable = g.table(entryType, rows.size(), [&](size_t i) {
    Row &row = rows[i];
    uint32_t arenas, flags = flagsOf(row.about, arenas);
    int64_t own = workspaceOf(inner[i]);
    if (own)
      arenas |= 1 << DLC_WORKSPACE;
    StringRef kind = row.about.getAs<StringAttr>("kind").getValue();
    uint32_t number = kind == "train"       ? DLC_TRAIN
                      : kind == "gradients" ? DLC_GRADIENTS
                      : kind == "apply"     ? DLC_APPLY
                                            : DLC_FUNCTION;
    return g.aggregate(entryType, {g.text(row.name), g.text(row.signature), g.number(g.i32, number),
                                   g.number(g.i32, flags), g.number(g.i32, row.inputs), g.number(g.i32, row.outputs),
                                   g.number(g.i32, row.scalars), g.number(g.i32, arenas),
                                   g.number(g.i64, row.about.getAs<IntegerAttr>("capacity").getInt()),
                                   g.number(g.i64, own), g.addressOrNull(row.inputTable),
                                   g.addressOrNull(row.outputTable), g.addressOrNull(row.scalarTable),
                                   LLVM::AddressOfOp::create(b, const_cast<LLVM::LLVMFuncOp &>(outer[i])),
                                   g.number(g.i64, scratchOf(inner[i]))});
  });

  Type kernelType = g.structOf({g.pointer, g.pointer, g.f64, g.f64});
  SmallVector<std::string> places;
  for (LLVM::LLVMFuncOp kernel : kernels) {
    std::string place = sourceOf(kernel, false);
    places.push_back(place);
    g.string(place);
    g.string(kernel.getName());
  }
  LLVM::GlobalOp kernelTable = g.table(kernelType, kernels.size(), [&](size_t i) {
    return g.aggregate(kernelType,
                       {g.text(kernels[i].getName()), g.text(places[i]),
                        g.real(kernels[i]->getAttrOfType<FloatAttr>("dl.flops").getValueAsDouble()),
                        g.real(kernels[i]->getAttrOfType<FloatAttr>("dl.bytes").getValueAsDouble())});
  });

  StringRef name = module->getAttrOfType<StringAttr>("dl.model").getValue();
  std::string features;
  for (char c : target.features)
    if (c != '+')
      features += c;
  for (StringRef text : {name, StringRef("dlc 0.1.0"), StringRef("1"), StringRef(target.name), StringRef(features)})
    g.string(text);
  Type arenaType = LLVM::LLVMArrayType::get(g.i64, DLC_ARENA_COUNT);
  SmallVector<Type> fields(8, g.i32);
  fields.append(5, g.pointer);
  fields.push_back(g.i64);
  fields.append(4, g.i32);
  fields.append(3, g.pointer);
  fields.push_back(arenaType);
  Type modelType = g.structOf(fields);
  auto model = g.computed(modelType, LLVM::Linkage::Internal, "dlc.model", [&] {
    SmallVector<Value> sizes;
    for (int64_t bytes : arenaBytes)
      sizes.push_back(g.number(g.i64, bytes));
    return g.aggregate(
        modelType,
        {g.number(g.i32, DLC_MAGIC), g.number(g.i32, DLC_ABI_VERSION), g.number(g.i32, sizeof(dlc_model)),
         g.number(g.i32, sizeof(dlc_tensor)), g.number(g.i32, sizeof(dlc_port)), g.number(g.i32, sizeof(dlc_scalar)),
         g.number(g.i32, sizeof(dlc_entry)), g.number(g.i32, sizeof(dlc_kernel)), g.text(name), g.text("dlc 0.1.0"),
         g.text("1"), g.text(target.name), g.text(features), g.number(g.i64, (int64_t)hash()),
         g.number(g.i32, tensors.size()), g.number(g.i32, rows.size()), g.number(g.i32, kernels.size()),
         g.number(g.i32, 0), g.addressOrNull(tensorTable), g.addressOrNull(entryTable), g.addressOrNull(kernelTable),
         g.aggregate(arenaType, sizes)});
  });
  auto query = LLVM::LLVMFuncOp::create(b, DLC_QUERY_SYMBOL, LLVM::LLVMFunctionType::get(g.pointer, {g.i32}));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(query.addEntryBlock(b));
  Value fits = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, query.getArgument(0), g.number(g.i32, DLC_ABI_VERSION));
  LLVM::ReturnOp::create(b, LLVM::SelectOp::create(b, fits, g.address(model), g.null()));
}

void DescriptorEmitter::run() {
  errorType = g.structOf({g.i32, g.i32, g.pointer, g.i64, g.i64, g.i64});
  callType = g.structOf({g.i32, g.i32, g.pointer, g.pointer, LLVM::LLVMArrayType::get(g.pointer, DLC_ARENA_COUNT),
                         g.pointer, g.i64, g.i64, g.i64, g.i64, g.pointer, errorType, g.i64});
  servicesType = g.structOf({g.i32, g.i32, g.pointer, g.pointer, g.pointer, g.pointer});
  collectTensors();
  SmallVector<LLVM::LLVMFuncOp> inner, outer;
  for (auto function : llvm::to_vector(module.getOps<LLVM::LLVMFuncOp>())) {
    function.setLinkage(LLVM::Linkage::Internal); // nothing but the query is exported
    if (function->hasAttr("dl.entry")) {
      // The author's names are kept apart from ours: an entry point may be called memcpy.
      function.setSymName(("entry." + function.getName()).str());
      inner.push_back(function);
    } else if (function->hasAttr("dl.kernel")) {
      kernels.push_back(function);
    }
  }
  llvm::StringSet<> dispatched;
  for (auto [i, kernel] : llvm::enumerate(kernels)) {
    kernel.setNoInline(true); // once, not once a caller
    emitDispatch(kernel, i);
    dispatched.insert(kernel.getName());
  }
  for (LLVM::LLVMFuncOp function : inner)
    function.walk([&](LLVM::CallOp call) {
      if (!call.getCallee() || !dispatched.contains(*call.getCallee()))
        return;
      SmallVector<Value> arguments{function.getArgument(0)};
      arguments.append(call.getArgOperands().begin(), call.getArgOperands().end());
      OpBuilder builder(call);
      auto run = LLVM::CallOp::create(builder, call.getLoc(), call.getResultTypes(), (*call.getCallee() + ".run").str(), arguments);
      call.replaceAllUsesWith(run);
      call.erase();
    });
  for (LLVM::LLVMFuncOp function : inner)
    outer.push_back(emitEntry(function, function->getAttrOfType<DictionaryAttr>("dl.entry")));
  emitModel(inner, outer);
  // What is ours must not reach LLVM; the module keeps its name, level and options, so that its print can be gone on from.
  module.walk([](Operation *op) {
    for (NamedAttribute attr : llvm::to_vector(op->getDiscardableAttrs()))
      if (attr.getName().getValue().starts_with("dl.") &&
          !(isa<ModuleOp>(op) && (attr.getName() == "dl.options" || attr.getName() == "dl.model")))
        op->removeDiscardableAttr(attr.getName());
  });
}

void dlc::emitDescriptor(ModuleOp module, const CompileOptions &options) { DescriptorEmitter(module, options).run(); }
