#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a trained network: installs what is missing, builds dlc, compiles mnist.mlir and trains it.
#   examples/mnist/run.sh [--data DIR] [--model NAME] [options of `dlc-run train`]...
#     --data DIR   IDX files of your own, plain or gzip, in place of MNIST
#     --model NAME another network of examples/ for the same pictures: lenet
# What follows is handed to `dlc-run train` and wins over what stands here: --epochs 20, --set lr=3e-4, --threads 2.
# Each run replaces the checkpoint of the one before, in build/NAME; --out FILE keeps it elsewhere.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. examples/common.sh

data=
model=mnist
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '5,10s/^# \{0,1\}//p' examples/mnist/run.sh; exit 0 ;;
    --data) [ $# -ge 2 ] || fail "--data needs a folder"; data=$2; shift 2 ;;
    --data=*) data=${1#--data=}; shift ;;
    --model) [ $# -ge 2 ] || fail "--model needs a name"; model=$2; shift 2 ;;
    --model=*) model=${1#--model=}; shift ;;
    *) arguments+=("$1"); shift ;;
  esac
done
[ "$model" = mnist ] || [ -f "examples/$model/$model.mlir" ] || fail "--model: there is no examples/$model/$model.mlir"
[ -z "$data" ] || data=$(data_folder "$data")

tools/setup
tools/build release dlc dlc-run
[ -n "$data" ] || data=$(python3 examples/mnist/fetch-digits.py)

# From here on a relative path is relative to where the person stands, as in any other program.
home=$(pwd -P)/
cd "$caller"
[ "$home" != "$(pwd -P)/" ] || home=
bin=${home}build/release/bin
folder=${home}build/$model
mkdir -p "$folder"
case "$data" in /*) ;; *) data=$home$data ;; esac

default --epochs 5
default --seed 1
results "$folder" "$model"

step "$bin/dlc" "${home}examples/$model/$model.mlir" -o "$folder/$model.so"
# It ends with the test accuracy and with where the library, the checkpoint and the picture are.
step "$bin/dlc-run" train "$folder/$model.so" --data "$data" "${arguments[@]}"
