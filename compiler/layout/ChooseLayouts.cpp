// ChooseLayouts.cpp - level `layout`: in which order the axes of a stored matrix lie in memory.
// SPDX-License-Identifier: Apache-2.0
//
//   matmul %x, %w, transpose_b        =>   the weight [out, in] lies as [in, out]:
//                                          %t = transpose %w ... folded into the products that read it
//
// A product reads its right operand best row by row of the summed dimension. Every use of a weight in every entry
// point votes; where the transposed order wins, the argument's type becomes the transposed one (attribute
// `layout = [1, 0]`), and so do those of its slots and of its new value. Transposes then sink into products, and
// none is left on the way of a training step.
#include "compiler/Passes.h"
#include "compiler/graph/Stored.h"

using namespace mlir;
using namespace dlc;

namespace {
/// The votes for one name, over all entry points.
struct Votes {
  int64_t straight = 0, transposed = 0;
  bool possible = true;
};

class LayoutChooser {
public:
  explicit LayoutChooser(ModelOp model) : model(model) {}
  void run();

private:
  void vote(EntryOp entry);
  void transposeStored(EntryOp entry);
  void sink(EntryOp entry);

  ModelOp model;
  llvm::StringMap<Votes> votes;
};
} // namespace

/// The parameter that an argument or a result belongs to: its own name, or that of a slot's parameter.
static StringRef ownerOf(DictionaryAttr attrs) {
  if (auto name = attrs.getAs<StringAttr>("parameter"))
    return name.getValue();
  if (auto of = attrs.getAs<StringAttr>("of"))
    return of.getValue();
  return "";
}

void LayoutChooser::vote(EntryOp entry) {
  for (auto [argument, attrs] : llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
    auto name = attrs.getAs<StringAttr>("parameter");
    if (!name)
      continue;
    Votes &own = votes[name];
    if (typeOf(argument).getRank() != 2) {
      own.possible = false;
      continue;
    }
    for (OpOperand &use : argument.getUses()) {
      if (auto product = dyn_cast<MatmulOp>(use.getOwner())) {
        // The right operand [k, n] is read along n; the left one costs the same either way.
        if (use.getOperandNumber() == 1 && typeOf(product.getLhs()).getRank() == 2)
          (product.getTransposeB() ? own.transposed : own.straight) += 1;
      } else if (isa<GatherOp>(use.getOwner())) {
        own.possible = false; // rows of a table lie together
      }
    }
  }
}

static Value transposed(OpBuilder &b, Value value, Location loc) { return Ops(b, loc).transpose(value, {1, 0}); }

/// Stored tensors that are transposed: inside, a `transpose` gives the logical tensor back.
void LayoutChooser::transposeStored(EntryOp entry) {
  Block &block = entry.getBody().front();
  OpBuilder b(entry.getContext());
  b.setInsertionPointToStart(&block);
  Attribute layout = b.getDenseI64ArrayAttr({1, 0});
  auto isChosen = [&](StringRef name) {
    auto it = votes.find(name);
    return it != votes.end() && it->second.possible && it->second.transposed > it->second.straight;
  };
  DenseSet<StoredKey> moved; // stored tensors of this entry
  SmallVector<Attribute> argAttrs, resAttrs, types;
  for (auto [argument, attrs] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
    if (!isChosen(ownerOf(attrs))) {
      argAttrs.push_back(attrs);
      continue;
    }
    NamedAttrList list(attrs);
    list.set("layout", layout);
    argAttrs.push_back(list.getDictionary(entry.getContext()));
    moved.insert(storedKey(attrs));
    SmallVector<Dim> dims = dimsOf(argument);
    argument.setType(makeTensor({dims[1], dims[0]}, typeOf(argument).getElementType()));
    Value back = transposed(b, argument, argument.getLoc());
    argument.replaceAllUsesExcept(back, back.getDefiningOp());
  }
  Operation *done = block.getTerminator();
  b.setInsertionPoint(done);
  for (auto [operand, attrs] : llvm::zip(done->getOpOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>())) {
    if (attrs.contains("update") && moved.contains(storedKey(attrs)))
      operand.set(transposed(b, operand.get(), operand.get().getLoc()));
    types.push_back(TypeAttr::get(operand.get().getType()));
  }
  entry.setArgAttrsAttr(b.getArrayAttr(argAttrs));
  entry.setResultTypesAttr(b.getArrayAttr(types));
}

static bool isSwap(TransposeOp op) {
  return op.getPermutation().size() == 2 && cast<SizeAttr>(op.getPermutation()[0]).number() == 1;
}
/// The transpose of a matrix, behind what makes it; one for all who ask.
static Value transposeOf(Value value) {
  if (auto op = value.getDefiningOp<TransposeOp>(); op && isSwap(op))
    return op.getInput();
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  for (Operation *user : value.getUsers())
    if (auto op = dyn_cast<TransposeOp>(user); op && isSwap(op)) {
      op->moveBefore(b.getInsertionBlock(), b.getInsertionPoint()); // who asks may stand above it
      return op;
    }
  return transposed(b, value, unnamed(value.getLoc()));
}
static bool isMatrix(Value value) { return typeOf(value).getRank() == 2; }
static bool isFlatProduct(MatmulOp op) { return isMatrix(op.getLhs()) && isMatrix(op.getRhs()); }
/// An element-wise op of matrices of one shape and of numbers.
static bool isPlain(Operation *op) {
  auto fusible = dyn_cast_or_null<FusibleOpInterface>(op);
  if (!fusible || fusible.getIterationKind() != IterationKind::Elementwise || op->getNumOperands() == 0 ||
      isa<TransposeOp>(op) || !isMatrix(op->getResult(0)))
    return false;
  SmallVector<AffineMap> maps = fusible.getAccessMaps();
  for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
    if (!map || !(typeOf(operand).getRank() == 0 ||
                  (map.isIdentity() && dimsOf(operand) == dimsOf(op->getResult(0))))) // not a slice
      return false;
  return true;
}
/// The op on transposed matrices.
static Value onTransposed(OpBuilder &b, Operation *op) {
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : op->getOperands())
    state.operands.push_back(isMatrix(operand) ? transposeOf(operand) : operand);
  state.addAttributes(op->getAttrs());
  return createInferred(b, state)->getResult(0);
}

/// f(transpose(a), b) = transpose(f(a, transpose(b))), until a transpose meets another at the end of the step; a
/// product reads a transposed operand as it lies, and transpose(a b) = transpose(b) transpose(a).
void LayoutChooser::sink(EntryOp entry) {
  Block &block = entry.getBody().front();
  auto each = [&](llvm::function_ref<bool(Operation *)> step) {
    for (bool changed = true; changed;) {
      changed = false;
      for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
        if (op.use_empty() && isMemoryEffectFree(&op)) {
          op.erase();
          changed = true;
        } else if (step(&op)) {
          changed = true;
          break; // what comes next may be gone
        }
    }
  };
  auto cancel = [](TransposeOp op) {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner || !isSwap(op) || !isSwap(inner))
      return false;
    op.replaceAllUsesWith(inner.getInput());
    return true;
  };
  // Down, once through the block: what is made on the way is not looked at again.
  for (Operation *op : llvm::to_vector(llvm::make_pointer_range(block.without_terminator()))) {
    if (auto swap = dyn_cast<TransposeOp>(op)) {
      cancel(swap);
      continue;
    }
    if (auto product = dyn_cast<MatmulOp>(op)) {
      if (!isFlatProduct(product))
        continue;
      for (OpOperand &operand : product->getOpOperands()) {
        auto swap = operand.get().getDefiningOp<TransposeOp>();
        if (!swap || !isSwap(swap))
          continue;
        operand.set(swap.getInput());
        if (operand.getOperandNumber() == 0)
          product.setTransposeA(!product.getTransposeA());
        else
          product.setTransposeB(!product.getTransposeB());
      }
      continue;
    }
    bool reads = llvm::any_of(op->getOperands(), [](Value operand) {
      auto swap = operand.getDefiningOp<TransposeOp>();
      return swap && isSwap(swap);
    });
    if (!reads || !isPlain(op))
      continue;
    OpBuilder b(op);
    Value result = onTransposed(b, op);
    op->replaceAllUsesWith(ValueRange{transposed(b, result, unnamed(op->getLoc()))});
    op->erase();
  }
  each([&](Operation *op) { // up, into what makes a matrix for a transpose alone
    auto swap = dyn_cast<TransposeOp>(op);
    if (!swap || !isSwap(swap))
      return false;
    if (cancel(swap))
      return true;
    Operation *made = swap.getInput().getDefiningOp();
    if (!made || !made->hasOneUse())
      return false;
    OpBuilder b(made);
    if (auto product = dyn_cast<MatmulOp>(made); product && isFlatProduct(product)) {
      swap.replaceAllUsesWith(Ops(b, product.getLoc()).matmul(product.getRhs(), product.getLhs(),
                                                              !product.getTransposeB(), !product.getTransposeA()));
      return true;
    }
    if (!isPlain(made))
      return false;
    swap.replaceAllUsesWith(onTransposed(b, made));
    return true;
  });
}

void LayoutChooser::run() {
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    vote(entry);
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    transposeStored(entry);
    sink(entry);
  }
}

void dlc::chooseLayouts(ModelOp model, bool change) {
  if (change)
    LayoutChooser(model).run();
}
