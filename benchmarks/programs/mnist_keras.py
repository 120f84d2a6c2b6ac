# mnist_keras.py
# SPDX-License-Identifier: Apache-2.0
#
# examples/mnist in Keras on JAX, from files to accuracy: fit and evaluate, as its examples have it.
#   mnist_keras.py FOLDER EPOCHS
import sys

import keras
from mnist_data import load

(images, labels), (test_images, test_labels) = load(sys.argv[1])
network = keras.Sequential([keras.Input((784,)), keras.layers.Dense(128, activation="relu"), keras.layers.Dropout(0.2),
                            keras.layers.Dense(10)])
network.compile(optimizer=keras.optimizers.Adam(1e-3), metrics=["accuracy"],
                loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
network.fit(images, labels, batch_size=32, epochs=int(sys.argv[2]), verbose=0)
print(f"accuracy {100 * network.evaluate(test_images, test_labels, verbose=0)[1]:.2f} %")
