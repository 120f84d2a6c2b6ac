# examples.py - compiles the examples of a page.
# SPDX-License-Identifier: Apache-2.0
#
#   examples.py PAGE.md FOLDER [MODEL.mlir]
#
# Each block ```mlir is a whole model and must compile; ```mlir import must be read and print as what it reads back;
# ```mlir wrong must be refused with exactly the text of the block that follows it. The lines of ```text LEVEL must
# stand one after the other in what `dlc MODEL --emit=LEVEL` prints, places left out. One line a block; the exit
# code says whether all of them did as they should.
import pathlib
import re
import subprocess
import sys

page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
blocks = re.findall(r"^```(\w*) ?(\w*)\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def dlc(*arguments):
    done = subprocess.run(["dlc", *arguments], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check(kind, text, after):
    """What is wrong; nothing if all is well."""
    (folder / "model.mlir").write_text(text)
    if kind == "import":
        code, once, error = dlc("model.mlir", "--emit=import")
        if code:
            return error
        (folder / "again.mlir").write_text(once)
        _, twice, error = dlc("again.mlir", "--emit=import")
        return error or ("" if once == twice else "what is printed does not print as itself")
    code, _, error = dlc("model.mlir", "-o", "model.so")
    if kind == "wrong":
        return "" if code == 1 and error == after else f"expected:\n{after}found (exit code {code}):\n{error}"
    return error if code or error else ""


def check_excerpt(level, text):
    code, printed, error = dlc(sys.argv[3], f"--emit={level}")
    if code:
        return error
    printed = re.sub(r" loc\((?:[^()]|\([^()]*\))*\)", "", printed)
    lines = "\n".join(line.strip() for line in printed.splitlines())
    wanted = "\n".join(line.strip() for line in text.splitlines())
    return "" if wanted in lines else f"level {level} does not print:\n{wanted}"


failed = count = 0
for i, (language, kind, text) in enumerate(blocks):
    if language != "mlir" and not (language == "text" and kind):
        continue
    count += 1
    if language == "text":
        problem = check_excerpt(kind, text)
    else:
        problem = check(kind, text, blocks[i + 1][2] if i + 1 < len(blocks) else "")
    first = text.splitlines()[0]
    print(f"{'FAILED' if problem else 'good'}: {kind or 'compile'}: {first}")
    if problem:
        failed += 1
        print(problem)
print(f"{count} examples, {failed} failed")
sys.exit(1 if failed or not count else 0)
