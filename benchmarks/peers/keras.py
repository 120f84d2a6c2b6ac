"""Keras on JAX: whole programs alone, from files to accuracy."""

PACKAGES = ["keras==3.15.1", "jax==0.10.2", "numpy==2.4.6"]


def variables(threads):
    from peers.jax import variables as of_jax

    return {**of_jax(threads), "KERAS_BACKEND": "jax"}
