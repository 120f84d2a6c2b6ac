// Recurrent.cpp - rnn, gru and lstm: scans over time.
// SPDX-License-Identifier: Apache-2.0
//
// Time is the first axis from the first layer to the last. The products of the inputs stand in the loop's body, as they would
// in a scan that a person writes: the compiler does them for all steps at once (MoveOutOfScans.cpp).
#include "dialects/nn/NN.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::nn;

namespace {
/// One step of a cell: what it makes of the products of input and of what is carried (with their biases) and of what is
/// carried. The first of the results is the output.
using Cell = llvm::function_ref<SmallVector<Value>(const Ops &, Value input, Value recurrent, ValueRange carried)>;

/// What a cell carries, in order.
constexpr StringLiteral carriedNames[] = {"hidden", "cell"};

/// What the layers have in common.
struct Recurrent {
  Expansion &e;
  Value input;
  int64_t features, layers, gates;
  bool isBidirectional, hasBias;
  double rate;
  Value mask;
  SmallVector<Value> initial; ///< of each that is carried, or null
  bool isStateful = false;

  SmallVector<Value> expand(Cell cell, bool states);

private:
  ScanOp scan(Value x, Value mask, int64_t layer, bool reverse, ArrayRef<Value> begin, Cell cell);
  /// What is carried into a layer's first step, by where it is given.
  SmallVector<Value> begin(int64_t layer, int64_t part, RankedTensorType type) {
    SmallVector<Value> values;
    for (auto [name, all] : llvm::zip(carriedNames, initial))
      values.push_back(all          ? e.ops.reshape(e.ops.slice(all, 0, part, 1), dimsOf(type))
                       : isStateful ? e.sessionState(stateName(name, layer), type, e.init("zeros"))
                                    : e.ops.splat(0, type));
    return values;
  }
  /// The next call goes on from there.
  void remember(int64_t layer, ValueRange last) {
    for (auto [name, value] : llvm::zip(carriedNames, last))
      e.update(stateName(name, layer), value);
  }
  static std::string stateName(StringRef name, int64_t layer) { return (name + "_l" + Twine(layer)).str(); }
  Value param(StringRef kind, int64_t layer, bool reverse, ArrayRef<int64_t> shape) {
    double limit = 1 / std::sqrt((double)features);
    std::string name = (kind + "_l" + Twine(layer) + (reverse ? "_reverse" : "")).str();
    return e.param(name, shape, typeOf(input).getElementType(), e.init("uniform", {-limit, limit}));
  }
};
} // namespace

/// One direction of one layer over x [time, batch, inputs].
ScanOp Recurrent::scan(Value x, Value mask, int64_t layer, bool reverse, ArrayRef<Value> begin, Cell cell) {
  int64_t inputs = typeOf(x).getShape().back(), size = gates * features;
  Value w = param("weight_ih", layer, reverse, {size, inputs}),
        u = param("weight_hh", layer, reverse, {size, features});
  Value b = hasBias ? param("bias_ih", layer, reverse, {size}) : Value(),
        c = hasBias ? param("bias_hh", layer, reverse, {size}) : Value();
  SmallVector<Value> along{x};
  if (mask)
    along.push_back(mask);
  return makeScan(e.ops, along, begin, dimsOf(x)[0], reverse,
                  [&](const Ops &ops, ValueRange slices, ValueRange carried) {
                    Value p = ops.matmul(slices[0], w, false, true), q = ops.matmul(carried[0], u, false, true);
                    if (hasBias) {
                      p = ops.add(p, b);
                      q = ops.add(q, c);
                    }
                    Round round;
                    round.carried = cell(ops, p, q, carried);
                    Value out = round.carried[0];
                    if (mask) { // [batch, 1]
                      out = ops.where(slices[1], out, ops.number(0, out));
                      for (auto [now, before] : llvm::zip(round.carried, carried))
                        now = ops.where(slices[1], now, before);
                    }
                    round.stacked = {out};
                    return round;
                  });
}

SmallVector<Value> Recurrent::expand(Cell cell, bool states) {
  const Ops &ops = e.ops;
  Value x = ops.transpose(input, {1, 0, 2}), given = mask;
  SmallVector<Dim> dims = dimsOf(x), state{dims[1], Dim(features)};
  if (given) {
    if (!typeOf(given).getElementType().isInteger(1))
      given = ops.binary("ne", given, ops.number(0, given));
    given = ops.unsqueeze(ops.transpose(given, {1, 0}), 2);
  }
  int64_t directions = isBidirectional ? 2 : 1;
  SmallVector<SmallVector<Value>> last(initial.size());
  for (int64_t layer = 0; layer < layers; ++layer) {
    if (layer && rate > 0)
      x = e.dropout(x, rate, ("l" + Twine(layer)).str());
    SmallVector<Value> outputs;
    for (int64_t direction = 0; direction < directions; ++direction) {
      RankedTensorType type = makeTensor(state, typeOf(input).getElementType());
      ScanOp one = scan(x, given, layer, direction == 1, begin(layer, layer * directions + direction, type), cell);
      if (isStateful)
        remember(layer, one.getLastResults());
      outputs.push_back(one.getStackedResults()[0]);
      for (auto [all, value] : llvm::zip(last, one.getLastResults()))
        all.push_back(ops.unsqueeze(value, 0));
    }
    x = outputs.size() == 1 ? outputs[0] : ops.create<ConcatOp>(outputs, {ops.size("axis", 2)}).getResult();
  }
  SmallVector<Value> results{ops.transpose(x, {1, 0, 2})};
  if (states)
    for (ArrayRef<Value> all : last)
      results.push_back(all.size() == 1 ? all[0] : ops.create<ConcatOp>(all, {ops.size("axis", 0)}).getResult());
  return results;
}

template <typename Layer> static Recurrent common(Expansion &e, Layer layer, int64_t gates) {
  FloatAttr rate = layer.getDropoutAttr();
  return {e,
          layer.getInput(),
          layer.getFeatures().number(),
          layer.getLayersAttr() ? layer.getLayersAttr().number() : 1,
          gates,
          layer.getBidirectional(),
          layer.getBias().value_or(true),
          rate ? rate.getValueAsDouble() : 0,
          layer.getMask(),
          {layer.getHidden()},
          layer.getStateful()};
}
/// The gates, which lie side by side.
static ValueRange gates(const Ops &ops, Value all, int64_t count) {
  return ops.create<SplitOp>({all}, {ops.size("count", count), ops.size("axis", -1)})->getResults();
}

SmallVector<Value> nn::RnnOp::expand(Expansion &e) {
  StringRef activation = getActivation().value_or("tanh");
  auto cell = [&](const Ops &ops, Value p, Value q, ValueRange) -> SmallVector<Value> {
    return {ops.unary(activation, ops.add(p, q))};
  };
  return common(e, *this, 1).expand(cell, getStates());
}

SmallVector<Value> nn::GruOp::expand(Expansion &e) {
  auto cell = [&](const Ops &ops, Value p, Value q, ValueRange carried) -> SmallVector<Value> {
    ValueRange in = gates(ops, p, 3), back = gates(ops, q, 3);
    Value r = ops.unary("sigmoid", ops.add(in[0], back[0])), z = ops.unary("sigmoid", ops.add(in[1], back[1]));
    Value n = ops.unary("tanh", ops.add(in[2], ops.mul(r, back[2])));
    return {ops.add(ops.mul(ops.sub(1.0, z), n), ops.mul(z, carried[0]))};
  };
  return common(e, *this, 3).expand(cell, getStates());
}

SmallVector<Value> nn::LstmOp::expand(Expansion &e) {
  auto cell = [&](const Ops &ops, Value p, Value q, ValueRange carried) -> SmallVector<Value> {
    ValueRange all = gates(ops, ops.add(p, q), 4);
    Value i = ops.unary("sigmoid", all[0]), f = ops.unary("sigmoid", all[1]), g = ops.unary("tanh", all[2]),
          o = ops.unary("sigmoid", all[3]);
    Value next = ops.add(ops.mul(f, carried[1]), ops.mul(i, g));
    return {ops.mul(o, ops.unary("tanh", next)), next};
  };
  Recurrent layer = common(e, *this, 4);
  layer.initial.push_back(getCell());
  return layer.expand(cell, getStates());
}
