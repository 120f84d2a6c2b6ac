# scratch_bytes.py - reads `dlc-run info --json`: scratch memory of a thread is there, within its bounds, and counted.
# SPDX-License-Identifier: Apache-2.0
import json
import sys

events = [json.loads(line) for line in sys.stdin]
entries = [event for event in events if event["event"] == "entry"]
arenas = next(event for event in events if event["event"] == "model")["arena_bytes"]
for entry in entries:
    scratch, workspace = entry["scratch_bytes"], entry["workspace_bytes"]
    assert 240000 <= scratch <= 1 << 20, scratch
    assert workspace >= scratch + 64, workspace
assert arenas["workspace"] == max(entry["workspace_bytes"] for entry in entries), arenas
