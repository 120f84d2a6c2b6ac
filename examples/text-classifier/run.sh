#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to a filter for unwanted messages: builds dlc, compiles text-classifier.mlir and trains it on short messages;
# ends with the accuracy on those that it has not seen, and with what it says of two more.
#   examples/text-classifier/run.sh [options of `dlc-run train`]...
# What follows wins over what stands here: --epochs 20, --set lr=3e-4, --threads 2. A table of your own:
#   examples/text-classifier/run.sh --lines FILE.tsv --label-column label --text-column text [--split-column split]
# With more than two labels set DLC_SIZES, e.g. DLC_SIZES=classes=150,length=28 (--size of dlc).
# Each run replaces the checkpoint of the one before, in build/text-classifier; --out FILE keeps it elsewhere.
set -euo pipefail
case "${1:-}" in -h | --help) sed -n '5,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
caller=$PWD
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
. "$home/examples/common.sh"
(cd "$home" && tools/setup && tools/build release dlc dlc-run)
cd "$caller"
bin=$home/build/release/bin
folder=$home/build/text-classifier
mkdir -p "$folder"
arguments=("$@")
own=
if given --lines || given --resume || given --out; then own=yes; fi
if ! given --lines && ! given --resume; then
  arguments+=(--lines "$home/examples/text-classifier/sms_spam.tsv.gz" --label-column 1 --text-column 2 --test-every 5)
fi
given --resume || default --epochs 10
given --resume || default --least-count 2
given --resume || default --schedule cosine
given --resume || given --bucket || arguments+=(--bucket)
given --resume || default --seed 1
given --out || given --resume || given --overwrite || arguments+=(--overwrite)
given --resume || default --out "$folder/text-classifier.safetensors"
step "$bin/dlc" "$home/examples/text-classifier/text-classifier.mlir" ${DLC_SIZES:+--size "$DLC_SIZES"} -o "$folder/text-classifier.so"
step "$bin/dlc-run" train "$folder/text-classifier.so" "${arguments[@]}"
# What to ask of another table, its person knows.
[ -n "$own" ] || step "$bin/dlc-run" predict "$folder/text-classifier.so" --weights "$folder/text-classifier.safetensors" \
  --line "You have won a prize! Call now to claim it" --line "Are you coming home for dinner?"
