// RUN: rm -rf %t && split-file %s %t
// RUN: not dlc %t/NOENTRY.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=NOENTRY
// RUN: not dlc %t/UNREAD.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=UNREAD
// RUN: not dlc %t/NOSIZE.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=NOSIZE
// RUN: not dlc %t/QUESTION.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=QUESTION
// RUN: dlc %t/SESSION.mlir -o %t/session.so 2>&1 | FileCheck %s --check-prefix=SESSION
// RUN: not dlc %t/PATTERN.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=PATTERN
// RUN: not dlc %t/BADPATTERN.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=BADPATTERN
// RUN: not dlc %t/COVER.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=COVER
// RUN: not dlc %t/NODEFAULT.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=NODEFAULT
// RUN: not dlc %t/SLOTS.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=SLOTS
// RUN: not dlc %t/SHAPE.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=SHAPE
// RUN: not dlc %t/INTEGER.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=INTEGER
// RUN: not dlc %t/NOGRADIENT.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=NOGRADIENT
// RUN: not dlc %t/SIZE.mlir -o %t/out.so --size hieght=3 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: not dlc %t/NONE.mlir -o %t/out.so --size width=3 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: dlc %t/ZERO.mlir --emit=import --size width=3 -o %t/ZERO.import.mlir
// RUN: sed "s/width = 3 : i64/width = 0 : i64/" %t/ZERO.import.mlir | not dlc - -o %t/out.so 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not dlc %t/OPEN.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=OPEN
// RUN: not dlc %t/TWOSHAPES.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=TWOSHAPES
// RUN: not dlc %t/TWICE.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not dlc %t/BIND.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=BIND
// RUN: not dlc %t/NEEDS.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=NEEDS
// RUN: not dlc %t/UNKNOWN.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not dlc %t/STACK.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=STACK
// RUN: not dlc %t/LAST.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=LAST
// RUN: not dlc %t/CHANNELS.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=CHANNELS
// RUN: not dlc %t/FEATURES.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=FEATURES
// RUN: not dlc %t/RESULT.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=RESULT
// RUN: not dlc %t/FOREIGN.mlir -o %t/out.so  2>&1 | FileCheck %s --check-prefix=FOREIGN
// RUN: not ls %t/out.so

// What only shows when calls are inlined and sizes are known.
// NOENTRY: error: @m has no entry point; expected a `func` that is not private, or a `train`
// UNREAD: error: nothing reads the parameter 'w'; use its value, or leave it out
// NOSIZE: error: {{no size is called 'n'|argument %x of @f: size 'n' is not known}}
// QUESTION: error: argument %x of @f: size '?' is not known; an entry point is concrete but for `batch`
// SESSION: warning: session @f remembers nothing: no `state session` and no `stateful` layer is in what it calls; write `func`
// PATTERN: error: pattern "fd*" matches no parameter; there are fc.weight, fc.bias
// BADPATTERN: error: pattern "[": invalid glob pattern
// COVER: error: no `optimize` or `freeze` line covers 'fc.bias'
// NODEFAULT: error: @o: the scalar 'rate' needs a default (`%rate = 1.0`); only %step is known without one
// SLOTS: error: @o returns the weight, then its 1 slots; found 1 values
// SHAPE: error: @o returns %v : f32 for 'fc.weight', which is f32[4, 4]
// INTEGER: error: 'w' is i32[4]: only floats can be trained; `freeze` it
// NOGRADIENT: NOGRADIENT.mlir:5:8: error: `accuracy` has no gradient, and stands on the way from a trained parameter to the loss; take it out of that way
// SIZE: error: --size hieght=3: @m has no such size; it has width
// NONE: error: --size width=3: @m has no such size; it has none
// ZERO: error: --size width=0: expected at least 1
// OPEN: error: the size 'width' has no default; say --size width=...
// TWOSHAPES: error: 'w' is f32[5] = zeros here; one parameter has one shape and one initialiser
// TWICE: error: 's.w' is f32[5] = zeros here; one parameter has one shape and one initialiser
// BIND: error: argument %x of @h: expected f32[batch, k] with k = 5, found f32[batch, 4]
// NEEDS: error: @h needs a value for 'k': @h<k = ...>
// UNKNOWN: error: parameter 'w': the sizes of f32[batch] must be known
// STACK: error: stack: expected 1 to 1048576 rounds, a number that is known when the model is compiled, found batch
// LAST: error: nn.linear: the size of the last axis must be known, found %x : f32[4, batch]
// CHANNELS: error: nn.batch_norm: the size of axis 1 must be known, found %x : f32[4, batch, 3]
// FEATURES: error: nn.linear: expected a number of at least 1 for 'features', found -5
// RESULT: error: result 'y' of @f: expected f32[batch, 5], found
// FOREIGN: error:

//--- NOENTRY.mlir
dl.model @m {
func private @f(%x: f32[batch, 4]) { return %x }
}
//--- UNREAD.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = param "w" f32[4] = zeros
 return %x
}
}
//--- NOSIZE.mlir
dl.model @m {
func @f(%x: f32[batch, n]) { return %x }
}
//--- QUESTION.mlir
dl.model @m {
func @f(%x: f32[batch, ?]) { return %x }
}
//--- SESSION.mlir
dl.model @m {
func session @f(%x: f32[batch, 4]) { return %x }
}
//--- PATTERN.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "fd*" with @adam
optimize "*" with @sgd
}
}
//--- BADPATTERN.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "[" with @adam
optimize "*" with @sgd
}
}
//--- COVER.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "*.weight" with @adam
}
}
//--- NODEFAULT.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "*" with @o
}
optimizer @o(%w, %g) scalars(%rate) {
 %s = mul %rate, %g
 %v = sub %w, %s
 return %v
}
}
//--- SLOTS.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "*" with @o
}
optimizer @o(%w, %g) slots(%m = zeros) {
 return %w
}
}
//--- SHAPE.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
  %a = nn.linear "fc" %x, 4
  %l = mean %a
  return %l
}
train @t minimizes @loss {
optimize "*" with @o
}
optimizer @o(%w, %g) {
 %v = sum %g
 return %v
}
}
//--- INTEGER.mlir
dl.model @m {
func @loss(%x: f32[batch, 4]) -> (loss: f32) {
 %w = param "w" i32[4] = zeros
 %v = cast %w, f32
 %a = mul %x, %v
 %l = mean %a
 return %l
}
train @t minimizes @loss {
 optimize "*" with @sgd
}
}
//--- NOGRADIENT.mlir
dl.model @m {
func @loss(%x: f32[batch, 4], %i: i32[batch]) -> (loss: f32) {
  %w = param "w" f32[4] = zeros
  %a = mul %x, %w
  %l = accuracy %a, %i
  return %l
}
train @t minimizes @loss {
  optimize "*" with @sgd
}
}
//--- SIZE.mlir
dl.model @m sizes(width = 4) {
func @f(%x: f32[batch, width]) { return %x }
}
//--- NONE.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) { return %x }
}
//--- ZERO.mlir
dl.model @m sizes(width = 4) {
func @f(%x: f32[batch, width]) { return %x }
}
//--- OPEN.mlir
dl.model @m sizes(width) {
func @f(%x: f32[batch, width]) { return %x }
}
//--- TWOSHAPES.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = param "w" f32[4] = zeros
 %y = mul %x, %w
 return %y
}
func @g(%x: f32[batch, 5]) {
 %w = param "w" f32[5] = zeros
 %y = mul %x, %w
 return %y
}
}
//--- TWICE.mlir
dl.model @m {
func private @h<k>(%x: f32[batch, k]) {
 %w = param "w" f32[k] = zeros
 %y = mul %x, %w
 return %y
}
func @f(%x: f32[batch, 4], %z: f32[batch, 5]) {
 %a = call "s" @h<k = 4>(%x)
 %b = call "s" @h<k = 5>(%z)
 return %a, %b
}
}
//--- BIND.mlir
dl.model @m {
func private @h<k>(%x: f32[batch, k], %y: f32[k]) {
 return %x
}
func @f(%x: f32[batch, 4]) {
 %y = constant f32[4] = 0.0
 %a = call "s" @h<k = 5>(%x, %y)
 return %a
}
}
//--- NEEDS.mlir
dl.model @m {
func private @h<k>(%x: f32[batch, 4]) {
 %y = nn.linear "a" %x, k
 return %y
}
func @f(%x: f32[batch, 4]) {
 %a = call "s" @h(%x)
 return %a
}
}
//--- UNKNOWN.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %w = param "w" f32[batch] = zeros
 %y = mul %w, %w
 return %y
}
}
//--- STACK.mlir
dl.model @m {
func private @h(%x: f32[batch, 4]) {
 %y = nn.linear "a" %x, 4
 return %y
}
func @f(%x: f32[batch, 4]) {
 %a = stack batch "s" @h(%x)
 return %a
}
}
//--- LAST.mlir
dl.model @m {
func @f(%x: f32[4, batch]) {
 %a = nn.linear "a" %x, 4
 return %a
}
}
//--- CHANNELS.mlir
dl.model @m {
func @f(%x: f32[4, batch, 3]) {
 %a = nn.batch_norm "a" %x, channels_first
 return %a
}
}
//--- FEATURES.mlir
dl.model @m sizes(width = 4) {
func @f(%x: f32[batch, 4]) {
 %a = nn.linear "a" %x, width - 9
 return %a
}
}
//--- RESULT.mlir
dl.model @m sizes(width = 5) {
func @f(%x: f32[batch, 4]) -> (y: f32[batch, width]) {
 return %x
}
}
//--- FOREIGN.mlir
dl.model @m {
func @f(%x: f32[batch, 4]) {
 %a = math.exp (%x : f32[batch, 4])
 return %x
}
}
