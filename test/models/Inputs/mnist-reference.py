#!/usr/bin/env python3
# mnist-reference.py
# SPDX-License-Identifier: Apache-2.0
"""What the first 20 training steps of examples/mnist must give: the same network in JAX, in f64, on one page.

Nothing of dlc runs here. The digits are those that the project carries (fetch-digits.py --offline), as IDX files. The
initial weights, the order of the rows and the dropout masks are drawn from this script's own Philox4x32-10, by the
definitions in runtime/Philox.h and dialects/dl/DLRandom.td; the gradients are JAX's, and Adam is written out.

usage: mnist-reference.py FOLDER > mnist-reference.json     (needs numpy and jax; the test reads the JSON alone)
"""

import json
import pathlib
import struct
import sys

import jax
import jax.numpy as jnp
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
from compare_training import project  # how parameters are summed up

jax.config.update("jax_enable_x64", True)
SEED, STEPS, BATCH, RATE = 11, 20, 32, 0.2


def philox(counter, key):
    """One block for each row of `counter` (uint32[n, 4]): Salmon et al., 2011, ten rounds."""
    c = [counter[:, i].astype(np.uint64) for i in range(4)]
    k, mask = [np.uint64(key & 0xFFFFFFFF), np.uint64(key >> 32)], np.uint64(0xFFFFFFFF)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ k[0], p1 & mask, (p0 >> np.uint64(32)) ^ c[3] ^ k[1], p0 & mask]
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return np.stack(c, axis=1)


def key_of(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return SEED ^ value


def words(name, count):
    """The first words of a named stream: four from each block."""
    blocks = np.zeros(((count + 3) // 4, 4), np.uint32)
    blocks[:, 0] = np.arange(len(blocks))
    return philox(blocks, key_of(name)).reshape(-1)[:count]


def uniform(name, shape, limit, element):
    count = int(np.prod(shape))
    if element == "f32":
        unit = (words(name, count) >> np.uint64(8)).astype(np.float64) * 2.0**-24
        value = (-limit + 2 * limit * unit).astype(np.float32).astype(np.float64)
    else:
        pairs = words(name, 2 * count).reshape(-1, 2)
        value = -limit + 2 * limit * (((pairs[:, 1] << np.uint64(32)) | pairs[:, 0]) >> np.uint64(11)) * 2.0**-53
    return value.reshape(shape)


def shuffled(count, epoch):
    rows = np.arange(count)
    draws = words(f"dlc-run.shuffle.{epoch}", count)
    for i in range(count, 1, -1):
        j = int(draws[i - 1]) * i >> 32
        rows[i - 1], rows[j] = rows[j], rows[i - 1]
    return rows


def dropout_mask(stream, step, shape):
    """Element p takes word p / 16 mod 4 of the block with the counter (p / 64 * 16 + p mod 16, step)."""
    p = np.arange(int(np.prod(shape)))
    counter = np.zeros((len(p), 4), np.uint32)
    counter[:, 0] = p // 64 * 16 + p % 16
    counter[:, 2] = step
    word = philox(counter, key_of(stream))[np.arange(len(p)), p // 16 % 4]
    return np.where(word >= int(RATE * 2**32), 1 / (1 - RATE), 0.0).reshape(shape)


def loss_and_accuracy(w, image, label, mask):
    hidden = jnp.maximum(image @ w["fc1.weight"].T + w["fc1.bias"], 0) * mask
    score = hidden @ w["fc2.weight"].T + w["fc2.bias"]
    loss = jnp.mean(jax.nn.logsumexp(score, axis=1) - score[jnp.arange(len(label)), label])
    return loss, jnp.mean(jnp.argmax(score, axis=1) == label)


def train(images, labels, element):
    step_of = jax.jit(jax.value_and_grad(loss_and_accuracy, has_aux=True))
    w = {}
    for layer, inputs, outputs in (("fc1", 784, 128), ("fc2", 128, 10)):
        w[layer + ".weight"] = uniform(layer + ".weight", (outputs, inputs), 1 / np.sqrt(inputs), element)
        w[layer + ".bias"] = uniform(layer + ".bias", (outputs,), 1 / np.sqrt(inputs), element)
    m = {name: np.zeros_like(value) for name, value in w.items()}
    v = {name: np.zeros_like(value) for name, value in w.items()}
    order, losses, accuracies = shuffled(len(images), 0), [], []
    for step in range(1, STEPS + 1):
        rows = order[BATCH * (step - 1) : BATCH * step]
        (loss, accuracy), g = step_of(w, images[rows] / 255.0, labels[rows], dropout_mask("d", step, (BATCH, 128)))
        losses.append(float(loss))
        accuracies.append(float(accuracy))
        for name in w:  # Kingma and Ba, 2015, in PyTorch's order
            grad = np.asarray(g[name])
            m[name] = 0.9 * m[name] + 0.1 * grad
            v[name] = 0.999 * v[name] + 0.001 * grad**2
            root = np.sqrt(v[name]) / np.sqrt(1 - 0.999**step)
            w[name] = w[name] - 1e-3 / (1 - 0.9**step) * m[name] / (root + 1e-8)
    return {
        "losses": losses,
        "accuracies": accuracies,
        "parameters": {name: project(value.ravel().tolist(), value.shape) for name, value in sorted(w.items())},
    }


def main():
    folder = pathlib.Path(sys.argv[1])
    content = (folder / "train-images-idx3-ubyte").read_bytes()
    count, rows, columns = struct.unpack(">3i", content[4:16])
    images = np.frombuffer(content, np.uint8, offset=16).reshape(count, rows * columns).astype(np.float64)
    labels = np.frombuffer((folder / "train-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8).astype(np.int64)
    json.dump({element: train(images, labels, element) for element in ("f64", "f32")}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
