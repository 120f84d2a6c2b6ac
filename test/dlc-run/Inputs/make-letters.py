# make-letters.py COUNT FILE - letters of which no three in a row come twice.
import random
import sys

draw, text, seen = random.Random(5), "abcdefghijklmnopqrstuvwxyz", set()
while len(text) < int(sys.argv[1]):
    c = draw.choice("abcdefghijklmnopqrstuvwxyz")
    if text[-2:] + c not in seen and text[-2:] + c not in text:
        seen.add(text[-2:] + c)
        text += c
open(sys.argv[2], "w").write(text)
