"""The training case most like this one: a complete method for assay, on numpy and netCDF4 only.

operator   the fields of the training case with the nearest parameters
forecast   the last context frame, moved as the training case with the nearest such frame moved

What the two commands get and must leave behind is told in docs/protocol.md. To make a method of your
own, keep the reading and writing and replace `learn` and `answer`.
"""
import argparse
import json
import os

import netCDF4
import numpy as np


def lead_frames(task, n_times):
    """Index of the last context frame (None for an operator) and of the frames asked for."""
    if task["kind"] == "operator":
        named = [int(frame) for frame in task["frames"]]
        return None, named or list(range(1 if n_times > 1 else 0, n_times))
    last = task["first"] + (task["context"] - 1) * task["stride"]
    leads = list(range(last + task["stride"], n_times, task["stride"]))
    return last, leads[: task["horizon"]] if task["horizon"] else leads


def read_frames(variable, case, frames):
    """Frames of one case, [len(frames), points], in double precision."""
    if "time" not in variable.dimensions:  # a set of single frames
        values = variable[case][np.newaxis].repeat(len(frames), axis=0)
    else:
        values = variable[case, sorted(set(frames))][np.searchsorted(sorted(set(frames)), frames)]
    return np.ma.filled(values, np.nan).reshape(len(frames), -1).astype(float)


def read_parameters(file, names):
    """Parameters by name, [cases, parameters]."""
    table = file["parameters"].variables if "parameters" in file.groups else {}
    columns = [np.asarray(table[name][:], float) for name in names]
    return np.stack(columns, axis=1) if columns else np.zeros((len(file.dimensions["case"]), 0))


def parameter_names(task, file):
    """Those that the task names, or all that the file gives."""
    return task["params"] or (list(file["parameters"].variables) if "parameters" in file.groups else [])


def learn(task, path):
    """Everything there is to remember: parameters, context frames and what followed them."""
    with netCDF4.Dataset(path) as file:
        fields = task["fields"]
        n_times = len(file.dimensions["time"]) if "time" in file.dimensions else 1
        last, leads = lead_frames(task, n_times)
        names = parameter_names(task, file)
        context, future = [], []
        for case, there in enumerate(file["n_frames"][:]):
            frames = [min(frame, int(there) - 1) for frame in leads]  # a short case stays at its end
            future.append([read_frames(file[f], case, frames) for f in fields])
            if last is not None:
                context.append([read_frames(file[f], case, [min(last, int(there) - 1)])[0] for f in fields])
        return {
            "names": np.array(names, dtype=str),
            "parameters": read_parameters(file, names),
            "context": np.array(context),
            "future": np.array(future),  # [cases, fields, leads, points]
        }


def nearest(known, wanted, axes):
    """The row of known with the smallest distance to wanted, every column in units of its spread."""
    spread = known.std(axis=axes, keepdims=True)
    spread[spread == 0] = 1
    distance = (((known - wanted) / spread) ** 2).reshape(len(known), -1).sum(axis=1)
    return int(np.argmin(distance))


def answer(task, model, parameters, context, n_leads):
    """Fields of one test case, [fields, leads, points]."""
    if context is None:
        like = nearest(model["parameters"], parameters, axes=0)
        return model["future"][like][:, :n_leads]
    like = nearest(model["context"], context, axes=(0, 2))  # one spread per field
    moved = model["future"][like] - model["context"][like][:, np.newaxis]
    return context[:, np.newaxis] + moved[:, :n_leads]


def train(task, options):
    model = learn(task, options.data)
    path = os.path.join(options.model, "model.npz")
    with open(path + ".tmp", "wb") as file:
        np.savez(file, **model)
    os.replace(path + ".tmp", path)


def predict(task, options):
    with np.load(os.path.join(options.model, "model.npz")) as file:
        model = dict(file)
    with netCDF4.Dataset(options.inputs) as inputs, netCDF4.Dataset(options.output, "w") as output:
        parameters = read_parameters(inputs, [str(name) for name in model["names"]])
        leads = np.ma.count(inputs["lead_time"][:], axis=1)  # asked for, per case
        grid = [d for d in inputs[task["fields"][0]].dimensions if d not in ("case", "time")]
        shape = [len(inputs.dimensions[d]) for d in grid]
        output.createDimension("case", len(parameters))
        output.createDimension("time", int(leads.max()))
        for dimension, length in zip(grid, shape):
            output.createDimension(dimension, length)
        for name in task["fields"]:
            variable = output.createVariable(name, "f4", ("case", "time", *grid))
            variable.units = inputs[name].units
        for case, given in enumerate(inputs["n_frames"][:]):
            context = None
            if task["kind"] == "forecast":
                last = [int(given) - 1]
                context = np.array([read_frames(inputs[f], case, last)[0] for f in task["fields"]])
            values = answer(task, model, parameters[case], context, leads[case])
            for name, value in zip(task["fields"], values):
                output[name][case, : leads[case]] = value.reshape(-1, *shape)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phase", choices=["train", "predict"])
    for name in ("task", "data", "model", "inputs", "output", "seed", "time-limit"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    with open(options.task, encoding="utf-8") as file:
        task = json.load(file)
    {"train": train, "predict": predict}[options.phase](task, options)


if __name__ == "__main__":
    main()
