# untrusted.py - files that lie about their size or their depth, through dlc-run with 3 GB of memory.
# SPDX-License-Identifier: Apache-2.0
#
#   untrusted.py DLC_RUN MODEL.so CHECKPOINT
import gzip
import json
import resource
import struct
import subprocess
import sys
import zlib

program, model, checkpoint = sys.argv[1:]
count = failures = 0


def attempt(what, arguments, may_succeed=False):
    """The first line of the message; anything but a sentence and exit code 1 is a failure."""
    global count, failures
    count += 1
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    done = subprocess.run([program] + arguments, capture_output=True, text=True, timeout=300, preexec_fn=limit)
    line = (done.stderr or done.stdout).split("\n")[0]
    if may_succeed and done.returncode in (0, 1):
        line = "resumed or refused"
    elif done.returncode != 1:
        failures += 1
        line = f"exit {done.returncode}: {line}"
    print(f"{what}: {line}")


def cases(name, image):
    with open(name, "w") as file:
        file.write('[{"entry": "predict", "inputs": {"image": ' + image + '}, "expect": {"probability": [[1, 0, 0]]}}]')
    return ["check", model, name]


def with_record(name, key, value):
    """The checkpoint with another text in its record."""
    data = open(checkpoint, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    assert "user." + key in header["__metadata__"], header["__metadata__"].keys()
    header["__metadata__"]["user." + key] = value
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data[8 + length :])
    return ["train", model, "--resume", name, "--data", "data", "--steps", "3", "--out", "next.safetensors"]


deep = "[" * 100_000 + "]" * 100_000
attempt("a check file nested 100,000 deep", cases("deep.json", deep))
attempt("a check file that does not end", cases("open.json", "[" * 100_000))
rows = 70_000
ragged = "[[" + "0," * (rows - 1) + "0]" + ",0" * (rows - 1) + "]"
attempt(f"a ragged list of {len(ragged) // 1000} KB", cases("ragged.json", ragged))
attempt("an input nested 10,000 deep", ["call", model, "predict", "--input", "image=" + "[" * 10_000 + "]" * 10_000])
attempt("settings of a checkpoint nested 100,000 deep", with_record("run.safetensors", "run", deep), may_succeed=True)
attempt("the state of a checkpoint nested 100,000 deep", with_record("state.safetensors", "state", deep), may_succeed=True)

# Made without holding all of it: zlib is fed zeros.
packer = zlib.compressobj(9, zlib.DEFLATED, 31)
with open("bomb.gz", "wb") as file:
    file.write(packer.compress(struct.pack(">IIIBBBB", 0x802, 1, 4, 1, 2, 3, 4)))
    for _ in range(16):
        file.write(packer.compress(bytes(1 << 24)))
    file.write(packer.flush())
attempt("a gzip'd IDX file of 260 KB that inflates to 256 MB", ["call", model, "predict", "--input", "image=bomb.gz"])

array = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118)
array += b"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 4), }".ljust(117) + b"\n" + bytes(16)
packer = zlib.compressobj(9, zlib.DEFLATED, -15)
packed = packer.compress(array + bytes(1 << 20)) + packer.flush()
name = b"image.npy"
common = struct.pack("<HHHIIIIHH", 20, 0, 8, 0, zlib.crc32(array), len(packed), len(array), len(name), 0)
local = b"PK\x03\x04" + common + name + packed
central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
with open("bomb.npz", "wb") as file:
    file.write(local + central + end)
attempt("an NPZ file whose member inflates to more than it says", ["call", model, "predict", "--inputs", "bomb.npz"])

peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000
print(f"{count} files, the largest run took {'less than 200 MB' if peak < 200 else f'{peak} MB'}")
sys.exit(failures != 0)
