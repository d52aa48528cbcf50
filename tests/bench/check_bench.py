#!/usr/bin/python3
"""How long `postbounce check` takes for a million addresses, a tenth of them
on a list of 100 000: through each socket of a daemon, and without one.

Usage: check_bench.py BUILD_DIR [addresses]
"""

import os
import random
import subprocess
import sys
import tempfile
import time

import bench_lab  # noqa: F401
import lab
from postbounced import Postbounced

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
LISTED = COUNT // 10
ROUNDS = 3


def address(number):
    return f"user{number}@customer{number % 5000}.example\n"


def write(path, numbers):
    with open(path, "w") as file:
        file.writelines(map(address, numbers))


def seconds(*arguments):
    """The shortest of some runs, and the processor's share of it."""
    best = (1e9, 0)
    for _ in range(ROUNDS):
        before, start = os.times(), time.monotonic()
        subprocess.run([lab.program("postbounce"), *arguments], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        took, after = time.monotonic() - start, os.times()
        best = min(best, (took, after.children_user + after.children_system -
                          before.children_user - before.children_system))
    return best


def main():
    with tempfile.TemporaryDirectory(prefix="pb-") as home:
        listed, asked = os.path.join(home, "listed"), os.path.join(home, "list")
        write(listed, range(LISTED))
        numbers = [number if number < LISTED else number + COUNT
                   for number in range(COUNT)]
        random.Random(1).shuffle(numbers)
        write(asked, numbers)
        daemon = Postbounced(os.path.join(home, "pb"), **{"lmtp.group": ""})
        daemon.start()
        daemon.cli("suppress", "--file", listed)
        check = ["check", "--split", os.path.join(home, "out"),
                 "--file", asked]
        config = ["--config", daemon.config]
        print(f"{COUNT} addresses, {LISTED} of them suppressed")
        for what, where in (("query socket", ["--socket",
                                              daemon.socket("query")]),
                            ("control socket", config)):
            print("check, {}: {:.2f} s ({:.2f} s of the client)".format(
                what, *seconds(*where, *check)))
        print("export, control socket: {:.2f} s ({:.2f} s of the client)"
              .format(*seconds(*config, "export")))
        daemon.stop()
        print("check, no daemon: {:.2f} s ({:.2f} s of it computing)".format(
            *seconds(*config, *check)))


if __name__ == "__main__":
    main()
