"""examples/mnist from files to accuracy, with compiling, as whole programs; takes digits that are in data/mnist."""
from suite.case import CommandCase
from suite.environment import ROOT

EPOCHS = 5


def cases(options):
    data, example = ROOT.parent / "data" / "mnist", ROOT.parent / "examples" / "mnist" / "mnist.mlir"
    present = any(data.glob("train-images-idx3-ubyte*"))

    def commands(peer, folder):
        if peer.kind == "dlc":
            library, weights = str(folder / "mnist.so"), str(folder / "mnist.safetensors")
            run = str(peer.bin / "dlc-run")
            return [[str(peer.bin / "dlc"), str(example), "-o", library],
                    [run, "train", library, "--data", str(data), "--epochs", str(EPOCHS), "--out", weights, "--overwrite",
                     "--curve", "/dev/null", "--seed", "1"]]
        program = ROOT / "programs" / f"mnist_{peer.kind}.py"
        return [[peer.python, str(program), str(data), str(EPOCHS)]] if program.exists() else None

    yield CommandCase("keras-example/mnist-5-epochs", commands, peers=["jax", "keras"], most_rounds=5,
                      absent=None if present else "no digits in data/mnist: python3 examples/mnist/fetch-digits.py fetches "
                                                  "them")
