// ContractionTest.cpp - matrix products are compiled for random shapes and run: every bit must be that of a
// scalar loop. SPDX-License-Identifier: Apache-2.0
#include "compiler/loops/Contraction.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <sys/mman.h>
#include <vector>

using namespace mlir;
using namespace dlc;

namespace {
const TargetDescription v3{"x86-64-v3", "+avx2,+fma", 32, 512 << 10};
const TargetDescription v4{"x86-64-v4", "+avx512f", 64, 1 << 20};

/// Memory of `count` elements that ends where none may be touched.
template <typename T> class GuardedArray {
public:
  explicit GuardedArray(int64_t count, size_t alignment = sizeof(T)) : count(count) {
    size_t page = 4096, used = llvm::alignTo(count * sizeof(T), alignment);
    bytes = llvm::alignTo(used, page) + 2 * page;
    base = static_cast<char *>(mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + page, bytes - 2 * page, PROT_READ | PROT_WRITE);
    elements = reinterpret_cast<T *>(base + bytes - page - used);
  }
  ~GuardedArray() { munmap(base, bytes); }
  GuardedArray(const GuardedArray &) = delete;
  T &operator[](int64_t i) { return elements[i]; }
  T *data() { return elements; }
  int64_t size() const { return count; }

private:
  int64_t count;
  size_t bytes;
  char *base;
  T *elements;
};

struct Problem {
  std::array<int64_t, 3> capacity; ///< of m, n, k
  std::array<int64_t, 3> size;     ///< what is run
  std::array<bool, 3> dynamic;     ///< whether the code learns the size only when run
  std::array<int64_t, 2> lhsStride, rhsStride;
  int64_t lhsBase, rhsBase;
  bool isDouble;
  bool openStrides = false; ///< whether the code learns the strides that are not 1 only when run

  ProductShape shape() const { return {isDouble ? 8 : 4, capacity[0], capacity[1], capacity[2], lhsStride, rhsStride}; }

  /// The one form that does not sum in the order of k.
  bool sumsByLanes() const {
    auto [m, n, k] = capacity;
    int64_t bytes = isDouble ? 8 : 4, lanes = 64 / bytes;
    return m <= 32 && m * k * bytes <= 128 << 10 && k >= 4 * lanes && lhsStride[1] == 1 && rhsStride[0] == 1 &&
           rhsStride[1] != 1;
  }

  std::string str() const {
    std::string text;
    llvm::raw_string_ostream os(text);
    os << (isDouble ? "f64" : "f32");
    for (int i = 0; i < 3; ++i)
      os << " " << "mnk"[i] << " " << size[i] << "/" << capacity[i] << (dynamic[i] ? "?" : "");
    os << " lhs " << lhsBase << "+" << lhsStride[0] << "," << lhsStride[1];
    os << " rhs " << rhsBase << "+" << rhsStride[0] << "," << rhsStride[1] << (openStrides ? "?" : "");
    return text;
  }
};

/// Blocks of 1024 products, each a chain of its own.
template <typename T> T sumInOrder(const std::vector<T> &x, const std::vector<T> &y) {
  T sum = 0;
  for (size_t start = 0; start < x.size(); start += 1024) {
    T block = 0;
    for (size_t i = start; i < std::min(start + 1024, x.size()); ++i)
      block = std::fma(x[i], y[i], block);
    sum = sum + block;
  }
  return sum;
}

/// Blocks of 256 vectors.
template <typename T> T sumByLanes(std::vector<T> x, std::vector<T> y) {
  std::vector<T> lanes(64 / sizeof(T));
  x.resize(llvm::alignTo(x.size(), lanes.size()));
  y.resize(x.size());
  for (size_t start = 0; start < x.size(); start += 256 * lanes.size()) {
    std::vector<T> block(lanes.size());
    for (size_t i = start; i < std::min(start + 256 * lanes.size(), x.size()); ++i)
      block[i % lanes.size()] = std::fma(x[i], y[i], block[i % lanes.size()]);
    for (size_t l = 0; l < lanes.size(); ++l)
      lanes[l] += block[l];
  }
  for (size_t distance = 1; distance < lanes.size(); distance *= 2)
    for (size_t l = 0; l < lanes.size(); l += 2 * distance)
      lanes[l] += lanes[l + distance];
  return lanes[0];
}

using Function = void (*)(void *lhs, int64_t lhsBase, void *rhs, int64_t rhsBase, void *result, void *scratch,
                          int64_t first, int64_t last, int64_t m, int64_t n, int64_t k, int64_t lhsRow, int64_t lhsK,
                          int64_t rhsK, int64_t rhsColumn);

/// Compiled code of one module.
class Program {
public:
  Program(MLIRContext &context, const TargetDescription &target) : target(target), context(context) {
    static const bool initialized = [] {
      LLVMInitializeX86TargetInfo();
      LLVMInitializeX86Target();
      LLVMInitializeX86TargetMC();
      LLVMInitializeX86AsmPrinter();
      return true;
    }();
    (void)initialized;
    module = ModuleOp::create(UnknownLoc::get(&context));
  }

  /// Adds the product as a function that stores result[row * n.capacity + column] += sum.
  void add(StringRef name, const Problem &problem) {
    LoopBuilder b(module->getLoc(), &context);
    b.setInsertionPointToEnd(module->getBody());
    Contraction c;
    c.element = problem.isDouble ? Type(b.getF64Type()) : Type(b.getF32Type());
    ProductPlan plan = planProduct(problem.shape(), CostModel(target));
    auto [m, n, k] = problem.capacity;
    c.m.capacity = m;
    c.n.capacity = n;
    c.k.capacity = k;
    auto buffer = [&](int64_t size) { return MemRefType::get({size}, c.element); };
    Type index = b.getIndexType();
    auto extent = [](int64_t base, int64_t rows, int64_t columns, std::array<int64_t, 2> stride) {
      return base + std::max<int64_t>(rows, 1) * stride[0] + std::max<int64_t>(columns, 1) * stride[1];
    };
    MemRefType resultType = buffer(std::max<int64_t>(m * n, 1));
    auto function =
        func::FuncOp::create(b, name,
                             b.getFunctionType({buffer(extent(problem.lhsBase, m, k, problem.lhsStride)), index,
                                                buffer(extent(problem.rhsBase, k, n, problem.rhsStride)), index,
                                                resultType, buffer(std::max<int64_t>(plan.scratchElements(), 1)), index,
                                                index, index, index, index, index, index, index, index},
                                               {}));
    Block *entry = function.addEntryBlock();
    b.setInsertionPointToStart(entry);
    c.lhs = entry->getArgument(0);
    c.lhsBase = entry->getArgument(1);
    c.rhs = entry->getArgument(2);
    c.rhsBase = entry->getArgument(3);
    c.scratch = plan.scratchElements() ? entry->getArgument(5) : Value();
    Value result = entry->getArgument(4);
    for (auto [i, stride] :
         llvm::enumerate(std::array{&c.lhsStride[0], &c.lhsStride[1], &c.rhsStride[0], &c.rhsStride[1]})) {
      int64_t known = i < 2 ? problem.lhsStride[i] : problem.rhsStride[i - 2];
      *stride = problem.openStrides && known != 1 ? Value(entry->getArgument(11 + i)) : b.constant(known);
    }
    for (auto [i, bound] : llvm::enumerate(std::array{&c.m, &c.n, &c.k}))
      if (problem.dynamic[i])
        bound->size = entry->getArgument(8 + i);
    c.finish = [&](LoopBuilder &b, Value row, Value column, Value sums, Value mask) {
      auto type = cast<VectorType>(sums.getType());
      ASSERT_EQ(type.getNumElements(), contractionLanes(type.getElementType()));
      Value at = arith::MulIOp::create(b, row, arith::ConstantIndexOp::create(b, n));
      at = arith::AddIOp::create(b, at, column);
      if (mask) {
        Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
        Value before = vector::MaskedLoadOp::create(b, type, result, at, mask, zero);
        sums = arith::AddFOp::create(b, before, sums);
        vector::MaskedStoreOp::create(b, result, at, mask, sums);
      } else {
        sums = arith::AddFOp::create(b, vector::LoadOp::create(b, type, result, at), sums);
        vector::StoreOp::create(b, sums, result, at);
      }
    };
    emitContraction(b, c, plan, entry->getArgument(6), entry->getArgument(7));
    func::ReturnOp::create(b);
  }

  void compile() {
    ASSERT_TRUE(succeeded(verify(*module)));
    PassManager pm(&context);
    pm.addPass(createSCFToControlFlowPass());
    pm.addPass(createConvertVectorToLLVMPass());
    pm.addPass(createFinalizeMemRefToLLVMConversionPass());
    pm.addPass(createArithToLLVMConversionPass());
    pm.addPass(createConvertControlFlowToLLVMPass());
    ConvertFuncToLLVMPassOptions bare;
    bare.useBarePtrCallConv = true;
    pm.addPass(createConvertFuncToLLVMPass(bare));
    pm.addPass(createReconcileUnrealizedCastsPass());
    ASSERT_TRUE(succeeded(pm.run(*module)));

    llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
    std::string error;
    const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, error);
    ASSERT_TRUE(backend) << error;
    auto machine = [&] {
      return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
          triple, target.name, "", {}, llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Aggressive));
    };
    auto tuned = machine();
    ExecutionEngineOptions options;
    options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Aggressive;
    auto optimize = [&](llvm::Module *m) {
      llvm::PipelineTuningOptions tuning;
      tuning.LoopUnrolling = false;
      llvm::LoopAnalysisManager lam;
      llvm::FunctionAnalysisManager fam;
      llvm::CGSCCAnalysisManager cam;
      llvm::ModuleAnalysisManager mam;
      llvm::PassBuilder pb(tuned.get(), tuning);
      pb.registerModuleAnalyses(mam);
      pb.registerCGSCCAnalyses(cam);
      pb.registerFunctionAnalyses(fam);
      pb.registerLoopAnalyses(lam);
      pb.crossRegisterProxies(lam, fam, cam, mam);
      pb.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3).run(*m, mam);
      return llvm::Error::success();
    };
    options.transformer = optimize; // only refers to it
    auto made = ExecutionEngine::create(*module, options, machine());
    ASSERT_TRUE(bool(made));
    engine = std::move(*made);
  }

  Function find(StringRef name) {
    auto found = engine->lookup(name);
    return found ? reinterpret_cast<Function>(*found) : nullptr;
  }

  const TargetDescription &target;

private:
  MLIRContext &context;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<ExecutionEngine> engine;
};

class ContractionTest : public testing::Test {
protected:
  ContractionTest() {
    DialectRegistry registry;
    registry.insert<arith::ArithDialect, cf::ControlFlowDialect, func::FuncDialect, LLVM::LLVMDialect,
                    memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
    registerBuiltinDialectTranslation(registry);
    registerLLVMDialectTranslation(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  int64_t draw(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }

  /// Strides for rows x columns: a row or a column contiguous, or neither.
  std::array<int64_t, 2> drawStrides(int64_t rows, int64_t columns, int form) {
    int64_t slack = draw(0, 2) ? 0 : draw(1, 9);
    switch (form) {
    case 0:
      return {columns + slack, 1};
    case 1:
      return {1, rows + slack};
    default:
      return {3 * columns + slack, 3};
    }
  }

  Problem drawProblem(int64_t limit) {
    Problem p;
    p.isDouble = draw(0, 1);
    for (int i = 0; i < 3; ++i) {
      p.capacity[i] = draw(0, 3) ? draw(1, limit) : draw(1, std::min<int64_t>(limit, 9));
      p.dynamic[i] = draw(0, i == 1 ? 3 : 1) == 0;
      p.size[i] = p.dynamic[i] && draw(0, 2) ? draw(0, p.capacity[i]) : p.capacity[i];
    }
    p.lhsStride = drawStrides(p.capacity[0], p.capacity[2], draw(0, 4) ? draw(0, 1) : 2);
    p.rhsStride = drawStrides(p.capacity[2], p.capacity[1], draw(0, 4) ? draw(0, 1) : 2);
    p.lhsBase = draw(0, 5);
    p.rhsBase = draw(0, 5);
    p.openStrides = draw(0, 2) == 0;
    return p;
  }

  template <typename T> void runAndCompare(Program &program, StringRef name, const Problem &p) {
    SCOPED_TRACE(p.str() + " " + program.target.name);
    auto [m, n, k] = p.size;
    ProductPlan plan = planProduct(p.shape(), CostModel(program.target));
    int64_t parts = plan.parts();
    auto extent = [](int64_t base, int64_t rows, int64_t columns, std::array<int64_t, 2> stride) {
      return rows && columns ? base + (rows - 1) * stride[0] + (columns - 1) * stride[1] + 1 : 0;
    };
    GuardedArray<T> lhs(extent(p.lhsBase, m, k, p.lhsStride)), rhs(extent(p.rhsBase, k, n, p.rhsStride));
    GuardedArray<T> result(m && n ? (m - 1) * p.capacity[1] + n : 0);
    GuardedArray<T> scratch(plan.scratchElements(), 64);
    std::uniform_real_distribution<T> values(-1, 1);
    for (int64_t i = 0; i < lhs.size(); ++i)
      lhs[i] = values(random);
    for (int64_t i = 0; i < rhs.size(); ++i)
      rhs[i] = values(random);
    for (int64_t i = 0; i < scratch.size(); ++i)
      scratch[i] = std::numeric_limits<T>::quiet_NaN();

    Function function = program.find(name);
    ASSERT_TRUE(function);
    for (int64_t first = 0; first < parts;) {
      int64_t last = draw(0, 2) ? draw(first, parts) : parts;
      function(lhs.data(), p.lhsBase, rhs.data(), p.rhsBase, result.data(), scratch.data(), first, last, m, n, k,
               p.lhsStride[0], p.lhsStride[1], p.rhsStride[0], p.rhsStride[1]);
      first = last;
    }
    int64_t wrong = 0;
    for (int64_t row = 0; row < m; ++row)
      for (int64_t column = 0; column < p.capacity[1] && row * p.capacity[1] + column < result.size(); ++column) {
        T sum = 0;
        std::vector<T> factors[2];
        for (int64_t i = 0; column < n && i < k; ++i) {
          factors[0].push_back(lhs[p.lhsBase + row * p.lhsStride[0] + i * p.lhsStride[1]]);
          factors[1].push_back(rhs[p.rhsBase + i * p.rhsStride[0] + column * p.rhsStride[1]]);
        }
        if (column < n)
          sum = p.sumsByLanes() ? sumByLanes<T>(factors[0], factors[1]) : sumInOrder<T>(factors[0], factors[1]);
        T got = result[row * p.capacity[1] + column];
        if (std::memcmp(&sum, &got, sizeof(T)) && ++wrong <= 3)
          ADD_FAILURE() << "[" << row << ", " << column << "] is " << got << ", expected " << sum;
      }
    EXPECT_EQ(wrong, 0);
  }

  void check(ArrayRef<Problem> problems) {
    for (const TargetDescription *target : {&v3, &v4}) {
      if (target == &v4 && !llvm::sys::getHostCPUFeatures().lookup("avx512f"))
        continue;
      Program program(context, *target);
      for (auto [i, problem] : llvm::enumerate(problems))
        program.add("f" + std::to_string(i), problem);
      program.compile();
      if (HasFatalFailure())
        return;
      for (auto [i, problem] : llvm::enumerate(problems)) {
        if (problem.isDouble)
          runAndCompare<double>(program, "f" + std::to_string(i), problem);
        else
          runAndCompare<float>(program, "f" + std::to_string(i), problem);
      }
    }
  }

  MLIRContext context;
  std::mt19937_64 random{20240611};
};

TEST_F(ContractionTest, RandomShapes) {
  for (int batch = 0; batch < 12; ++batch) {
    SmallVector<Problem> problems;
    for (int i = 0; i < 8; ++i)
      problems.push_back(drawProblem(70));
    check(problems);
  }
}

TEST_F(ContractionTest, EveryLayoutWholeAndCut) {
  SmallVector<Problem> problems;
  for (int lhsForm : {0, 1, 2})
    for (int rhsForm : {0, 1, 2})
      for (bool dynamic : {false, true}) {
        Problem p{{37, 50, 19}, {37, 50, 19}, {dynamic, dynamic, dynamic}, {}, {}, 3, 1, rhsForm == 1 && dynamic};
        if (dynamic)
          p.size = {23, 41, 13};
        p.lhsStride = drawStrides(37, 19, lhsForm);
        p.rhsStride = drawStrides(19, 50, rhsForm);
        problems.push_back(p);
      }
  check(problems);
}

TEST_F(ContractionTest, NarrowAndSkinny) {
  SmallVector<Problem> problems;
  for (int64_t n : {1, 3, 15, 16, 17, 600})
    for (int64_t m : {1, 2, 5, 8})
      for (int form : {0, 1}) {
        Problem p{{m, n, 33}, {m, n, 33}, {false, false, false}, {33, 1}, drawStrides(33, n, form), 0, 0, n == 3};
        problems.push_back(p);
      }
  check(problems);
}

TEST_F(ContractionTest, FewRowsAndColumnsOfB) {
  SmallVector<Problem> problems;
  for (int64_t m : {1, 2, 3, 7, 9})
    for (int64_t n : {1, 10, 37})
      for (bool dynamic : {false, true}) {
        Problem p{{m, n, 75}, {m, n, 75}, {dynamic, dynamic, dynamic}, {78, 1}, {1, 77}, 2, 1, m == 3};
        if (dynamic)
          p.size = {draw(0, m), draw(0, n), draw(0, 75)};
        problems.push_back(p);
      }
  check(problems);
}

TEST_F(ContractionTest, ManyRowsCopyTheirPanel) {
  SmallVector<Problem> problems;
  for (bool dynamic : {false, true}) {
    Problem p{{600, 70, 9}, {600, 70, 9}, {dynamic, false, dynamic}, {9, 1}, {70, 1}, 0, 0, false};
    if (dynamic)
      p.size = {531, 70, 8};
    problems.push_back(p);
    p.lhsStride = {1, 600};
    p.rhsStride = {1, 9};
    problems.push_back(p);
  }
  check(problems);
}

TEST_F(ContractionTest, LongSumsAreDivided) {
  SmallVector<Problem> problems;
  for (int64_t k : {1700, 5000, 12500})
    for (int form : {0, 1, 2})
      for (bool dynamic : {false, true}) {
        Problem p{{20, 37, k}, {20, 37, k}, {dynamic, dynamic, dynamic}, {k, 1}, {}, 0, 0, form == 2};
        if (dynamic)
          p.size = {17, 35, k - 601};
        p.rhsStride = drawStrides(k, 37, form);
        problems.push_back(p);
      }
  for (bool dynamic : {false, true}) {
    Problem p{{1030, 17, 4700}, {1030, 17, 4700}, {dynamic, false, false}, {1, 1030}, {17, 1}, 0, 0, false};
    if (dynamic)
      p.size[0] = 700;
    problems.push_back(p);
    for (bool isDouble : {false, true}) // lanes along k
      for (int64_t size : {9001, 4097, 300, 0}) {
        Problem few{{3, 18, 9001}, {3, 18, dynamic ? size : 9001}, {false, false, dynamic}, {9001, 1}, {1, 9001}, 0, 0,
                    isDouble};
        problems.push_back(few);
      }
  }
  check(problems);
}

TEST_F(ContractionTest, EmptySizes) {
  SmallVector<Problem> problems;
  for (int empty : {0, 1, 2})
    for (bool dynamic : {false, true})
      for (int form : {0, 1, 2}) {
        Problem p{{7, 20, 5}, {7, 20, 5}, {}, {5, 1}, drawStrides(5, 20, form), 0, 0, false};
        p.size[empty] = 0;
        p.dynamic[empty] = dynamic;
        if (!dynamic)
          p.capacity[empty] = 0;
        problems.push_back(p);
      }
  check(problems);
}
} // namespace
