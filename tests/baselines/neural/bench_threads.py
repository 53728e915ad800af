#!/usr/bin/python3
"""Training steps with one thread, with two, and with each of them beside a process that is busy.

    bench_threads.py BENCH_STEP [ROUNDS [ROWS [NAME]]]

BENCH_STEP is the program built from bench_step.c. Times are those of the clock on the wall. Every
measurement is a line as soon as it is there, and in the end every network has one with the medians
over the rounds, in which the four ways take turns; `faster` is what two threads gain. For two cores
that have nothing else to do. A round of all networks of at most 4096 rows takes 100 seconds, three
quarters of them for the ResNet; one of `ffn` at 32 rows takes one.
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
    with subprocess.Popen([program, str(threads), *rest], stdout=subprocess.PIPE, text=True) as run:
        for r in map(json.loads, run.stdout):
            yield r["name"], r["rows"], r["wall_ms"]
    if run.returncode != 0:
        raise subprocess.CalledProcessError(run.returncode, run.args)


def beside(program, threads, rest):
    stop = multiprocessing.Event()
    other = multiprocessing.Process(target=turn, args=(stop,))
    other.start()
    try:
        yield from steps(program, threads, rest)
    finally:
        stop.set()
        other.join()


def say(**what):
    print(json.dumps(what), flush=True)


def main():
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rest = [sys.argv[3] if len(sys.argv) > 3 else "4096", sys.argv[4] if len(sys.argv) > 4 else "", "train"]
    ways = {"one": (steps, 1), "two": (steps, 2), "one_beside": (beside, 1), "two_beside": (beside, 2)}
    times = {}
    for number in range(rounds):
        for way, (measure, threads) in ways.items():
            for name, rows, ms in measure(program, threads, rest):
                times.setdefault((name, rows), {}).setdefault(way, []).append(ms)
                say(round=number + 1, way=way, name=name, rows=rows, ms=ms)
    for (name, rows), t in times.items():
        m = {way: statistics.median(ms) for way, ms in t.items()}
        say(name=name, rows=rows, **{way + "_ms": round(ms, 3) for way, ms in m.items()},
            faster=round(m["one"] / m["two"], 2), faster_beside=round(m["one_beside"] / m["two_beside"], 2))


if __name__ == "__main__":
    main()
