# draw-contracts.py SEED COUNT - a model of level `autodiff` whose entry points are contractions drawn at random.
# SPDX-License-Identifier: Apache-2.0
#
# Each dimension is of the left operand, of the right one, or of both; axes stand in any order, are longer than what is read
# of them, are read at sums of two dimensions, with steps, from an offset on, or backwards.
import random
import sys

seed, count = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)


def operand(dims, sizes, inner=None):
    """The shape of an operand and its map, which reads each of `dims` at some axis, `inner` alone at the last one."""
    left = [d for d in dims if d != inner]
    draw.shuffle(left)
    axes = []
    while left:
        axes.append([left.pop() for _ in range(2 if len(left) > 1 and draw.random() < 0.4 else 1)])
    if draw.random() < 0.2:
        axes.insert(draw.randint(0, len(axes)), [])  # an axis of which one element is read
    axes += [[inner]] if inner else []
    shape, places = [], []
    for axis in axes:
        if axis == ["b"]:
            shape.append("batch"), places.append("b")
            continue
        if "b" in axis:  # the batch is alone on an axis
            axis = [d for d in axis if d != "b"]
            shape.append("batch"), places.append("b")
        low, high, terms = 0, 0, []
        for d in axis:
            step = 1 if d == inner else draw.choice([1, 1, 1, 2, 3, -1, -2])
            low += min(0, step * (sizes[d] - 1))
            high += max(0, step * (sizes[d] - 1))
            terms.append(f"{d} * {step}")
        offset = -low + draw.choice([0, 0, 1, 2])
        shape.append(str(high + offset + 1 + draw.choice([0, 0, 3])))
        places.append(" + ".join(terms + [str(offset)]))
    return f"f32[{', '.join(shape)}]" if shape else "f32", places


print('module attributes {dl.level = "autodiff", dl.options = {batch = array<i64: 3>, doubles = false, faulty_rule = "", '
      'optimize = 3 : i64, sizes = {}, target = "x86-64-v4"}, dl.version = 1 : i64} {\n  dl.model @drawn {')
for number in range(count):
    kept, summed = draw.randint(0, 4), draw.randint(1, 3)
    names = [f"d{i}" for i in range(kept + summed)]
    sizes = {d: draw.choice([1, 2, 3, 4, 5, 7, 9, 17, 33]) for d in names}
    while eval("*".join(map(str, sizes.values()))) > 200000:
        sizes[draw.choice(names)] = draw.choice([1, 2, 3])
    if kept and draw.random() < 0.5:  # one of them is the batch
        old = draw.randrange(kept)
        sizes["b"] = 3
        del sizes[names[old]]
        names[old] = "b"
    sides = {d: draw.choice(["l", "r", "lr"]) if i < kept else "lr" for i, d in enumerate(names)}
    inner = None
    if kept and draw.random() < 0.4:  # neighbours are products of their own
        inner = names[kept - 1]
        sides[inner] = "lr"
    lhs, lhs_places = operand([d for d in names if "l" in sides[d]], sizes, inner)
    rhs, rhs_places = operand([d for d in names if "r" in sides[d]], sizes, inner)
    over = ["batch" if d == "b" else str(sizes[d]) for d in names]
    result = f"f32[{', '.join(over[:kept])}]" if kept else "f32"
    maps = [f"affine_map<({', '.join(names)}) -> ({', '.join(places)})>" for places in (lhs_places, rhs_places)]
    print(f'    entry function @f{number}(%x: {lhs} {{input = "x"}}, %w: {rhs} {{input = "w"}}) -> ({result} {{output = "y"}}) {{\n'
          f'      %y = contract %x, %w, kept = {kept}, lhs_map = {maps[0]}, over = [{", ".join(over)}], rhs_map = {maps[1]}\n'
          f"      return %y\n    }}")
print("  }\n}")
