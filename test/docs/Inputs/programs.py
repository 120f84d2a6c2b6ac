# programs.py - writes the programs of a page as files.
# SPDX-License-Identifier: Apache-2.0
#
#   programs.py PAGE.md FOLDER      FOLDER/program1.cpp, program2.cpp, program3.c ... in the order of the page
import pathlib
import re
import sys

blocks = re.findall(r"^```(cpp|c)\n(.*?)^```$", pathlib.Path(sys.argv[1]).read_text(), re.MULTILINE | re.DOTALL)
for number, (language, text) in enumerate(blocks, 1):
    pathlib.Path(sys.argv[2], f"program{number}.{language}").write_text(text)
