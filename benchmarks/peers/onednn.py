"""oneDNN of Debian: sgemm and the matmul primitive, with a packed weight where the operand is one."""
from suite.blas import Blas


class PEER(Blas):
    name = "onednn"
    packages = ("libdnnl2", "libdnnl-dev", "ocl-icd-libopencl1", "libgomp1")
    define, include, libraries = "WITH_ONEDNN", "", ("libdnnl.so.2",)
