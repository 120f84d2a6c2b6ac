// DLBase.td - what `dl` and `nn` share: the dialect, attributes, and the one grammar of value ops.
// SPDX-License-Identifier: Apache-2.0
#ifndef DL_BASE_TD
#define DL_BASE_TD
include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "dialects/dl/DLInterfaces.td"

def DL_Dialect : Dialect {
  let name = "dl";
  let summary = "Programs of neural networks, and pure functions of tensors";
  let cppNamespace = "::dlc";
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1; // `dl.wrong` fails verification: its error is already out
  let hasConstantMaterializer = 0;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

class DL_Attr<string cppName, string keyword> : AttrDef<DL_Dialect, cppName> {
  let mnemonic = keyword;
  let hasCustomAssemblyFormat = 1;
}

def DL_SizeAttr : DL_Attr<"Size", "size"> {
  let summary = "A size expression: `3 * width`; `?` is unknown";
  let parameters = (ins "::mlir::AffineExpr":$expr, ArrayRefParameter<"::mlir::Attribute">:$names);
  let description = [{
    A name is a string that is bound to a size later, or a list of one string: an open size.
  }];
  let extraClassDeclaration = [{
    static SizeAttr get(::mlir::MLIRContext *context, int64_t value);
    static SizeAttr get(::mlir::MLIRContext *context, ::dlc::Dim dim);
    /// The size with `known` names filled in; unknown if one is missing that is no open size.
    ::dlc::Dim evaluate(const ::dlc::Sizes &known = {}) const;
    /// The same as a number; ShapedType::kDynamic if it is unknown or open.
    int64_t number(const ::dlc::Sizes &known = {}) const;
  }];
}

def DL_ShapeAttr : DL_Attr<"Shape", "shape"> {
  let summary = "A tensor type whose sizes are expressions: `f32[batch, 3 * width]`";
  let parameters = (ins "::mlir::Type":$elementType, ArrayRefParameter<"SizeAttr">:$sizes);
  let extraClassDeclaration = [{
    static ShapeAttr get(::mlir::Type tensor);
    ::mlir::RankedTensorType evaluate(const ::dlc::Sizes &known = {}) const;
  }];
}

def DL_InitAttr : DL_Attr<"Init", "init"> {
  let summary = "An initialiser: `zeros`, `normal(0.02)`";
  let parameters = (ins "::mlir::StringAttr":$kind, "::mlir::ArrayAttr":$values);
}

def DL_OpenAttr : DL_Attr<"Open", "open"> {
  let summary = "The encoding of a tensor type that has open sizes: `#dl.open<[batch, 0, 2 * time]>`";
  let description = [{
    For each axis 0, or its size where that is open. Such an axis is dynamic in the type. From level `loops` on a list of one
    is a number that open sizes are factors of: `#dl.open<[4 * batch]>`.
  }];
  let parameters = (ins ArrayRefParameter<"::dlc::Dim">:$dims);
  let extraClassDeclaration = [{
    /// The one of such a list; unknown if it is none, or null.
    static ::dlc::Dim numberOf(OpenAttr list);
  }];
}

def DL_PlacedAttr : DL_Attr<"Placed", "placed"> {
  let summary = "The encoding of a tensor type whose elements lie within a larger tensor: `#dl.placed<[batch, 0], [0, 34]>`";
  let description = [{
    The first list is that of `#dl.open`. The second one has the sizes of the larger tensor, whose axes say how far elements lie
    apart; that of the first axis says nothing, and is 0.
  }];
  let parameters = (ins ArrayRefParameter<"::dlc::Dim">:$dims, ArrayRefParameter<"::dlc::Dim">:$within);
}

//===----------------------------------------------------------------------===//
// Value ops: all share one grammar, one parser and one printer (Syntax.cpp)
//
//   %r = op "name" %operand, ..., positional, ..., option = value, flag, operand = %x : types
//===----------------------------------------------------------------------===//

def DL_SizesAttr : TypedArrayAttrBase<DL_SizeAttr, "a list of sizes">;
/// Of windows, one for each axis.
def DL_EachAttr : AnyAttrOf<[DL_SizeAttr, DL_SizesAttr], "a number, or a list of them">;
def DL_PaddingAttr : AnyAttrOf<[DL_SizeAttr, ArrayAttr, StrAttr], "`same`, `valid`, a number, or a list">;
def DL_ShapesAttr : TypedArrayAttrBase<DL_ShapeAttr, "a list of shapes">;
def DL_InitsAttr : TypedArrayAttrBase<DL_InitAttr, "a list of initialisers">;
defvar Number = DL_SizeAttr;                // an integer or a size expression
defvar Option = OptionalAttr<DL_SizeAttr>;
defvar Real   = OptionalAttr<F64Attr>;
def DL_RealsAttr : AnyAttrOf<[F64Attr, F64ArrayAttr], "a number, or a list of them">;
defvar Reals  = OptionalAttr<DL_RealsAttr>;
/// A number that meets elements of any type: whole ones are kept exactly.
defvar AnyNumber = OptionalAttr<AnyAttrOf<[F64Attr, I64Attr], "a number">>;

class Fact<string name> : NativeOpTrait<name> { let cppNamespace = "::dlc"; }

def Differentiable    : DeclareOpInterfaceMethods<DifferentiableOpInterface>;
def Augmented         : DeclareOpInterfaceMethods<DifferentiableOpInterface, ["augment"]>; // rewritten first
def NotDifferentiable : Fact<"NotDifferentiable">;
def Drawing           : DeclareOpInterfaceMethods<DrawingOpInterface>; // becomes others where it is inlined
def Decomposable      : DeclareOpInterfaceMethods<DecomposableOpInterface>;
def Fusible           : DeclareOpInterfaceMethods<FusibleOpInterface, ["getIterationKind", "getIterationSizes", "getAccessMaps"]>;

//===--- Facts: what passes ask of an op, said once -----------------------===//

/// No model file holds it: a level of the compiler makes it.
def MadeByCompiler : Fact<"MadeByCompiler">;
/// No element of a result is rounded.
def Exact : Fact<"Exact">;
/// Each element of a result is one of an operand, or a number that is written down: bit by bit, with its sign if it is 0.
def MovesElements : TraitList<[Fact<"MovesElements">, Exact]>;
/// Each element of the result is one of the operand, at a place that the shapes and the options alone tell. It costs nothing
/// to make again.
def View : TraitList<[Fact<"View">, MovesElements]>;
/// A view whose place is affine: `getAccessMaps` says which.
def AffineView : TraitList<[View, DeclareOpInterfaceMethods<FusibleOpInterface, ["getAccessMaps"]>]>;
/// Each element of the result is computed of those at the same place of the operands, which are stretched as in NumPy.
def Pointwise : Fact<"Pointwise">;
/// The same, compiled as it stands.
def FusiblePointwise : TraitList<[Pointwise, FusibleOpInterface]>;
/// It reads no element of its first operand, only the shape: it makes its numbers of where they stand.
def Generator : Fact<"Generator">;
/// An element takes a polynomial, a division, a root, a lookup or random bits: 5 times an addition and more. It is worth
/// keeping the result of, rather than computing it again.
def Costly : Fact<"Costly">;
/// Combines the elements along `axes`, or along all where none are given; with `keepdim` these keep size 1.
def Reduction : Fact<"Reduction">;
class DefaultAxis<int axis> : ParamNativeOpTrait<"DefaultAxis", !cast<string>(axis)> { let cppNamespace = "::dlc"; }
/// Each line along the one axis `axis` of the first operand for itself; that axis is `otherwise` unless given.
class AlongAxis<int otherwise> : TraitList<[DefaultAxis<otherwise>, AlongAxisOpInterface]>;

/// The author's names of values live in locations (NameLoc), and survive every rewrite that keeps locations.
defvar KeepsResultNames = DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>;
defvar resultNames = [{
    void $cppClass::getAsmResultNames(::mlir::OpAsmSetValueNameFn set) { ::dlc::nameResults(getOperation(), set); }
}];

/// `count` leading operands (-1: any), then attributes by position, then options and operands by name.
class DL_SyntaxOp<Dialect dialect, string mnemonic, int count, list<string> positional, list<string> keyed,
                  list<Trait> traits>
    : Op<dialect, mnemonic, !listconcat(traits, [InferTypeOpAdaptor, KeepsResultNames],
                                        !if(!gt(!size(keyed), 1), [AttrSizedOperandSegments], []<Trait>))> {
  defvar positionalNames = !interleave(!foreach(p, positional, "\"" # p # "\""), ", ");
  defvar keyedNames = !interleave(!foreach(k, keyed, "\"" # k # "\""), ", ");
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    static ::dlc::OpSyntax getSyntax() {
      return {}] # count # [{, {}] # positionalNames # [{}, {}] # keyedNames # [{}, getAttributeNames()};
    }
  }];
  let extraClassDefinition = !strconcat(resultNames, [{
    ::mlir::ParseResult $cppClass::parse(::mlir::OpAsmParser &parser, ::mlir::OperationState &result) {
      return ::dlc::parseValueOp<$cppClass>(parser, result);
    }
    void $cppClass::print(::mlir::OpAsmPrinter &printer) {
      ::dlc::printValueOp(printer, *this, getSyntax());
    }
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location>, Adaptor op,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      ::dlc::ShapeRule rule(op.getOperands());
      rule.run<$cppClass>(op);
      types.assign(rule.results.begin(), rule.results.end());
      return ::mlir::success(); // never fails: an unknown result is unranked, verify() says why
    }
    ::llvm::LogicalResult $cppClass::verify() {
      ::dlc::ShapeRule rule(getOperation()->getOperands());
      rule.run<$cppClass>(Adaptor(*this));
      return rule.report(*this);
    }
  }]);
}
#endif
