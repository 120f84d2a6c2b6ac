# texts.py ROWS - a table with a header: split, kind, text; what kind a text is says its first word.
import random
import sys

draw = random.Random(4)
print("split\tkind\ttext")
for row in range(int(sys.argv[1])):
    kind = draw.choice(["query", "order", "thanks"])
    split = ["train", "train", "train", "val", "test", "other"][row % 6]
    word = {"query": "When", "order": "Bring", "thanks": "Danke"}[kind]
    print(split, kind, " ".join([word] + draw.choices(["it", "the", "Tee", "now", "here"], k=draw.randint(0, 9))), sep="\t")
