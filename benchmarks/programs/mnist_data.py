# mnist_data.py
# SPDX-License-Identifier: Apache-2.0
#
# The digits, as the programs of the peers read them: IDX files, plain or gzip.
import gzip
import os

import numpy as np


def read(folder, name):
    path = os.path.join(folder, name)
    data = gzip.open(path + ".gz").read() if not os.path.exists(path) else open(path, "rb").read()
    sizes = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def load(folder):
    def pair(name):
        images = read(folder, name + "-images-idx3-ubyte").reshape(-1, 784).astype(np.float32) / 255
        return images, read(folder, name + "-labels-idx1-ubyte").astype(np.int32)

    return pair("train"), pair("t10k")
