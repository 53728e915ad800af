#!/usr/bin/python3
"""Training steps with one thread, with two, and with each of them beside a process that is busy.

    bench_threads.py BENCH_STEP [ROUNDS [ROWS [NAME]]]

BENCH_STEP is the program built from bench_step.c. Times are those of the clock on the wall, medians
over the rounds, in which the four ways take turns; `faster` is what two threads gain. For two cores
that have nothing else to do.
"""
import json
import multiprocessing
import statistics
import subprocess
import sys


def turn(stop):
    while not stop.is_set():
        sum(i * i for i in range(10000))


def steps(program, threads, rest):
    result = subprocess.run([program, str(threads), *rest], check=True, stdout=subprocess.PIPE, text=True)
    return {(r["name"], r["rows"]): r["wall_ms"] for r in map(json.loads, result.stdout.splitlines())}


def beside(program, threads, rest):
    stop = multiprocessing.Event()
    other = multiprocessing.Process(target=turn, args=(stop,))
    other.start()
    try:
        return steps(program, threads, rest)
    finally:
        stop.set()
        other.join()


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    name = sys.argv[4] if len(sys.argv) > 4 else ""
    rest = [sys.argv[3] if len(sys.argv) > 3 else "4096", name, "train"]
    ways = {"one": (steps, 1), "two": (steps, 2), "one_beside": (beside, 1), "two_beside": (beside, 2)}
    times = {}
    for _ in range(rounds):
        for way, (measure, threads) in ways.items():
            for key, ms in measure(program, threads, rest).items():
                times.setdefault(key, {}).setdefault(way, []).append(ms)
    for (name, rows), t in times.items():
        m = {way: statistics.median(ms) for way, ms in t.items()}
        print(json.dumps({"name": name, "rows": rows, **{way + "_ms": round(ms, 3) for way, ms in m.items()},
                          "faster": round(m["one"] / m["two"], 2),
                          "faster_beside": round(m["one_beside"] / m["two_beside"], 2)}), flush=True)


if __name__ == "__main__":
    main()
