#!/usr/bin/python3
"""How fast `postbounce export` is, against sqlite3 -csv that selects the same
columns of the same store in the same run; and how long an import takes.

Usage: export_bench.py BUILD_DIR [addresses]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

import bench_lab  # noqa: F401
import lab
from postbounced import Postbounced

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
STEP = 100_000
ROUNDS = 3

SELECT = ("SELECT a.text, d.scope, d.reason, d.reason, d.since, d.until"
          " FROM decision AS d JOIN address AS a ON a.id = d.address"
          " WHERE d.state = 1 ORDER BY d.id")


def seconds(*command):
    """The shortest of some runs."""
    best = 1e9
    for _ in range(ROUNDS):
        start = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.monotonic() - start)
    return best


def fill(daemon, home):
    """In steps, as one import has so many rows at most."""
    name = os.path.join(home, "list")
    start = time.monotonic()
    for first in range(0, COUNT, STEP):
        with open(name, "w", encoding="utf-8") as file:
            file.writelines(
                f"user{number}@customer{number % 5000}.example,BOUNCE\n"
                for number in range(first, min(first + STEP, COUNT)))
        daemon.cli("import", "--format", "ses", "--reason", "no-such-user",
                   name)
    print(f"import: {COUNT / (time.monotonic() - start):.0f} rows a second")


def main():
    with tempfile.TemporaryDirectory(prefix="pb-") as home:
        daemon = Postbounced(os.path.join(home, "pb"), **{"lmtp.group": ""})
        daemon.start()
        fill(daemon, home)
        postbounce = [lab.program("postbounce"), "--config", daemon.config]
        base = seconds("sqlite3", "-readonly", "-csv",
                       daemon.settings["store.path"], SELECT)
        print(f"{COUNT} rows, sqlite3 -csv: {base:.2f} s")
        for where in ("the daemon", "no daemon"):
            for form in ("csv", "plain", "jsonl", "mailgun", "access"):
                took = seconds(*postbounce, "export", "--format", form)
                print(f"{form} from {where}: {took:.2f} s,"
                      f" {100 * base / took:.0f} % of its speed")
            daemon.stop()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"largest process: {usage.ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
