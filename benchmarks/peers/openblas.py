"""OpenBLAS of Debian: sgemm, and sgemv for one column."""
from suite.blas import Blas


class PEER(Blas):
    name = "openblas"
    packages = ("libopenblas0-pthread", "libopenblas-pthread-dev", "libgfortran5", "libquadmath0")
    define, include, libraries = "WITH_OPENBLAS", "openblas-pthread", ("libopenblas.so.0",)
