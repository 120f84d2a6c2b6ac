// DLDialect.cpp - the dialect `dl` itself: registration, versions.
// SPDX-License-Identifier: Apache-2.0
#include "dialects/dl/DL.h"
#include "mlir/Bytecode/BytecodeImplementation.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

#include "dialects/dl/DLDialect.cpp.inc"
#include "dialects/dl/DLInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/dl/DLAttrs.cpp.inc"
#define GET_OP_CLASSES
#include "dialects/dl/DLOps.cpp.inc"

namespace {
/// A bytecode file carries the version of the language; what is newer than this compiler is refused by name.
class DLBytecode : public BytecodeDialectInterface {
public:
  explicit DLBytecode(Dialect *dialect) : BytecodeDialectInterface(dialect) {}
  void writeVersion(DialectBytecodeWriter &writer) const override {
    writer.writeOwnedString(StringAttr::get(getContext(), "dl language " + Twine(languageVersion)).getValue());
  }
  std::unique_ptr<DialectVersion> readVersion(DialectBytecodeReader &reader) const override {
    StringRef text;
    int64_t version;
    if (failed(reader.readString(text)))
      return nullptr;
    if (!text.consume_front("dl language ") || text.getAsInteger(10, version)) {
      return stop(reader, "the version of the model language in this file cannot be read; write the file again");
    }
    if (version > languageVersion) {
      return stop(reader, "this file is written in version " + Twine(version) +
                              " of the model language; this dlc reads up to version " + Twine(languageVersion) +
                              "; use a newer dlc");
    }
    return std::make_unique<DialectVersion>();
  }

private:
  static std::nullptr_t stop(DialectBytecodeReader &reader, const Twine &message, Place place = Place::current()) {
    logDiagnostic(place);
    (void)reader.emitError(message);
    return nullptr;
  }
};
} // namespace

void DLDialect::initialize() {
  addInterfaces<DLBytecode>();
  addOperations<
#define GET_OP_LIST
#include "dialects/dl/DLOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/dl/DLAttrs.cpp.inc"
      >();
}

LogicalResult DLDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() == "dl.version") {
    auto version = dyn_cast<IntegerAttr>(attribute.getValue());
    if (!version || version.getInt() < 1 || version.getInt() > languageVersion)
      return complain(op) << "dl.version is " << attribute.getValue() << "; this dlc reads versions 1 to "
                          << languageVersion << " of the model language";
  }
  if (attribute.getName() == statement) {
    auto shapes = dyn_cast<ArrayAttr>(attribute.getValue());
    if (!shapes || !llvm::all_of(shapes, llvm::IsaPred<ShapeAttr>) || shapes.size() != op->getNumResults())
      return complain(op) << statement << " is " << attribute.getValue() << "; expected a shape for each result";
  }
  return success(attribute.getName() != "dl.wrong");
}
