#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a text: builds dlc, compiles char-lstm.mlir, trains it on a text and lets it write.
#   examples/char-lstm/run.sh [TEXT [EPOCHS]]
#     TEXT    a text of your own, plain or gzip, in place of Shakespeare's plays
#     EPOCHS  5 unless given
# Each run replaces the checkpoint of the one before, in build/char-lstm. char-lstm.cpp does the same in a program.
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '5,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
text=$(realpath -e -- "${1:-$home/examples/char-lstm/tinyshakespeare.txt.gz}")
cd "$home"
tools/setup
tools/build release dlc dlc-run
. examples/common.sh
mkdir -p build/char-lstm
# Room for all characters of the text, and for <unk>, which stands for those that it has once.
characters=$(gzip -cdf -- "$text" | python3 -c "import sys; print(len(set(sys.stdin.buffer.read().decode())) + 1)")
step build/release/bin/dlc examples/char-lstm/char-lstm.mlir --batch 1,32 --size "vocabulary=$characters" -o build/char-lstm/char-lstm.so
step build/release/bin/dlc-run train build/char-lstm/char-lstm.so --text "$text" --least-count 2 --epochs "${2:-5}" --seed 1 \
  --out build/char-lstm/char-lstm.safetensors --overwrite
step build/release/bin/dlc-run generate build/char-lstm/char-lstm.so --weights build/char-lstm/char-lstm.safetensors --length 500 --temperature 0.8
