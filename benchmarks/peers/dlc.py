"""dlc itself, and other builds of it (--peer-dlc)."""
# dlc.py
# SPDX-License-Identifier: Apache-2.0
#
# A build of dlc: this one, or another version in the same turns (--peer-dlc). The worker is compiled against the headers
# and the runtime of that build.
import re
import subprocess
import time
from pathlib import Path

from suite.environment import Absent, last_line
from suite.peer import Peer


class Dlc(Peer):
    kind = "dlc"

    def __init__(self, name, bin_folder):
        self.name, self.bin = name, Path(bin_folder).resolve()
        self.compile_seconds = self.bytes = None

    def prepare(self, environment):
        compiler = self.bin / "dlc"
        if not compiler.exists():
            raise Absent(f"there is no {compiler}: build it with `tools/build release dlc dlc-run`")
        library = self.bin.parent / "lib"
        runtime = library / "libdlc_runtime.so"
        if not runtime.exists():
            raise Absent(f"there is no {runtime}")
        version = subprocess.run([compiler, "--version"], capture_output=True, text=True)
        self.version = (re.search(r"dlc ([\w.]+)", version.stdout) or ["", ""])[1]
        self.worker = environment.program("dlc", "dlc.cpp", [f"-I{self._sources()}", f"-L{library}", "-ldlc_runtime",
                                                             f"-Wl,-rpath,{library}"], [runtime])

    def _sources(self):
        """The folder of the sources that the build was made from."""
        cache = self.bin.parent / "CMakeCache.txt"
        made = re.search(r"^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$", cache.read_text() if cache.exists() else "", re.M)
        for folder in [self.bin.parents[2], *([Path(made[1])] if made else [])]:
            if (folder / "runtime" / "Model.h").exists():
                return folder
        raise Absent(f"the sources of {self.bin} are not beside it")

    def compile(self, model, library, case):
        command = [self.bin / "dlc", model, "-o", library]
        if case.batch:
            command += ["--batch", str(case.capacity)]
        start = time.perf_counter()
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Absent("dlc: " + last_line(result.stderr))
        return time.perf_counter() - start

    def start(self, case, folder, threads):
        library = Path(folder) / f"{self.name.replace('/', '_').replace(' ', '_')}-{case.capacity}.so"
        self.compile_seconds = self.compile(Path(folder) / "model.mlir", library, case)
        self.bytes = library.stat().st_size
        weights = Path(folder) / "weights.safetensors" if case.graph.parameters else "-"
        return ([self.worker, str(library), case.entry, str(weights), str(Path(folder) / "inputs"), str(threads),
                 str(case.extent), str(case.copies)], {})

    def variables(self, threads):
        return {"DLC_THREADS": str(threads)}

    def about(self):
        return {"compile_seconds": self.compile_seconds, "library_bytes": self.bytes}
