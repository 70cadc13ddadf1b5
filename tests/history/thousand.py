"""Writes a history of many runs into a folder: 4 series, of which one changes twice.

usage: thousand.py FOLDER [RUNS]

The folder is what `cutover history show` has to read and draw in less than a second. Nothing is drawn by
chance: the same call writes the same bytes.
"""

import datetime
import json
import pathlib
import random
import sys

SERIES = ["all-tasks", "task-create", "task-search", "task-update"]
CHANGED = "task-search"


def run(place, count, chance):
    """One run: a third of the way and two thirds of it, the changed series takes another level."""
    started = datetime.datetime(2023, 1, 1, 1, 30) + datetime.timedelta(hours=12 * place)
    level = [1.0, 1.2, 1.1][min(3 * place // count, 2)]
    series = []
    for name in SERIES:
        seconds = 0.05 * chance.lognormvariate(0, 0.02) * (level if name == CHANGED else 1)
        p50 = round(seconds, 6)
        p95 = round(seconds * 1.7 * chance.lognormvariate(0, 0.02), 6)
        series.append(
            {"name": name, "samples": 1000, "failed": 0, "quantiles": {"p50": p50, "p95": p95}}
        )
    return {
        "schema_version": 1,
        "run": f"{started:%Y%m%dt%H%M%Sz}-{place:08x}",
        "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "commit": f"{place:040x}",
        "machine": {
            "os": "linux",
            "arch": "x86_64",
            "cores": 2,
            "cpu": "made up",
            "memory_bytes": 8589934592,
        },
        "tool": {"version": "0.1.0", "commit": None, "build": "release"},
        "source": "regress, live",
        "versions": {"PostgreSQL": "16.1"},
        "series": series,
    }


def main(folder, count):
    chance = random.Random(20240501)
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(count):
        one = run(place, count, chance)
        text = json.dumps(one, indent=2) + "\n"
        (folder / f"{one['run']}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
