# models.py
# SPDX-License-Identifier: Apache-2.0
#
# Of each workload's models, a few of different forms (sizes apart) are read and checked by dlc, as far as gradients.
#   models.py FOLDER
import pathlib
import re
import subprocess
import sys

folders = {}
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.mlir")):
    # Models that differ in sizes alone are one.
    form = re.sub(r"[0-9]+", "0", path.read_text())
    folders.setdefault(path.parent.name, {}).setdefault(form, path)
assert len(folders) >= 9, sorted(folders)
for forms in folders.values():
    for path in list(forms.values())[:6]:
        run = subprocess.run(["dlc", path, "--emit=autodiff", "-o", "-"], capture_output=True, text=True)
        if run.returncode or run.stderr:
            sys.exit(f"{path}: {run.stderr}")
