// EmitObject.cpp - LLVM's optimiser and code generator, set up so that nothing is assumed of a library at run time.
// SPDX-License-Identifier: Apache-2.0
//
// Each kernel is an object of its own, and so is the description of the model: they are made on as many threads as there
// are, and the same bytes come out on any number of them.
#include "compiler/target/Emit.h"
#include "compiler/target/Target.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "runtime/abi.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace dlc;

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetDescription &target,
                                                                              int level) {
  static const bool initialized = [] {
    LLVMInitializeX86TargetInfo(); // only the target that is emitted: all of them take longer
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    return true;
  }();
  (void)initialized;
  llvm::Triple triple("x86_64-unknown-linux-gnu");
  std::string error;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return llvm::createStringError(error);
  llvm::TargetOptions options;
  options.FunctionSections = options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(
      found->createTargetMachine(triple, target.name, target.features, options, llvm::Reloc::PIC_, std::nullopt,
                                 level == 0 ? llvm::CodeGenOptLevel::Less : llvm::CodeGenOptLevel::Default));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  // No library function may be assumed or introduced. Registered before the others, so that it is the one used.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  // Loops come tiled, vectorised and unrolled, without calls to inline: what is left is to take apart the structs that
  // buffers are described by, to move what does not change out of loops, and to clean up. LLVM's O1 takes three times as
  // long for code that is no faster, O2 and aggressive code generation longer still: measured on training steps.
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(
      passes, "globaldce,function(sroa,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,loop-mssa(licm),"
              "simplifycfg,instcombine<no-verify-fixpoint>,early-cse<memssa>,adce)"));
  passes.run(module, modules);
}

std::string dlc::symbolOf(mlir::ModuleOp kernel) { return "dlc." + kernel.getSymName()->str(); }

/// Code of one module, optimised and written to `object`.
static llvm::Error emit(llvm::Module &code, llvm::TargetMachine &machine, llvm::SmallVectorImpl<char> &object,
                        bool assembly) {
  std::string problem;
  llvm::raw_string_ostream os(problem);
  if (llvm::verifyModule(code, &os))
    return llvm::createStringError("LLVM does not accept the generated code: this is a mistake in dlc: " + problem);
  optimize(code, machine);
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr,
                                  assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile,
                                  /*DisableVerify=*/true))
    return llvm::createStringError("the target cannot emit object files: this is a mistake in dlc");
  passes.run(code);
  return llvm::Error::success();
}

/// The object of a kernel, or of the description where there is none.
static llvm::Error emitOne(mlir::ModuleOp module, mlir::ModuleOp kernel, const CompileOptions &options,
                           llvm::StringRef query, llvm::SmallVectorImpl<char> &object, bool assembly) {
  auto machine = makeTargetMachine(*findTarget(options.target), options.optimize);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code;
  if (kernel) {
    code = mlir::translateModuleToLLVMIR(kernel, context, "dlc");
    if (!code || !code->getFunction(*kernel.getSymName()))
      return llvm::createStringError("the LLVM dialect could not be translated: this is a mistake in dlc");
    code->getFunction(*kernel.getSymName())->setName(symbolOf(kernel));
  } else {
    code = std::make_unique<llvm::Module>("dlc", context);
  }
  code->setTargetTriple((*machine)->getTargetTriple());
  code->setDataLayout((*machine)->createDataLayout());
  if (!kernel)
    emitDescriptor(module, options, query, *code);
  return emit(*code, **machine, object, assembly);
}

std::string dlc::querySymbol(mlir::ModuleOp module, bool isStatic) {
  std::string model = module->getAttrOfType<mlir::StringAttr>("dl.model").str();
  return (isStatic ? toIdentifier(model) + "_" : "") + DLC_QUERY_SYMBOL;
}

llvm::Error dlc::emitObjects(mlir::ModuleOp module, const CompileOptions &options, llvm::StringRef query,
                             Objects &objects, bool assembly) {
  llvm::SmallVector<mlir::ModuleOp> kernels(module.getOps<mlir::ModuleOp>());
  kernels.push_back({}); // the description
  objects.resize(kernels.size());
  std::vector<std::string> problems(kernels.size());
  if (auto machine = makeTargetMachine(*findTarget(options.target), options.optimize); !machine)
    return machine.takeError();
  mlir::parallelFor(module.getContext(), 0, kernels.size(), [&](size_t i) {
    if (llvm::Error error = emitOne(module, kernels[i], options, query, objects[i], assembly))
      problems[i] = llvm::toString(std::move(error));
  });
  for (const std::string &problem : problems)
    if (!problem.empty())
      return llvm::createStringError(problem);
  return llvm::Error::success();
}

std::string dlc::queryOfTarget(llvm::StringRef query, const TargetDescription &target) {
  return (query + ".v" + llvm::Twine(target.level)).str();
}

llvm::Error dlc::emitChooser(llvm::StringRef query, llvm::ArrayRef<TargetDescription> targets,
                             llvm::SmallVectorImpl<char> &object) {
  auto machine = makeTargetMachine(targets.front(), /*level=*/3);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module code("dlc", context);
  code.setTargetTriple((*machine)->getTargetTriple());
  code.setDataLayout((*machine)->createDataLayout());
  llvm::IRBuilder<> b(context);
  auto *type = llvm::FunctionType::get(b.getPtrTy(), {b.getInt32Ty()}, false);
  auto *chooser = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, query, code);
  b.SetInsertPoint(llvm::BasicBlock::Create(context, "", chooser));
  llvm::Value *level = b.CreateCall(code.getOrInsertFunction("dlc_processor_level", b.getInt32Ty())), *best = nullptr;
  for (const TargetDescription &target : targets) {
    llvm::Value *own = code.getOrInsertFunction(queryOfTarget(query, target), type).getCallee();
    best = best ? b.CreateSelect(b.CreateICmpSGE(level, b.getInt32(target.level)), own, best) : own;
  }
  b.CreateRet(b.CreateCall(type, best, {chooser->getArg(0)}));
  return emit(code, **machine, object, /*assembly=*/false);
}
