"""Reads the tree of `assay export --as cfdbench` as the loaders of CFDBench do: subset folders in
fixed order, case folders by number, u and v stacked, parameters by key. Usage: FOLDER PROBLEM."""
import json
import sys
from pathlib import Path

import numpy as np

keys = {
    "cavity": ["vel_top", "density", "viscosity", "height", "width"],
    "tube": ["vel_in", "density", "viscosity", "height", "width"],
    "dam": ["velocity", "density", "viscosity", "height", "width"],
    "cylinder": ["vel_in", "density", "viscosity", "radius", "x_min", "x_max", "y_min", "y_max"],
}


def load_case(folder, problem):
    u, v = np.load(folder / "u.npy"), np.load(folder / "v.npy")
    case = json.loads((folder / "case.json").read_text())
    assert u.dtype == v.dtype == np.dtype("<f8"), u.dtype
    assert u.ndim == 3 and u.shape == v.shape and u.flags.c_contiguous, u.shape
    features = np.stack([u, v], axis=1)  # (T, 2, h, w)
    assert not np.isnan(features).any()
    for name in ("rotated", "dx", "dy"):
        case.pop(name, None)
    parameters = np.array([case[k] for k in keys[problem]], dtype=np.float32)
    assert np.isfinite(parameters).all()
    return features, parameters


def main(root, problem):
    n = 0
    for subset in ("prop", "bc", "geo"):
        folder = root / problem / subset
        if not folder.is_dir():
            continue
        cases = sorted(folder.glob("case*"), key=lambda p: int(p.name[4:]))
        shapes = {load_case(case, problem)[0].shape[1:] for case in cases}
        assert len(shapes) == 1, shapes
        n += len(cases)
    print(n, "cases")
    return 0 if n else 1


sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
