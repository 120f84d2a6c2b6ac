// EmitHeader.cpp - a C header for one model: names, shapes and sizes that a caller would otherwise look up.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/target/Emit.h"
#include "dialects/dl/DL.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace dlc;

std::string dlc::toIdentifier(StringRef name) {
  std::string text;
  for (char c : name)
    text += llvm::isAlnum(c) ? c : '_';
  return text.empty() || llvm::isDigit(text[0]) ? "_" + text : text;
}

std::string dlc::emitHeader(ModuleOp module) {
  std::string model = module->getAttrOfType<StringAttr>("dl.model").str(), own = toIdentifier(model), text;
  llvm::raw_string_ostream os(text);
  std::string guard = StringRef(own).upper() + "_MODEL_H";
  os << "/* " << model << ": what the compiled model offers. Made by dlc; include after or with abi.h. */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n#include \"abi.h\"\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "/* The query of the statically linked model (dlc --emit=obj). A shared library exports dlc_model_query. */\n"
     << "const dlc_model *" << own << "_dlc_model_query(uint32_t abi_version);\n";
  // What differs in the model may not differ as an identifier.
  llvm::StringSet<> taken;
  auto fresh = [&](std::string name) {
    while (!taken.insert(name).second)
      name += "_";
    return name;
  };
  for (auto function : module.getOps<func::FuncOp>()) {
    auto about = function->getAttrOfType<DictionaryAttr>("dl.entry");
    if (!about || function.getName() != about.getAs<StringAttr>("name"))
      continue;
    std::string entry = fresh(own + "_" + toIdentifier(function.getName()));
    auto ports = [&](StringRef attrs, StringRef types, StringRef kind, StringRef word) {
      int64_t index = 0;
      taken.insert(entry + "_" + word.str() + "_count");
      for (auto [one, type] : llvm::zip(about.getAs<ArrayAttr>(attrs).getAsRange<DictionaryAttr>(),
                                        about.getAs<ArrayAttr>(types).getAsValueRange<TypeAttr>()))
        if (auto name = one.getAs<StringAttr>(kind))
          os << "  " << fresh(entry + "_" + word.str() + "_" + toIdentifier(name)) << " = " << index++ << ", /* "
             << show(type) << " */\n";
      os << "  " << entry << "_" << word << "_count = " << index << "\n";
    };
    os << "\n/* " << function.getName() << ": " << about.getAs<StringAttr>("kind").getValue() << ", up to "
       << about.getAs<IntegerAttr>("capacity").getInt() << " rows a call */\n"
       << "#define " << entry << "_NAME \"" << function.getName() << "\"\nenum {\n";
    ports("arg_attrs", "arg_types", "input", "input");
    os << "};\nenum {\n";
    ports("res_attrs", "res_types", "output", "output");
    os << "};\n";
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return text;
}
