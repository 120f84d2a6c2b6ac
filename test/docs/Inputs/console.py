# console.py - runs the commands of a page and compares what they print with what the page shows.
# SPDX-License-Identifier: Apache-2.0
#
#   console.py PAGE.md FOLDER
#
# The blocks ```console are run one after the other in FOLDER: `$ ` begins a command, what follows is all that it prints,
# `...` on a line of its own stands for any lines, and a command that is shown alone may print what it likes. Times and
# speeds may differ. `$ cat FILE` of a file that is not there makes it. Programs in FOLDER/bin come first. One line a
# command; the exit code says whether all of them did as they should.
import os
import pathlib
import re
import subprocess
import sys

page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
blocks = re.findall(r"^```console\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def commands(block):
    """Pairs of a command and the lines that are shown after it."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def pattern(lines):
    parts = []
    for line in lines:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
            continue
        text = re.escape(line)
        # Times, speeds, and hashes that are shortened.
        text = re.sub(r"(?:[\d,:]|\\\.)+(\\ (?:s|ms|us|\S+/s)\b)", r"[\\d,.:]+\1", text)
        text = text.replace(re.escape("..."), ".*") if "..." in line and not line.lstrip().startswith("...") else text
        parts.append(text + r"\n")
    return "".join(parts)


environment = dict(os.environ, PATH=f"{folder.resolve()}/bin:{os.environ['PATH']}")
failed = count = 0
for block in blocks:
    for command, shown in commands(block):
        count += 1
        words = command.split()
        if words[0] == "cat" and len(words) == 2 and not (folder / words[1]).exists():
            (folder / words[1]).write_text("\n".join(shown) + "\n")
            continue
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True)
        good = done.returncode == 0 and (not shown or re.fullmatch(pattern(shown), done.stdout))
        print(f"{'good' if good else 'FAILED'}: {command}")
        if not good:
            failed += 1
            print(f"exit code {done.returncode}; it printed:\n{done.stdout}")
print(f"{count} commands, {failed} failed")
sys.exit(1 if failed or not count else 0)
