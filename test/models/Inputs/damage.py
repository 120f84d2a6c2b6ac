# damage.py - a library cut off at many places and with bytes of its header changed: an error, never a crash.
# SPDX-License-Identifier: Apache-2.0
#
#   damage.py DLC_RUN MODEL.so
import subprocess
import sys

program, library = sys.argv[1:]
good = open(library, "rb").read()
failures = refused = 0


def attempt(what, content, may_load=False):
    global failures, refused
    with open("damaged.so", "wb") as file:
        file.write(content)
    done = subprocess.run([program, "info", "damaged.so"], capture_output=True, text=True, timeout=60)
    error = done.returncode == 1 and done.stderr.startswith("dlc-run: error: ") and "damaged.so" in done.stderr
    refused += error
    if not error and not (may_load and done.returncode == 0):
        failures += 1
        print(f"{what}: exit {done.returncode}: {done.stderr!r}")


assert subprocess.run([program, "info", library], capture_output=True).returncode == 0
for i in range(20):
    size = [0, 1, 3, 4, 15, 16, 63, 64][i] if i < 8 else len(good) * (i - 7) // 13
    attempt(f"cut to {size} of {len(good)} bytes", good[:size])
attempt("one byte is missing", good[:-1])
for at in range(64):  # the ELF header; some fields of it no loader looks at
    for bits in 0xFF, 0x01, 0x80:
        damaged = bytearray(good)
        damaged[at] ^= bits
        attempt(f"byte {at} of the header ^ {bits:#x}", bytes(damaged), may_load=True)
for at in range(64, 64 + 56 * 8):  # the program headers
    damaged = bytearray(good)
    damaged[at] ^= 0xFF
    attempt(f"byte {at} (program headers) inverted", bytes(damaged), may_load=True)
attempt("text", b"dl.model @mnist {\n}\n" * 100)
attempt("zeros", bytes(len(good)))
print(f"{refused} refused, {failures} failures")
sys.exit(failures != 0)
