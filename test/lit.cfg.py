# lit.cfg.py
# SPDX-License-Identifier: Apache-2.0
#
# How the tests run. A test is a file with RUN lines (.mlir, .test) or a case of a GoogleTest program (bin/*_tests, listed
# by unit/lit.cfg.py). What a RUN line may use besides the tools and FileCheck:
#   %examples       the project's examples/
#   %fake           a small hand-written model library, for tests of the runtime that need no compiler
#   %cc %cxx        the C and C++ compiler of this build; %cflags what they need where the build is sanitized
#   %src %obj       the source and the build folder
#   %python         Python 3 (the standard library only)
#   %lit            this lit
import importlib.util
import os
import sys

import lit.formats

config.name = "dlc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "sanitized", "unit", "unit-compiler"]
config.test_source_root = os.path.dirname(__file__)
# A run within a run (coverage of messages) has a folder of its own for its results.
config.test_exec_root = lit_config.params.get("results", os.path.join(config.dlc_obj_root, "test"))

# Our build's programs first, then FileCheck, not, count and split-file from LLVM.
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.dlc_obj_root, "bin"), config.llvm_tools_dir, os.environ.get("PATH", "/usr/bin:/bin")])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope --dump-input-filter=error"
config.environment["LC_ALL"] = "C"
# LLVM's inlined allocator code poisons memory that Debian's uninstrumented libraries never unpoison.
config.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "allow_user_poisoning=0")
# DLC_DIAGNOSTIC_LOG names the file to which the tools append the source place of each message (coverage of messages).
for name in ("UBSAN_OPTIONS", "TSAN_OPTIONS", "DLC_DIAGNOSTIC_LOG"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
# A test that hangs fails by itself. lit needs psutil to stop a test's children.
if importlib.util.find_spec("psutil"):
    lit_config.maxIndividualTestTime = 600


def library(name):
    """A library of the build, wherever CMake put it."""
    for folder in ("lib", "bin", "test"):
        path = os.path.join(config.dlc_obj_root, folder, name)
        if os.path.exists(path):
            return path
    return os.path.join(config.dlc_obj_root, "lib", name)


config.substitutions += [
    ("%examples", os.path.join(config.dlc_src_root, "examples")),
    ("%fake", library("dlc_test_fake.so")),
    ("%cflags", config.dlc_sanitize_flags),
    ("%cxx", config.dlc_cxx),
    ("%cc", config.dlc_cc),
    ("%src", config.dlc_src_root),
    ("%obj", config.dlc_obj_root),
    ("%lit", config.dlc_python + " " + os.path.abspath(sys.argv[0])),
    ("%python", config.dlc_python),
]
if os.path.exists(os.path.join(config.dlc_obj_root, "bin", "dlc_read_mutated")):
    config.available_features.add("sanitizers")  # of the importer, within a build that has none
if not config.dlc_sanitize:
    config.available_features.add("unsanitized")  # for tests that count allocations, symbols or bytes
