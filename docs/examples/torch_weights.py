#!/usr/bin/python3
"""The weights of a learned method as a state dictionary of PyTorch, and back.

    torch_weights.py write SOURCE WEIGHTS.pt [--complex] [--block BLOCK]
    torch_weights.py read WEIGHTS.pt SOURCE NEW [--block BLOCK]

SOURCE is what training left, model.nc, or a checkpoint.h5 on the way there, where BLOCK says which
of its weights: best (usual), parameters (as they stand), average. `write` makes WEIGHTS.pt from it;
`read` makes NEW, SOURCE with the weights of WEIGHTS.pt. Both keep every bit of a float32; other
types are rounded to it.

Names and shapes are those of PyTorch's modules ("layers.0.weight" [out, in]). Spectral weights hold
pairs of real numbers; --complex writes them as complex numbers. The number of batches that a norm
has seen, which nothing here needs, is written as the number of steps and ignored when read.

Needs h5py and torch."""
import argparse
import shutil
import sys

import h5py
import torch

TRACKED = ".num_batches_tracked"


def weights(file, block):
    """{name: HDF5 data set}. A model keeps its weights beside its normalisation, whose names have no
    dot; a checkpoint keeps them in groups."""
    if "settings" in file.attrs:  # a checkpoint
        if block not in file:
            sys.exit(f"{file.filename}: no block '{block}'; there are {', '.join(file)}")
        return dict(file[block].items())
    found = {name: x for name, x in file.items() if "." in name and not is_dimension(x)}
    if not found:
        sys.exit(f"{file.filename}: no weights of a network in it")
    return found


def is_dimension(x):
    return x.attrs.get("CLASS") == b"DIMENSION_SCALE"


def steps(file):
    return int(file.attrs["steps" if "steps" in file.attrs else "step"])


def write(source, out, as_complex, block):
    state = {}
    with h5py.File(source, "r") as file:
        for name, x in weights(file, block).items():
            tensor = torch.from_numpy(x[()].astype("f4"))
            if as_complex and ".weights" in name:
                tensor = torch.view_as_complex(tensor)
            state[name] = tensor
            if name.endswith(".running_mean"):
                state[name[:-len(".running_mean")] + TRACKED] = torch.tensor(steps(file))
    torch.save(state, out)
    return len(state)


def check(state, places, path):
    """Every weight once, with its shape."""
    missing, unknown = sorted(places.keys() - state.keys()), sorted(state.keys() - places.keys())
    wrong = [f"{name}: no weight of this name in {path}" for name in missing]
    wrong += [f"{name}: the method has no such weight" for name in unknown]
    wrong += [f"{name}: shape {tuple(state[name].shape)}, the method has {places[name].shape}"
              for name in places if name in state and tuple(state[name].shape) != places[name].shape]
    wrong += [f"{name}: not finite" for name in places if name in state and not state[name].isfinite().all()]
    if wrong:
        sys.exit("\n".join(wrong))


def read(path, source, out, block):
    state = torch.load(path, map_location="cpu")
    state = {name: x.detach() for name, x in state.items() if not name.endswith(TRACKED)}
    state = {name: torch.view_as_real(x) if x.is_complex() else x for name, x in state.items()}
    with h5py.File(source, "r") as file:
        check(state, weights(file, block), path)
    shutil.copyfile(source, out)
    with h5py.File(out, "r+") as file:
        for name, x in weights(file, block).items():
            x[...] = state[name].to(torch.float32).numpy()
    return len(state)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["write", "read"])
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--complex", action="store_true")
    parser.add_argument("--block", default="best", choices=["best", "parameters", "average"])
    a = parser.parse_args()
    if len(a.files) != (2 if a.what == "write" else 3):
        parser.error("files: SOURCE WEIGHTS.pt to write, WEIGHTS.pt SOURCE NEW to read")
    n = write(*a.files, a.complex, a.block) if a.what == "write" else read(*a.files, a.block)
    print(f"{a.files[-1]}: {n} tensors")


if __name__ == "__main__":
    main()
