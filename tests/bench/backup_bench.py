#!/usr/bin/python3
"""What `postbounce backup` costs those who write: how long an order takes to be
stored while backups are made, against the same without any in the same run; and
how long a backup takes, against cp(1) and a sync.

Usage: backup_bench.py BUILD_DIR [addresses]
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

import bench_lab  # noqa: F401
from postbounced import Postbounced

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
STEP = 100_000
ROUNDS = 5
ROUND = 1.0  # seconds


class Writer:
    """Gives one order after the other, and takes the time of each."""

    def __init__(self, daemon):
        self._client = socket.socket(socket.AF_UNIX)
        self._client.connect(daemon.socket("control"))
        self._answers = self._client.makefile("rb")
        self._count = 0
        self._stop = threading.Event()
        self._thread = None
        self.times = []

    def _write(self):
        while not self._stop.is_set():
            self._count += 1
            start = time.monotonic()
            self._client.sendall(json.dumps({
                "verb": "suppress",
                "addresses": [f"order{self._count}@example.org"]}).encode()
                + b"\n")
            assert json.loads(self._answers.readline())["ok"]
            self.times.append(time.monotonic() - start)

    def during(self, work):
        """The times of the orders given while work() runs."""
        self.times = []
        self._stop.clear()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()
        try:
            work()
        finally:
            self._stop.set()
            self._thread.join()
        return self.times


def fill(daemon, home):
    name = os.path.join(home, "list")
    for first in range(0, COUNT, STEP):
        with open(name, "w", encoding="utf-8") as file:
            file.writelines(
                f"user{number}@customer{number % 5000}.example\n"
                for number in range(first, min(first + STEP, COUNT)))
        daemon.cli("import", name)


def shown(times):
    def at(share):
        return 1000 * times[min(int(share * len(times)), len(times) - 1)]
    return (f"{len(times)} orders, half below {at(0.5):.2f} ms, 99 of 100 below"
            f" {at(0.99):.2f} ms, all below {at(1):.1f} ms")


def main():
    with tempfile.TemporaryDirectory(prefix="pb-") as home:
        daemon = Postbounced(os.path.join(home, "pb"), **{"lmtp.group": ""})
        daemon.start()
        fill(daemon, home)
        store = daemon.settings["store.path"]
        writer = Writer(daemon)
        took = []

        def backup():
            start = time.monotonic()
            while time.monotonic() < start + ROUND:
                begin = time.monotonic()
                daemon.cli("backup", os.path.join(home, "backup"))
                took.append(time.monotonic() - begin)

        busy, alone = [], []
        for _ in range(ROUNDS):  # by turns: the machine has other work, too
            alone += writer.during(lambda: time.sleep(ROUND))
            busy += writer.during(backup)
        alone.sort()
        busy.sort()
        start = time.monotonic()
        subprocess.run(["cp", store, os.path.join(home, "copy")], check=True)
        subprocess.run(["sync", os.path.join(home, "copy")], check=True)
        copied = time.monotonic() - start
        size = os.path.getsize(os.path.join(home, "backup")) / (1 << 20)
        print(f"{size:.0f} MiB: a backup beside orders takes {min(took):.2f} s,"
              f" {min(took) / copied:.1f} times cp and sync")
        print("without:", shown(alone))
        print("with:   ", shown(busy))
        middle = [times[len(times) // 2] for times in (busy, alone)]
        print(f"an order takes {middle[0] / middle[1]:.2f} times as long")
        daemon.stop()


if __name__ == "__main__":
    main()
