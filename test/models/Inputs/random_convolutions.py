# random_convolutions.py - convolutions and poolings drawn from a seed, with all of their options, compiled in several ways and
# compared with what they mean.
# SPDX-License-Identifier: Apache-2.0
#
#   random_convolutions.py FIRST LAST [OPTION]  checks the sheets of these seeds; options go to the `dlc --diff` of -O0
#   random_convolutions.py --print SEED         shows one
#   random_convolutions.py --tally FIRST LAST   how often each op and each option is drawn
#   random_convolutions.py --faults SEED        what the comparison says of ops and gradients that are a hundredth too large
#
# A sheet is one model of several chains: an op on windows, or two with something between. `@f` has them as they are, which
# the evaluator runs as they are written; `@loss` trains inputs and filters. How it is compared, drawn_check.py says.
import math
import random
import re
import sys
import tempfile

from drawn_check import compare, each_seed, run

CHAINS = 25  # of a sheet
LARGEST = 700  # elements of a row of a value
WORK = 30000  # products for a row of a result
LONGEST = {1: 17, 2: 9, 3: 4}  # axes of so many


def listed(random, values):
    """One number for all axes, if they are equal, or a list."""
    return str(values[0]) if len(set(values)) == 1 and random.random() < 0.7 else str(list(values))


class Chain:
    def __init__(self, random, number):
        self.random, self.number = random, number
        self.axes = random.choice([1, 1, 2, 2, 2, 2, 3])
        self.first = random.random() < 0.45
        self.places = [random.choice([1, *range(2, LONGEST[self.axes] + 1)]) for _ in range(self.axes)]
        self.channels = random.choice([1, 2, 3, 4, 4, 6, 8, 17])
        self.shape = self.sizes()
        self.lines = []  # with {x} for what they read, {w} for filters, {l} for a layer's name
        self.filters = []  # [shape, what a layer says instead]
        self.op()
        if random.random() < 0.3:
            self.between()
            self.op()

    def sizes(self):
        """Of a row."""
        return [self.channels] + self.places if self.first else self.places + [self.channels]

    def add(self, text, places, channels=None):
        self.lines.append(text + (", channels_first" if self.first else ""))
        self.places, self.channels = places, channels or self.channels

    def op(self):
        steps = [self.convolution] * 9 + [self.transposed] * 3 + [self.max_pool] * 3 + [self.avg_pool] * 3 + [
            self.lp_pool] * 2 + [self.adaptive, self.upsample, self.shuffle]
        while not self.random.choice(steps)():
            pass

    #===--- Windows ---------------------------------------------------------------------------------------===#

    def window(self, size, longest=5):
        """kernel, stride, dilation"""
        kernel = self.random.choice([k for k in (1, 2, 3, 3, 4, 5) if k <= longest])
        return kernel, self.random.choice([1, 1, 1, 2, 2, 3, 4]), self.random.choice([1, 1, 1, 2, 3])

    def padding(self, windows, words=True, most=6):
        """What is written, and [before, after] for each axis."""
        kind = self.random.choice(["none", "number", "list", "pairs", "same", "valid"][:6 if words else 4])
        if kind == "same":
            pads = []
            for size, (kernel, stride, dilation) in zip(self.places, windows):
                whole = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
                pads.append([whole // 2, whole - whole // 2])
            return ", padding = same", pads
        draw = lambda: self.random.choice([0, 1, 1, 2, self.random.randint(0, most)])
        if kind in ("none", "valid"):
            return (", padding = valid" if kind == "valid" else ""), [[0, 0]] * self.axes
        if kind == "number":
            number = draw()
            return f", padding = {number}", [[number, number]] * self.axes
        pads = [[draw(), draw()] for _ in range(self.axes)]
        if kind == "list":
            pads = [[low, low] for low, _ in pads]
        return f", padding = {[p[0] for p in pads] if kind == 'list' else pads}", pads

    def reached(self, windows, pads, ceil=False):
        """How many places there are along each axis; None if there are none."""
        counts = []
        for size, (kernel, stride, dilation), (low, high) in zip(self.places, windows, pads):
            room = size + low + high - dilation * (kernel - 1) - 1
            if room < 0:
                return None
            count = -(-room // stride) + 1 if ceil else room // stride + 1
            if ceil and (count - 1) * stride >= size + low:
                count -= 1
            counts.append(count)
        return counts

    def words(self, windows, *names):
        """Options that are not what they are without being said, or are by chance."""
        text = ""
        for name in names:
            values = [w[("kernel", "stride", "dilation").index(name)] for w in windows]
            if set(values) != {1} or self.random.random() < 0.2:
                text += f", {name} = {listed(self.random, values)}"
        return text

    def parted(self):
        return self.random.choice([g for g in (1, 1, 1, 2, 3, self.channels) if self.channels % g == 0])

    def mode(self, pads):
        """A padding mode that the axes are long enough for."""
        modes = [m for m, less in (("reflect", 1), ("circular", 0))
                 if all(max(p) <= size - less for p, size in zip(pads, self.places))]
        return self.random.choice(["zeros"] * 2 + ["", "", "", "replicate"] + modes * 2)

    def convolution(self):
        windows = [self.window(size) for size in self.places]
        text, pads = self.padding(windows)
        counts, groups = self.reached(windows, pads), self.parted()
        features = groups * self.random.choice([1, 2, 3, 5] if groups > 1 else [1, 2, 3, 4, 8, 17])
        kernel = [w[0] for w in windows]
        if not counts or self.is_large(counts, features, math.prod(kernel) * self.channels // groups):
            return False
        mode = self.mode(pads)
        options = self.words(windows, "stride", "dilation") + text + (f", padding_mode = {mode}" if mode else "")
        options += f", groups = {groups}" if groups > 1 else ""
        self.weigh(f"conv{self.axes}d", [features, self.channels // groups] + kernel, features, kernel, options, counts,
                   has_layer=self.axes < 3)
        return True

    def transposed(self):
        if self.axes > 2:
            return False
        windows = [self.window(size, 4) for size in self.places]
        extra = [self.random.randrange(max(stride, dilation)) if self.random.random() < 0.5 else 0
                 for _, stride, dilation in windows]
        text, pads = self.padding(windows, words=False, most=3)
        counts = [(size - 1) * stride + dilation * (kernel - 1) + 1 + more - low - high
                  for size, (kernel, stride, dilation), more, (low, high) in zip(self.places, windows, extra, pads)]
        groups = self.parted()
        each, kernel = self.random.choice([1, 2, 3]), [w[0] for w in windows]
        if min(counts) < 1 or self.is_large(counts, each * groups, math.prod(kernel) * self.channels // groups):
            return False
        options = self.words(windows, "stride", "dilation") + text + (f", groups = {groups}" if groups > 1 else "")
        options += f", output_padding = {listed(self.random, extra)}" if any(extra) else ""
        self.weigh(f"conv{self.axes}d_transpose", [self.channels, each] + kernel, each * groups, kernel, options, counts,
                   has_layer=True)
        return True

    def weigh(self, op, shape, features, kernel, options, counts, has_layer):
        number = len(self.filters)
        layer = f"nn.{op} {{l{number}}} {{x}}, {features}, kernel = {listed(self.random, kernel)}{options}"
        layer += self.random.choice(["", ", bias = false"]) + (", channels_first" if self.first else "")
        self.filters.append((shape, layer if has_layer and self.random.random() < 0.4 else ""))
        self.add(f"{op} {{x}}, {{w{number}}}{options}", counts, features)

    def is_large(self, counts, channels, work=1):
        size = math.prod(counts) * channels
        return size > LARGEST or size * work > WORK

    #===--- Poolings --------------------------------------------------------------------------------------===#

    def pooled(self, op, dilates=False, pads=True, more=""):
        windows = [self.window(size) for size in self.places]
        windows = [(kernel, stride, dilation if dilates else 1) for kernel, stride, dilation in windows]
        own = self.random.random() < 0.3  # the stride of the kernel
        if own:
            windows = [(kernel, kernel, dilation) for kernel, _, dilation in windows]
        text, around = self.padding(windows, most=2) if pads else ("", [[0, 0]] * self.axes)
        ceil = self.random.random() < 0.4
        counts = self.reached(windows, around, ceil)
        if not counts or self.is_large(counts, self.channels, 1):
            return False
        if any(max(pad) > (dilation * (kernel - 1) + 1) // 2 for (kernel, _, dilation), pad in zip(windows, around)):
            return False
        for size, count, (kernel, step, dilation), (low, _) in zip(self.places, counts, windows, around):
            if not all(any(0 <= place * step + i * dilation - low < size for i in range(kernel)) for place in range(count)):
                return False  # a window of padding alone has no largest element
        kernel, stride = ([w[i] for w in windows] for i in (0, 1))
        line = f"{op} {{x}}, {listed(self.random, kernel)}{more}"
        line += "" if own else f", stride = {listed(self.random, stride)}"
        self.add(line + (self.words(windows, "dilation") if dilates else "") + text + (", ceil_mode" if ceil else ""), counts)
        return True

    def max_pool(self):
        return self.pooled("max_pool", dilates=True)

    def avg_pool(self):
        return self.pooled("avg_pool", more=self.random.choice(["", ", count_include_pad = false", ", count_include_pad = true"]))

    def lp_pool(self):
        norm = self.random.choice(["", ", norm_type = 2", ", norm_type = 3", ", norm_type = 1", ", norm_type = 1.5"])
        self.lines.append("sigmoid {x}")  # roots are of what is positive
        if self.pooled("lp_pool", pads=False, more=norm):
            return True
        self.lines.pop()
        return False

    def adaptive(self):
        counts = [self.random.choice([1, 2, 3, size, size + 1]) for size in self.places]
        if not self.is_large(counts, self.channels):
            self.add(f"adaptive_avg_pool {{x}}, {listed(self.random, counts)}", counts)
            return True

    def upsample(self):
        factor = [self.random.choice([1, 2, 3]) for _ in self.places]
        counts = [n * f for n, f in zip(self.places, factor)]
        options = f"scale_factor = {listed(self.random, factor)}"
        if self.random.random() < 0.5:
            counts = [self.random.choice([1, 2, 5, size, size + 1]) for size in self.places]
            options = f"output_size = {listed(self.random, counts)}"
        linear = ["linear", "bilinear", "trilinear"][self.axes - 1]
        options += self.random.choice(["", ", mode = nearest", f", mode = {linear}", f", mode = {linear}, align_corners"])
        if not self.is_large(counts, self.channels):
            self.add(f"upsample {{x}}, {options}", counts)
            return True

    def shuffle(self):
        if self.axes == 2 and self.channels % 4 == 0:
            self.add("pixel_shuffle {x}, 2", [2 * n for n in self.places], self.channels // 4)
            return True

    #===--- Between two -----------------------------------------------------------------------------------===#

    def between(self):
        """What does not care where the channels are, if it is told."""
        axis, across = (1, range(2, self.axes + 2)) if self.first else (self.axes + 1, range(1, self.axes + 1))
        unit = str([self.channels] + [1] * self.axes if self.first else [self.channels])
        low = [0] * (self.axes + 2)
        low[self.random.choice(across)] = 1
        padded = [size + n for size, n in zip(self.sizes(), low[1:])]
        width = self.axes + 1 if self.first else self.axes
        kinds = [["relu {x}"], ["tanh {x}"], ["hardswish {x}"], ["tanh {x}", "add {x}, {y}"],
                 [f"mean {{x}}, axes = {list(across)}, keepdim", "sigmoid {x}", "mul {y2}, {x}"],
                 [f"flip {{x}}, axes = [{width}]"], [f"reshape {{k}}, {unit}", "mul {y}, {x}"]]
        if 2 * math.prod(self.sizes()) <= LARGEST:
            kinds.append(["sin {x}", f"concat {{y}}, {{x}}, axis = {axis}"])
            kinds.append([f"pad {{x}}, low = {low}"])
        if self.channels > 1:
            kinds.append([f"slice {{x}}, axis = {axis}, start = 1, size = {self.channels - 1}"])
        chosen = self.random.choice(kinds)
        self.lines += chosen
        if "pad" in chosen[0]:
            self.places = padded[1:] if self.first else padded[:-1]
        self.vector = self.channels if "{k}" in chosen[0] else 0
        self.channels += self.channels * ("concat" in chosen[-1]) - ("slice" in chosen[0])

    vector = 0  # how long {k} is

    #===--- Text ------------------------------------------------------------------------------------------===#

    def text(self, read, layers, given):
        """Lines from the value `read` on, and the last one's value. `given`: filters by their names."""
        made, lines = [read], []
        for line in self.lines:
            for number, (_, layer) in enumerate(self.filters):
                if layers and layer and f"{{w{number}}}" in line:
                    line = layer
            names = {f"w{i}": name for i, name in enumerate(given)}
            names.update({f"l{i}": f'"l{self.number}_{i}"' for i in range(len(self.filters))})
            lines.append(f"%v{self.number}_{len(lines)} = " + line.format(
                x=made[-1], y=made[-2] if len(made) > 1 else "", y2=made[-3] if len(made) > 2 else "", k=f"%k{self.number}",
                **names))
            made.append(f"%v{self.number}_{len(lines) - 1}")
        return lines, made[-1]


def kind(shape, batch=False):
    return f"f32[{', '.join((['batch'] if batch else []) + [str(n) for n in shape])}]"


class Sheet:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.batch = self.random.choice([2, 3, 5])
        self.chains = [Chain(self.random, number) for number in range(CHAINS)]

    def forward(self):
        head, lines, values, types = [], [], [], []
        for chain in self.chains:
            head.append(f"%x{chain.number}: {kind(chain.shape, True)}")
            given = [f"%w{chain.number}_{i}" for i in range(len(chain.filters))]
            head += [f"{name}: {kind(shape)}" for name, (shape, _) in zip(given, chain.filters)]
            if chain.vector:
                head.append(f"%k{chain.number}: {kind([chain.vector])}")
            own, value = chain.text(f"%x{chain.number}", False, given)
            lines += own
            values.append(value)
            types.append(f"y{chain.number}: {kind(chain.sizes(), True)}")
        body = "\n".join(f"    {line}" for line in lines)
        return f"  func @f({', '.join(head)}) -> ({', '.join(types)}) {{\n{body}\n    return {', '.join(values)}\n  }}\n"

    def loss(self):
        head, lines, total = [], [], None
        for chain in self.chains:
            n = chain.number
            head += [f"%x{n}: {kind(chain.shape, True)}", f"%c{n}: {kind(chain.sizes())}"]
            lines += [f'%a{n} = param "a{n}" {kind(chain.shape)} = uniform(-0.9, 0.9)', f"%b{n} = mul %x{n}, %a{n}"]
            given = [f"%w{n}_{i}" for i in range(len(chain.filters))]
            for i, (shape, layer) in enumerate(chain.filters):
                if not layer:
                    bound = f"{1 / math.sqrt(math.prod(shape[1:])):.3f}"
                    lines.append(f'{given[i]} = param "w{n}_{i}" {kind(shape)} = uniform(-{bound}, {bound})')
            if chain.vector:
                lines.append(f'%k{n} = param "k{n}" {kind([chain.vector])} = uniform(-0.9, 0.9)')
            own, value = chain.text(f"%b{n}", True, given)
            lines += own + [f"%m{n} = mul {value}, %c{n}", f"%l{n} = sum %m{n}"]
            lines += [f"%s{n} = add {total}, %l{n}"] if total else []
            total = f"%s{n}" if total else f"%l{n}"
        body = "\n".join(f"    {line}" for line in lines)
        return f"  func @loss({', '.join(head)}) -> (loss: f32) {{\n{body}\n    return {total}\n  }}\n"

    def __str__(self):
        return (f"dl.model @windows {{\n{self.forward()}{self.loss()}"
                "  train @t minimizes @loss { optimize \"*\" with @sgd(lr = 1.0e-4) }\n}\n")


def tally(first, last):
    text = "\n".join(Sheet(seed).forward() for seed in range(first, last + 1))
    counts = {}
    windows = r"conv\dd(?:_transpose)?|\w+_pool|upsample|pixel_shuffle"
    for op, rest in re.findall(rf" = ({windows}) (.*)", text):
        for word in [op] + [f"{op}: {w}" for w in re.findall(
                r"channels_first|ceil_mode|count_include_pad = false|padding = same|padding = valid|padding = \[\[|padding = \[\d|"
                r"padding = \d|padding_mode = \w+|output_padding|dilation|groups|stride|norm_type|mode = \w+linear|align_corners",
                rest)]:
            counts[word] = counts.get(word, 0) + 1
    for word in sorted(counts):
        print(counts[word], word)
    print(sum(count for word, count in counts.items() if ":" not in word), "ops in all")


def faults(seed, folder):
    sheet, model, library = Sheet(seed), f"{folder}/m.mlir", f"{folder}/m.so"
    open(model, "w").write(str(sheet))
    common = ["--batch", str(sheet.batch), "--float", "f64"]
    for op in ("dl.conv2d", "dl.max_pool", "dl.contract"):
        found = run("dlc", "--diff", model, "--results", "--quiet", *common, "-O0", "--faulty-op", op)
        print(f"{op}: {'departs' if 'departs' in found else 'nothing is found'}")
    for rule in ("dl.contract", "dl.concat"):
        found = run("dlc", model, *common, f"--faulty-gradient={rule}", "-o", library) or run(
            "dlc-run", "gradcheck", library, "--samples", "3")
        print(f"gradient of {rule}: {'differs' if 'differ' in found else found or 'nothing is found'}")


def main():
    mode = sys.argv.pop(1) if sys.argv[1][0] == "-" else "--check"
    first, last = int(sys.argv[1]), int(sys.argv[-1] if mode in ("--print", "--faults") else sys.argv[2])
    if mode == "--print":
        print(Sheet(first))
    elif mode == "--tally":
        tally(first, last)
    elif mode == "--faults":
        with tempfile.TemporaryDirectory() as folder:
            faults(first, folder)
    else:
        def check(seed, folder):
            sheet = Sheet(seed)
            return compare(f"{folder}/{seed}", str(sheet), sheet.batch, seed, options=sys.argv[3:], samples=3)

        wrong = each_seed(first, last, check)
        print(f"{(last - first + 1) * CHAINS} chains, {wrong} sheets wrong")


if __name__ == "__main__":
    main()
