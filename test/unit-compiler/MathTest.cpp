// MathTest.cpp - the elementary functions are compiled, run and measured against the C library in long double.
// SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Math.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/ExecutionEngine/OptUtils.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"
#include <chrono>
#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;
using namespace dlc;

namespace {
using Unary = Value (*)(ImplicitLocOpBuilder &, Value);

long double sigmoidl(long double x) { return 1 / (1 + expl(-x)); }

struct Subject {
  const char *name;
  Unary emit;
  long double (*reference)(long double);
  double low, high;    ///< where samples are dense
  double ulp32, ulp64; ///< the largest error allowed
};

const Subject subjects[] = {
    {"exp", emitExp, expl, -100, 100, 2, 2},   {"log", emitLog, logl, 0, 4, 2, 2},
    {"log1p", emitLog1p, log1pl, -1, 3, 2, 2}, {"sin", emitSin, sinl, -100, 100, 2, 2},
    {"cos", emitCos, cosl, -100, 100, 2, 2},   {"erf", emitErf, erfl, -4, 4, 2, 2},
    {"tanh", emitTanh, tanhl, -10, 10, 2, 2},  {"sigmoid", emitSigmoid, sigmoidl, -40, 40, 2, 2},
};

/// Functions over arrays, compiled for one processor. Those of N lanes take whole vectors only.
class Program {
public:
  Program(StringRef cpu) : cpu(cpu) {
    static const bool initialized = [] {
      LLVMInitializeX86TargetInfo();
      LLVMInitializeX86Target();
      LLVMInitializeX86TargetMC();
      LLVMInitializeX86AsmPrinter();
      return true;
    }();
    (void)initialized;
    DialectRegistry registry;
    registerBuiltinDialectTranslation(registry);
    registerLLVMDialectTranslation(registry);
    context.appendDialectRegistry(registry);
    context.loadDialect<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect,
                        math::MathDialect, memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
    module = ModuleOp::create(UnknownLoc::get(&context));
  }

  using Body = llvm::function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, ArrayRef<Value>)>;

  /// void name(input..., output..., count): `body` for each element (lanes 0) or vector.
  void add(const Twine &name, Type element, int64_t lanes, int inputs, int outputs, Body body) {
    ImplicitLocOpBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    SmallVector<Type> arguments(inputs + outputs, MemRefType::get({int64_t(1) << 40}, element));
    arguments.push_back(b.getIndexType());
    auto function = func::FuncOp::create(b, name.str(), b.getFunctionType(arguments, {}));
    Block *entry = function.addEntryBlock();
    b.setInsertionPointToStart(entry);
    Value zero = arith::ConstantIndexOp::create(b, 0);
    Value step = arith::ConstantIndexOp::create(b, std::max<int64_t>(lanes, 1));
    auto loop = scf::ForOp::create(b, zero, entry->getArguments().back(), step);
    b.setInsertionPointToStart(loop.getBody());
    Value at = loop.getInductionVar();
    Type vector = lanes ? Type(VectorType::get({lanes}, element)) : element;
    SmallVector<Value> values;
    for (int i = 0; i != inputs; ++i)
      values.push_back(lanes ? Value(vector::LoadOp::create(b, vector, entry->getArgument(i), at))
                             : Value(memref::LoadOp::create(b, entry->getArgument(i), at)));
    for (auto [i, value] : llvm::enumerate(body(b, values)))
      if (lanes)
        vector::StoreOp::create(b, value, entry->getArgument(inputs + i), at);
      else
        memref::StoreOp::create(b, value, entry->getArgument(inputs + i), at);
    b.setInsertionPointToEnd(entry);
    func::ReturnOp::create(b);
  }

  Type type(bool isSingle) { return isSingle ? Type(Float32Type::get(&context)) : Type(Float64Type::get(&context)); }

  void compile() {
    PassManager pm(&context);
    pm.addPass(createSCFToControlFlowPass());
    pm.addPass(createConvertVectorToLLVMPass());
    pm.addPass(createConvertMathToLLVMPass());
    pm.addPass(createFinalizeMemRefToLLVMConversionPass());
    pm.addPass(createArithToLLVMConversionPass());
    pm.addPass(createConvertControlFlowToLLVMPass());
    ConvertFuncToLLVMPassOptions bare;
    bare.useBarePtrCallConv = true;
    pm.addPass(createConvertFuncToLLVMPass(bare));
    pm.addPass(createReconcileUnrealizedCastsPass());
    ASSERT_TRUE(succeeded(pm.run(*module)));
    module->walk([](Operation *op) {
      StringRef name = op->getName().getStringRef();
      EXPECT_NE(name, "llvm.call");
      if (name.consume_front("llvm.intr.")) {
        EXPECT_TRUE(name == "fma" || name == "fabs" || name == "copysign" || name == "roundeven" ||
                    name == "vector.reduce.or")
            << name.str();
      }
    });

    llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
    std::string error;
    const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
    ASSERT_TRUE(target) << error;
    std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
        triple, cpu, "", {}, llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
    auto optimize = makeOptimizingTransformer(2, 0, machine.get());
    ExecutionEngineOptions options;
    options.transformer = optimize;
    options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
    auto made = ExecutionEngine::create(*module, options, std::move(machine));
    ASSERT_TRUE(bool(made)) << llvm::toString(made.takeError());
    engine = std::move(*made);
  }

  template <typename Pointer> Pointer find(StringRef name) {
    auto found = engine->lookup(name);
    if (found)
      return reinterpret_cast<Pointer>(*found);
    ADD_FAILURE() << llvm::toString(found.takeError());
    return nullptr;
  }

  template <typename... Arguments> void call(StringRef name, Arguments... arguments) {
    if (auto function = find<void (*)(Arguments...)>(name))
      function(arguments...);
  }

private:
  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  std::string cpu;
  std::unique_ptr<ExecutionEngine> engine;
};

std::string nameOf(StringRef function, bool isSingle, int64_t lanes) {
  return (function + (isSingle ? "_f32_" : "_f64_") + Twine(lanes)).str();
}

/// All functions at one full vector (of 512 bits), an odd number of lanes, and as scalars.
std::unique_ptr<Program> compileAll(StringRef cpu) {
  auto program = std::make_unique<Program>(cpu);
  for (bool isSingle : {true, false})
    for (int64_t lanes : {0, 5, isSingle ? 16 : 8}) {
      for (const Subject &s : subjects)
        program->add(nameOf(s.name, isSingle, lanes), program->type(isSingle), lanes, 1, 1,
                     [&](ImplicitLocOpBuilder &b, ArrayRef<Value> x) { return SmallVector<Value>{s.emit(b, x[0])}; });
      program->add(
          nameOf("pow", isSingle, lanes), program->type(isSingle), lanes, 2, 1,
          [&](ImplicitLocOpBuilder &b, ArrayRef<Value> x) { return SmallVector<Value>{emitPow(b, x[0], x[1])}; });
    }
  program->compile();
  return program;
}

/// For AVX2: every machine that runs compiled models has it.
Program &program() {
  static std::unique_ptr<Program> compiled = compileAll("x86-64-v3");
  return *compiled;
}

template <typename T> constexpr bool isSingle = sizeof(T) == 4;
template <typename T> constexpr int64_t fullVector = isSingle<T> ? 16 : 8;

/// How far `got` is from `want` in units of the last place of `want`; infinite where it must agree and does not.
template <typename T> double distance(T got, long double want) {
  const double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(want))
    return std::isnan(got) ? 0 : wrong;
  if (std::isnan(got) || std::signbit(got) != std::signbit(want))
    return wrong;
  const T nearest = T(want);
  if (std::isinf(nearest) || std::isinf(got) || want == 0)
    return got == nearest ? 0 : wrong;
  if (std::fabs(want) < std::numeric_limits<T>::min()) // may come out as 0
    return std::fabs(got) <= std::numeric_limits<T>::min() ? 0 : wrong;
  return double(fabsl(got - want) / ldexpl(1, ilogbl(want) - (isSingle<T> ? 23 : 52)));
}

template <typename T> std::vector<T> specials() {
  using L = std::numeric_limits<T>;
  std::vector<T> values = {0,
                           1,
                           0.5,
                           2,
                           3,
                           2.5,
                           T(0.1),
                           1e-20,
                           1e20,
                           88,
                           88.75,
                           89,
                           103,
                           104,
                           709,
                           709.75,
                           710,
                           745,
                           746,
                           1000,
                           L::min(),
                           L::max(),
                           L::infinity(),
                           L::quiet_NaN(),
                           L::epsilon(),
                           T(1) - L::epsilon() / 2,
                           T(1) + L::epsilon(),
                           T(88.72283),
                           T(87.33654),
                           T(709.782712893384),
                           T(708.396418532264),
                           T(1e15)};
  for (size_t i = 0, count = values.size(); i != count; ++i)
    values.push_back(-values[i]);
  return values;
}

/// A finite normal number, all exponents alike.
template <typename T> T anyNumber(std::mt19937_64 &random) {
  for (;;) {
    T value;
    uint64_t bits = random();
    std::memcpy(&value, reinterpret_cast<char *>(&bits), sizeof(T));
    if (std::isnormal(value))
      return value;
  }
}

template <typename T> std::vector<T> samples(const Subject &s) {
  std::mt19937_64 random(20240615);
  std::vector<T> values = specials<T>();
  for (int i = 0; i != 100000; ++i) {
    values.push_back(T(s.low + (s.high - s.low) * i / 100000));
    values.push_back(T(std::uniform_real_distribution<double>(s.low, s.high)(random)));
    values.push_back(anyNumber<T>(random));
    // Where e^x of f64 is finite, small numbers, and a multiple of pi / 2 as near as the format comes to it.
    values.push_back(T(std::uniform_real_distribution<double>(-745, 710)(random)));
    values.push_back(T(std::ldexp(std::uniform_real_distribution<double>(-1, 1)(random), -(i % 64))));
    values.push_back(T(std::uniform_real_distribution<double>(-1e9, 1e9)(random)));
    values.push_back(T((random() >> (16 + i % 48)) * 1.5707963267948966L));
  }
  while (values.size() % 80) // whole vectors of every length
    values.push_back(1);
  return values;
}

template <typename T> void checkUnary() {
  for (const Subject &s : subjects) {
    std::vector<T> x = samples<T>(s), y(x.size());
    program().call(nameOf(s.name, isSingle<T>, fullVector<T>), x.data(), y.data(), int64_t(x.size()));
    double worst = 0;
    T where = 0;
    for (size_t i = 0; i != x.size(); ++i) {
      double error = distance(y[i], s.reference(x[i]));
      if (error > worst)
        worst = error, where = x[i];
    }
    printf("%-8s f%d: %.3f ulp at %.17g\n", s.name, int(8 * sizeof(T)), worst, double(where));
    EXPECT_LE(worst, isSingle<T> ? s.ulp32 : s.ulp64) << s.name << " at " << where;
  }
}

TEST(Math, SingleFunctionsAreExactToTwoUnits) { checkUnary<float>(); }
TEST(Math, DoubleFunctionsAreExactToTwoUnits) { checkUnary<double>(); }

/// Angles so large that two neighbours are many turns apart; the first is the f64 nearest to a multiple of pi / 2,
/// one of those that fit f32 is the f32 nearest to such a multiple. From mpmath with 2400 bits.
struct LargeAngle {
  double x, sine, cosine;
};
const LargeAngle largeAngles[] = {
    {0x1.6ac5b262ca1ffp+849, 0x1.0000000000000p+0, -0x1.14ae72e6ba22fp-61},
    {0x1.0000000000000p+1023, 0x1.205248cbdb760p-1, -0x1.a719f26c232bfp-1},
    {0x1.fffffffffffffp+1023, 0x1.452fc98b34e97p-8, -0x1.fffe62ecfab75p-1},
    {0x1.0000000000001p+50, 0x1.6437648e5ea77p-1, 0x1.6fc4d03aa653cp-1},
    {-0x1.921fb54442d18p+50, 0x1.1a2922caa21e7p-4, 0x1.fec8a2abc43d5p-1},
    {0x1.b96b8e5d5d5d5p+300, -0x1.79485f14ed887p-1, -0x1.5a1fb8cf56721p-1},
    {0x1.0000000000000p+64, 0x1.82a353118793dp-6, -0x1.ffdb7fa3fe34dp-1},
    {-0x1.0f0cf064dd592p+73, 0x1.b453ab76bf397p-1, 0x1.0be2cef01c8f4p-1},
    {0x1.f37c8a0000000p+95, 0x1.0000000000000p+0, -0x1.bbdd52a58eafbp-30},
    {-0x1.93e5939a08ceap+99, -0x1.31c608f107767p-7, -0x1.fffa4b11f1b45p-1},
    {0x1.fffffe0000000p+127, -0x1.0b33665089575p-1, 0x1.b4bf2c79bdfcep-1},
};

template <typename T> void checkLargeAngles() {
  std::vector<T> x, y(16), z(16);
  std::vector<const LargeAngle *> known;
  for (const LargeAngle &angle : largeAngles)
    if (double(T(angle.x)) == angle.x) {
      known.push_back(&angle);
      x.push_back(T(angle.x));
    }
  x.resize(16, T(0.5)); // usual ones beside them
  program().call(nameOf("sin", isSingle<T>, fullVector<T>), x.data(), y.data(), int64_t(16));
  program().call(nameOf("cos", isSingle<T>, fullVector<T>), x.data(), z.data(), int64_t(16));
  for (size_t i = 0; i != known.size(); ++i) {
    EXPECT_LE(distance(y[i], (long double)known[i]->sine), 1.5) << "sin " << x[i];
    EXPECT_LE(distance(z[i], (long double)known[i]->cosine), 1.5) << "cos " << x[i];
  }
  EXPECT_LE(distance(y[15], sinl(0.5L)), 1);
  EXPECT_LE(distance(z[15], cosl(0.5L)), 1);
}

TEST(Math, LargeSingleAnglesAreReducedExactly) { checkLargeAngles<float>(); }
TEST(Math, LargeDoubleAnglesAreReducedExactly) { checkLargeAngles<double>(); }

template <typename T> void checkPower() {
  std::vector<T> x, y;
  for (T a : specials<T>())
    for (T b : specials<T>()) {
      x.push_back(a);
      y.push_back(b);
    }
  std::mt19937_64 random(7);
  auto uniform = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  for (int i = 0; i != 200000; ++i) {
    T base = std::fabs(anyNumber<T>(random));
    x.push_back(base); // any base, a result that is a number
    y.push_back(T(uniform(-1, 1) * (isSingle<T> ? 128 : 1024) / std::log2(base)));
    base = T(1 + uniform(-1, 1) * std::ldexp(1.0, -(i % 20)));
    x.push_back(base); // near 1
    y.push_back(T(uniform(-1, 1) * (isSingle<T> ? 128 : 1024) / std::log2(base)));
    x.push_back(T(uniform(-10, 10)));
    y.push_back(T(int(uniform(-40, 40)))); // whole exponents of both signs
    x.push_back(anyNumber<T>(random));
    y.push_back(anyNumber<T>(random));
  }
  while (x.size() % 80) {
    x.push_back(1);
    y.push_back(1);
  }
  std::vector<T> z(x.size());
  program().call(nameOf("pow", isSingle<T>, fullVector<T>), x.data(), y.data(), z.data(), int64_t(x.size()));
  double worst = 0;
  T base = 0, exponent = 0;
  for (size_t i = 0; i != x.size(); ++i) {
    double error = distance(z[i], powl(x[i], y[i]));
    if (error > worst)
      worst = error, base = x[i], exponent = y[i];
  }
  printf("pow      f%d: %.3f ulp at %.17g, %.17g\n", int(8 * sizeof(T)), worst, double(base), double(exponent));
  EXPECT_LE(worst, 2) << base << " to the power of " << exponent;
}

TEST(Math, SinglePowersAreExactToTwoUnits) { checkPower<float>(); }
TEST(Math, DoublePowersAreExactToTwoUnits) { checkPower<double>(); }

/// Compares bit by bit, all NaNs alike.
template <typename T> int64_t countDifferent(ArrayRef<T> x, ArrayRef<T> y) {
  int64_t count = 0;
  for (auto [a, b] : llvm::zip_equal(x, y))
    count += std::isnan(a) ? !std::isnan(b) : std::memcmp(&a, &b, sizeof(T)) != 0;
  return count;
}

template <typename T> void checkBits(Program &other, ArrayRef<int64_t> lanes) {
  for (const Subject &s : subjects) {
    std::vector<T> x = samples<T>(s), y(x.size()), z(x.size());
    program().call(nameOf(s.name, isSingle<T>, fullVector<T>), x.data(), y.data(), int64_t(x.size()));
    for (int64_t n : lanes) {
      other.call(nameOf(s.name, isSingle<T>, n), x.data(), z.data(), int64_t(x.size()));
      EXPECT_EQ(countDifferent<T>(y, z), 0) << nameOf(s.name, isSingle<T>, n);
    }
  }
  std::vector<T> x = samples<T>(subjects[1]), w = samples<T>(subjects[5]), y(x.size()), z(x.size());
  program().call(nameOf("pow", isSingle<T>, fullVector<T>), x.data(), w.data(), y.data(), int64_t(x.size()));
  for (int64_t n : lanes) {
    other.call(nameOf("pow", isSingle<T>, n), x.data(), w.data(), z.data(), int64_t(x.size()));
    EXPECT_EQ(countDifferent<T>(y, z), 0) << nameOf("pow", isSingle<T>, n);
  }
}

TEST(Math, AnyNumberOfLanesGivesTheSameBits) {
  checkBits<float>(program(), {0, 5});
  checkBits<double>(program(), {0, 5});
}

TEST(Math, Avx2AndAvx512GiveTheSameBits) {
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq"))
    GTEST_SKIP() << "this processor has no AVX-512";
  std::unique_ptr<Program> wide = compileAll("x86-64-v4");
  checkBits<float>(*wide, {0, 5, 16});
  checkBits<double>(*wide, {0, 5, 8});
}

TEST(Math, PhiloxGivesThePublishedNumbers) {
  // Known answers of the authors' Random123, kat_vectors: philox4x32, 10 rounds.
  struct Answer {
    uint32_t counter[4], key[2], words[4];
  };
  const Answer answers[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                            {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                            {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                             {0xa4093822, 0x299f31d0},
                             {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  // Counters and keys as vectors, as scalars, and vectors of counters with one key.
  Program philox("x86-64-v3");
  Builder types(philox.type(true).getContext());
  for (int64_t lanes : {0, 4})
    philox.add("philox_" + Twine(lanes), types.getI64Type(), lanes, 6, 4,
               [](ImplicitLocOpBuilder &b, ArrayRef<Value> x) {
                 return SmallVector<Value>(emitPhilox(b, x.take_front(4), x[4], x[5]));
               });
  philox.add("philox_key", types.getI64Type(), 4, 6, 4, [](ImplicitLocOpBuilder &b, ArrayRef<Value> x) {
    Value low = vector::ExtractOp::create(b, x[4], 1), high = vector::ExtractOp::create(b, x[5], 1);
    return SmallVector<Value>(emitPhilox(b, x.take_front(4), low, high));
  });
  philox.compile();
  for (const char *name : {"philox_0", "philox_4", "philox_key"})
    for (const Answer &answer : answers) {
      int64_t in[6][4], out[4][4];
      for (int lane = 0; lane != 4; ++lane) {
        // Of four lanes the second is the one asked about.
        for (int word = 0; word != 4; ++word)
          in[word][lane] = uint32_t(answer.counter[word] + (lane - 1));
        in[4][lane] = answer.key[0];
        in[5][lane] = answer.key[1];
      }
      philox.call(name, in[0], in[1], in[2], in[3], in[4], in[5], out[0], out[1], out[2], out[3], int64_t(4));
      for (int word = 0; word != 4; ++word) {
        EXPECT_EQ(uint32_t(out[word][1]), answer.words[word]) << name;
        EXPECT_NE(uint32_t(out[word][0]), answer.words[word]) << name;
      }
    }
}

/// Not a test: prints nanoseconds an element, 4096 elements in the cache. Run with
/// --gtest_also_run_disabled_tests --gtest_filter='*Speed'.
TEST(Math, DISABLED_Speed) {
  bool isWide = __builtin_cpu_supports("avx512f");
  std::unique_ptr<Program> compiled = compileAll(isWide ? "x86-64-v4" : "x86-64-v3");
  std::mt19937_64 random(1);
  auto measure = [&]<typename T>(T, const std::string &name, double low, double high, int inputs) {
    std::vector<T> x(4096), y(4096);
    for (T &value : x)
      value = T(std::uniform_real_distribution<double>(low, high)(random));
    auto unary = compiled->find<void (*)(T *, T *, int64_t)>(name);
    auto binary = compiled->find<void (*)(T *, T *, T *, int64_t)>(name);
    double best = 1e9;
    for (int run = 0; run != 300; ++run) {
      auto start = std::chrono::steady_clock::now();
      if (inputs == 1)
        unary(x.data(), y.data(), 4096);
      else
        binary(x.data(), x.data(), y.data(), 4096);
      auto end = std::chrono::steady_clock::now();
      best = std::min(best, std::chrono::duration<double, std::nano>(end - start).count());
    }
    printf("%-16s %.3f ns\n", name.c_str(), best / 4096);
  };
  for (const Subject &s : subjects) {
    measure(0.0f, nameOf(s.name, true, 16), std::max(s.low, -10.0), std::min(s.high, 10.0), 1);
    measure(0.0, nameOf(s.name, false, 8), std::max(s.low, -10.0), std::min(s.high, 10.0), 1);
  }
  measure(0.0f, nameOf("pow", true, 16), 0.1, 10, 2);
  measure(0.0, nameOf("pow", false, 8), 0.1, 10, 2);
}
} // namespace
