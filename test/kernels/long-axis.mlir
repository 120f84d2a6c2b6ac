// RUN: dlc %s --emit=kernels | FileCheck %s
// Places along an axis of 2^31 elements and more are counted in 64 bits.
dl.model @long {
  // CHECK: iota {{.*}}, axis = 0, type = i64 : i64[2147483649]
  func @places(%x: ui8[2147483649], %y: ui8[2147483647]) -> (a: i64, b: i64) {
    %a = argmax %x
    // CHECK: iota {{.*}}, axis = 0 : i32[2147483647]
    %b = argmax %y
    return %a, %b
  }
}
