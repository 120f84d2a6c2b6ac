// ChooseLayouts.cpp - level `layout`: in which order the axes of a stored tensor lie in memory.
// SPDX-License-Identifier: Apache-2.0
//
//   matmul %x, %w, transpose_b        =>   the weight [out, in] lies as [in, out]:
//                                          %t = transpose %w ... folded into the products that read it
//
// A product reads its right operand best row by row of the summed dimension; who transposes a tensor of more axes, as
// convolutions do their filters, wants it so. Every use of a parameter in every entry point votes for an order; where
// another one than the written one wins, the argument's type becomes the transposed one (attribute `layout = [1, 0]`: the
// first axis in memory is axis 1), and so do those of its slots and of its new value. Transposes then sink into products and
// through element-wise ops, until they meet others, and none is left on the way of a training step.
#include "compiler/Passes.h"
#include "compiler/Permutation.h"
#include "compiler/graph/Stored.h"
#include "mlir/IR/Threading.h"
#include <map>

using namespace mlir;
using namespace dlc;

namespace {
/// The votes for one name, over all entry points.
struct Votes {
  std::map<Permutation, int64_t> of; ///< for each order of the axes
  bool possible = true;

  /// The order that most want; if some have as many, the written one, or the least.
  Permutation winner() const;
};

class LayoutChooser {
public:
  explicit LayoutChooser(ModelOp model) : model(model) {}
  void run();

private:
  void vote(EntryOp entry);
  Permutation chosenFor(StringRef name, int64_t rank);
  void transposeStored(EntryOp entry);

  ModelOp model;
  llvm::StringMap<Votes> votes;
};
} // namespace

static bool isIdentity(ArrayRef<int64_t> permutation) {
  return llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()));
}
/// One after the other.
static Permutation both(ArrayRef<int64_t> first, ArrayRef<int64_t> then) {
  return llvm::map_to_vector(then, [&](int64_t axis) { return first[axis]; });
}
static Permutation swapped() { return {1, 0}; }

Permutation Votes::winner() const {
  Permutation best;
  int64_t most = 0;
  for (auto &[order, count] : of)
    if (count > most || (count == most && isIdentity(order))) {
      best = order;
      most = count;
    }
  return best;
}

/// The parameter that an argument or a result belongs to: its own name, or that of a slot's parameter.
static StringRef ownerOf(DictionaryAttr attrs) {
  if (auto name = attrs.getAs<StringAttr>("parameter"))
    return name.getValue();
  if (auto of = attrs.getAs<StringAttr>("of"))
    return of.getValue();
  return "";
}

/// What an op wants of a stored tensor shows when it is written out.
static void writeOutReaders(EntryOp entry) {
  SetVector<Operation *> readers;
  for (auto [argument, attrs] :
       llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>()))
    if (attrs.contains("parameter") && typeOf(argument).getRank() > 1)
      for (Operation *user : argument.getUsers())
        if (isa<DecomposableOpInterface>(user))
          readers.insert(user);
  llvm::for_each(readers, writeOut);
}

void LayoutChooser::vote(EntryOp entry) {
  for (auto [argument, attrs] :
       llvm::zip(entry.getBody().getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
    auto name = attrs.getAs<StringAttr>("parameter");
    if (!name)
      continue;
    Votes &own = votes[name];
    int64_t rank = typeOf(argument).getRank();
    Permutation straight = llvm::to_vector(llvm::seq<int64_t>(0, rank));
    for (OpOperand &use : argument.getUses()) {
      if (auto product = dyn_cast<MatmulOp>(use.getOwner()); product && rank == 2) {
        // The right operand [k, n] is read along n; the left one costs the same either way.
        if (use.getOperandNumber() == 1)
          ++own.of[product.getTransposeB() ? swapped() : straight];
      } else if (auto turned = dyn_cast<TransposeOp>(use.getOwner())) {
        ++own.of[permutationOf(turned)];
      } else if (isa<ReshapeOp>(use.getOwner())) {
        ++own.of[straight]; // its elements are read in their order
      } else if (isa<GatherOp>(use.getOwner())) {
        own.possible = false; // rows of a table lie together
      }
    }
  }
}

static Value transposed(OpBuilder &b, Value value, ArrayRef<int64_t> permutation, Location loc) {
  return Ops(b, loc).transpose(value, permutation);
}

/// The order in which the axes of a stored tensor lie; the identity for most.
Permutation LayoutChooser::chosenFor(StringRef name, int64_t rank) {
  auto it = votes.find(name);
  Permutation order = it != votes.end() && it->second.possible ? it->second.winner() : Permutation();
  return (int64_t)order.size() == rank ? order : llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

/// Stored tensors that are transposed: inside, a `transpose` gives the logical tensor back.
void LayoutChooser::transposeStored(EntryOp entry) {
  Block &block = entry.getBody().front();
  OpBuilder b(entry.getContext());
  b.setInsertionPointToStart(&block);
  DenseMap<StoredKey, Permutation> moved; // stored tensors of this entry
  SmallVector<Attribute> argAttrs, resAttrs, types;
  for (auto [argument, attrs] : llvm::zip(block.getArguments(), entry.getArgAttrs().getAsRange<DictionaryAttr>())) {
    Permutation order = chosenFor(ownerOf(attrs), typeOf(argument).getRank());
    if (isIdentity(order)) {
      argAttrs.push_back(attrs);
      continue;
    }
    NamedAttrList list(attrs);
    list.set("layout", b.getDenseI64ArrayAttr(order));
    argAttrs.push_back(list.getDictionary(entry.getContext()));
    moved[storedKey(attrs)] = order;
    SmallVector<Dim> dims = dimsOf(argument);
    SmallVector<Dim> turned = llvm::map_to_vector(order, [&](int64_t axis) { return dims[axis]; });
    argument.setType(makeTensor(turned, typeOf(argument).getElementType()));
    Value back = transposed(b, argument, inverse(order), argument.getLoc());
    argument.replaceAllUsesExcept(back, back.getDefiningOp());
  }
  Operation *done = block.getTerminator();
  b.setInsertionPoint(done);
  for (auto [operand, attrs] : llvm::zip(done->getOpOperands(), entry.getResAttrs().getAsRange<DictionaryAttr>())) {
    if (auto it = moved.find(storedKey(attrs)); attrs.contains("update") && it != moved.end())
      operand.set(transposed(b, operand.get(), it->second, operand.get().getLoc()));
    types.push_back(TypeAttr::get(operand.get().getType()));
  }
  entry.setArgAttrsAttr(b.getArrayAttr(argAttrs));
  entry.setResultTypesAttr(b.getArrayAttr(types));
}

static bool isMatrix(Value value) { return typeOf(value).getRank() == 2; }
static bool isFlatProduct(MatmulOp op) { return isMatrix(op.getLhs()) && isMatrix(op.getRhs()); }
/// May a transpose of it move? Matrices, and what is the same for all rows of the batch, as weights are; larger activations
/// lie as they were written.
static bool mayTurn(Value value) {
  return typeOf(value).getRank() == 2 || (typeOf(value).getRank() > 2 && typeOf(value).hasStaticShape());
}
static TransposeOp turnOf(Value value) {
  auto turn = value.getDefiningOp<TransposeOp>();
  return turn && mayTurn(value) ? turn : TransposeOp();
}
/// Read at the point itself; the one element of an axis of size 1 is the same everywhere.
static bool isRead(Value value, AffineMap map, ArrayRef<Dim> points) {
  auto isInPlace = [&](unsigned axis) {
    AffineExpr place = map.getResult(axis);
    return place == getAffineDimExpr(axis, map.getContext()) ||
           (points[axis] == Dim(1) && place == getAffineConstantExpr(0, map.getContext()));
  };
  return dimsOf(value) == SmallVector<Dim>(points) && llvm::all_of(llvm::seq<unsigned>(0, points.size()), isInPlace);
}
/// An element-wise op of tensors of one shape and of numbers.
static bool isPlain(Operation *op) {
  if (!hasKind(op, IterationKind::Elementwise) || op->getNumOperands() == 0 || isa<TransposeOp>(op) ||
      !mayTurn(op->getResult(0)))
    return false;
  SmallVector<AffineMap> maps = cast<FusibleOpInterface>(op).getAccessMaps();
  for (auto [operand, map] : llvm::zip(op->getOperands(), maps))
    if (!map || !(typeOf(operand).getRank() == 0 || isRead(operand, map, dimsOf(op->getResult(0))))) // not a slice
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
  Value turned(Value value, ArrayRef<int64_t> permutation);
  Operation *onTurned(OpBuilder &b, Operation *op, ArrayRef<int64_t> permutation);
  void follow(Operation *op);
  void down(Operation *op);
  Value up(TransposeOp turn);
  void rise();
  void look(Operation *op);
  void erase(Operation *op);
  void eraseAll(Operation *op);

  Block &block;
  DenseMap<Value, SmallVector<TransposeOp, 1>> known; ///< the transposes of those that were asked for
  SmallVector<Operation *> open;                      ///< transposes that may go up, the next one last
  DenseSet<Operation *> waiting;                      ///< those in `open` that have not been erased
};
} // namespace

/// The transpose of a tensor, behind what makes it; one for all who ask.
Value Sinker::turned(Value value, ArrayRef<int64_t> permutation) {
  if (TransposeOp inner = turnOf(value); inner && isIdentity(both(permutationOf(inner), permutation)))
    return inner.getInput();
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  SmallVector<TransposeOp, 1> &all = known[value];
  auto isIt = [&](TransposeOp op) { return op && llvm::equal(permutationOf(op), permutation); };
  auto it = llvm::find_if(all, isIt);
  TransposeOp one = it != all.end() ? *it : TransposeOp();
  if (!one)
    for (Operation *user : value.getUsers())
      if (auto op = dyn_cast<TransposeOp>(user); isIt(op)) {
        one = op;
        break;
      }
  if (one)
    one->moveBefore(b.getInsertionBlock(), b.getInsertionPoint()); // who asks may stand above it
  else
    one = transposed(b, value, permutation, unnamed(value.getLoc())).getDefiningOp<TransposeOp>();
  if (it == all.end())
    all.push_back(one);
  return one;
}

/// The op on transposed tensors.
Operation *Sinker::onTurned(OpBuilder &b, Operation *op, ArrayRef<int64_t> permutation) {
  OperationState state(op->getLoc(), op->getName());
  for (Value operand : op->getOperands())
    state.operands.push_back(typeOf(operand).getRank() ? turned(operand, permutation) : operand);
  auto turnedDims = [&](Value value) {
    SmallVector<Dim> dims = dimsOf(value);
    return llvm::map_to_vector(permutation, [&](int64_t axis) { return dims[axis]; });
  };
  if (isa<BroadcastOp>(op)) // of a number: it reads no shape, its own is written
    return Ops(b, op->getLoc()).broadcast(state.operands[0], turnedDims(op->getResult(0))).getDefiningOp();
  state.addAttributes(op->getAttrs());
  if (!isa<MapOp>(op))
    return createInferred(b, state);
  for (Value result : op->getResults())
    state.addTypes(makeTensor(turnedDims(result), typeOf(result).getElementType()));
  return b.create(state);
}

/// What is summed over all axes has no order of its own. If it is made of a value that is transposed for others, it takes
/// their order, so that nobody reads the value as it lay.
void Sinker::follow(Operation *op) {
  if (!op->hasTrait<Reduction>() || op->getNumResults() != 1 || typeOf(op->getResult(0)).getRank() ||
      !mayTurn(op->getOperand(0)))
    return;
  Value source = op->getOperand(0);
  while (source.hasOneUse() || llvm::all_equal(source.getUsers())) {
    Operation *made = source.getDefiningOp();
    if (!made || !isPlain(made))
      break;
    auto whole = llvm::find_if(made->getOperands(), [](Value operand) { return typeOf(operand).getRank() > 0; });
    if (whole == made->operand_end())
      break;
    source = *whole;
  }
  if (!source.getDefiningOp())
    return; // in the caller's memory, where it lies as it does
  auto take = [&](ArrayRef<int64_t> order) {
    op->setOperand(0, turned(op->getOperand(0), order));
    look(op->getOperand(0).getDefiningOp());
  };
  if (TransposeOp turn = turnOf(source))
    return take(inverse(permutationOf(turn)));
  for (Operation *user : source.getUsers())
    if (auto turn = dyn_cast<TransposeOp>(user); turn && mayTurn(turn))
      return take(permutationOf(turn));
}

/// What a transpose of its transpose is; null for others.
static Value cancelled(TransposeOp turn) {
  TransposeOp inner = turnOf(turn.getInput());
  return inner && isIdentity(both(permutationOf(inner), permutationOf(turn))) ? inner.getInput() : Value();
}

/// Takes transposes of what an op reads behind it.
void Sinker::down(Operation *op) {
  if (auto turn = dyn_cast<TransposeOp>(op)) {
    if (Value value = cancelled(turn))
      turn.replaceAllUsesWith(value);
  } else if (auto product = dyn_cast<MatmulOp>(op)) {
    for (OpOperand &operand : product->getOpOperands())
      if (TransposeOp swap = turnOf(operand.get()); swap && permutationOf(swap) == swapped()) {
        operand.set(swap.getInput());
        if (operand.getOperandNumber() == 0)
          product.setTransposeA(!product.getTransposeA());
        else
          product.setTransposeB(!product.getTransposeB());
      }
  } else if (isPlain(op)) {
    TransposeOp first;
    for (Value operand : op->getOperands())
      if (!first)
        first = turnOf(operand);
    if (!first)
      return;
    OpBuilder b(op);
    Permutation permutation = permutationOf(first);
    Operation *result = onTurned(b, op, inverse(permutation));
    op->replaceAllUsesWith(llvm::map_to_vector(
        result->getResults(), [&](Value value) { return transposed(b, value, permutation, unnamed(op->getLoc())); }));
    op->erase();
  }
}

/// What takes the place of a transpose of what is made for it alone; null if there is nothing.
Value Sinker::up(TransposeOp turn) {
  if (Value value = cancelled(turn))
    return value;
  Operation *made = turn.getInput().getDefiningOp();
  if (!made || !made->hasOneUse())
    return nullptr;
  OpBuilder b(made);
  if (auto product = dyn_cast<MatmulOp>(made); product && isFlatProduct(product))
    return Ops(b, product.getLoc())
        .matmul(product.getRhs(), product.getLhs(), !product.getTransposeB(), !product.getTransposeA());
  return isPlain(made) && made->getNumResults() == 1 ? onTurned(b, made, permutationOf(turn))->getResult(0) : Value();
}

void Sinker::look(Operation *op) {
  if (auto turn = dyn_cast_or_null<TransposeOp>(op); turn && mayTurn(turn) && waiting.insert(op).second)
    open.push_back(op);
}

void Sinker::erase(Operation *op) {
  for (Value result : op->getResults())
    known.erase(result);
  if (auto turn = dyn_cast<TransposeOp>(op))
    if (auto it = known.find(turn.getInput()); it != known.end())
      llvm::erase(it->second, turn);
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
  rise();
  for (Operation &op : block.without_terminator())
    follow(&op);
  rise();
}

/// Takes transposes above what they read, as far as they go.
void Sinker::rise() {
  while (!open.empty()) {
    Operation *next = open.pop_back_val();
    if (!waiting.erase(next))
      continue;
    auto turn = cast<TransposeOp>(next);
    Value value = up(turn);
    if (!value)
      continue;
    for (Operation *user : turn->getUsers())
      look(user);
    if (Operation *made = value.getDefiningOp())
      for (Value operand : made->getOperands())
        look(operand.getDefiningOp());
    turn.replaceAllUsesWith(value);
    eraseAll(turn);
  }
}

void LayoutChooser::run() {
  for (EntryOp entry : model.getBody().getOps<EntryOp>()) {
    writeOutReaders(entry);
    vote(entry);
  }
  parallelForEach(model.getContext(), model.getBody().getOps<EntryOp>(), [&](EntryOp entry) {
    transposeStored(entry);
    entry.walk([](ScanOp scan) { Sinker(scan.getBody().front()).run(); });
    Sinker(entry.getBody().front()).run();
  });
}

void dlc::chooseLayouts(ModelOp model, bool change) {
  if (change)
    LayoutChooser(model).run();
}
