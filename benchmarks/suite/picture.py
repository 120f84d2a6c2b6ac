# picture.py
# SPDX-License-Identifier: Apache-2.0
#
# Two pictures of a run, as SVG written by hand: bars of the ratios to each peer, and the roofline with a point a case.
import math
from html import escape

from suite.limits import level_of

COLOURS = ["#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#b07aa1", "#9c755f", "#edc948"]


def svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


def text(x, y, words, anchor="start", **more):
    extra = "".join(f' {k.replace("_", "-")}="{v}"' for k, v in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(str(words))}</text>'


def bars(results):
    """For each case a bar a peer: how many times as long as dlc it takes, on a scale of powers of two."""
    names = []
    for row in results["rows"]:
        names += [n for n, f in row["contenders"].items() if "ratio" in f and n not in names]
    left, width, thick = 300, 600, 12
    low, high = -2, 3  # a quarter to eight times

    def place(ratio):
        return left + width * (min(max(math.log2(ratio), low), high) - low) / (high - low)

    parts, y = [], 40
    for index, name in enumerate(names):
        parts.append(f'<rect x="{left + 130 * index}" y="8" width="12" height="12" fill="{colour(index)}"/>')
        parts.append(text(left + 130 * index + 16, 18, name))
    for row in results["rows"]:
        mine = [(n, f) for n, f in row["contenders"].items() if "ratio" in f]
        if not mine:
            continue
        label = row["case"] + (f" ({row['threads']} threads)" if row["threads"] > 1 else "")
        parts.append(text(left - 8, y + thick * len(mine) / 2 + 4, label, "end"))
        for name, figures in mine:
            a, b = sorted((place(1), place(figures["ratio"])))
            parts.append(f'<rect x="{a:.1f}" y="{y}" width="{max(b - a, 1):.1f}" height="{thick - 2}" '
                         f'fill="{colour(names.index(name))}"/>')
            parts.append(text(place(figures["ratio"]) + 4, y + 9, f"{figures['ratio']:.2f}", font_size=9))
            y += thick
        y += 6
    for power in range(low, high + 1):
        x = left + width * (power - low) / (high - low)
        parts.append(f'<line x1="{x}" x2="{x}" y1="28" y2="{y}" stroke="{"black" if power == 0 else "#ccc"}"/>')
        parts.append(text(x, y + 14, f"{2.0 ** power:g}x", "middle"))
    parts.append(text(left + width / 2, y + 32, "time of the other / time of dlc", "middle"))
    return svg(left + width + 60, y + 44, parts)


def colour(index):
    return COLOURS[index % len(COLOURS)]


def roofline(results):
    """GFLOP/s over operations a byte, both logarithmic, for one thread (the fewest that were measured)."""
    threads = min(results["limits"], key=int)
    limits = results["limits"][threads]
    rows = [row for row in results["rows"] if str(row["threads"]) == threads and row["flops"] and row["bytes"]
            and "median" in next(iter(row["contenders"].values()))]
    left, top, width, height = 60, 20, 760, 460
    x_low, x_high, y_low, y_high = -2, 4, -1, 4  # powers of ten

    def x(value):
        return left + width * (min(max(math.log10(value), x_low), x_high) - x_low) / (x_high - x_low)

    def y(value):
        return top + height * (1 - (min(max(math.log10(value), y_low), y_high) - y_low) / (y_high - y_low))

    parts = []
    for power in range(x_low, x_high + 1):
        parts.append(f'<line x1="{x(10**power):.1f}" x2="{x(10**power):.1f}" y1="{top}" y2="{top + height}" stroke="#eee"/>')
        parts.append(text(x(10**power), top + height + 16, f"{10.0 ** power:g}", "middle"))
    for power in range(y_low, y_high + 1):
        parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y(10**power):.1f}" y2="{y(10**power):.1f}" stroke="#eee"/>')
        parts.append(text(left - 6, y(10**power) + 4, f"{10.0 ** power:g}", "end"))
    peak = limits["flops"] / 1e9
    for level in limits["levels"]:
        rate = max(level[kind] for kind in ("read", "write", "copy")) / 1e9
        points = [(10**x_low, rate * 10**x_low), (peak / rate, peak)] if peak else []
        parts.append(f'<polyline fill="none" stroke="#999" points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)}"/>')
        parts.append(text(x(10 ** (x_low + 0.05)), y(rate * 10 ** (x_low + 0.05)) - 3, f"{level['name']} {rate:.0f} GB/s",
                          font_size=10, fill="#555"))
    if peak:
        parts.append(f'<line x1="{x(peak / max(1, rate)):.1f}" x2="{left + width}" y1="{y(peak):.1f}" y2="{y(peak):.1f}" stroke="#999"/>')
        parts.append(text(left + width, y(peak) - 4, f"{peak:.0f} GFLOP/s", "end", fill="#555"))
    workloads = list(dict.fromkeys(row["workload"] for row in rows))
    for row in rows:
        own = next(iter(row["contenders"].values()))
        rate = row["flops"] / own["median"] / 1e9
        fill = colour(workloads.index(row["workload"]))
        level = level_of(limits, row["bytes"])
        note = f"{row['case']}: {rate:.1f} GFLOP/s, {level['name'] if level else ''}"
        parts.append(f'<circle cx="{x(row["flops"] / row["bytes"]):.1f}" cy="{y(rate):.1f}" r="4" fill="{fill}">'
                     f"<title>{escape(note)}</title></circle>")
    for index, name in enumerate(workloads):
        parts.append(f'<circle cx="{left + width + 20}" cy="{top + 10 + 18 * index}" r="4" fill="{colour(index)}"/>')
        parts.append(text(left + width + 30, top + 14 + 18 * index, name))
    parts.append(text(left + width / 2, top + height + 34, f"operations of products a byte, {threads} thread(s)", "middle"))
    parts.append(text(left, 14, "GFLOP/s"))
    return svg(left + width + 170, top + height + 44, parts)
