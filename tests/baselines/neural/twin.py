#!/usr/bin/python3
"""A trained method and its twin in PyTorch, with the same weights on the same cases.

    twin.py METHOD MODEL.nc WEIGHTS.pt INPUTS.nc PRED.nc

prints the largest difference of their answers, relative to the largest answer of the field."""
import sys

import netCDF4
import numpy as np
import torch
from torch import nn

import reference


class Fno(nn.Module):
    """As CFDBench has it, with complex weights."""

    class Spectral(nn.Module):
        def __init__(self, state, name):
            super().__init__()
            self.weights1, self.weights2 = (nn.Parameter(torch.empty_like(state[f"{name}.weights{i}"])) for i in (1, 2))

        def forward(self, x):
            (m1, m2), f = self.weights1.shape[-2:], torch.fft.rfft2(x)
            y = torch.zeros(x.shape[0], self.weights1.shape[1], *f.shape[2:], dtype=f.dtype)
            y[..., :m1, :m2] = torch.einsum("bixy,ioxy->boxy", f[..., :m1, :m2], self.weights1)
            y[..., -m1:, :m2] = torch.einsum("bixy,ioxy->boxy", f[..., -m1:, :m2], self.weights2)
            return torch.fft.irfft2(y, s=x.shape[-2:])

    def __init__(self, state):
        super().__init__()
        for name in {key.split(".")[0] for key in state}:
            w = state.get(name + ".weight")
            self.add_module(name, self.Spectral(state, name) if w is None else nn.Conv2d(w.shape[1], w.shape[0], 1))

    def forward(self, x):
        x, i = self.fc0(x), 0
        while hasattr(self, f"conv{i}"):
            x = nn.functional.gelu(getattr(self, f"conv{i}")(x) + getattr(self, f"w{i}")(x))
            i += 1
        return self.fc2(nn.functional.gelu(self.fc1(x)))


def places(n):
    return (2 * torch.arange(n) + 1) / n - 1


def ffn(state, _):
    widths = [state["layers.0.weight"].shape[1]]
    while f"layers.{len(widths) - 1}.weight" in state:
        widths.append(state[f"layers.{len(widths) - 1}.weight"].shape[0])
    net = reference.Mlp(widths, nn.functional.gelu)

    def answer(params, times, start):
        rows, columns = start.shape[1:]
        y, x = torch.meshgrid(places(rows), places(columns), indexing="ij")
        points = torch.stack([y.reshape(-1), x.reshape(-1)], dim=1)
        about = [torch.cat([params, t.reshape(1)]).expand(len(points), -1) for t in times]
        return [net(torch.cat([a, points], dim=1)).T.reshape(-1, rows, columns) for a in about]

    return net, answer


def roll(change):
    """Frames one after the other; change(state, planes of all that is known)."""
    def answer(params, times, start):
        state, out = start, []
        for _ in times:
            known = [state, torch.ones_like(state[:1]), params.reshape(-1, 1, 1).expand(-1, *state.shape[1:])]
            state = change(state, torch.cat(known)[None])
            out.append(state)
        return out

    return answer


def unet(state, usual):
    levels = len({key.split(".")[1] for key in state if key.startswith("down.")})
    first, last = state["in_conv.0.weight"], state["out_conv.weight"]
    net = reference.UNet(first.shape[1], last.shape[0], first.shape[0], levels)
    return net, roll(lambda frame, planes: frame + usual * net(planes)[0])


def fno(state, usual):
    net = Fno(state)

    def change(frame, planes):
        y, x = torch.meshgrid(*(torch.linspace(0, 1, n) for n in frame.shape[1:]), indexing="ij")
        return frame + usual * net(torch.cat([planes, torch.stack([x, y])[None]], dim=1))[0]

    return net, roll(change)


METHODS = {"ffn": ffn, "unet": unet, "fno": fno}


def standardised(x, model, name):
    return torch.tensor((x - model[name + "_mean"][:]) / model[name + "_spread"][:], dtype=torch.float32)


def main(method, model, weights, inputs, pred):
    state = torch.load(weights)
    model, inputs, pred = (netCDF4.Dataset(f) for f in (model, inputs, pred))
    net, answer = METHODS[method](state, float(model.usual_change))
    net.load_state_dict(state)
    net.eval()
    for file in (model, inputs, pred):
        file.set_auto_maskandscale(False)
    fields, params = model.fields.split(), model.params.split()
    mean, spread = model["fields_mean"][:].reshape(-1, 1, 1), model["fields_spread"][:].reshape(-1, 1, 1)
    worst, largest = np.zeros(len(fields)), np.zeros(len(fields))
    for k in range(len(inputs.dimensions["case"])):
        told = standardised(np.array([inputs["parameters"][p][k] for p in params]), model, "params")
        times = standardised(inputs["lead_time"][k], model, "time")
        start = torch.zeros(len(fields), len(inputs.dimensions["y"]), len(inputs.dimensions["x"]))
        if inputs["n_frames"][k] > 0:
            frame = np.stack([inputs[f][k, 0] for f in fields])
            start = torch.tensor((frame - mean) / spread, dtype=torch.float32)
        with torch.no_grad():
            answers = answer(told, times, start)
        for i, frame in enumerate(answers):
            theirs = mean + spread * frame.double().numpy()
            ours = np.stack([pred[f][k, i] for f in fields])
            worst = np.maximum(worst, np.abs(ours - theirs).max(axis=(1, 2)))
            largest = np.maximum(largest, np.abs(ours).max(axis=(1, 2)))
    print(f"{(worst / largest).max():.3g}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(*sys.argv[1:])
