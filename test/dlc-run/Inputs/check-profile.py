# check-profile.py
# SPDX-License-Identifier: Apache-2.0
#
# What `dlc-run profile --json --trace` said of mnist's train_step and predict, for 16 of 32 rows, --peak 100
# --bandwidth 10 (GFLOP/s, GB/s): the figures follow from the times and from what info tells of the kernels.
#   check-profile.py INFO.json PROFILE.jsonl TRACE.json
import json
import sys


def lines(path):
    return [json.loads(line) for line in open(path)]


def close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


info = {line["name"]: line for line in lines(sys.argv[1]) if line["event"] == "kernel"}
*profiles, end = lines(sys.argv[2])
assert end == {"event": "end"}, end
assert [(p["entry"], p["rows"]) for p in profiles] == [("train_step", 16), ("predict", 16)], profiles
for p in profiles:
    assert p["calls"] >= 3 and p["peak_flops"] == 1e11, p
    assert p["levels"] == [{"name": "memory", "bytes": "inf", "bandwidth": 1e10}], p
    seconds = [k["seconds"] for k in p["kernels"]]
    assert seconds == sorted(seconds, reverse=True) and min(seconds) > 0, seconds
    assert close(sum(seconds), p["kernel_seconds"]), p
    for k in p["kernels"]:
        assert k["calls"] >= 1 and k["calls"] == int(k["calls"]), k
        about = info[k["name"]]
        assert close(k["flops"], about["flops"] * k["calls"] / 2), (k, about)
        assert close(k["bytes"], about["bytes"] * k["calls"] / 2), (k, about)
        by_peak, by_memory = k["flops"] / 1e11, k["bytes"] / 1e10
        assert close(k["roof_share"] * k["seconds"], max(by_peak, by_memory)), k
        assert k["limit"] == ("memory" if by_memory > by_peak else "peak"), k
        assert k["source"], k

events = json.load(open(sys.argv[3]))["traceEvents"]
assert events[0]["ph"] == "M" and events[0]["args"] == {"name": "mnist"}, events[0]
runs, kernels = [], 0
for event in events[1:]:
    assert event["ph"] == "X" and event["dur"] >= 0 and event["pid"] == 1 and event["tid"] == 1, event
    if event["cat"] == "entry point":
        runs.append(event)
        at = event["ts"]
        continue
    assert event["cat"] == "kernel" and event["args"]["flops"] == info[event["name"]]["flops"] / 2, event
    # After what came before, and within the call.
    slack = 0.01  # microseconds, of rounding
    assert event["ts"] >= at - slack and event["ts"] + event["dur"] <= runs[-1]["ts"] + runs[-1]["dur"] + slack, event
    at = event["ts"] + event["dur"]
    kernels += 1
assert [run["name"] for run in runs] == ["train_step"] * 10 + ["predict"] * 10, runs
assert kernels == 10 * sum(k["calls"] for p in profiles for k in p["kernels"]), kernels
