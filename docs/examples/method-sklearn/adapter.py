"""A regressor of another package as a method of assay: anything with fit(X, y) that can say its equation.

The class, its arguments and its way of writing equations are in a small JSON file (README.md). The two
commands are those of docs/protocol.md, "Regression": train fits on the training rows and leaves the
equations in MODEL/answer.json, predict writes them to pred.nc.
"""
import time

BEGAN = time.monotonic()  # packages may take seconds to import, which count

import argparse
import importlib
import json
import os
import pickle
import re
import sys

import netCDF4
import numpy as np

# How a package calls the first column, and the number in it.
STYLES = {"native": ("x", 0), "gplearn": ("X", 0), "operon": ("X", 1), "pysr": ("x", 0), "underscore": ("x_", 0), "one": ("x", 1)}


class Unusable(Exception):
    """Said to the user without a traceback."""


def read_regressor(path):
    """The JSON file, complete."""
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    settings = {"arguments": {}, "seed_argument": None, "time_argument": None, "step_argument": None}
    settings.update({"style": "native", "rename": {}, "scale": False, "predicts": False, "path": []})
    unknown = sorted(set(given) - set(settings) - {"class"})
    if unknown or "class" not in given:
        raise Unusable(f"{path}: " + (f"unknown key '{unknown[0]}'" if unknown else "no key 'class'"))
    settings.update(given)
    if settings["style"] not in STYLES:
        raise Unusable(f"{path}: no style '{settings['style']}' (known: {', '.join(STYLES)})")
    folder = os.path.dirname(os.path.abspath(path))
    sys.path[:0] = [os.path.join(folder, place) for place in settings["path"]]
    return settings


def time_left(limit):
    """Seconds until nine tenths of the limit are gone."""
    return 0.9 * limit - (time.monotonic() - BEGAN)


def make_regressor(settings, seed, limit):
    """An object of the class, with the seed and the time that is left where it takes them."""
    module, _, name = settings["class"].rpartition(".")
    try:
        regressor = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise Unusable(f"{settings['class']} is not there: {error}") from error
    arguments = dict(settings["arguments"])
    if settings["seed_argument"]:
        arguments[settings["seed_argument"]] = seed
    if settings["time_argument"]:
        arguments[settings["time_argument"]] = max(1, int(time_left(limit)))
    return regressor(**arguments)


def fit(regressor, settings, x, y, limit):
    """At once, or step by step (a warm start each) while three more like the last one find time."""
    step = settings["step_argument"]
    if not step:
        return regressor.fit(x, y)
    most = regressor.get_params()[step]
    regressor.set_params(warm_start=True)
    for n in range(1, most + 1):
        before = time_left(limit)
        regressor.set_params(**{step: n}).fit(x, y)
        left = time_left(limit)
        if left < 3 * (before - left) or is_perfect(regressor):
            break
    return regressor


def is_perfect(regressor):
    """Whether gplearn would stop by itself."""
    errors = getattr(regressor, "run_details_", {}).get("best_fitness")
    return bool(errors) and errors[-1] <= regressor.stopping_criteria


# ---- sizes: data in SI units span eighty decades, protected divisions and single precision do not ----


def thousands(values):
    """k of 1000^k, the median size; sizes from 0.001 to 1000 stay as they are."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return int(np.log10(np.median(sizes)) / 3) if len(sizes) else 0


def power(k):
    return float(f"1e{3 * k}")


# ---- what the packages call an equation: [(text, complexity)], index of the selected one ----------


def from_gplearn(fitted):
    """From the list of nodes: the package's own text rounds constants to three decimals."""
    program = fitted._program  # the package has no public name for it
    return [(prefix(iter(program.program)), program.length_)], 0


def prefix(nodes):
    node = next(nodes)
    if hasattr(node, "arity"):
        return f"{node.name}({', '.join(prefix(nodes) for _ in range(node.arity))})"
    return f"X{node}" if isinstance(node, int) else repr(float(node))


def from_pysr(fitted):
    table = fitted.equations_
    texts = [str(text) for text in table["sympy_format"]]
    names = list(getattr(table, "index", range(len(texts))))
    return list(zip(texts, table["complexity"])), names.index(fitted.get_best().name)


DECIMALS = 50  # behind the point: all digits of the smallest number of single precision


def from_operon(fitted):
    front = getattr(fitted, "pareto_front_", None) or [{"tree": fitted.model_}]
    trees = [member["tree"] for member in front]
    texts = [(fitted.get_model_string(tree, DECIMALS), getattr(tree, "Length", None)) for tree in trees]
    same = [i for i, tree in enumerate(trees) if tree is fitted.model_]
    if same:
        return texts, same[0]
    return [(fitted.get_model_string(fitted.model_, DECIMALS), None)] + texts, 0


def from_equation(fitted):
    text = fitted.equation() if callable(fitted.equation) else fitted.equation
    return [(str(text), None)], 0


READERS = (("_program", from_gplearn), ("equations_", from_pysr), ("get_model_string", from_operon), ("equation", from_equation))


def equations_of(fitted):
    for attribute, reader in READERS:
        if hasattr(fitted, attribute):
            return reader(fitted)
    known = ", ".join(attribute for attribute, _ in READERS)
    raise Unusable(f"{type(fitted).__name__} does not say its equation by any of {known}")


def to_native(text, settings, sizes):
    """The same text over x0, x1, ... as they are in the table; functions are read as they are."""
    stem, first = STYLES[settings["style"]]
    for old, new in settings["rename"].items():
        text = re.sub(rf"\b{re.escape(old)}(?=\s*\()", new, text)

    def column(match):
        k = int(match.group(1)) - first
        return f"({power(-sizes[k])!r}*x{k})" if sizes[k] else f"x{k}"

    text = re.sub(rf"\b{re.escape(stem)}(\d+)\b", column, text)
    return f"{power(sizes[-1])!r}*({text})" if sizes[-1] else text


# ---- the two commands -----------------------------------------------------------------------------


def train(options):
    settings = read_regressor(options.regressor)
    with netCDF4.Dataset(options.data) as file:
        rows = np.asarray(file["splits/task"][:]) == 0
        x = np.ma.filled(file["x"][:], np.nan).astype(float)[rows]
        y = np.ma.filled(file["y"][:], np.nan).astype(float)[rows]
    sizes = [thousands(column) if settings["scale"] else 0 for column in [*x.T, y]]
    *factors, unit = [power(-k) for k in sizes]
    limit = float(options.time_limit)
    regressor = make_regressor(settings, int(options.seed), limit)
    fitted = fit(regressor, settings, x * factors, y * unit, limit)
    found, selected = equations_of(fitted)
    answer = {
        "sizes": sizes,
        "equations": [to_native(text, settings, sizes) for text, _ in found],
        "complexity": [None if size is None else int(size) for _, size in found],
        "selected": selected,
    }
    with open(os.path.join(options.model, "answer.json"), "w", encoding="utf-8") as file:
        json.dump(answer, file, indent=1)
    if settings["predicts"]:
        with open(os.path.join(options.model, "regressor.pickle"), "wb") as file:
            pickle.dump(fitted, file)


def predict(options):
    settings = read_regressor(options.regressor)
    with open(os.path.join(options.model, "answer.json"), encoding="utf-8") as file:
        answer = json.load(file)
    with netCDF4.Dataset(options.inputs) as inputs:
        x = np.ma.filled(inputs["x"][:], np.nan).astype(float)
    with netCDF4.Dataset(options.output, "w") as output:
        output.createDimension("candidate", len(answer["equations"]))
        equation = output.createVariable("equation", str, ("candidate",))
        equation[:] = np.array(answer["equations"], dtype=object)
        output.selected = np.int32(answer["selected"])
        if None not in answer["complexity"]:
            output.createVariable("complexity", "i4", ("candidate",))[:] = answer["complexity"]
        if settings["predicts"]:
            with open(os.path.join(options.model, "regressor.pickle"), "rb") as file:
                fitted = pickle.load(file)
            output.createDimension("row", len(x))
            *factors, unit = [power(-k) for k in answer["sizes"]]
            output.createVariable("y", "f8", ("row",))[:] = fitted.predict(x * factors) / unit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=["train", "predict"])
    parser.add_argument("--regressor", default="gplearn.json")
    for name in ("task", "data", "model", "inputs", "output", "seed", "time-limit"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    try:
        {"train": train, "predict": predict}[options.phase](options)
    except Unusable as error:
        sys.exit(f"adapter: {error}")


if __name__ == "__main__":
    main()
