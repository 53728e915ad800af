"""A regressor of another package as a method of assay: anything with fit(X, y) that can say its equation.

The class, its arguments and its way of writing equations are in a small JSON file (README.md). The two
commands are those of docs/protocol.md, "Regression": train fits on the training rows and leaves the
equations in MODEL/answer.json, predict writes them to pred.nc.
"""
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
    settings = {"arguments": {}, "seed_argument": None, "time_argument": None, "style": "native"}
    settings.update({"rename": {}, "predicts": False, "path": []})
    unknown = sorted(set(given) - set(settings) - {"class"})
    if unknown or "class" not in given:
        raise Unusable(f"{path}: " + (f"unknown key '{unknown[0]}'" if unknown else "no key 'class'"))
    settings.update(given)
    if settings["style"] not in STYLES:
        raise Unusable(f"{path}: no style '{settings['style']}' (known: {', '.join(STYLES)})")
    folder = os.path.dirname(os.path.abspath(path))
    sys.path[:0] = [os.path.join(folder, place) for place in settings["path"]]
    return settings


def make_regressor(settings, seed, seconds):
    """An object of the class, with the seed and nine tenths of the time where it takes them."""
    module, _, name = settings["class"].rpartition(".")
    try:
        regressor = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise Unusable(f"{settings['class']} is not there: {error}") from error
    arguments = dict(settings["arguments"])
    if settings["seed_argument"]:
        arguments[settings["seed_argument"]] = seed
    if settings["time_argument"]:
        arguments[settings["time_argument"]] = max(1, int(0.9 * seconds))
    return regressor(**arguments)


# ---- what the packages call an equation: [(text, complexity)], index of the selected one ----------


def from_gplearn(fitted):
    program = fitted._program  # the package has no public name for it
    return [(str(program), program.length_)], 0


def from_pysr(fitted):
    table = fitted.equations_
    texts = [str(text) for text in table["sympy_format"]]
    names = list(getattr(table, "index", range(len(texts))))
    return list(zip(texts, table["complexity"])), names.index(fitted.get_best().name)


def from_operon(fitted):
    front = getattr(fitted, "pareto_front_", None) or [{"tree": fitted.model_}]
    trees = [member["tree"] for member in front]
    texts = [(fitted.get_model_string(tree, 17), getattr(tree, "Length", None)) for tree in trees]
    same = [i for i, tree in enumerate(trees) if tree is fitted.model_]
    if same:
        return texts, same[0]
    return [(fitted.get_model_string(fitted.model_, 17), None)] + texts, 0


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


def to_native(text, settings):
    """The same text over x0, x1, ...; functions and operators of all styles are read as they are."""
    stem, first = STYLES[settings["style"]]
    for old, new in settings["rename"].items():
        text = re.sub(rf"\b{re.escape(old)}(?=\s*\()", new, text)
    return re.sub(rf"\b{re.escape(stem)}(\d+)\b", lambda m: f"x{int(m.group(1)) - first}", text)


# ---- the two commands -----------------------------------------------------------------------------


def train(options):
    settings = read_regressor(options.regressor)
    with netCDF4.Dataset(options.data) as file:
        rows = np.asarray(file["splits/task"][:]) == 0
        x = np.ma.filled(file["x"][:], np.nan).astype(float)[rows]
        y = np.ma.filled(file["y"][:], np.nan).astype(float)[rows]
    fitted = make_regressor(settings, int(options.seed), float(options.time_limit))
    fitted.fit(x, y)
    found, selected = equations_of(fitted)
    answer = {
        "equations": [to_native(text, settings) for text, _ in found],
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
            output.createVariable("y", "f8", ("row",))[:] = fitted.predict(x)


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
