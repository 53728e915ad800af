#!/usr/bin/python3
"""Training steps and answers here and in PyTorch, in one run and in turns.

    bench_torch.py BENCH_STEP [ROUNDS [ROWS [NAME [WORK]]]]

BENCH_STEP is the program built from bench_step.c; ROWS leaves out larger problems, NAME those whose
names begin otherwise, WORK all others of train, train_bf16 and answer. Both sides use one thread and
are measured in processor time; each round runs both, problem by problem in processes of their own,
and the ratio is that of the medians over the rounds. Steps with bfloat16 are held against those of
PyTorch in single precision, and against its automatic use of bfloat16.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import time

# Before the libraries are loaded: torch.set_num_threads leaves OpenBLAS its own threads, and those
# spin between products, which a processor time counts against PyTorch.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import torch
from torch import nn

from reference import ResNet, Spectral, UNet


def network(c, width, depth, last):
    layers = [nn.Linear(c, width)]
    for i in range(depth):
        layers += [nn.ReLU(), nn.Linear(width, width if i + 1 < depth else last)]
    return nn.Sequential(*layers)


class DeepOnet(nn.Module):
    def __init__(self, width, depth):
        super().__init__()
        self.branch, self.trunk = network(8, width, depth, width), network(3, width, depth, width)
        self.offset = nn.Parameter(torch.zeros(1))

    def forward(self, x, places):
        return torch.einsum("bp,bkp->bk", self.branch(x), self.trunk(places)) + self.offset


class Fno(nn.Module):
    def __init__(self, c, m, width, depth):
        super().__init__()
        self.fc0 = nn.Conv2d(c, width, 1)
        self.waves = nn.ModuleList(Spectral(width, width, 12, 12) for _ in range(depth))
        self.beside = nn.ModuleList(nn.Conv2d(width, width, 1) for _ in range(depth))
        self.fc1, self.fc2 = nn.Conv2d(width, 128, 1), nn.Conv2d(128, m, 1)

    def forward(self, x):
        x = self.fc0(x)
        for waves, beside in zip(self.waves, self.beside):
            x = nn.functional.gelu(waves(x) + beside(x))
        return self.fc2(nn.functional.gelu(self.fc1(x)))


def problem(name, width, depth, rows):
    """Module, inputs and target."""
    if name.startswith("ffn"):
        return network(8, width, depth, 1), [torch.randn(rows, 8)], torch.zeros(rows, 1)
    if name.startswith("deeponet"):
        samples = min(rows, 32) if rows != 4096 else 1
        places = torch.randn(samples, rows // samples, 3)
        return DeepOnet(width, depth), [torch.randn(samples, 8), places], torch.zeros(places.shape[:2])
    planes = [torch.randn(rows, 8, 64, 64)], torch.zeros(rows, 2, 64, 64)
    if name.startswith("fno"):
        return Fno(8, 2, width, depth), *planes
    if name.startswith("unet"):
        return UNet(8, 2, width, depth), *planes
    return ResNet(8, 2, depth, width, hidden=64, kernel=7, dropout=0.2), *planes


def train(model, x, y, optimiser):
    optimiser.zero_grad(set_to_none=True)
    loss = torch.mean((model(*x) - y) ** 2)
    loss.backward()
    optimiser.step()


def train_autocast(model, x, y, optimiser):
    optimiser.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        prediction = model(*x)
    loss = torch.mean((prediction.float() - y) ** 2)
    loss.backward()
    optimiser.step()


STEPS = {"train": train, "train_bf16": train_autocast}


def answer(model, x, *_):
    with torch.inference_mode():
        model(*x)


def step_time(name, work, rows):
    """Median milliseconds and peak megabytes."""
    width, depth = (int(part[1:]) for part in name.split("_")[1:])
    torch.manual_seed(1)
    model, x, y = problem(name, width, depth, rows)
    model.train(work != "answer")
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    step = STEPS.get(work, answer)
    step(model, x, y, optimiser)
    times, begin = [], time.process_time()
    while len(times) < 200 and (len(times) < 3 or time.process_time() - begin < 1):
        start = time.process_time()
        step(model, x, y, optimiser)
        times.append(time.process_time() - start)
    return 1e3 * statistics.median(times), 1e-3 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def apart(function, *arguments):
    """What a function returns in a process of its own."""
    out, into = os.pipe()
    if os.fork() == 0:
        os.write(into, json.dumps(function(*arguments)).encode())
        os._exit(0)
    os.close(into)
    with open(out, "rb") as f:
        text = f.read()
    if os.wait()[1] != 0 or not text:
        sys.exit("a measurement has failed")
    return json.loads(text)


def main():
    torch.set_num_threads(1)
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rest = ["1", sys.argv[3] if len(sys.argv) > 3 else "1000000", *sys.argv[4:]]
    ours, theirs, automatic = {}, {}, {}
    for _ in range(rounds):
        result = subprocess.run([program, *rest], check=True, stdout=subprocess.PIPE, text=True)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        for r in lines:
            key = (r["name"], r["work"], r["rows"])
            ours.setdefault(key, []).append(r)
            plain = (r["name"], r["work"].replace("_bf16", ""), r["rows"])
            theirs.setdefault(key, []).append(apart(step_time, *plain))
            if key != plain:
                automatic.setdefault(key, []).append(apart(step_time, *key))
    for key, runs in ours.items():
        a = statistics.median(r["cpu_ms"] for r in runs)
        b = statistics.median(ms for ms, _ in theirs[key])
        name, work, rows = key
        more = {}
        if key in automatic:
            bf16 = statistics.median(ms for ms, _ in automatic[key])
            more = {"torch_bf16_ms": round(bf16, 3), "times_faster_than_bf16": round(bf16 / a, 2)}
        print(json.dumps({"name": name, "work": work, "rows": rows, "ms": round(a, 3), "torch_ms": round(b, 3),
                          "times_faster": round(b / a, 2), "samples_per_s": round(1e3 * rows / a),
                          "share_of_sgemm": statistics.median(r["share_of_sgemm"] for r in runs),
                          "peak_mb": runs[0]["peak_mb"], "torch_peak_mb": round(theirs[key][0][1]), **more}), flush=True)


if __name__ == "__main__":
    main()
