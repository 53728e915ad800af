#!/usr/bin/python3
"""Training steps here and in PyTorch, in one run and in turns.

    bench_torch.py BENCH_STEP [ROUNDS [ROWS]]

BENCH_STEP is the program built from bench_step.c; ROWS leaves out larger problems. Both sides use one thread and are measured in
processor time; each round runs both, and the ratio is that of the medians over the rounds.
"""
import json
import statistics
import subprocess
import sys
import time

import torch
from torch import nn


def network(width, depth):
    layers = [nn.Linear(8, width)]
    for i in range(depth):
        layers += [nn.ReLU(), nn.Linear(width, width if i + 1 < depth else 1)]
    return nn.Sequential(*layers)


def step_time(width, depth, rows):
    torch.manual_seed(1)
    model = network(width, depth)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(rows, 8), torch.zeros(rows, 1)
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
        result = subprocess.run([program, "1", rows], check=True, capture_output=True, text=True)
        for line in result.stdout.splitlines():
            r = json.loads(line)
            key = (r["name"], r["rows"])
            ours.setdefault(key, []).append(r["cpu_ms"])
            width, depth = (int(part[1:]) for part in r["name"].split("_")[1:])
            theirs.setdefault(key, []).append(step_time(width, depth, r["rows"]))
    for (name, rows), times in ours.items():
        a, b = statistics.median(times), statistics.median(theirs[name, rows])
        print(json.dumps({"name": name, "rows": rows, "ms": round(a, 3), "torch_ms": round(b, 3),
                          "times_faster": round(b / a, 2)}))


if __name__ == "__main__":
    main()
