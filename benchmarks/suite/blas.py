# blas.py
# SPDX-License-Identifier: Apache-2.0
#
# What OpenBLAS and oneDNN share: Debian packages, and cases that are one product.
from pathlib import Path

from suite.graph import Parameter, concrete
from suite.peer import Peer, thread_variables


class Blas(Peer):
    packages, define, libraries, include = (), "", (), ""

    def prepare(self, environment):
        folder = environment.debian(self.name, self.packages) / "usr"
        places = [folder / "lib/x86_64-linux-gnu", folder / "lib/x86_64-linux-gnu" / self.include]
        flags = [f"-D{self.define}", f"-I{folder / 'include'}", f"-I{folder / 'include/x86_64-linux-gnu' / self.include}"]
        flags += [flag for place in places for flag in (f"-L{place}", f"-Wl,-rpath-link,{place}")]
        self.places = ":".join(map(str, places))  # of what the library itself needs, too
        self.worker = environment.program(self.name, "products.cpp", flags + [f"-l:{name}" for name in self.libraries])
        packages = list((folder.parent / "packages").glob(self.packages[0] + "_*"))
        self.version = packages[0].name.split("_")[1].split("-")[0].split("+")[0] if packages else ""

    def product(self, case):
        """The case's only op, where that is a product of two matrices."""
        nodes = [node for node in case.graph.nodes if node.op not in ("input", "parameter")]
        if case.mode != "function" or len(nodes) != 1:
            return None
        node = nodes[0]
        plain = node.op == "matmul" or node.op == "linear" and len(node.operands) == 2
        return node if plain and all(len(o.shape) == 2 for o in node.operands) else None

    def fits(self, case):
        return self.product(case) is not None

    def start(self, case, folder, threads):
        import numpy as np

        from suite.session import read_safetensors

        node = self.product(case)
        a, b = node.operands
        order = "NT" if node.op == "linear" else "".join(
            "T" if node.options.get(f"transpose_{side}") else "N" for side in "ab")
        rows, columns = concrete(node.shape, case.batch)
        summed = concrete(a.shape, case.batch)[0 if order[0] == "T" else 1]
        weight = isinstance(b, Parameter)
        right = Path(folder) / "inputs" / f"{b.name}.npy"
        if weight:
            np.save(right, read_safetensors(Path(folder) / "weights.safetensors")[b.name])
        return ([self.worker, str(rows), str(columns), str(summed), order, str(int(weight)),
                 str(Path(folder) / "inputs" / f"{a.name}.npy"), str(right)],
                {**thread_variables(threads), "LD_LIBRARY_PATH": self.places,
                 "OPENBLAS_CORETYPE": None, "OPENBLAS_L2_SIZE": None})
