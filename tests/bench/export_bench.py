#!/usr/bin/python3
"""How fast `postbounce export` is, against sqlite3 -csv that selects the same
columns of the same store in the same run, also where only a little has changed;
how long an import takes; and what memory they want.

Usage: export_bench.py BUILD_DIR [addresses]
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import bench_lab  # noqa: F401
import lab
from postbounced import Postbounced

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
STEP = 1_000_000
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


def memory(daemon):
    """The most that it ever had."""
    status = lab.read_file(f"/proc/{daemon.pid}/status")
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.M).group(1)) // 1024


def tell(form, where, base, took):
    print(f"{form} from {where}: {took:.2f} s,"
          f" {100 * base / took:.0f} % of its speed")


def main():
    with tempfile.TemporaryDirectory(prefix="pb-") as home:
        daemon = Postbounced(os.path.join(home, "pb"), **{"lmtp.group": ""})
        daemon.start()
        fill(daemon, home)
        print(f"the daemon: {memory(daemon)} MiB")
        daemon.stop()
        daemon.start()
        postbounce = [lab.program("postbounce"), "--config", daemon.config]
        base = seconds("sqlite3", "-readonly", "-csv",
                       daemon.settings["store.path"], SELECT)
        print(f"{COUNT} rows, sqlite3 -csv: {base:.2f} s")
        for where in ("the daemon", "no daemon"):
            for form in ("csv", "plain", "jsonl", "mailgun", "access"):
                tell(form, where, base,
                     seconds(*postbounce, "export", "--format", form))
            daemon.cli("suppress", "somebody@example.org")
            tell("a change", where, base,
                 seconds(*postbounce, "export", "--format", "csv",
                         "--since-cursor", str(COUNT)))
            if where == "the daemon":
                print(f"the daemon: {memory(daemon)} MiB")
            daemon.stop()
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"largest process: {usage.ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
