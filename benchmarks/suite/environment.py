# environment.py
# SPDX-License-Identifier: Apache-2.0
#
# What the suite installs and builds for itself, all of it in one folder outside the tree: a virtual environment for each
# peer, so that none decides another's versions; Debian packages unpacked, not installed; our own small programs.
# What cannot be had is absent, with a reason, and nothing else stops.
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # benchmarks/
NUMPY = "numpy==2.4.6"


class Absent(Exception):
    """Why a peer cannot take part."""


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "it failed without a message"


def mark(packages):
    """Tells one list of packages from another."""
    return hashlib.sha256(" ".join(packages).encode()).hexdigest()[:8]


class Environment:
    def __init__(self, cache):
        self.cache = Path(cache).expanduser().resolve()
        self.cache.mkdir(parents=True, exist_ok=True)

    def _once(self, folder, make):
        """Makes a folder, or takes the one that was made whole before. A failure is remembered for this run alone."""
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            make()
            (folder / "complete").touch()
        return folder

    def python(self, name, packages):
        """The interpreter of a virtual environment with `packages`."""
        folder = self.cache / f"venv-{name}-{mark(packages)}"

        def make():
            print(f"installing {', '.join(packages)}", file=sys.stderr, flush=True)
            self._run([sys.executable, "-m", "venv", str(folder)])
            self._run([str(folder / "bin/python"), "-m", "pip", "install", "-q", *packages])

        return str(self._once(folder, make) / "bin/python")

    def debian(self, name, packages):
        """The folder in which Debian packages are unpacked."""
        folder = self.cache / f"debian-{name}-{mark(packages)}"

        def make():
            if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
                raise Absent("this is not a Debian system: it has no apt-get")
            print(f"unpacking {', '.join(packages)}", file=sys.stderr, flush=True)
            (folder / "packages").mkdir(parents=True)
            self._run(["apt-get", "download", "-q", *packages], cwd=folder / "packages")
            for package in sorted((folder / "packages").glob("*.deb")):
                self._run(["dpkg-deb", "-x", str(package), str(folder)])

        return self._once(folder, make)

    def program(self, name, source, flags, depends=()):
        """One of our own programs, compiled with the compiler at hand."""
        compiler = os.environ.get("CXX") or next(filter(shutil.which, ("c++", "g++", "clang++")), None)
        if not compiler:
            raise Absent("there is no C++ compiler: set CXX")
        made = hashlib.sha256(" ".join([compiler, *flags]).encode())
        for file in sorted((ROOT / "native").iterdir()):
            made.update(file.read_bytes())
        for file in depends:
            made.update(f"{file} {os.stat(file).st_mtime_ns}".encode())
        program = self.cache / "programs" / f"{name}-{made.hexdigest()[:12]}"
        if not program.exists():
            program.parent.mkdir(exist_ok=True)
            partial = f"{program}.{os.getpid()}"
            self._run([*compiler.split(), "-std=c++20", "-O2", "-pthread", str(ROOT / "native" / source), "-o", partial,
                       *flags])
            os.replace(partial, program)
        return str(program)

    def _run(self, command, cwd=None):
        result = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
        if result.returncode:
            errors = [line for line in (result.stderr + result.stdout).splitlines() if "error" in line.lower()]
            raise Absent(f"{Path(command[0]).name}: {last_line(errors[0] if errors else result.stderr + result.stdout)}")


def default_cache():
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "dlc-benchmarks"
