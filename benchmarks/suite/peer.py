# peer.py
# SPDX-License-Identifier: Apache-2.0
#
# What the suite asks of a peer, and what most of them share.

from suite.environment import ROOT


class Peer:
    """One that computes the same work. `start` gives the command and the environment of a worker for one case; the worker
    answers the commands that native/rounds.h lists. Raises Absent where it cannot be had."""

    kind = ""  # which file of peers/ it is
    name = ""
    version = ""

    def prepare(self, environment):
        """Installs and builds what all cases need."""

    def fits(self, case):
        """Whether it has all that the case takes."""
        return True

    def start(self, case, folder, threads):
        raise NotImplementedError

    def variables(self, threads):
        """The environment of whole programs (CommandCase); None: not set."""
        return {}

    def about(self):
        """What the report says of it: the size of its library, how long a compilation took."""
        return {}


def thread_variables(threads):
    """For every library that reads its number of threads from the environment. Memory that was freed stays with the
    process: giving pages back and taking them again would be measured as the peer's."""
    count = str(threads)
    return {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count, "NPROC": count,
            "DNNL_CPU_RUNTIME": "OMP", "OMP_WAIT_POLICY": "PASSIVE" if threads == 1 else "ACTIVE",
            "MALLOC_MMAP_THRESHOLD_": str(1 << 34), "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
            "MALLOC_TOP_PAD_": str(1 << 26)}


class PythonPeer(Peer):
    """A peer that is a Python package: peers/NAME.py has PACKAGES, OPS and Program, and runs in worker.py."""

    def __init__(self, module):
        self.module = module
        self.name = self.kind = module.__name__.rsplit(".", 1)[-1]
        self.version = module.PACKAGES[0].partition("==")[2]

    def prepare(self, environment):
        self.python = environment.python(self.name, self.module.PACKAGES)
        self.cache = str(environment.cache)

    def fits(self, case):
        if not hasattr(self.module, "OPS"):  # it runs whole programs alone
            return False
        known = getattr(self.module, "MODES", ("function", "train", "gradients", "apply"))
        return case.mode in known and all(
            node.op in self.module.OPS for node in case.graph.nodes if node.op not in ("input", "parameter"))

    def variables(self, threads):
        """Of its processes; None: not set, so that OpenBLAS takes the processor as it is."""
        return {**thread_variables(threads), **self.module.variables(threads), "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": self.cache, "OPENBLAS_CORETYPE": None,
                "OPENBLAS_L2_SIZE": None}

    def start(self, case, folder, threads):
        return ([self.python, str(ROOT / "suite" / "worker.py"), self.name, str(folder), str(threads)],
                self.variables(threads))
