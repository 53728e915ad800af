#!/usr/bin/env python3
"""Write cylinder-64.yaml, cylinder-128.yaml and cylinder-256.yaml beside this file.

The rows are a Latin hypercube over Reynolds number (logarithm), diameter and offset; what a recipe
sweeps are the parameters that follow from them: the viscosity from the Reynolds number, the frame
interval from the diameter. Inflow profiles and starts take turns. Run it again and the same files
come out.
"""
import os
import random

SIZES = {64: 96, 128: 48, 256: 24}  # stored cells across the channel: cases
REYNOLDS = (40.0, 400.0)
DIAMETER = (0.015, 0.030)
OFFSET = (-0.016, 0.016)
FRAMES = 201
BAND = (100.0, 150.0)  # Reynolds numbers that interpolation tests

HEAD = """name: flow/cylinder-{n}
title: Cylinder in a channel, Reynolds number 40 to 400, stored on {m} x {n} square cells
description: Joint Latin hypercube of Reynolds number (by the viscosity), diameter (blockage 12 to 23 per cent) and offset from the middle, with uniform and parabolic inflow and three kinds of start. Frames follow each other by a quarter of the time in which the stream passes the diameter, some twenty to a period of shedding, and begin with the start. Rows written by cylinder_rows.py.
generator: cylinder
seed: {seed}
fields: [u, v, p, vorticity, mask, signed_distance, boundary_tag, drag, lift, drag_coefficient, lift_coefficient, pressure_difference, mass_flux, kinetic_energy]
params:
  inlet_velocity: 1
  density: 1
  upstream: 0.064
  downstream: 0.192
  below: 0.064
  above: 0.064
  nx: {m}
  ny: {n}
  cells_per_diameter: 40
  frames: {frames}
  start_speed: 0.2
  perturbation: 0.05
sweep:
  - kind: table
    columns: [viscosity, diameter, offset, frame_interval, inlet_profile, start]
    rows:
"""


def latin(rng, n):
    strata = list(range(n))
    rng.shuffle(strata)
    return [(s + rng.random()) / n for s in strata]


def turns(rng, n, names):
    taken = [names[i % len(names)] for i in range(n)]
    rng.shuffle(taken)
    return taken


def digits(x, n):
    return f"{x:.{n}g}"


def recipe(n, cases):
    rng = random.Random(f"flow/cylinder-{n}")
    profiles = turns(rng, cases, ["uniform", "parabolic"])
    starts = turns(rng, cases, ["rest", "stream", "random"])
    text = HEAD.format(n=n, m=2 * n, seed=n, frames=FRAMES)
    band = {"test": [], "validation": []}
    points = zip(latin(rng, cases), latin(rng, cases), latin(rng, cases))
    for i, (a, b, c) in enumerate(points):
        reynolds = REYNOLDS[0] * (REYNOLDS[1] / REYNOLDS[0]) ** a
        diameter = float(digits(DIAMETER[0] + b * (DIAMETER[1] - DIAMETER[0]), 4))
        offset = OFFSET[0] + c * (OFFSET[1] - OFFSET[0])
        viscosity = digits(diameter / reynolds, 4)
        text += (f"      - [{viscosity}, {diameter}, {offset:.5f}, {digits(diameter / 4, 5)}, "
                 f"{profiles[i]}, {starts[i]}]\n")
        if BAND[0] <= reynolds <= BAND[1]:
            band["validation" if len(band["test"]) > 2 * len(band["validation"]) else "test"] += [i]
    text += "splits:\n  stratified: {kind: stratified, by: Re, train: 0.7, validation: 0.1, test: 0.2}\n"
    text += f"  interpolation: {{kind: cases, test: {band['test']}, validation: {band['validation']}}}\n"
    text += "  extrapolation: {kind: sorted, by: Re, train: 0.7, validation: 0.1, test: 0.2}\n"
    return text


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    for size, count in SIZES.items():
        with open(os.path.join(folder, f"cylinder-{size}.yaml"), "w", encoding="utf-8") as file:
            file.write(recipe(size, count))
