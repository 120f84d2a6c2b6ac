// RUN: dlc %s --emit=loops --target v4 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops --target v3 | dlc-opt | FileCheck %s
// RUN: dlc %s --emit=loops -O0 | dlc-opt | FileCheck %s --check-prefix=SLOW
// Kernels as loops over flat buffers: parts [first, last) of their work, up to the extent of the call. 16 lanes, whatever
// the target; -O0 has one, and computes nothing that is not an op's.

// SLOW-NOT: vector<
dl.model @loops {
  // All axes are one: 17 elements a row, 544 at capacity, in parts of 1024; a masked tail.
  // CHECK-LABEL: dl.schedule @elements attributes
  // CHECK: %[[X:[^ ]+]] = buffer argument[0] : memref<544xf32>
  // CHECK: %[[Y:[^ ]+]] = buffer output[0] : memref<544xf32>
  // CHECK-NOT: buffer temporary
  // CHECK: run @[[K:k[0-9]+_mul_add]](%[[X]]) -> (%[[Y]]) parts 17 * batch by 1024 {{.*}} : (memref<544xf32>) -> memref<544xf32>
  // CHECK-NEXT: end
  // CHECK: module @[[K]]
  // CHECK: func.func private @[[K]](%[[A:[^ ]+]]: memref<544xf32>, %[[R:[^ ]+]]: memref<544xf32>, %[[E:[^ ]+]]: index, %[[FIRST:[^ ]+]]: index, %[[LAST:[^ ]+]]: index)
  // CHECK: scf.for %{{[^ ]+}} = %[[FIRST]] to %[[LAST]]
  // CHECK: %[[LIMIT:[^ ]+]] = arith.muli %[[E]], %c17
  // CHECK: arith.minsi %{{[^ ]+}}, %[[LIMIT]]
  // CHECK: scf.for
  // The two ops are one pass: read once, written once.
  // CHECK: %[[V:[^ ]+]] = vector.load %[[A]][%[[AT:[^ ]+]]] : memref<544xf32>, vector<16xf32>
  // CHECK-NEXT: %[[M:[^ ]+]] = arith.mulf %[[V]], %[[V]] : vector<16xf32>
  // CHECK-NEXT: %[[S:[^ ]+]] = arith.addf %[[M]], %[[V]] : vector<16xf32>
  // CHECK-NEXT: vector.store %[[S]], %[[R]][%[[AT]]] : memref<544xf32>, vector<16xf32>
  // CHECK: scf.if
  // CHECK: %[[MASK:[^ ]+]] = vector.create_mask
  // CHECK: vector.maskedload %[[A]][%{{[^ ]+}}], %[[MASK]]
  // CHECK: vector.maskedstore %[[R]][%{{[^ ]+}}], %[[MASK]]
  // CHECK: return
  // SLOW-LABEL: dl.schedule @elements attributes
  // SLOW: %[[T:[^ ]+]] = buffer temporary : memref<544xf32>
  // SLOW: run @[[MUL:k[0-9]+]]_mul(%[[X:[^ ]+]]) -> (%[[T]])
  // SLOW: run @[[ADD:k[0-9]+]]_add(%[[T]], %[[X]])
  // SLOW: func.func private @[[MUL]]_mul(%[[A:[^ ]+]]: memref<544xf32>, %[[R:[^ ]+]]: memref<544xf32>
  // SLOW: %[[V:[^ ]+]] = memref.load %[[A]][%[[AT:[^ ]+]]]
  // SLOW: %[[M:[^ ]+]] = arith.mulf %[[V]], %[[V]] : f32
  // SLOW: memref.store %[[M]], %[[R]][%[[AT]]]
  func @elements(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %a = mul %x, %x
    %y = add %a, %x
    return %y
  }

  // f64 has 16 lanes too.
  // CHECK-LABEL: dl.schedule @doubles attributes
  // CHECK: func.func private @{{k[0-9]+}}_exp(%{{[^ ]+}}: memref<544xf64>
  // CHECK: vector.load {{.*}} : memref<544xf64>, vector<16xf64>
  // CHECK: return
  func @doubles(%x: f64[batch, 17]) -> (y: f64[batch, 17]) {
    %y = exp %x
    return %y
  }

  // A sum of a row: lanes added up as a tree, in one order. A part is a row.
  // CHECK-LABEL: dl.schedule @sums attributes
  // CHECK: run @[[K:k[0-9]+_sum]](
  // CHECK: func.func private @[[K]](%[[A:[^ ]+]]: memref<1280xf32>, %[[R:[^ ]+]]: memref<32xf32>
  // CHECK: scf.for %[[ROW:[^ ]+]] =
  // CHECK: %[[AT:[^ ]+]] = arith.muli %[[ROW]], %c40
  // CHECK: arith.addf %{{.*}} : vector<16xf32>
  // CHECK-DAG: vector.shuffle {{.*}}[0, 1, 2, 3, 4, 5, 6, 7]
  // CHECK-DAG: vector.shuffle {{.*}}[8, 9, 10, 11, 12, 13, 14, 15]
  // CHECK: arith.addf %{{.*}} : vector<8xf32>
  // CHECK: arith.addf %{{.*}} : vector<4xf32>
  // CHECK: arith.addf %{{.*}} : vector<2xf32>
  // CHECK: %[[ONE:[^ ]+]] = vector.extract
  // CHECK: %[[SUM:[^ ]+]] = arith.addf %[[ONE]], %cst
  // CHECK: memref.store %[[SUM]], %[[R]][%[[ROW]]]
  // CHECK: return
  // SLOW-LABEL: dl.schedule @sums attributes
  // SLOW: scf.for {{.*}} iter_args(
  // SLOW: arith.addf %{{.*}} : f32
  func @sums(%x: f32[batch, 40]) -> (y: f32[batch]) {
    %y = sum %x, axes = [1]
    return %y
  }

  // A product: sums in registers along k, fused multiply-add, and what is done with each element before it is stored.
  // CHECK-LABEL: dl.schedule @product attributes
  // CHECK-NOT: buffer temporary
  // CHECK: run @[[K:k[0-9]+_matmul_add_relu]](
  // CHECK: func.func private @[[K]](%[[A:[^ ]+]]: memref<1280xf32>, %[[W:[^ ]+]]: memref<1280xf32>, %[[B:[^ ]+]]: memref<32xf32>, %[[R:[^ ]+]]: memref<1024xf32>
  // CHECK: %[[SUMS:[^ ]+]]:{{[0-9]+}} = scf.for {{.*}} iter_args(
  // CHECK-NOT: vector.store
  // CHECK: vector.fma %{{.*}} : vector<16xf32>
  // CHECK-NOT: vector.store
  // CHECK: scf.yield
  // CHECK: %[[BIAS:[^ ]+]] = vector.load %[[B]]
  // CHECK: %[[T:[^ ]+]] = arith.addf %[[SUMS]]#0, %[[BIAS]] : vector<16xf32>
  // CHECK: arith.max{{imum|num}}f %[[T]], %{{[^ ]+}} : vector<16xf32>
  // CHECK: vector.store %{{[^ ]+}}, %[[R]]
  // CHECK: return
  func @product(%x: f32[batch, 40], %w: f32[40, 32], %b: f32[32]) -> (y: f32[batch, 32]) {
    %p = matmul %x, %w
    %s = add %p, %b
    %y = relu %s
    return %y
  }

  // No library is called for a function that a processor has not got.
  // CHECK-LABEL: dl.schedule @functions attributes
  // CHECK-NOT: math.{{exp|log|tanh|sin|cos|erf|pow}}
  // CHECK: return
  func @functions(%x: f32[batch, 17]) -> (y: f32[batch, 17]) {
    %a = exp %x
    %b = tanh %a
    %c = erf %b
    %d = sin %c
    %e = log %d
    %y = pow %e, %x
    return %y
  }

  // A bad index ends the call before anything is looked up: checks come first, and say what they check.
  // CHECK-LABEL: dl.schedule @lookups attributes
  // CHECK: %[[REPORT:[^ ]+]] = buffer report : memref<2xi64>
  // CHECK: run @{{k[0-9]+}}_check_index(%{{[^ ]+}}) -> (%[[REPORT]]) parts 1 check {limit = 5 : i64, op = "gather", row_size = #dl.open<[1]>}
  // CHECK: run @{{k[0-9]+}}_check_index(%{{[^ ]+}}) -> (%[[REPORT]]) parts 1 check {limit = 7 : i64, op = "gather", row_size = #dl.open<[3]>}
  // CHECK: run @{{k[0-9]+}}_gather
  // CHECK: end {dl.values = array<i64: 0, 1, 2, 3, {{[0-9]+, [0-9]+}}>}
  func @lookups(%t: f32[5, 4], %i: i32[batch], %u: f32[7, 4], %j: i32[batch, 3]) -> (y: f32[batch, 4], z: f32[batch, 3, 4]) {
    %y = gather %t, %i
    %z = gather %u, %j
    return %y, %z
  }
}
