// RUN: dlc-opt --emit-bytecode %s -o %t.bc && grep -q 'dl language 1' %t.bc
// RUN: sed 's/dl language 1/dl language 9/' %t.bc > %t.9.bc && not dlc --trust-bytecode %t.9.bc -o %t.so 2>&1 | FileCheck %s --check-prefix=NEWER
// RUN: sed 's/dl language 1/dl language x/' %t.bc > %t.x.bc && not dlc --trust-bytecode %t.x.bc -o %t.so 2>&1 | FileCheck %s --check-prefix=UNREADABLE
// RUN: head -c 200 %t.bc > %t.cut.bc && not dlc --trust-bytecode %t.cut.bc -o %t.so 2>&1 | FileCheck %s --check-prefix=CUT
// RUN: dlc --trust-bytecode %t.bc -o %t.1.so && dlc %s -o %t.2.so && cmp %t.1.so %t.2.so

// RUN: not dlc %t.bc -o %t.so 2>&1 | FileCheck %s --check-prefix=UNTRUSTED

// Bytecode is read only where the option that names the risk is given.
// UNTRUSTED: error: this is bytecode, and a damaged or malicious one can crash dlc or make it do anything; compile the text, or say --trust-bytecode if you know who made this file

// A bytecode file says in which version of the language it is written; it compiles to what its text compiles to.
// NEWER: error: this file is written in version 9 of the model language; this dlc reads up to version 1; use a newer dlc
// UNREADABLE: error: the version of the model language in this file cannot be read; write the file again
// CUT: error:
dl.model @m {
  func @f(%x: f32[batch, 4]) {
    %y = nn.linear "fc" %x, 3
    return %y
  }
}
