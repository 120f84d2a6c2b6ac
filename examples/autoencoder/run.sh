#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to restored pictures: builds dlc, compiles autoencoder.mlir, trains it to take noise out of handwritten
# digits, and draws some digits of the test: clean, noisy, and restored from the noisy ones.
#   examples/autoencoder/run.sh [--data DIR] [options of `dlc-run train`]...
#     --data DIR   IDX files of your own, plain or gzip, of 28 x 28 pixels, in place of MNIST
# What follows is handed to `dlc-run train` and wins over what stands here: --epochs 20, --set lr=3e-4, --threads 2.
# Each run replaces the checkpoint of the one before, in build/autoencoder; --out FILE keeps it elsewhere.
set -euo pipefail
caller=$PWD
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$home/examples/common.sh"

data='' out=''
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '5,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --data | --out) [ $# -ge 2 ] || fail "$1 needs a value"; declare "${1#--}=$2"; shift 2 ;;
    --data=* | --out=*) pair=${1#--}; declare "${pair%%=*}=${pair#*=}"; shift ;;
    *) arguments+=("$1"); shift ;;
  esac
done
[ -z "$data" ] || data=$(data_folder "$data")

cd "$home"
tools/setup
tools/build release dlc dlc-run
[ -n "$data" ] || data=$(python3 examples/mnist/fetch-digits.py)
data=$(realpath -e -- "$data")
digits=
for name in t10k-images-idx3-ubyte t10k-images-idx3-ubyte.gz train-images-idx3-ubyte train-images-idx3-ubyte.gz; do
  [ -n "$digits" ] || [ ! -f "$data/$name" ] || digits=$data/$name
done
[ -n "$digits" ] || fail "$data has no t10k-images-idx3-ubyte"

# From here on a relative path is relative to where the person stands, as in any other program.
cd "$caller"
bin=$home/build/release/bin folder=$home/build/autoencoder
mkdir -p "$folder"
# Three epochs of MNIST, and as many steps where there are fewer digits.
given --epochs || default --steps 2800
default --seed 1
default --schedule cosine
default --warmup 100
# What a person names is not replaced; what this script names is.
if [ -z "$out" ]; then
  out=$folder/autoencoder.safetensors
  given --resume || given --overwrite || arguments+=(--overwrite)
  default --curve "$folder/loss.svg"
fi

step "$bin/dlc" "$home/examples/autoencoder/autoencoder.mlir" --batch 64 -o "$folder/autoencoder.so"
step "$bin/dlc-run" train "$folder/autoencoder.so" --data "$data" --out "$out" "${arguments[@]}"
# It ends with where the picture is.
step "$bin/dlc-run" predict "$folder/autoencoder.so" --weights "$out" --entry compare --input "image=$digits" \
  --rows 10 --output "$folder/digits.png"
