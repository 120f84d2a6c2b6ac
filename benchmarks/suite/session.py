# session.py
# SPDX-License-Identifier: Apache-2.0
#
# One case: its files, a worker for each contender, their results compared, then rounds in turns.
import json
import os
import pickle
import re
import select
import signal
import statistics
import struct
import subprocess
import time
from pathlib import Path

from suite.case import draw
from suite.environment import Absent, last_line

START_SECONDS, ROUND_SECONDS = 900, 300  # how long a worker may take to begin, and to answer


class Worker:
    """A process that answers commands with lines of JSON. Between them it stands still: threads of a pool that spin while they
    wait would take the processors from the one whose turn it is."""

    def __init__(self, peer, case, folder, threads):
        self.name, self.folder = peer.name, folder
        command, variables = peer.start(case, folder, threads)
        self.errors = open(Path(folder) / f"{safe(peer.name)}.log", "w+")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True, env=surroundings(variables))
        self.about = {**peer.about(), **self.answer(START_SECONDS)}
        self.process.send_signal(signal.SIGSTOP)

    def ask(self, line, seconds=ROUND_SECONDS):
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.answer(seconds)
        self.process.send_signal(signal.SIGSTOP)
        return answer

    def answer(self, seconds):
        while True:
            if not select.select([self.process.stdout], [], [], seconds)[0]:
                self.stop()
                raise Absent(f"no answer in {seconds} s")
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                self.errors.seek(0)
                raise Absent(last_line(self.errors.read()))
            if line.startswith("{"):  # a library may print lines of its own
                return json.loads(line)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()


def surroundings(variables):
    """Our environment with some variables otherwise; None: not set."""
    environment = {**os.environ, **{k: v for k, v in variables.items() if v is not None}}
    return {k: v for k, v in environment.items() if variables.get(k, "") is not None}


def safe(name):
    return "".join(c if c.isalnum() or c in "-." else "_" for c in name)


def write_case(case, folder, seed):
    """The files that the workers read: model.mlir, weights.safetensors, inputs/NAME.npy, case.pickle."""
    import numpy as np

    (folder / "inputs").mkdir(parents=True, exist_ok=True)
    parameters, inputs = draw(case, seed)
    (folder / "model.mlir").write_text(case.graph.text())
    for name, value in inputs.items():
        np.save(folder / "inputs" / f"{name}.npy", value)
    buffers = {name: np.full(shape, value, dtype) for name, (shape, value, dtype) in case.graph.buffers.items()}
    write_safetensors(folder / "weights.safetensors", parameters | buffers)
    (folder / "case.pickle").write_bytes(pickle.dumps(case))


def write_safetensors(path, tensors):
    header, offset = {}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": {"float32": "F32", "int64": "I64"}[value.dtype.name], "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            file.write(value.tobytes())


def read_safetensors(path):
    import numpy as np

    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        start = file.tell()
        tensors = {}
        for name, about in header.items():
            if name != "__metadata__" and about["dtype"] == "F32":
                begin, end = about["data_offsets"]
                file.seek(start + begin)
                tensors[name] = np.frombuffer(file.read(end - begin), np.float32).reshape(about["shape"])
    return tensors


def difference(case, own, other):
    """The largest difference of two folders of results. Of forward results the largest deviation relative to the
    largest value of the tensor; of parameters after an update, which Adam moves by the sign of a gradient however small,
    the root mean square of the deviation, relative to that of the tensor."""
    import numpy as np

    worst = 0.0
    for path in sorted(own.glob("*.npy")):
        if not (other / path.name).exists():
            continue
        a, b = np.load(path).astype(np.float64), np.load(other / path.name).astype(np.float64)
        if a.shape != b.shape and a.size != b.size:
            return float("inf")
        b = b.reshape(a.shape)
        if not a.size:
            continue
        deviation = np.abs(a - b)
        if path.name.startswith("parameter."):
            value = np.sqrt(np.mean(deviation**2) / max(np.mean(a**2), 1e-30))
        else:
            value = deviation.max() / max(np.abs(a).max(), 1e-30)
        worst = max(worst, float(value) if np.isfinite(value) else float("inf"))
    return worst


def summary(rounds, clock):
    """Of the rounds of one contender: the median and the least of all blocks, and how far the rounds' own medians lie
    apart. The system counts the time that running threads had of the processor in ticks of some milliseconds, so that
    those of a round are one figure, their mean."""
    if clock == "cpu":
        rounds = [{**one, "cpu": [statistics.fmean(one["cpu"])]} for one in rounds]
    blocks = [time for one in rounds for time in one[clock]]
    medians = [statistics.median(one[clock]) for one in rounds]
    return {"median": statistics.median(blocks), "least": min(blocks), "low": min(medians), "high": max(medians),
            "rounds": medians, "blocks": len(blocks), "memory": max(one["memory"] for one in rounds)}


def measure(case, contenders, folder, threads, options):
    """A row of the results: {contender: figures}, where an absent one has a reason. dlc comes first; who has no form of the
    case is left out."""
    contenders = [peer for peer in contenders if peer.fits(case)]
    folder = Path(folder)
    write_case(case, folder, options.seed)
    row = {"case": case.name, "threads": threads, "batch": case.batch, "mode": case.mode, "items": case.items,
           "unit": case.unit, "tolerance": case.tolerance, "contenders": {}}
    row["flops"], row["bytes"] = case.work()
    figures, workers = row["contenders"], {}
    figures[contenders[0].name] = {}

    def attempt(name, action):
        try:
            return action()
        except Absent as error:
            figures[name] = {"absent": str(error)}
            worker = workers.pop(name, None)
            if worker and worker.process.poll() is None:
                worker.stop()

    for peer in contenders:
        worker = attempt(peer.name, lambda: Worker(peer, case, folder, threads))
        if worker:
            workers[peer.name] = worker
    own = contenders[0]
    rivals = {}  # our own other forms: (label, index) -> worker
    for label, cases in case.rivals.items():
        for index, other in enumerate(cases):
            name = f"{label}#{index}"
            place = folder / safe(name)
            write_case(other, place, options.seed)
            rival = attempt(name, lambda: Worker(own, other, place, threads))
            if rival:
                workers[name] = rival
            rivals.setdefault(label, []).append(name)
    try:
        for name, worker in list(workers.items()):
            place = worker.folder / f"outputs-{safe(name)}"
            place.mkdir(exist_ok=True)
            attempt(name, lambda: worker.ask(f"outputs {place} {options.steps}"))
        taken = {name: [] for name in workers}
        for number in range(options.rounds):
            names = list(workers)
            for name in names[number % len(names):] + names[:number % len(names)] if names else []:
                one = attempt(name, lambda: workers[name].ask(f"round {options.seconds} {options.block} {options.clock}"))
                if one:
                    taken[name].append(one)
        for name, worker in workers.items():
            figures[name] = {**summary(taken[name], options.clock), **worker.about,
                             **{k: v for k, v in taken[name][-1].items() if k in ("form", "forms")}}
            figures[name].pop("ready", None)
            if name != own.name and "#" not in name and case.tolerance is not None:
                figures[name]["difference"] = difference(case, folder / f"outputs-{safe(own.name)}",
                                                         folder / f"outputs-{safe(name)}")
    finally:
        for worker in workers.values():
            worker.stop()
    join_rivals(figures, rivals)
    ratios(figures, own.name)
    return row


def measure_commands(case, contenders, folder, threads, options):
    """A row of a CommandCase: each contender's commands from start to end, in turns."""
    folder = Path(folder)
    row = {"case": case.name, "threads": threads, "batch": 0, "mode": case.mode, "items": 1, "unit": "runs",
           "tolerance": None, "flops": 0, "bytes": 0, "contenders": {contenders[0].name: {}}}
    figures, runs, rivals = row["contenders"], {}, {}  # runs: name -> (peer, commands)
    for peer in contenders:
        place = folder / safe(peer.name)
        place.mkdir()
        if case.absent:
            figures[peer.name] = {"absent": case.absent}
        elif commands := case.commands(peer, place):
            if case.files:
                case.files(place)
            runs[peer.name] = peer, commands
    for label, cases in case.rivals.items():
        for index, other in enumerate(cases):
            place = folder / safe(f"{label}-{index}")
            place.mkdir()
            other.files(place)
            runs[f"{label}#{index}"] = contenders[0], other.commands(contenders[0], place)
            rivals.setdefault(label, []).append(f"{label}#{index}")
    taken = {name: [] for name in runs}
    for number in range(min(options.rounds, case.most_rounds)):
        names = list(runs)
        for name in names[number % len(names):] + names[:number % len(names)] if names else []:
            peer, commands = runs[name]
            try:
                taken[name].append(run_commands(commands, surroundings(peer.variables(threads))))
            except Absent as error:
                figures[name] = {"absent": str(error)}
                del runs[name]
    for name in runs:
        figures[name] = {**summary(taken[name], options.clock), "result": taken[name][-1]["result"]}
    join_rivals(figures, rivals)
    ratios(figures, contenders[0].name)
    return row


def run_commands(commands, environment):
    """The seconds of some commands, the most memory of one of them, and the last accuracy that they print."""
    wall = cpu = memory = 0
    result = ""
    for command in commands:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, env=environment)
        output = process.stdout.read()
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        wall += time.perf_counter() - start
        cpu += used.ru_utime + used.ru_stime
        memory = max(memory, used.ru_maxrss * 1024)
        if status:
            raise Absent(f"{Path(command[0]).name}: {last_line(output)}")
        result = (re.findall(r"accuracy [\d.]+ %", output) or [result])[-1]
    return {"wall": [wall], "cpu": [cpu], "memory": memory, "result": result}


def join_rivals(figures, rivals):
    """The parts of a rival are one contender, whose times are the sums."""
    for label, names in rivals.items():
        parts = [figures.pop(name) for name in names]
        missing = [part["absent"] for part in parts if "absent" in part]
        if missing:
            figures[label] = {"absent": missing[0]}
            continue
        total = {key: sum(part[key] for part in parts) for key in ("median", "least", "low", "high")}
        total["rounds"] = [sum(times) for times in zip(*[part["rounds"] for part in parts])]
        total["memory"] = max(part["memory"] for part in parts)
        figures[label] = total


def ratios(figures, own):
    """How many times as long as ours each takes: the median over rounds of the quotient within a round, so that a
    machine that is slower for a while is slower for both; and the quotient of the least times."""
    ours = figures.get(own, {})
    if "absent" in ours or not ours:
        return
    for name, theirs in figures.items():
        if name != own and "absent" not in theirs:
            theirs["ratio"] = statistics.median(b / a for a, b in zip(ours["rounds"], theirs["rounds"]))
            theirs["ratio_least"] = theirs["least"] / ours["least"]
