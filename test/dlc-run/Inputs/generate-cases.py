# generate-cases.py GENERATE.PY CHECKPOINT - runs dlc-run generate with several settings, and compares with generate.py.
import subprocess
import sys

program, checkpoint = sys.argv[1:]
cases = [("", "1", 0, "1", 0), ("an", "1", 0, "1", 7), ("an", "0.7", 3, "1", 1), ("be", "1.5", 0, "0.8", 2),
         ("", "1", 5, "0.6", 18446744073709551615), ("", "0", 0, "1", 3), ("", "0", 4, "0.5", 4)]
texts = set()
for prompt, temperature, k, p, seed in cases:
    command = ["dlc-run", "generate", "bigram.so", "--weights", checkpoint, "--prompt", prompt, "--length", "300",
               "--temperature", temperature, "--top-p", p, "--seed", str(seed)] + (["--top-k", str(k)] if k else [])
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    expected = subprocess.run([sys.executable, program, checkpoint, prompt, "300", temperature, str(k), p, str(seed)],
                              capture_output=True, text=True, check=True).stdout
    assert found == expected, f"{command}\nfound    {found!r}\nexpected {expected!r}"
    texts.add(found)
# Without chance, the seed says nothing; all others differ.
assert len(texts) == len(cases) - 1, len(texts)
print(len(cases), "agree")
