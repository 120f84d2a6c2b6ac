#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a network that hears: builds dlc, makes short sounds (a sine, a square wave, a saw, a chirp, a burst of
# noise; of any pitch and loudness, in noise), compiles audio.mlir and trains it to tell them apart.
#   examples/audio/run.sh [--data DIR] [options of `dlc-run train`]...
#     --data DIR   sounds of your own: train-signal.npy, f32[count, 1024, 1], train-label.npy, 0 to 4 for each, and test-...
# What follows is handed to `dlc-run train` and wins over what stands here: --epochs 20, --set lr=3e-4, --threads 2.
# Each run replaces the sounds and the checkpoint of the one before, in build/audio; --out FILE keeps that elsewhere.
set -euo pipefail
caller=$PWD
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$home/examples/common.sh"

data=''
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '5,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --data) [ $# -ge 2 ] || fail "--data needs a folder"; data=$2; shift 2 ;;
    --data=*) data=${1#--data=}; shift ;;
    *) arguments+=("$1"); shift ;;
  esac
done
[ -z "$data" ] || data=$(data_folder "$data")

cd "$home"
tools/setup
tools/build release dlc dlc-run dlc_runtime

bin=$home/build/release/bin lib=$home/build/release/lib folder=$home/build/audio
mkdir -p "$folder"
if [ -z "$data" ]; then
  data=$folder/sounds
  step "${CXX:-clang++-22}" -std=c++20 -O2 -I"$home" "$home/examples/audio/signals.cpp" -o "$folder/signals" \
    -L"$lib" -ldlc_runtime -Wl,-rpath,"$lib"
  step "$folder/signals" "$data"
  default --classes "$data/classes.txt"
fi

# From here on a relative path is relative to where the person stands, as in any other program.
cd "$caller"
given --steps || default --epochs 10
default --seed 1
default --schedule cosine
results "$folder" audio

step "$bin/dlc" "$home/examples/audio/audio.mlir" -o "$folder/audio.so"
# It ends with the accuracy on the sounds of the test and with where the library, the checkpoint and the picture are.
step "$bin/dlc-run" train "$folder/audio.so" --data "$data" "${arguments[@]}"
