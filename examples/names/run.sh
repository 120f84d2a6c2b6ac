#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to names that nobody had before: builds dlc, compiles names.mlir, trains it on first names and lets it write.
#   examples/names/run.sh [FILE [EPOCHS]]
#     FILE    a list of your own, a word a line, plain or gzip, in place of the names
#     EPOCHS  30 unless given
# Each run replaces the checkpoint of the one before, in build/names.
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '5,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
list=$(realpath -e -- "${1:-$home/examples/names/names.txt.gz}")
. "$home/examples/common.sh"
cd "$home"
tools/setup
tools/build release dlc dlc-run
mkdir -p build/names
# Room for all letters of the list, and for <unk>, which stands for those that it has once.
letters=$(gzip -cdf -- "$list" | python3 -c "import sys; print(len(set(sys.stdin.buffer.read().decode())) + 1)")
step build/release/bin/dlc examples/names/names.mlir --batch 1,32 --size "vocabulary=$letters" -o build/names/names.so
step build/release/bin/dlc-run train build/names/names.so --text "$list" --least-count 2 --epochs "${2:-30}" --schedule cosine \
  --seed 1 --out build/names/names.safetensors --overwrite
step build/release/bin/dlc-run generate build/names/names.so --weights build/names/names.safetensors --length 200 --temperature 0.8
