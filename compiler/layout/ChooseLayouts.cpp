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
  for (auto [argument, attrs] :
       llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
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
        if (use.getOperandNumber() == 1)
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
static bool isDead(Operation *op) { return op->use_empty() && isMemoryEffectFree(op); }

namespace {
/// f(transpose(a), b) = transpose(f(a, transpose(b))), until a transpose meets another at the end of the step; a
/// product reads a transposed operand as it lies, and transpose(a b) = transpose(b) transpose(a).
class Sinker {
public:
  explicit Sinker(Block &block) : block(block) {}
  void run();

private:
  Value transposeOf(Value value);
  Value onTransposed(OpBuilder &b, Operation *op);
  void down(Operation *op);
  Value up(TransposeOp swap);
  void look(Operation *op);
  void erase(Operation *op);
  void eraseAll(Operation *op);

  Block &block;
  DenseMap<Value, TransposeOp> known; ///< the transposes of those that were asked for
  SmallVector<Operation *> open;      ///< transposes that may go up, the next one last
  DenseSet<Operation *> waiting;      ///< those in `open` that have not been erased
};
} // namespace

/// The transpose of a matrix, behind what makes it; one for all who ask.
Value Sinker::transposeOf(Value value) {
  if (auto op = value.getDefiningOp<TransposeOp>(); op && isSwap(op))
    return op.getInput();
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  TransposeOp &one = known[value];
  if (!one)
    for (Operation *user : value.getUsers())
      if (auto op = dyn_cast<TransposeOp>(user); op && isSwap(op)) {
        one = op;
        break;
      }
  if (one)
    one->moveBefore(b.getInsertionBlock(), b.getInsertionPoint()); // who asks may stand above it
  else
    one = transposed(b, value, unnamed(value.getLoc())).getDefiningOp<TransposeOp>();
  return one;
}

/// The op on transposed matrices.
Value Sinker::onTransposed(OpBuilder &b, Operation *op) {
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : op->getOperands())
    state.operands.push_back(isMatrix(operand) ? transposeOf(operand) : operand);
  state.addAttributes(op->getAttrs());
  return createInferred(b, state)->getResult(0);
}

/// What a transpose of a transpose is; null for others.
static Value cancelled(TransposeOp swap) {
  auto inner = swap.getInput().getDefiningOp<TransposeOp>();
  return inner && isSwap(swap) && isSwap(inner) ? inner.getInput() : Value();
}

/// Takes transposes of what an op reads behind it.
void Sinker::down(Operation *op) {
  auto swapOf = [](Value value) {
    auto swap = value.getDefiningOp<TransposeOp>();
    return swap && isSwap(swap) ? swap : TransposeOp();
  };
  if (auto swap = dyn_cast<TransposeOp>(op)) {
    if (Value value = cancelled(swap))
      swap.replaceAllUsesWith(value);
  } else if (auto product = dyn_cast<MatmulOp>(op)) {
    for (OpOperand &operand : product->getOpOperands())
      if (TransposeOp swap = swapOf(operand.get())) {
        operand.set(swap.getInput());
        if (operand.getOperandNumber() == 0)
          product.setTransposeA(!product.getTransposeA());
        else
          product.setTransposeB(!product.getTransposeB());
      }
  } else if (llvm::any_of(op->getOperands(), swapOf) && isPlain(op)) {
    OpBuilder b(op);
    Value result = onTransposed(b, op);
    op->replaceAllUsesWith(ValueRange{transposed(b, result, unnamed(op->getLoc()))});
    op->erase();
  }
}

/// What takes the place of a transpose of what is made for it alone; null if there is nothing.
Value Sinker::up(TransposeOp swap) {
  if (Value value = cancelled(swap))
    return value;
  Operation *made = swap.getInput().getDefiningOp();
  if (!made || !made->hasOneUse())
    return nullptr;
  OpBuilder b(made);
  if (auto product = dyn_cast<MatmulOp>(made); product && isFlatProduct(product))
    return Ops(b, product.getLoc())
        .matmul(product.getRhs(), product.getLhs(), !product.getTransposeB(), !product.getTransposeA());
  return isPlain(made) ? onTransposed(b, made) : Value();
}

void Sinker::look(Operation *op) {
  if (auto swap = dyn_cast_or_null<TransposeOp>(op); swap && isSwap(swap) && waiting.insert(op).second)
    open.push_back(op);
}

void Sinker::erase(Operation *op) {
  for (Value result : op->getResults())
    known.erase(result);
  if (auto swap = dyn_cast<TransposeOp>(op))
    if (auto it = known.find(swap.getInput()); it != known.end() && it->second == swap)
      known.erase(it);
  waiting.erase(op);
  op->erase();
}

/// Erases an op that nothing reads, and what it alone read. What one transpose alone reads then is looked at again.
void Sinker::eraseAll(Operation *op) {
  SetVector<Operation *> dead;
  dead.insert(op);
  while (!dead.empty()) {
    Operation *next = dead.pop_back_val();
    SmallVector<Value> operands(next->getOperands());
    erase(next);
    for (Value operand : operands) {
      if (operand.hasOneUse())
        look(*operand.getUsers().begin());
      if (Operation *made = operand.getDefiningOp(); made && isDead(made))
        dead.insert(made);
    }
  }
}

void Sinker::run() {
  // Down, once through the block: what is made on the way is not looked at again.
  for (Operation *op : llvm::to_vector(llvm::make_pointer_range(block.without_terminator())))
    down(op);
  SmallVector<Operation *> ops = llvm::to_vector(llvm::make_pointer_range(block.without_terminator()));
  for (Operation *op : llvm::reverse(ops))
    if (isDead(op))
      erase(op);
  // Up, from the first.
  for (Operation &op : llvm::reverse(block.without_terminator()))
    look(&op);
  while (!open.empty()) {
    Operation *next = open.pop_back_val();
    if (!waiting.erase(next))
      continue;
    auto swap = cast<TransposeOp>(next);
    Value value = up(swap);
    if (!value)
      continue;
    for (Operation *user : swap->getUsers())
      look(user);
    if (Operation *made = value.getDefiningOp())
      for (Value operand : made->getOperands())
        look(operand.getDefiningOp());
    swap.replaceAllUsesWith(value);
    eraseAll(swap);
  }
}

void LayoutChooser::run() {
  for (EntryOp entry : model.getBody().getOps<EntryOp>())
    vote(entry);
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    transposeStored(entry);
    entry.walk([](ScanOp scan) { Sinker(scan.getBody().front()).run(); });
    Sinker(entry.getBody().front()).run();
  }
}

void dlc::chooseLayouts(ModelOp model, bool change) {
  if (change)
    LayoutChooser(model).run();
}
