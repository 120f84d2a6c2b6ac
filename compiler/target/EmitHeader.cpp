// EmitHeader.cpp - a C header for one model: names, shapes and sizes that a caller would otherwise look up.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph/Extents.h"
#include "compiler/target/Emit.h"
#include "dialects/dl/DL.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace dlc;

std::string dlc::toIdentifier(StringRef name) {
  std::string text;
  for (char c : name)
    text += llvm::isAlnum(c) ? c : '_';
  return text.empty() || llvm::isDigit(text[0]) ? "_" + text : text;
}

/// Within a comment, whatever the name.
static std::string commented(StringRef name) {
  std::string text;
  for (char c : name) {
    if ((c == '/' && StringRef(text).ends_with("*")) || (c == '*' && StringRef(text).ends_with("/")))
      text += ' ';
    text += llvm::isPrint(c) || (c & 0x80) ? c : ' ';
  }
  return text;
}
/// As a string of C: what is special there by its number. A question mark may be part of a trigraph.
static std::string quoted(StringRef name) {
  std::string text;
  for (unsigned char c : name) {
    if (c == '"' || c == '\\' || c == '?')
      text += '\\';
    if (c < 0x20 || c == 0x7f)
      text += llvm::formatv("\\{0}{1}{2}", c >> 6, c >> 3 & 7, c & 7).str();
    else
      text += c;
  }
  return '"' + text + '"';
}

/// abi.h is found by the folder that holds runtime/, by runtime/ itself, or was included before.
static constexpr StringRef includeAbi = R"(#ifdef DLC_ABI_H
#elif defined(__has_include)
#if __has_include("runtime/abi.h")
#include "runtime/abi.h"
#else
#include "abi.h"
#endif
#else
#include "runtime/abi.h"
#endif
)";

std::string dlc::emitHeader(ModuleOp module) {
  std::string model = module->getAttrOfType<StringAttr>("dl.model").str(), own = toIdentifier(model), text;
  llvm::raw_string_ostream os(text);
  std::string guard = StringRef(own).upper() + "_MODEL_H";
  os << "/* " << commented(model) << ": what the compiled model offers. Made by dlc. */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n"
     << includeAbi << "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "/* The query of the statically linked model (dlc --emit=obj). A shared library exports dlc_model_query. */\n"
     << "const dlc_model *" << own << "_dlc_model_query(uint32_t abi_version);\n";
  // What differs in the model may not differ as an identifier.
  llvm::StringSet<> taken;
  auto fresh = [&](std::string name) {
    while (!taken.insert(name).second)
      name += "_";
    return name;
  };
  for (auto schedule : module.getOps<ScheduleOp>()) {
    auto about = schedule->getAttrOfType<DictionaryAttr>("dl.entry");
    if (schedule.getName() != about.getAs<StringAttr>("name"))
      continue; // another capacity
    std::string entry = fresh(own + "_" + toIdentifier(schedule.getName()));
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
    Extents extents = extentsOf(about);
    ArrayRef<Extents::Extent> capacities = extents.list();
    os << "\n/* " << commented(schedule.getName()) << ": " << about.getAs<StringAttr>("kind").getValue() << ", up to "
       << std::max<int64_t>(capacities[0].second, 1) << " rows a call";
    for (auto [name, capacity] : capacities.drop_front())
      if (capacity)
        os << ", `" << name.getValue() << "` up to " << capacity;
    os << " */\n"
       << "#define " << entry << "_NAME " << quoted(schedule.getName()) << "\nenum {\n";
    ports("arg_attrs", "arg_types", "input", "input");
    os << "};\nenum {\n";
    ports("res_attrs", "res_types", "output", "output");
    os << "};\n";
  }
  os << "\n#ifdef __cplusplus\n}\n#endif\n#endif\n";
  return text;
}
