// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/SCANROUNDS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SCANROUNDS
// RUN: not dlc %t/SCANLENGTHS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SCANLENGTHS
// RUN: not dlc %t/STACKRESULTS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STACKRESULTS
// RUN: not dlc %t/STATETWICE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATETWICE
// RUN: not dlc %t/STATELOOP.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATELOOP
// RUN: not dlc %t/STATETYPE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATETYPE
// RUN: not dlc %t/STATEPARAM.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATEPARAM
// RUN: not dlc %t/PARAMSTATE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=PARAMSTATE
// RUN: not dlc %t/STATESIZE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATESIZE
// RUN: not dlc %t/STATESESSION.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATESESSION
// RUN: not dlc %t/STATEDRAWN.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STATEDRAWN
// RUN: not dlc %t/SESSIONTWICE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SESSIONTWICE
// RUN: not dlc %t/SESSIONPARAM.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SESSIONPARAM
// RUN: not dlc %t/SESSIONSTATE.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=SESSIONSTATE
// RUN: not dlc %t/BOTHWAYS.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=BOTHWAYS
// RUN: not dlc %t/HIDDEN.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=HIDDEN
// RUN: not dlc %t/STACKMANY.mlir -o %t/out.so 2>&1 | FileCheck %s --check-prefix=STACKMANY

// What only the sizes of callers, or a whole training step, tell of loops and states.
// SCANROUNDS: error: {{.*}}scan: rows of a batch are computed side by side, not one after the other; expected a number of rounds, or an open size other than the batch, found batch
// SCANLENGTHS: error: {{.*}}scan: all tensors have one length along their axes; found 3 and 2
// STACKRESULTS: error: {{.*}}stack: @h returns 2 values, which go on as arguments; found 1 results on this line
// STATETWICE: error: {{.*}}update: 'm' is updated twice in one training step; call what updates it once, or in the mode `inference`
// STATELOOP: error: {{.*}}update: 'm' would be updated in every round of a scan; update it behind the scan
// STATETYPE: error: {{.*}}update: 'm' is f32[4], found %l : f32
// STATEPARAM: error: {{.*}}'m' is a state here; one name is one of the two
// PARAMSTATE: error: {{.*}}'m' is a parameter here; one name is one of the two
// STATESIZE: error: {{.*}}state 'm': the sizes of f32[batch, 4] must be known
// STATESESSION: error: {{.*}}state session 'm': expected sizes that are numbers, but for rows along the first axis, found f32[4, batch]
// STATEDRAWN: error: {{.*}}state 'm' begins with normal(1.0), which a function that is no `session` cannot draw; expected zeros, ones or constant(...)
// SESSIONTWICE: error: {{.*}}update: 'm' is updated twice in one call; call what updates it once
// SESSIONPARAM: error: {{.*}}'m' is a session state here; one name is one of the two
// SESSIONSTATE: error: {{.*}}'m' is a session state here; one name is one of the two
// BOTHWAYS: error: {{.*}}gru: what runs from the end cannot go on where the last call ended; leave out `stateful` or `bidirectional`
// HIDDEN: error: {{.*}}rnn: hidden is what the last call left, with `stateful`; leave out one of the two
// STACKMANY: error: {{.*}}becomes 
//--- SCANROUNDS.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %z = constant f32[4] = 0.0
 %y = scan (%a in %x along 0) carry (%c = %z) {
  %n = add %a, %c
  yield carry %n
 }
 return %y
}
}
//--- SCANLENGTHS.mlir
dl.model @m {
func private @g(%x: f32[n, 4], %y: f32[m, 4]) {
 %z = scan (%a in %x along 0, %b in %y along 0) {
  yield %b
 }
 return %z
}
func @f(%x: f32[3, 4], %y: f32[2, 4]) {
 %z = call @g(%x, %y)
 return %z
}
}
//--- STACKRESULTS.mlir
dl.model @m {
func private @h(%x: f32[batch, 4]) {
 %y = relu %x
 return %y, %y
}
func @f(%x: f32[batch, 4]) {
 %a = stack 2 "s" @h(%x)
 return %a
}
}
//--- STATETWICE.mlir
dl.model @m {
func private @s(%x: f32[batch, 4]) {
 %m = state "m" f32[4] = zeros
 %n = mean %x, axes = [0]
 update "m", %n
 %y = sub %x, %m
 return %y
}
func @l(%x: f32[batch, 4]) {
 %w = param "w" f32[4] = ones
 %a = call @s(%x)
 %b = call @s(%a)
 %p = mul %b, %w
 %l = mean %p
 return %l
}
train @t minimizes @l { optimize "*" with @sgd }
}
//--- STATELOOP.mlir
dl.model @m {
func @l(%x: f32[batch, 4]) {
 %w = param "w" f32[4] = ones
 %m = state "m" f32[4] = zeros
 %y = scan 2 carry (%v = %x) {
  %p = mul %v, %w
  %q = add %p, %m
  %n = mean %q, axes = [0]
  update "m", %n
  yield carry %q
 }
 %l = mean %y
 return %l
}
train @t minimizes @l { optimize "*" with @sgd }
}
//--- STATETYPE.mlir
dl.model @m {
func @l(%x: f32[batch, 4]) {
 %w = param "w" f32[4] = ones
 %m = state "m" f32[4] = zeros
 %p = mul %x, %w
 %q = add %p, %m
 %l = mean %q
 update "m", %l
 return %l
}
train @t minimizes @l { optimize "*" with @sgd }
}
//--- STATEPARAM.mlir
dl.model @m {
func private @s(%x: f32[batch, 4]) {
 %m = state "m" f32[4] = zeros
 %y = sub %x, %m
 return %y
}
func @l(%x: f32[batch, 4]) {
 %w = param "m" f32[4] = ones
 %a = call @s(%x)
 %p = mul %a, %w
 return %p
}
}
//--- PARAMSTATE.mlir
dl.model @m {
func private @s(%x: f32[batch, 4]) {
 %m = param "m" f32[4] = zeros
 %y = sub %x, %m
 return %y
}
func @l(%x: f32[batch, 4]) {
 %w = state "m" f32[4] = ones
 %a = call @s(%x)
 %p = mul %a, %w
 return %p
}
}
//--- STATESIZE.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = state "m" f32[batch, 4] = ones
 %p = mul %x, %w
 return %p
}
}
//--- STATESESSION.mlir
dl.model @m {
func session @f(%x: f32[batch, 4]) {
 %w = state session "m" f32[4, batch] = ones
 %t = transpose %w, [1, 0]
 %p = mul %x, %t
 return %p
}
}
//--- STATEDRAWN.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = state session "m" f32[4] = normal(1.0)
 %p = mul %x, %w
 return %p
}
}
//--- SESSIONTWICE.mlir
dl.model @m {
func private @g(%x: f32[batch, 4]) {
 %w = state session "m" f32[batch, 4] = ones
 %p = mul %x, %w
 update "m", %p
 return %p
}
func session @f(%x: f32[batch, 4]) {
 %a = call @g(%x)
 %b = call @g(%a)
 return %b
}
}
//--- SESSIONPARAM.mlir
dl.model @m {
func private @g(%x: f32[batch, 4]) {
 %w = state session "m" f32[4] = ones
 %p = mul %x, %w
 return %p
}
func session @f(%x: f32[batch, 4]) {
 %a = param "m" f32[4] = ones
 %b = call @g(%x)
 %c = mul %b, %a
 return %c
}
}
//--- SESSIONSTATE.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = state "m" f32[4] = ones
 %p = mul %x, %w
 return %p
}
func session @g(%x: f32[batch, 4]) {
 %w = state session "m" f32[4] = ones
 %p = mul %x, %w
 update "m", %w
 return %p
}
}
//--- BOTHWAYS.mlir
dl.model @m {
func session @f(%x: f32[batch, 4, 2]) {
 %y = nn.gru "g" %x, 3, bidirectional, stateful
 return %y
}
}
//--- HIDDEN.mlir
dl.model @m {
func session @f(%x: f32[batch, 4, 2], %h: f32[1, batch, 3]) {
 %y = nn.rnn "g" %x, 3, hidden = %h, stateful
 return %y
}
}
//--- STACKMANY.mlir
dl.model @m {
func private @h(%x: f32[batch, 4]) {
 %y = relu %x
 return %y
}
func private @g(%x: f32[batch, 4]) {
 %y = stack 100000 "a" @h(%x)
 return %y
}
func @f(%x: f32[batch, 4]) {
 %y = stack 100000 "b" @g(%x)
 return %y
}
}
