#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a text: builds dlc, compiles char-lstm.mlir and the program that trains it, and lets it write.
#   examples/char-lstm/run.sh [TEXT [EPOCHS]]
#     TEXT    a text of your own, plain or gzip, in place of Shakespeare's plays
#     EPOCHS  5 unless given
# The weights of each epoch replace those of the one before, in build/char-lstm.
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '5,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
text=$(realpath -e -- "${1:-$home/examples/char-lstm/tinyshakespeare.txt.gz}")
epochs=${2:-5}
cd "$home"
tools/setup
tools/build release dlc dlc_runtime
step() { printf '\n$ %s\n' "$*"; "$@"; }
mkdir -p build/char-lstm
characters=$({ gzip -cdf -- "$text"; } | python3 -c "import sys; print(len(set(sys.stdin.buffer.read())))")
step build/release/bin/dlc examples/char-lstm/char-lstm.mlir --batch 1,32 --size "vocabulary=$characters" -o build/char-lstm/char-lstm.so
step "${CXX:-clang++-22}" -std=c++20 -O2 -I. examples/char-lstm/char-lstm.cpp -o build/char-lstm/char-lstm \
  -Lbuild/release/lib -ldlc_runtime -lz -Wl,-rpath,"$PWD/build/release/lib"
cd build/char-lstm
step ./char-lstm char-lstm.so "$text" "$epochs"
