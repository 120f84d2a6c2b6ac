#!/usr/bin/env python3
# compare_training.py
# SPDX-License-Identifier: Apache-2.0
"""Compares a run of `dlc-run train` with a stored reference. Standard library only.

Vectors and small matrices are stored whole. Of a large matrix every row and every column is stored as one sum with
weights from a fixed sequence: an element that is off shows in the sum of its row and in that of its column.

usage: compare_training.py REFERENCE.json f32|f64 LOG.jsonl CHECKPOINT.safetensors
"""

import array
import json
import struct
import sys

WHOLE = 2000
LOSS = {"f64": 1e-9, "f32": 1e-4}  # relative
# Relative to the larger of the value and 0.01, the size that an initialiser gives a weight here.
PARAMETER = {"f64": 1e-9, "f32": 1e-4}


def weight(index):
    """Between -1 and 1, never near 0 for all of a row."""
    return (index * 2654435761 + 1013904223) % 2**32 / 2**31 - 1


def project(values, shape):
    """What is stored of a parameter."""
    if len(values) <= WHOLE:
        return {"shape": list(shape), "values": list(values)}
    rows, columns = shape
    return {
        "shape": list(shape),
        "rows": [sum(weight(j) * values[i * columns + j] for j in range(columns)) for i in range(rows)],
        "columns": [sum(weight(i) * values[i * columns + j] for i in range(rows)) for j in range(columns)],
    }


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    for name, entry in header.items():
        if name != "__metadata__" and not name.startswith("optimizer."):
            first, last = entry["data_offsets"]
            values = array.array({"F32": "f", "F64": "d"}[entry["dtype"]], data[first:last])
            yield name, entry["shape"], list(values)


class Comparison:
    def __init__(self):
        self.bad = 0
        self.count = 0

    def near(self, what, found, expected, tolerance, floor):
        """Tells of the first that departs, and keeps count."""
        if len(found) != len(expected):
            self.bad += 1
            print(f"{what}: found {len(found)} values, expected {len(expected)}")
            return
        worst = 0.0
        for i, (a, b) in enumerate(zip(found, expected)):
            self.count += 1
            off = abs(a - b) / max(abs(b), floor)
            worst = max(worst, off)
            if not off <= tolerance:  # NaN is off, too
                self.bad += 1
                print(f"{what}[{i}]: found {a!r}, expected {b!r}, off by {off:.3g}, tolerance {tolerance}")
                return
        print(f"{what}: {len(found)} values, largest deviation {worst:.2g}")


def main():
    reference, element, log, checkpoint = sys.argv[1:5]
    with open(reference) as file:
        expected = json.load(file)[element]
    with open(log) as file:
        steps = [event for event in map(json.loads, file) if event["event"] == "step"]
    comparison = Comparison()
    comparison.near("losses", [step["loss"] for step in steps], expected["losses"], LOSS[element], 1e-300)
    comparison.near("accuracies", [step["accuracy"] for step in steps], expected["accuracies"], 1e-6, 1)
    found = {name: (shape, values) for name, shape, values in read_safetensors(checkpoint)}
    if sorted(found) != sorted(expected["parameters"]):
        comparison.bad += 1
        print(f"parameters: found {sorted(found)}, expected {sorted(expected['parameters'])}")
    for name in sorted(set(found) & set(expected["parameters"])):
        shape, values = found[name]
        stored = expected["parameters"][name]
        if shape != stored["shape"]:
            comparison.bad += 1
            print(f"{name}: found shape {shape}, expected {stored['shape']}")
            continue
        here = project(values, shape)
        for part in ("values", "rows", "columns"):
            if part in stored:
                comparison.near(f"{name} {part}", here[part], stored[part], PARAMETER[element], 0.01)
    print(f"{comparison.count} values compared, {comparison.bad} departures")
    sys.exit(1 if comparison.bad or not comparison.count else 0)


if __name__ == "__main__":
    main()
