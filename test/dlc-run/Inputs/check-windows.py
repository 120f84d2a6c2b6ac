# check-windows.py TEXT LOG BATCH random|contiguous - which windows a training was given, by what windows.mlir tells of them.
import json
import sys

text, log, batch, kind = sys.argv[1:]
text, batch = open(text).read(), int(batch)
length = 3
letters = sorted(set(text[: len(text) - round(len(text) / 10)]))
tokens = [letters.index(c) for c in text[: len(text) - round(len(text) / 10)]]


def code(at):
    a, b, c = tokens[at : at + length]
    return 10000 * a + 100 * b + c


places = {code(at): at for at in range(len(tokens) - length + 1)}
assert len(places) == len(tokens) - length + 1, "each window of the text must be there once"

epochs = {}
for line in open(log):
    step = json.loads(line)
    if step["event"] == "step":
        rows = [places[step["least"]], places[step["most"]]]
        # What follows are the tokens one further on, of the same rows.
        assert {step["least_next"], step["most_next"]} == {code(at + 1) for at in rows}, step
        epochs.setdefault(step["epoch"], []).append(sorted(rows) if batch == 2 else rows[:1])

windows = (len(tokens) - 1) // length if kind == "contiguous" else (len(tokens) - length) // length
for epoch, steps in epochs.items():
    flat = sorted(at for step in steps for at in step)
    if kind == "random":
        # All windows of the text once, from wherever the first begins.
        assert flat == [flat[0] + i * length for i in range(windows)], flat
        assert flat[0] + windows * length < len(tokens)
        assert [at for step in steps for at in step] != flat, "not shuffled"
    else:
        # Each row goes on where it ended in the step before; the rows share the text.
        half = windows // 2 * length
        assert steps == [[i * length, half + i * length] for i in range(windows // 2)], steps
if kind == "random":
    assert len({tuple(map(tuple, steps)) for steps in epochs.values()}) == len(epochs), "epochs of one order"
    assert len({min(at for step in steps for at in step) for steps in epochs.values()}) > 1, "always cut at the same places"
print(len(epochs), "epochs of", windows, "windows")
