# mnist_jax.py
# SPDX-License-Identifier: Apache-2.0
#
# examples/mnist in JAX, from files to accuracy: an epoch is one call that scans its steps, with donated buffers.
#   mnist_jax.py FOLDER EPOCHS
import sys

import jax
import jax.numpy as jnp
import numpy as np
from mnist_data import load

(images, labels), (test_images, test_labels) = load(sys.argv[1])
epochs, batch = int(sys.argv[2]), 32
random = np.random.default_rng(1)
images, labels = jnp.asarray(images), jnp.asarray(labels)


def layer(inputs, outputs):
    return [jnp.asarray(random.uniform(-inputs**-0.5, inputs**-0.5, size), jnp.float32)
            for size in ((inputs, outputs), (outputs,))]


parameters = layer(784, 128) + layer(128, 10)
state = (parameters, [jnp.zeros_like(p) for p in parameters], [jnp.zeros_like(p) for p in parameters], jnp.float32(0),
         jax.random.PRNGKey(1))


def loss_of(p, x, y, key):
    h = jax.nn.relu(x @ p[0] + p[1])
    h = jnp.where(jax.random.bernoulli(key, 0.8, h.shape), h / 0.8, 0)
    return -jnp.take_along_axis(jax.nn.log_softmax(h @ p[2] + p[3]), y[:, None], 1).mean()


def step(state, rows):
    p, m, v, t, key = state
    key, drop = jax.random.split(key)
    g = jax.grad(loss_of)(p, images[rows], labels[rows], drop)
    t = t + 1
    m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
    v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
    p = [w - 1e-3 / (1 - 0.9**t) * a / (jnp.sqrt(b / (1 - 0.999**t)) + 1e-8) for w, a, b in zip(p, m, v)]
    return (p, m, v, t, key), None


epoch = jax.jit(lambda state, order: jax.lax.scan(step, state, order)[0], donate_argnums=0)
for _ in range(epochs):
    order = random.permutation(len(labels))[: len(labels) // batch * batch].reshape(-1, batch)
    state = epoch(state, jnp.asarray(order))
p = state[0]
right = jax.jit(lambda x, y: ((jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]).argmax(1) == y).mean())
print(f"accuracy {100 * float(right(test_images, test_labels)):.2f} %")
