# common.sh
# SPDX-License-Identifier: Apache-2.0
#
# What the run.sh of the examples share. Each sources it, and keeps what it hands to `dlc-run train` in `arguments`.
# shellcheck shell=bash

fail() { printf 'run.sh: error: %s\n' "$@" >&2; exit 1; }
# Shows a command and runs it.
step() { printf '\n$ %s\n' "$*"; "$@"; }
# The command line gives this option.
given() {
  local argument
  for argument in "${arguments[@]}"; do
    case "$argument" in "$1" | "$1="*) return 0 ;; esac
  done
  return 1
}
# An option that the command line does not give.
default() { given "$1" || arguments+=("$@"); }
# FOLDER NAME: where the results go. What a person names is not replaced; what run.sh names is.
results() {
  if ! given --out; then
    given --resume || given --overwrite || arguments+=(--overwrite)
    default --curve "$1/loss.svg"
  fi
  default --out "$1/$2.safetensors"
}
# The folder that --data names, which is relative to where the person stands (`caller`).
data_folder() {
  local found
  found=$(cd "${caller:?}" && realpath -e -- "$1" 2>/dev/null) && [ -d "$found" ] || fail "--data: there is no folder $1"
  printf '%s\n' "$found"
}
