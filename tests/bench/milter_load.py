#!/usr/bin/python3
"""Mail of all kinds at the daemon's milter for a while, from clients of which
some leave in the middle: for a build with sanitizers, which end the daemon when
they find something. Says how its memory and descriptors have grown.

Usage: milter_load.py BUILD_DIR SECONDS [BENCH_BUILD_DIR [clients]]
"""

import os
import re
import subprocess
import sys
import tempfile

from bench_lab import BUILD
import lab
from postbounced import Postbounced

SECONDS = int(sys.argv[2])
BENCH = os.path.abspath(sys.argv[3]) if len(sys.argv) > 3 else BUILD
CLIENTS = sys.argv[4] if len(sys.argv) > 4 else "20"
STEPS = 5


def state(daemon):
    """Resident KiB, descriptors and threads."""
    status = lab.read_file(f"/proc/{daemon.pid}/status")
    return (int(re.search(r"VmRSS:\s+(\d+)", status).group(1)),
            len(os.listdir(f"/proc/{daemon.pid}/fd")),
            int(re.search(r"Threads:\s+(\d+)", status).group(1)))


def main():
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as home:
        socket = os.path.join(home, "milter")
        daemon = Postbounced(os.path.join(home, "pb"), **{
            "milter.listen": "unix:" + socket, "milter.group": "",
            "milter.refuse": "monitor", "milter.header": True,
            "milter.connections": 15, "lmtp.group": "",
            "milter.bounce_addresses": ["bounces.example.com"],
            "daemon.log_level": "warning"})
        daemon.start()
        try:
            for _ in range(STEPS):
                subprocess.run(
                    [os.path.join(BENCH, "tests/bench/milter_bench"), "mix",
                     socket, str(SECONDS / STEPS), CLIENTS], check=True)
                print("resident KiB, descriptors, threads:", *state(daemon),
                      flush=True)
            daemon.stop()
        finally:
            print(lab.read_file(daemon.log_path)[-4000:])


if __name__ == "__main__":
    main()
