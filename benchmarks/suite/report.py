# report.py
# SPDX-License-Identifier: Apache-2.0
#
# What a run found, as Markdown, JSON and two pictures.
import json
import math
import os
import platform
import re
import shlex
from datetime import datetime, timezone

from suite.limits import least_seconds


def processor():
    """The kind of processor, and how many of it; no name of a machine."""
    try:
        text = open("/proc/cpuinfo").read()
    except OSError:
        return platform.machine()
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    flags = re.search(r"^flags\s*:\s*(.*)$", text, re.M)
    level = "AVX-512" if flags and "avx512f" in flags[1] else "AVX2"
    return f"{model[1] if model else platform.machine()}, {level}, {os.cpu_count()} processors"


def about(options, words, ready, absent):
    return {"command": "benchmarks/run " + shlex.join(words), "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
            "machine": processor(), "system": platform.system() + " " + platform.release().split("-")[0],
            "seed": options.seed, "rounds": options.rounds, "round_seconds": options.seconds, "clock": options.clock,
            "load": [round(x, 2) for x in os.getloadavg()],
            "contenders": {peer.name: peer.version for peer in ready}, "absent": absent}


def seconds_text(seconds):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.4g} {unit}"
    return f"{seconds * 1e9:.4g} ns"


def bytes_text(count):
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= scale:
            return f"{count / scale:.4g} {unit}"
    return f"{count} B"


def share(row, figures, limits):
    """Of the limit that the machine sets: (share, name of the limit)."""
    least, name = least_seconds(row, limits[str(row["threads"])])
    return least / figures["median"], name


def agreement(row, figures):
    """'' where results agree, else what the row must say."""
    if row["tolerance"] is None or "difference" not in figures:
        return ""
    if figures["difference"] <= row["tolerance"]:
        return ""
    return f"results differ by {figures['difference']:.1e}"


def line(row, limits):
    """One row as it is measured."""
    parts = []
    for name, figures in row["contenders"].items():
        if "absent" in figures:
            parts.append(f"{name} absent ({figures['absent'][:80]})")
        elif "ratio" in figures:
            parts.append(f"{name} {figures['ratio']:.2f}x ({figures['ratio_least']:.2f})"
                         + (" " + agreement(row, figures) if agreement(row, figures) else ""))
        else:
            part, limit = share(row, figures, limits)
            parts.append(f"{seconds_text(figures['median'])}, least {seconds_text(figures['least'])}"
                         + (f", {100 * part:.0f} % of {limit}" if limit else ""))
    return f"{row['case']:36} {row['threads']} thread{'s' if row['threads'] > 1 else ' '}  " + "; ".join(parts)


def groups(results):
    found = {}
    for row in results["rows"]:
        found.setdefault(row["workload"], []).append(row)
    return found


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def markdown(results):
    head, limits = results["about"], results["limits"]
    text = ["# Benchmark results", "", f"`{head['command']}`", "",
            f"- {head['date']}, {head['machine']}, {head['system']}; load when begun {head['load'][0]}",
            "- " + ", ".join(f"{name} {version}" for name, version in head["contenders"].items())]
    text += [f"- absent: {name}: {reason}" for name, reason in head["absent"].items()]
    text += [f"- {head['rounds']} rounds of {head['round_seconds']} s each, in turns; seed {head['seed']}; "
             f"{head['clock']} time",
             "- A ratio is the time of the other over that of dlc (above 1: dlc is faster): the median over rounds, and "
             "that of the least times", "", "## The machine", "",
             "| threads | multiply-adds | " + " | ".join(
                 f"{level['name']} read / write / copy" for level in next(iter(limits.values()))["levels"]) + " |",
             "|---|---|" + "---|" * len(next(iter(limits.values()))["levels"])]
    for count, limit in limits.items():
        cells = [" / ".join(f"{level[kind] / 1e9:.0f}" for kind in ("read", "write", "copy")) + " GB/s"
                 for level in limit["levels"]]
        text.append(f"| {count} | {limit['flops'] / 1e9:.0f} GFLOP/s | " + " | ".join(cells) + " |")
    for workload, rows in groups(results).items():
        text += ["", f"## {workload}", ""]
        others = []
        for row in rows:
            others += [n for n, f in row["contenders"].items() if "ratio" in f and n not in others]
        text += ["| case | threads | median | least | per second | GFLOP/s | of the limit | memory | compile | library | "
                 + " | ".join(others) + (" | " if others else "") + "notes |",
                 "|---|---|---|---|---|---|---|---|---|---|" + "---|" * len(others) + "---|"]
        for row in rows:
            text.append(table_row(row, limits, others))
        for name in others:
            for count in sorted({row["threads"] for row in rows}):
                values = [row["contenders"][name]["ratio"] for row in rows
                          if row["threads"] == count and "ratio" in row["contenders"].get(name, {})]
                if len(values) > 1:
                    text.append(("\n" if name == others[0] else "") + f"- {name}, {count} thread"
                                f"{'s' if count > 1 else ''}: geometric mean {geometric_mean(values):.2f}, least "
                                f"{min(values):.2f}")
    return "\n".join(text) + "\n"


def table_row(row, limits, others):
    own = next(iter(row["contenders"].values()))
    cells = [row["case"], str(row["threads"])]
    notes = []
    if "absent" in own:
        cells += ["absent"] + [""] * 7
        notes.append(own["absent"])
    else:
        part, limit = share(row, own, limits)
        cells += [seconds_text(own["median"]), seconds_text(own["least"]),
                  f"{row['items'] / own['median']:,.4g} {row['unit']}" if row["items"] < own["median"] else
                  f"{row['items'] / own['median']:,.0f} {row['unit']}",
                  f"{row['flops'] / own['median'] / 1e9:.1f}" if row["flops"] else "",
                  f"{100 * part:.0f} % of {limit}" if part else "", bytes_text(own["memory"]) if own.get("memory") else "",
                  seconds_text(own["compile_seconds"]) if own.get("compile_seconds") else "",
                  bytes_text(own["library_bytes"]) if own.get("library_bytes") else ""]
    if own.get("result"):
        notes.append(own["result"])
    for name in others:
        figures = row["contenders"].get(name, {})
        cells.append(f"{figures['ratio']:.2f} ({figures['ratio_least']:.2f})" if "ratio" in figures else "")
        if figures.get("result"):
            notes.append(f"{name}: {figures['result']}")
        if figures.get("form"):
            notes.append(f"{name}: {figures['form']}")
        if agreement(row, figures):
            notes.append(f"{name}: {agreement(row, figures)}")
    notes += [f"{name}: absent: {f['absent']}" for name, f in row["contenders"].items()
              if "absent" in f and f is not own]
    return "| " + " | ".join(cells) + " | " + "; ".join(notes).replace("|", "/") + " |"


def write(results, out):
    from suite import picture

    (out / "results.json").write_text(json.dumps(results, indent=1))
    (out / "results.md").write_text(markdown(results))
    (out / "bars.svg").write_text(picture.bars(results))
    (out / "roofline.svg").write_text(picture.roofline(results))
