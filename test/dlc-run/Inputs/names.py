# names.py COUNT - so many invented names, a line each.
import random
import sys

draw = random.Random(2)
for _ in range(int(sys.argv[1])):
    print("".join(draw.choice(["an", "be", "ri", "lo", "mu", "ka", "th", "el"]) for _ in range(draw.randint(1, 4))))
