#!/usr/bin/env bash
# run.sh
# SPDX-License-Identifier: Apache-2.0
#
# From a clean clone to tested: installs what is missing, builds everything, runs every test, and ends with the line
# `N passed, N failed`. The exit code says whether all of them passed.
#   test/run.sh [--preset release|dev|asan] [FOLDER or FILE under test/]...
#     --preset P   the build that is tested; release unless given
#     FOLDER...    only these, e.g. test/exec test/dl/reduce.mlir; all of them unless given
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release
only=()
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) sed -n '5,9s/^# \{0,1\}//p' test/run.sh; exit 0 ;;
    --preset) [ $# -ge 2 ] || { echo "run.sh: error: --preset needs a name" >&2; exit 1; }; preset=$2; shift 2 ;;
    --preset=*) preset=${1#*=}; shift ;;
    -*) echo "run.sh: error: unknown option $1; test/run.sh --help lists them" >&2; exit 1 ;;
    *) path=$(cd "$caller" && realpath -e -- "$1" 2>/dev/null) || { echo "run.sh: error: there is no $1" >&2; exit 1; }
       case "$path" in
         "$PWD/test") ;; # all of them
         "$PWD"/test/*) only+=("build/$preset/test/${path#"$PWD/test/"}") ;;
         *) echo "run.sh: error: $1 is not under test/" >&2; exit 1 ;;
       esac
       shift ;;
  esac
done

tools/setup
tools/build "$preset"

folder=build/$preset
results=$folder/test/results.json
rm -f "$results"
[ ${#only[@]} -gt 0 ] || only=("$folder/test" "$folder/test/unit")

cached() { sed -n "s/^$1:FILEPATH=//p" "$folder/CMakeCache.txt"; }
lit=$(cached DLC_LIT) python=$(cached DLC_PYTHON)
[ -x "$lit" ] || { echo "run.sh: error: lit is missing (Debian: llvm-22-tools); remove $folder and run this again" >&2; exit 1; }
status=0
(
  # A test that devours memory fails by itself; but a sanitized program reserves terabytes of addresses.
  [ "$preset" = asan ] || ulimit -S -v 12000000
  "$python" "$lit" -sv --output "$results" "${only[@]}" </dev/null
) || status=$?
[ -s "$results" ] || { echo "run.sh: error: the tests did not run to their end (exit code $status)" >&2; echo "0 passed, 1 failed"; exit 1; }

# The line is counted from what lit recorded, not from what it printed.
"$python" - "$results" <<'PYTHON'
import collections, json, sys
count = collections.Counter()
for test in json.load(open(sys.argv[1]))["tests"]:
    code = test["code"]
    kind = "passed" if code in ("PASS", "FLAKYPASS", "XFAIL") else (
        "skipped" if code in ("UNSUPPORTED", "SKIPPED", "EXCLUDED") else "failed")
    count[kind] += 1
if not count["passed"] and not count["failed"]:
    count["failed"] = 1
    print("run.sh: error: no test was found", file=sys.stderr)
print(f"{count['passed']} passed, {count['failed']} failed" + (f", {count['skipped']} skipped" if count["skipped"] else ""), flush=True)
sys.exit(1 if count["failed"] else 0)
PYTHON
