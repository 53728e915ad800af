#!/usr/bin/python3
"""Writes the tensors that test_reference.c compares with: one JSON file per case, made by PyTorch.

    reference.py [CASE]...        (into the folder reference/ beside this file)

A case is a module, its inputs and a loss. The file holds parameters (by the names of the state
dictionary), outputs, loss, gradients of parameters and inputs, and where ten steps of each listed
optimiser lead. The same model is built by the function that test_reference.c knows under the name
`build`, with the numbers in `settings`.
"""
import json
import os
import sys

import torch
from torch import nn

STEPS = 10


def numbers(tensor):
    return {"shape": list(tensor.shape), "data": [float("%.9g" % x) for x in tensor.detach().reshape(-1)]}


def named(pairs):
    return {name: numbers(tensor) for name, tensor in pairs}


def mse(p, y):
    return torch.mean((p - y) ** 2)


def nmse(p, y):
    return torch.sum((p - y) ** 2) / torch.sum(y**2)


def relative_l2(p, y):
    n = p.shape[0]
    return torch.mean(torch.linalg.vector_norm((p - y).reshape(n, -1), dim=1)
                      / torch.linalg.vector_norm(y.reshape(n, -1), dim=1))


def h1(p, y):
    """Planes of side 1: values, and differences over distances."""
    def slopes(x):
        return [torch.diff(x, dim=d) * x.shape[d] for d in (2, 3)]

    below = sum(torch.sum(s**2) for s in slopes(y))
    return nmse(p, y) + sum(torch.sum(s**2) for s in slopes(p - y)) / below


OPTIMISERS = {
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.013), 0.02,
            {"beta1": 0.9, "decay": 0.013}),
    "adam": (lambda p: torch.optim.Adam(p, lr=0.004, weight_decay=0.017), 0.004,
             {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0.017}),
    "adamw": (lambda p: torch.optim.AdamW(p, lr=0.004, weight_decay=0.21), 0.004,
              {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "decay": 0.21}),
}


def descend(module, inputs, target, loss, name):
    """Losses before each of the steps, and the parameters after them; the module is put back."""
    make, rate, settings = OPTIMISERS[name]
    start = {k: v.clone() for k, v in module.state_dict().items()}
    optimiser = make(module.parameters())
    losses = []
    for _ in range(STEPS):
        optimiser.zero_grad()
        value = loss(module(*inputs.values()), target)
        value.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 0.5)
        optimiser.step()
        losses.append(float(value))
    end = named(module.state_dict().items())
    module.load_state_dict(start)
    return {"optimiser": name, "rate": rate, "clip": 0.5, "settings": settings, "losses": losses,
            "parameters": end}


def write(name, build, settings, module, inputs, target, loss, optimisers=tuple(OPTIMISERS), given=False):
    """inputs: {name: tensor}, given to the module in this order; leading axis: the batch. Without
    gradients of the inputs where these are only given."""
    module.train()
    start = {k: v.clone() for k, v in module.state_dict().items()}
    for x in inputs.values():
        x.requires_grad_(x.is_floating_point() and not given)
    case = {"build": build, "settings": settings, "loss_name": loss.__name__,
            "parameters": named(start.items()),
            "inputs": named(inputs.items()), "target": numbers(target)}
    output = module(*inputs.values())
    value = loss(output, target)
    value.backward()
    case["output"] = numbers(output)
    case["loss"] = float(value)
    case["gradients"] = named((k, p.grad) for k, p in module.named_parameters())
    case["input_gradients"] = named((k, x.grad) for k, x in inputs.items() if x.grad is not None)
    case["after"] = named(module.state_dict().items())  # running statistics have moved
    module.load_state_dict(start)
    inputs = {k: x.detach() for k, x in inputs.items()}
    case["descents"] = [descend(module, inputs, target, loss, o) for o in optimisers]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference", name + ".json")
    with open(path, "w") as f:
        json.dump(case, f)
        f.write("\n")


class Mlp(nn.Module):
    def __init__(self, widths, activation):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:]))
        self.activation = activation

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def norm_relu(x):
    """The published form of CFDBench's activation: standardise over the row, relu, undo."""
    mean, deviation = x.mean(dim=-1, keepdim=True), x.std(dim=-1, keepdim=True)
    return torch.relu((x - mean) / deviation) * deviation + mean


def mlp(name, activation, loss):
    widths = [5, 7, 6, 3]
    torch.manual_seed(2385)
    module = Mlp(widths, activation)
    inputs = {"x": torch.randn(4, 2, 5)}
    target = torch.randn(4, 2, 3) * 0.7
    write("mlp_" + name, "mlp", {"widths": widths, "activation": name}, module, inputs, target, loss)


class Layers(nn.Module):
    """One of each, with sizes that are odd."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect")
        self.group = nn.GroupNorm(2, 4)
        self.back = nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, bias=False)
        self.layer = nn.LayerNorm([7, 9])
        self.last = nn.Conv2d(3, 2, 5, stride=2, padding=2, padding_mode="circular", bias=False)

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.tanh(self.group(self.conv(x))), 2)
        x = self.layer(nn.functional.instance_norm(self.back(x)))
        return nn.functional.max_pool2d(self.last(x), 2, stride=1)


class Rows(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 5, 5, padding=2, padding_mode="replicate")
        self.norm = nn.BatchNorm1d(5)
        self.back = nn.ConvTranspose1d(5, 2, 4, stride=3)

    def forward(self, x):
        return self.back(torch.tanh(self.norm(self.conv(x))))


def twice(a, b):
    layers = []
    for n in (a, b):
        layers += [nn.Conv2d(n, b, 3, padding=1, padding_mode="replicate"), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers)


class Up(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.up = nn.ConvTranspose2d(a, b, 2, stride=2)
        self.conv = twice(2 * b, b)

    def forward(self, x, skip):
        x = self.up(x)
        rows, columns = skip.shape[2] - x.shape[2], skip.shape[3] - x.shape[3]
        x = nn.functional.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return self.conv(torch.cat([skip, x], dim=1))


class UNet(nn.Module):
    def __init__(self, c, m, width, levels):
        super().__init__()
        self.in_conv = twice(c, width)
        self.down = nn.ModuleList(twice(width << i, width << (i + 1)) for i in range(levels))
        self.up = nn.ModuleList(Up(width << (i + 1), width << i) for i in reversed(range(levels)))
        self.out_conv = nn.Conv2d(width, m, 1)

    def forward(self, x):
        x, skips = self.in_conv(x), []
        for down in self.down:
            skips.append(x)
            x = down(nn.functional.max_pool2d(x, 2))
        for up in self.up:
            x = up(x, skips.pop())
        return self.out_conv(x)


class Block(nn.Module):
    def __init__(self, a, hidden, b, kernel, dropout):
        super().__init__()
        same = {"padding": kernel // 2, "padding_mode": "replicate"}
        self.conv1 = nn.Conv2d(a, hidden, kernel, **same)
        self.conv2 = nn.Conv2d(hidden, b, kernel, **same)
        self.dropout = dropout
        if a != b:
            self.skip = nn.Conv2d(a, b, 1)

    def forward(self, x):
        y = nn.functional.dropout(nn.functional.gelu(self.conv1(x)), self.dropout, self.training)
        y = self.conv2(y)
        return y + (self.skip(x) if hasattr(self, "skip") else x)


class ResNet(nn.Module):
    def __init__(self, c, m, blocks, channels, hidden, kernel, dropout=0.0):
        super().__init__()
        widths = [c] + [channels] * (blocks - 1) + [m]
        self.blocks = nn.ModuleList(Block(a, hidden, b, kernel, dropout)
                                    for a, b in zip(widths[:-1], widths[1:]))

    def forward(self, x):
        for i, block in enumerate(self.blocks):
            x = block(x if i == 0 else nn.functional.gelu(x))
        return x


def images(name, make, settings, shape, loss, optimiser, samples=2):
    torch.manual_seed(2385)
    module = make(**settings)
    inputs = {"x": torch.randn(samples, *shape)}
    target = torch.randn_like(module(inputs["x"])) * 0.7
    module = make(**settings)
    write(name, name, settings, module, inputs, target, loss, (optimiser,))


class Spectral(nn.Module):
    """Weights as pairs of numbers, so that all optimisers treat them alike."""

    def __init__(self, c, m, m1, m2):
        super().__init__()
        self.m1, self.m2 = m1, m2
        shape = (c, m, m1, m2, 2) if m1 else (c, m, m2, 2)
        self.weights1 = nn.Parameter(torch.rand(shape) / (c * m))
        if m1:
            self.weights2 = nn.Parameter(torch.rand(shape) / (c * m))

    def forward(self, x):
        one = torch.view_as_complex(self.weights1)
        if not self.m1:
            y = torch.einsum("bik,iok->bok", torch.fft.rfft(x)[..., :self.m2], one)
            return torch.fft.irfft(y, n=x.shape[-1])
        two = torch.view_as_complex(self.weights2)
        f, (h, w) = torch.fft.rfft2(x), x.shape[-2:]
        y = torch.zeros(x.shape[0], one.shape[1], h, w // 2 + 1, dtype=torch.cfloat)
        y[:, :, :self.m1, :self.m2] = torch.einsum("bikl,iokl->bokl", f[:, :, :self.m1, :self.m2], one)
        y[:, :, -self.m1:, :self.m2] = torch.einsum("bikl,iokl->bokl", f[:, :, -self.m1:, :self.m2], two)
        return torch.fft.irfft2(y, s=(h, w))


class Fno(nn.Module):
    def __init__(self, channels, width, m1, m2):
        super().__init__()
        conv = nn.Conv2d if m1 else nn.Conv1d
        self.fc0 = conv(channels, width, 1)
        self.conv0, self.conv1 = Spectral(width, width, m1, m2), Spectral(width, width, m1, m2)
        self.w0, self.w1 = conv(width, width, 1), conv(width, width, 1)
        self.fc1 = conv(width, 2, 1)

    def forward(self, x):
        x = self.fc0(x)
        x = nn.functional.gelu(self.conv0(x) + self.w0(x))
        x = nn.functional.gelu(self.conv1(x) + self.w1(x))
        return self.fc1(x)


def fno(name, grid, m1, m2):
    torch.manual_seed(2385)
    module = Fno(2, 3, m1, m2)
    inputs = {"x": torch.randn(3, 2, *grid)}
    target = torch.randn(3, 2, *grid) * 0.7
    write(name, "fno", {"width": 3, "m1": m1, "m2": m2}, module, inputs, target, mse)


def stack(*widths):
    return nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:]))


def through(layers, x, activation=torch.relu):
    for layer in layers[:-1]:
        x = activation(layer(x))
    return layers[-1](x)


class Offset(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x + self.bias


FIELDS, PARAMS, ROWS, COLUMNS, POINTS = 2, 3, 8, 10, 6


class AutoFfn(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        first = FIELDS * ROWS * COLUMNS + PARAMS + 2
        self.layers = stack(first, *[width] * depth, FIELDS)

    def forward(self, state, parameters, points, before):
        about = torch.cat([state.flatten(1), parameters], dim=1)[:, None].expand(-1, POINTS, -1)
        return through(self.layers, torch.cat([about, points], dim=2)) + before


class AutoDeepONet(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.branch = stack(FIELDS * ROWS * COLUMNS + PARAMS, *[width] * (depth - 1), FIELDS * width)
        self.trunk = stack(2, *[width] * depth)
        self.offset = Offset(FIELDS)

    def coefficients(self, state, parameters):
        return through(self.branch, torch.cat([state.flatten(1), parameters], dim=1))

    def forward(self, state, parameters, points, before):
        a = self.coefficients(state, parameters).reshape(len(state), FIELDS, -1)
        return self.offset(torch.einsum("bfp,bkp->bkf", a, through(self.trunk, points))) + before


class AutoEDeepONet(AutoDeepONet):
    def __init__(self, width, depth):
        super().__init__(width, depth)
        del self.branch
        self.branch_frame = stack(FIELDS * ROWS * COLUMNS, *[width] * (depth - 1), FIELDS * width)
        self.branch_parameters = stack(PARAMS, *[width] * (depth - 1), FIELDS * width)

    def coefficients(self, state, parameters):
        return through(self.branch_frame, state.flatten(1)) * through(self.branch_parameters, parameters)


class AutoDeepONetCnn(nn.Module):
    def __init__(self, width, depth, channels, levels, head):
        super().__init__()
        planes = [FIELDS + 1 + PARAMS] + [channels] * (levels + 2)
        seen = channels * (ROWS >> levels) * (COLUMNS >> levels)
        self.branch = nn.ModuleList(nn.Conv2d(a, b, 5, padding=2) for a, b in zip(planes[:-1], planes[1:]))
        self.trunk = stack(2, *[width] * (depth - 1), seen)
        self.head = stack(seen, head, head, FIELDS)
        self.offset = Offset(FIELDS)

    def forward(self, state, mask, parameters, points, before):
        constant = parameters[:, :, None, None].expand(-1, -1, ROWS, COLUMNS)
        x = self.branch[0](torch.cat([state, mask, constant], dim=1))
        for conv in self.branch[1:-1]:
            x = torch.relu(nn.functional.max_pool2d(conv(x), 2))
        b = self.branch[-1](x).flatten(1)[:, None]
        return self.offset(through(self.head, b * through(self.trunk, points))) + before


class DeepONet(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.branch = stack(PARAMS, *[width] * (depth - 1), FIELDS * width)
        self.trunk_time, self.trunk_place = nn.Linear(1, width), nn.Linear(2, width)
        self.trunk = nn.ModuleDict({str(i): nn.Linear(width, width) for i in range(1, depth)})
        self.offset = Offset(FIELDS)

    def forward(self, parameters, time, points):
        x = self.trunk_time(time)[:, None] + self.trunk_place(points)
        for layer in self.trunk.values():
            x = layer(norm_relu(x))
        a = through(self.branch, parameters, norm_relu).reshape(len(time), FIELDS, -1)
        return self.offset(torch.einsum("bfp,bkp->bkf", a, x))


def method(name, make, settings, kinds, loss, optimiser):
    """A whole method of baselines/; kinds: its inputs, in the order of forward."""
    torch.manual_seed(2385)
    shapes = {"state": (FIELDS, ROWS, COLUMNS), "mask": (1, ROWS, COLUMNS), "parameters": (PARAMS,),
              "time": (1,), "points": (POINTS, 2), "before": (POINTS, FIELDS)}
    module = make(**settings)
    inputs = {kind: torch.randn(3, *shapes[kind]) for kind in kinds.split()}
    target = torch.randn(3, POINTS, FIELDS) * 0.7
    write(name, name, settings, module, inputs, target, loss, (optimiser,), given=True)


STEP = "state parameters points before"
class Attention(nn.Module):
    """PyTorch's own, with the names that are usual for patches."""

    def __init__(self, e, heads):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(e, 3 * e), nn.Linear(e, e)

    def forward(self, x):
        x = x.transpose(0, 1)  # points first
        y, _ = nn.functional.multi_head_attention_forward(
            x, x, x, x.shape[2], self.heads, self.qkv.weight, self.qkv.bias, None, None, False, 0.0,
            self.proj.weight, self.proj.bias, self.training, need_weights=False)
        return y.transpose(0, 1)


class Looking(nn.Module):
    """Points that look at each other, with knobs that are turned by parameters."""

    def __init__(self, a, e, heads, n_params):
        super().__init__()
        self.embed, self.head = nn.Linear(a, e), nn.Linear(e, 2)
        self.film = nn.Linear(n_params, 2 * e)
        self.attention = Attention(e, heads)

    def forward(self, x, about):
        scale, shift = self.film(about)[:, None].chunk(2, dim=2)
        x = (1 + scale) * self.embed(x) + shift
        return self.head(nn.functional.gelu(x + self.attention(x)))


def looking(name, heads):
    torch.manual_seed(2385)
    module = Looking(3, 6, heads, 4)
    inputs = {"x": torch.randn(3, 5, 3), "about": torch.randn(3, 4)}
    write(name, "looking", {"e": 6, "heads": heads}, module, inputs, torch.randn(3, 5, 2) * 0.7, mse, ("adam",))


CASES = {
    "looking": lambda: looking("looking", 3),
    "auto_ffn": lambda: method("auto_ffn", AutoFfn, {"width": 5, "depth": 2}, STEP, mse, "adam"),
    "auto_deeponet": lambda: method("auto_deeponet", AutoDeepONet, {"width": 4, "depth": 3}, STEP, nmse, "sgd"),
    "auto_edeeponet": lambda: method("auto_edeeponet", AutoEDeepONet, {"width": 4, "depth": 3}, STEP, nmse, "adam"),
    "auto_deeponetcnn": lambda: method("auto_deeponetcnn", AutoDeepONetCnn,
                                       {"width": 5, "depth": 3, "channels": 3, "levels": 2, "head": 7},
                                       "state mask parameters points before", mse, "adam"),
    "deeponet": lambda: method("deeponet", DeepONet, {"width": 5, "depth": 3}, "parameters time points", nmse, "adam"),
    "fno_even": lambda: fno("fno_even", (8, 6), 3, 4),
    "fno_odd": lambda: fno("fno_odd", (5, 7), 2, 3),
    "fno_wide": lambda: fno("fno_wide", (6, 18), 2, 4),
    "fno_tall": lambda: fno("fno_tall", (9, 16), 3, 5),
    "fno_line": lambda: fno("fno_line", (10,), 0, 6),
    "mlp_relu": lambda: mlp("relu", torch.relu, mse),
    "mlp_gelu": lambda: mlp("gelu", nn.functional.gelu, nmse),
    "mlp_tanh": lambda: mlp("tanh", torch.tanh, relative_l2),
    "mlp_sine": lambda: mlp("sine", torch.sin, mse),
    "mlp_norm_relu": lambda: mlp("norm_relu", norm_relu, nmse),
    "layers": lambda: images("layers", Layers, {}, (3, 8, 10), mse, "sgd"),
    "layers_h1": lambda: images("layers_h1", Layers, {}, (3, 8, 10), h1, "sgd"),
    "rows": lambda: images("rows", Rows, {}, (2, 9), nmse, "sgd", 3),
    "unet": lambda: images("unet", UNet, {"c": 3, "m": 2, "width": 2, "levels": 2}, (3, 16, 19), mse, "sgd"),
    "resnet": lambda: images("resnet", ResNet, {"c": 3, "m": 2, "blocks": 3, "channels": 3, "hidden": 7,
                                                "kernel": 5}, (3, 16, 16), nmse, "adam"),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    for case in sys.argv[1:] or CASES:
        CASES[case]()
