// folds.mlir - what is left out because it changes nothing changes nothing: -0.0, NaN and infinities stay, or do not
// SPDX-License-Identifier: Apache-2.0
//
// 1 / y tells the zeros apart: `check` takes them for equal.
//
// RUN: dlc %s -O3 -o %t.so && dlc-run check %t.so %S/Inputs/folds.json
// RUN: dlc %s -O0 -o %t.0.so && dlc-run check %t.0.so %S/Inputs/folds.json
// RUN: dlc %s -O3 --float f64 -o %t.64.so && dlc-run check %t.64.so %S/Inputs/folds.json
//
// The slow twin computes what the other leaves out.
// RUN: dlc %s -O0 --emit=kernels | FileCheck %s
// CHECK-LABEL: entry function @unchanged(
// CHECK-DAG: add
// CHECK-DAG: sub
// CHECK-DAG: mul
// CHECK-DAG: div
// CHECK-DAG: where
// CHECK: return
dl.model @folds {
  func private @inverses(%y: f32[n]) {
    %one = constant f32 = 1.0
    %i = div %one, %y
    return %y, %i
  }

  func @unchanged(%x: f32[7]) -> (a: f32[7], ai: f32[7], b: f32[7], bi: f32[7], c: f32[7], ci: f32[7], d: f32[7],
                                  di: f32[7], e: f32[7], ei: f32[7], f: f32[7], fi: f32[7]) {
    %minus = constant f32 = -0.0
    %zero = constant f32 = 0.0
    %one = constant f32[7] = 1.0
    %yes = constant i1[7] = true
    %p = add %x, %minus
    %q = sub %x, %zero
    %r = mul %one, %x
    %s = div %x, %one
    %n = neg %x
    %t = neg %n
    %u = where %yes, %x, %n
    %a, %ai = call @inverses(%p)
    %b, %bi = call @inverses(%q)
    %c, %ci = call @inverses(%r)
    %d, %di = call @inverses(%s)
    %e, %ei = call @inverses(%t)
    %f, %fi = call @inverses(%u)
    return %a, %ai, %b, %bi, %c, %ci, %d, %di, %e, %ei, %f, %fi
  }

  // -0.0 becomes 0.0, all else stays.
  func @zero_added(%x: f32[7]) -> (a: f32[7], ai: f32[7], b: f32[7], bi: f32[7], c: f32[7], ci: f32[7]) {
    %minus = constant f32 = -0.0
    %zero = constant f32 = 0.0
    %zeros = constant f32[7] = 0.0
    %p = add %x, %zero
    %q = add %zeros, %x
    %r = sub %x, %minus
    %a, %ai = call @inverses(%p)
    %b, %bi = call @inverses(%q)
    %c, %ci = call @inverses(%r)
    return %a, %ai, %b, %bi, %c, %ci
  }

  func @negated(%x: f32[7]) -> (a: f32[7], ai: f32[7], b: f32[7], bi: f32[7], c: f32[7], ci: f32[7]) {
    %zero = constant f32 = 0.0
    %minus = constant f32 = -1.0
    %p = neg %x
    %q = sub %zero, %x // 0.0 for either zero
    %r = mul %x, %minus
    %a, %ai = call @inverses(%p)
    %b, %bi = call @inverses(%q)
    %c, %ci = call @inverses(%r)
    return %a, %ai, %b, %bi, %c, %ci
  }

  func @with_itself(%x: f32[7]) -> (sub: f32[7], div: f32[7], mul: f32[7], eq: i1[7], ne: i1[7], le: i1[7], lt: i1[7],
                                    min: f32[7], max: f32[7]) {
    %zero = constant f32 = 0.0
    %one = constant f32 = 1.0
    %highest = div %one, %zero
    %lowest = neg %highest
    %a = sub %x, %x
    %b = div %x, %x
    %c = mul %x, %zero
    %e = eq %x, %x
    %f = ne %x, %x
    %g = le %x, %x
    %h = lt %x, %x
    %i = min %x, %highest
    %j = max %x, %lowest
    return %a, %b, %c, %e, %f, %g, %h, %i, %j
  }

  func @powers(%x: f32[7]) -> (none: f32[7], one: f32[7], onei: f32[7], of_one: f32[7], two: f32[7], minus: f32[7]) {
    %zero = constant f32 = 0.0
    %k1 = constant f32 = 1.0
    %k2 = constant f32 = 2.0
    %km = constant f32 = -1.0
    %a = pow %x, %zero
    %b = pow %x, %k1
    %c = pow %k1, %x
    %d = pow %x, %k2
    %e = pow %x, %km
    %y, %i = call @inverses(%b)
    return %a, %y, %i, %c, %d, %e
  }

  // A sum is 0.0 where all that it adds is -0.0, and where it adds nothing.
  func @sums(%x: f32[7]) -> (row: f32, rowi: f32, rows: f32[7], rowsi: f32[7]) {
    %zero = constant f32 = 0.0
    %m = min %x, %zero
    %is = eq %x, %zero
    %minus = constant f32 = -0.0
    %z = where %is, %minus, %minus
    %one = constant f32 = 1.0
    %a = sum %z
    %c = reshape %z, [7, 1]
    %b = sum %c, axes = [1]
    %ai = div %one, %a
    %bi = div %one, %b
    return %a, %ai, %b, %bi
  }
}
