#!/usr/bin/python3
"""Training steps here and in PyTorch, in one run and in turns.

    bench_torch.py BENCH_STEP [ROUNDS [ROWS [NAME]]]

BENCH_STEP is the program built from bench_step.c; ROWS leaves out larger problems, NAME those whose
names begin otherwise. Both sides use one thread and are measured in processor time; each round runs
both, and the ratio is that of the medians over the rounds.
"""
import json
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

from reference import ResNet, UNet


def network(width, depth):
    layers = [nn.Linear(8, width)]
    for i in range(depth):
        layers += [nn.ReLU(), nn.Linear(width, width if i + 1 < depth else 1)]
    return nn.Sequential(*layers)


def problem(name, width, depth, rows):
    """Module, input and target."""
    if name.startswith("ffn"):
        return network(width, depth), torch.randn(rows, 8), torch.zeros(rows, 1)
    planes = torch.randn(rows, 8, 64, 64), torch.zeros(rows, 2, 64, 64)
    if name.startswith("unet"):
        return UNet(8, 2, width, depth), *planes
    return ResNet(8, 2, depth, width, hidden=64, kernel=7, dropout=0.2), *planes


def step_time(name, width, depth, rows):
    torch.manual_seed(1)
    model, x, y = problem(name, width, depth, rows)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    times, begin = [], time.process_time()
    while len(times) < 200 and (len(times) < 3 or time.process_time() - begin < 1):
        start = time.process_time()
        optimiser.zero_grad(set_to_none=True)
        loss = torch.mean((model(x) - y) ** 2)
        loss.backward()
        optimiser.step()
        times.append(time.process_time() - start)
    return 1e3 * statistics.median(times)


def main():
    torch.set_num_threads(1)
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rows = sys.argv[3] if len(sys.argv) > 3 else "1000000"
    ours, theirs = {}, {}
    for _ in range(rounds):
        result = subprocess.run([program, "1", rows, *sys.argv[4:5]], check=True, capture_output=True, text=True)
        for line in result.stdout.splitlines():
            r = json.loads(line)
            key = (r["name"], r["rows"])
            ours.setdefault(key, []).append(r["cpu_ms"])
            width, depth = (int(part[1:]) for part in r["name"].split("_")[1:])
            theirs.setdefault(key, []).append(step_time(r["name"], width, depth, r["rows"]))
    for (name, rows), times in ours.items():
        a, b = statistics.median(times), statistics.median(theirs[name, rows])
        print(json.dumps({"name": name, "rows": rows, "ms": round(a, 3), "torch_ms": round(b, 3),
                          "times_faster": round(b / a, 2)}))


if __name__ == "__main__":
    main()
