// levels-places.mlir - what a text says of tensors that lie within larger ones is checked before any pass relies on it.
// SPDX-License-Identifier: Apache-2.0
//
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: dlc %s --emit=graph -o graph.mlir && dlc %s --emit=kernels -o kernels.mlir && dlc %s --emit=loops -o loops.mlir
// RUN: FileCheck %s --check-prefix=AS-IT-IS < kernels.mlir
// AS-IT-IS: kernel @{{k[0-9]+}}_pad_placed(%{{[a-z_]+}}: tensor<3x4x16xf32, #dl.placed<[0, 0, 0], [0, 6, 16]>>
// AS-IT-IS: kernel @{{k[0-9]+}}_concat_placed(
// AS-IT-IS-NEXT: concat %x, %{{[a-z_]+}} {dl.placed = array<i64: 1>} : f32[6, 4, 16]
//
// Only kernels have such tensors.
// RUN: sed 's/%x: f32\[3, 4, 16\]/%x: tensor<3x4x16xf32, #dl.placed<[0, 0, 0], [0, 6, 16]>>/' graph.mlir > wrong.mlir && not cmp -s wrong.mlir graph.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=ELSEWHERE
// ELSEWHERE: error: only what a kernel of level `kernels` reads or makes can lie within a larger tensor
// The larger one has as many axes, and none is shorter.
// RUN: sed 's/\[0, 6, 16\]>/[0, 6]>/g' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: sed 's/\[0, 6, 16\]>/[0, 3, 16]>/g' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: error: kernel @{{k[0-9]+}}_{{[a-z_]+}}_placed cannot read or store a tensor where this type says that it lies
// What lies in its place does so by its type.
// RUN: sed '/= pad/s/array<i64: 0>/array<i64: 1>/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OPERAND
// RUN: sed 's/\[0, 6, 16\]>/[0, 7, 16]>/g' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=OPERAND
// OPERAND: error: dl.placed: expected numbers of operands of a `pad` or `concat`, each an argument that lies as the result of its kernel does
// It is made for its place: what the caller gives lies with the caller.
// RUN: sed '/= concat/s/array<i64: 1>/array<i64: 0, 1>/' kernels.mlir > wrong.mlir && not cmp -s wrong.mlir kernels.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=LAUNCH
// LAUNCH: error: what lies in its place of what @{{k[0-9]+}}_concat_placed makes must be made by a launch, be read by launches alone, and have one place
// A kernel that fills what is around a part does not read the part.
// RUN: sed '/func.func private @k[0-9]*_pad_placed/a\ %%none = arith.constant 0 : index\n %%read = memref.load %%arg0[%%none] : memref<256xf32>' loops.mlir > wrong.mlir && not cmp -s wrong.mlir loops.mlir && not dlc wrong.mlir -o out.so 2>&1 | FileCheck %s --check-prefix=READS
// READS: error: the schedule lets @{{k[0-9]+}}_pad_placed read a part of the buffer that it writes: this is a mistake in dlc
dl.model @m {
  func @f(%x: f32[3, 4, 16]) -> (y: f32[3, 6, 16], z: f32[6, 4, 16]) {
    %a = tanh %x
    %p = pad %a, low = [0, 1, 0], high = [0, 1, 0], value = 2
    %y = exp %p
    %s = softmax %x
    %c = concat %x, %s
    %z = exp %c
    return %y, %z
  }
}
