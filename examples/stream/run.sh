#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a forecast: builds dlc, compiles stream.mlir and the program that trains it on signals as they come, and
# forecasts two new ones by two sessions.
#   examples/stream/run.sh [STEPS]
#     STEPS  of training, 4000 unless given
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '5,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools/setup
tools/build release dlc dlc_runtime
. examples/common.sh
mkdir -p build/stream
step build/release/bin/dlc examples/stream/stream.mlir --batch 1,16 -o build/stream/stream.so
step "${CXX:-clang++-22}" -std=c++20 -O2 -I. examples/stream/stream.cpp -o build/stream/stream \
  -Lbuild/release/lib -ldlc_runtime -pthread -Wl,-rpath,"$PWD/build/release/lib"
step build/stream/stream build/stream/stream.so "${1:-4000}"
