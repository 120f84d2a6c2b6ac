// RUN: dlc-opt %s > %t.1 && dlc-opt %t.1 > %t.2 && cmp %t.1 %t.2
// RUN: dlc-opt --mlir-print-op-generic %s > %t.g && dlc-opt --mlir-print-op-generic %t.1 | cmp - %t.g
// RUN: dlc-opt --mlir-print-op-generic %t.g | cmp - %t.g
// RUN: dlc-opt --emit-bytecode %s -o %t.bc && dlc-opt %t.bc | cmp - %t.1
// RUN: FileCheck %s < %t.1

// CHECK-LABEL: dl.model @padded
dl.model @padded sizes(some = 2) {
  func @padded(%x: f32[batch, 10, 4], %i: ui8[batch, 7]) {
    // CHECK: %v0 = pad %x, high = [0, 3, 0], low = [0, 9, 3], mode = reflect : f32[batch, 22, 7]{{$}}
    %v0 = pad %x, low = [0, 9, 3], high = [0, 3, 0], mode = reflect
    // CHECK: %v1 = pad %i, low = [0, 20], mode = replicate : ui8[batch, 27]{{$}}
    %v1 = pad %i, low = [0, 20], mode = replicate
    // CHECK: %v2 = pad %i, low = [0, some], mode = circular : ui8[batch, ?]{{$}}
    %v2 = pad %i, low = [0, some], mode = circular
    // CHECK: %v3 = pad %i, low = [0, 1], mode = constant, value = 3 : ui8[batch, 8]{{$}}
    %v3 = pad %i, low = [0, 1], mode = constant, value = 3
    // CHECK: %v4 = local_response_norm %x, 5 : f32[batch, 10, 4]{{$}}
    %v4 = local_response_norm %x, 5
    // CHECK: %v5 = local_response_norm %x, some, alpha = 0.1, beta = 0.5, offset = 2.0 : f32[batch, 10, 4]{{$}}
    %v5 = local_response_norm %x, some, alpha = 0.1, beta = 0.5, offset = 2
    return %x
  }
}
