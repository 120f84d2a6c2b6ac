#!/usr/bin/env python3
# mnist-step.py
# SPDX-License-Identifier: Apache-2.0
#
# The training step of examples/mnist (784-128-relu-dropout 0.2-10, Adam) at batch 32, one thread: dlc against JAX's
# jitted whole step with donated buffers and PyTorch eager (the better of plain and foreach Adam, no .item()), in
# rounds that take turns on one machine. Batches lie in memory. A peer that is not installed is reported as absent.
#   mnist-step.py DLC-RUN MNIST.so [--rounds N] [--worker jax|torch]
# Each peer runs in a process of its own (under any Python that has it: --python jax=..., torch=...).
import argparse, json, os, statistics, subprocess, sys, time

BATCH, STEPS = 32, 1500


def report(times):
    print(json.dumps(times))


def jax_worker():
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax, jax.numpy as jnp, numpy as np

    rng = np.random.default_rng(0)
    parameters = [jnp.asarray(rng.uniform(-0.03, 0.03, s), jnp.float32) for s in [(784, 128), (128,), (128, 10), (10,)]]
    state = [parameters, [jnp.zeros_like(p) for p in parameters], [jnp.zeros_like(p) for p in parameters],
             jnp.float32(0), jax.random.PRNGKey(0)]
    images = jnp.asarray(rng.random((50, BATCH, 784)), jnp.float32)
    labels = jnp.asarray(rng.integers(0, 10, (50, BATCH)))

    def loss_of(parameters, key, x, y):
        w1, b1, w2, b2 = parameters
        h = jax.nn.relu(x @ w1 + b1)
        h = jnp.where(jax.random.bernoulli(key, 0.8, h.shape), h / 0.8, 0)
        logits = jax.nn.log_softmax(h @ w2 + b2)
        hit = (logits.argmax(1) == y).mean()
        return -jnp.take_along_axis(logits, y[:, None], 1).mean(), hit

    def step(state, x, y):
        p, m, v, t, key = state
        key, drop = jax.random.split(key)
        (loss, hit), g = jax.value_and_grad(loss_of, has_aux=True)(p, drop, x, y)
        t = t + 1
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
        p = [w - 1e-3 / (1 - 0.9**t) * a / (jnp.sqrt(b / (1 - 0.999**t)) + 1e-8) for w, a, b in zip(p, m, v)]
        return [p, m, v, t, key], loss, hit

    step = jax.jit(step, donate_argnums=0)
    for i in range(100):
        state, loss, hit = step(state, images[i % 50], labels[i % 50])
    batches = [(images[i], labels[i]) for i in range(50)]
    jax.block_until_ready(state)
    start = time.perf_counter()
    for i in range(STEPS):
        state, loss, hit = step(state, *batches[i % 50])
    jax.block_until_ready(state)
    report({"jax": (time.perf_counter() - start) / STEPS, "version": jax.__version__})


def torch_worker():
    import torch

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    images, labels = torch.rand(50, BATCH, 784), torch.randint(0, 10, (50, BATCH))
    best = None
    for foreach in (False, True):
        net = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Dropout(0.2),
                                  torch.nn.Linear(128, 10))
        loss_of = torch.nn.CrossEntropyLoss()
        try:
            adam = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=foreach)
        except TypeError:
            continue

        def steps(count):
            for i in range(count):
                x, y = images[i % 50], labels[i % 50]
                adam.zero_grad(set_to_none=True)
                logits = net(x)
                loss = loss_of(logits, y)
                hit = (logits.argmax(1) == y).float().mean()
                loss.backward()
                adam.step()

        steps(100)
        start = time.perf_counter()
        steps(STEPS)
        own = (time.perf_counter() - start) / STEPS
        best = own if best is None else min(best, own)
    report({"torch": best, "version": torch.__version__})


def main():
    parser = argparse.ArgumentParser(description="The training step of examples/mnist against JAX and PyTorch")
    parser.add_argument("dlc_run", nargs="?")
    parser.add_argument("library", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", action="append", default=[], help="jax=PATH or torch=PATH")
    parser.add_argument("--worker")
    args = parser.parse_args()
    if args.worker:
        return {"jax": jax_worker, "torch": torch_worker}[args.worker]()
    pythons = dict(p.split("=", 1) for p in args.python)
    times, versions = {"dlc": []}, {}
    for _ in range(args.rounds):
        out = subprocess.run([args.dlc_run, "bench", args.library, "train_step", "--threads", "1", "--seconds", "1",
                              "--json"], capture_output=True, text=True, check=True).stdout
        result = [json.loads(line) for line in out.splitlines()]
        times["dlc"].append(next(r["median_seconds"] for r in result if "median_seconds" in r))
        for peer in ("jax", "torch"):
            run = subprocess.run([pythons.get(peer, sys.executable), __file__, "--worker", peer], capture_output=True,
                                 text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
            if run.returncode:
                versions[peer] = "absent"
                continue
            line = json.loads(run.stdout.splitlines()[-1])
            times.setdefault(peer, []).append(line[peer])
            versions[peer] = line["version"]
    own = statistics.median(times["dlc"])
    for name in ("dlc", "jax", "torch"):
        if name not in times:
            print(f"{name:6} absent")
            continue
        middle = statistics.median(times[name])
        print(f"{name:6} {middle * 1e6:8.1f} us a step  {BATCH / middle:10,.0f} examples/s  "
              f"dlc is {middle / own:.2f} x  {versions.get(name, '')}  "
              f"(least {min(times[name]) * 1e6:.1f}, most {max(times[name]) * 1e6:.1f})")


main()
