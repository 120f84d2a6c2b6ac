// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %examples/mnist/mnist.mlir --emit=graph -o graph.mlir
// RUN: dlc graph.mlir --emit=loops -o loops.mlir
// RUN: dlc loops.mlir --emit=llvm -o llvm.mlir
// No level is made of a later one.
// RUN: not dlc loops.mlir --emit=graph 2>&1 | FileCheck %s --check-prefix=BACK
// BACK: error: this is level `loops`, and what is asked for is made at level `graph`, before it; start from the model itself
// RUN: not dlc graph.mlir --emit=import 2>&1 | FileCheck %s --check-prefix=IMPORT
// IMPORT: error: this is level `graph`, and what is asked for is made at level `import`
// RUN: not dlc llvm.mlir --emit=header 2>&1 | FileCheck %s --check-prefix=HEADER
// HEADER: error: this is level `llvm`, and what is asked for is made at level `plan`
// The same level is printed again.
// RUN: dlc loops.mlir --emit=loops -o again.mlir && cmp loops.mlir again.mlir

// A file that is not what it says.
// RUN: sed 's/dl.level = "graph"/dl.level = "grape"/' graph.mlir > wrong.mlir
// RUN: not dlc wrong.mlir 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: found level `grape`; there are import, graph, autodiff, layout, kernels, loops, plan, llvm
// RUN: sed 's/dl.level = "graph"/dl.level = "plan"/' graph.mlir > wrong.mlir
// RUN: not dlc wrong.mlir 2>&1 | FileCheck %s --check-prefix=LATER
// LATER: error: this is not what level `plan` looks like: expected schedules and kernels of a model, and no dl.model
// RUN: sed 's/dl.level = "loops"/dl.level = "kernels"/' loops.mlir > wrong.mlir
// RUN: not dlc wrong.mlir 2>&1 | FileCheck %s --check-prefix=EARLIER
// EARLIER: error: this is not what level `kernels` looks like: expected a dl.model
