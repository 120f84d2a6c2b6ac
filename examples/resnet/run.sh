#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a trained network: builds dlc, compiles resnet.mlir and trains it on Fashion-MNIST.
#   examples/resnet/run.sh [--data DIR] [--side N] [options of `dlc-run train`]...
#     --data DIR   pictures of your own in its place: DIR/train/CLASS/*.png and DIR/test/CLASS/*.png, or DIR/CLASS/*.png
#     --side N     with --data: pictures are brought to N x N in colour, N being a multiple of 4; 32 unless given
# What follows is handed to `dlc-run train` and wins over what stands here: --epochs 20, --set lr=0.05, --threads 2.
# Each run replaces the checkpoint of the one before, in build/resnet; --out FILE keeps it elsewhere.
set -euo pipefail
caller=$PWD
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$home/examples/common.sh"

data='' side=''
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '5,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --data | --side) [ $# -ge 2 ] || fail "$1 needs a value"; declare "${1#--}=$2"; shift 2 ;;
    --data=* | --side=*) pair=${1#--}; declare "${pair%%=*}=${pair#*=}"; shift ;;
    *) arguments+=("$1"); shift ;;
  esac
done
[ -z "$side" ] || [ -n "$data" ] || fail "--side: Fashion-MNIST is 28 x 28; give --data DIR with it"
[[ "${side:=32}" =~ ^[1-9][0-9]{0,3}$ ]] && [ $((side % 4)) -eq 0 ] || fail "--side $side: expected a multiple of 4"

# The folder with Fashion-MNIST: the Debian package dataset-fashion-mnist, installed or unpacked below data/.
fashion() {
  local folder
  for folder in "$home/data/fashion-mnist" /usr/share/datasets/fashion-mnist; do
    [ ! -f "$folder/t10k-images-idx3-ubyte.gz" ] || { echo "$folder"; return; }
  done
  local work=$home/data/fashion-mnist.part
  rm -rf "$work" && mkdir -p "$work"
  if (cd "$work" && apt-get -qq download dataset-fashion-mnist && dpkg -x dataset-fashion-mnist_*.deb .) >/dev/null 2>&1; then
    mv "$work/usr/share/datasets/fashion-mnist" "$home/data/fashion-mnist"
    rm -rf "$work"
    echo "$home/data/fashion-mnist"
  else
    rm -rf "$work"
    fail "Fashion-MNIST is not here: install the Debian package (apt-get update && apt-get install dataset-fashion-mnist)," \
         "  or give a folder of pictures by --data DIR"
  fi
}

cd "$home"
tools/setup
tools/build release dlc dlc-run
sizes=()
if [ -n "$data" ]; then
  data=$(data_folder "$data")
  classes=$data
  [ -z "$(find -L "$data/train" -mindepth 1 -maxdepth 1 -type d -print -quit 2>/dev/null)" ] || classes=$data/train
  count=$(find -L "$classes" -mindepth 1 -maxdepth 1 -type d ! -name '.*' ! -name __MACOSX | wc -l)
  [ "$count" -gt 0 ] || fail "--data: $classes has no folder a class"
  sizes=(--size "size=$side,channels=3,classes=$count")
else
  data=$(fashion)
  default --classes "$home/examples/resnet/fashion-mnist.txt"
fi

# From here on a relative path is relative to where the person stands, as in any other program.
cd "$caller"
bin=$home/build/release/bin folder=$home/build/resnet
mkdir -p "$folder"
given --steps || default --epochs 5
default --seed 1
default --schedule cosine
default --warmup 200
results "$folder" resnet

step "$bin/dlc" "$home/examples/resnet/resnet.mlir" --batch 64 "${sizes[@]}" -o "$folder/resnet.so"
# It ends with the test accuracy and with where the library, the checkpoint and the picture of the loss are.
step "$bin/dlc-run" train "$folder/resnet.so" --data "$data" "${arguments[@]}"
