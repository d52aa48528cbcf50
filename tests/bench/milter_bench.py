#!/usr/bin/python3
"""Mails a second that a real Postfix takes from smtp-source(1): with a milter
that does nothing, with Postbounce, and without any, in turns. Needs root.

Usage: milter_bench.py BUILD_DIR [mails]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from bench_lab import BUILD
import lab
from postbounced import Postbounced

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
ROUNDS = 3
SESSIONS = (1, 20, 100)
BENCH = os.path.join(BUILD, "tests/bench/milter_bench")
from private_postfix import PrivatePostfix  # noqa: E402


def services(ports, sockets):
    """An smtpd for each milter."""
    for name, port in ports.items():
        yield f"127.0.0.1:{port} inet n - n - 120 smtpd\n"
        if sockets[name]:
            yield (f"  -o {{ smtpd_milters = {{ unix:{sockets[name]},"
                   " default_action=tempfail } }\n")


def rate(port, sessions, sender):
    start = time.monotonic()
    subprocess.run(["/usr/sbin/smtp-source", "-s", str(sessions), "-m",
                    str(COUNT), "-l", "2000", "-f", sender, "-t",
                    "ann@example.com", f"127.0.0.1:{port}"],
                   check=True, stdout=subprocess.DEVNULL)
    return COUNT / (time.monotonic() - start)


def measure(ports, sender):
    for sessions in SESSIONS:
        rates = {name: [] for name in ports}
        for _ in range(ROUNDS):
            for name, port in ports.items():
                rates[name].append(rate(port, sessions, sender))
        best = {name: statistics.median(all) for name, all in rates.items()}
        words = ", ".join(f"{name} {value:.0f}/s"
                          for name, value in best.items())
        print(f"{'mail' if sender else 'bounces'}, {sessions} sessions: {words}"
              f" (Postbounce / nothing "
              f"{best['postbounce'] / best['nothing']:.2f})", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="pb-", dir="/tmp") as home:
        os.chmod(home, 0o755)
        spool = os.path.join(home, "pf", "spool", "postbounce")
        os.makedirs(spool)
        sockets = {"none": "", "nothing": f"{spool}/nothing",
                   "postbounce": f"{spool}/milter"}
        daemon = Postbounced(os.path.join(home, "pb"), **{
            "milter.listen": "unix:" + sockets["postbounce"],
            "milter.mode": "0666", "milter.group": "", "lmtp.group": "",
            "daemon.log_level": "warning"})
        ports = {name: lab.free_port() for name in sockets}
        postfix = PrivatePostfix(
            os.path.join(home, "pf"), 9, "".join(services(ports, sockets)),
            "default_process_limit = 150\n"
            "transport_maps = texthash:/etc/postfix/postbounce-transport\n",
            "* discard:\n")
        daemon.start()
        idle = subprocess.Popen([BENCH, "serve", sockets["nothing"]])
        lab.wait_for(lambda: os.path.exists(sockets["nothing"]), "the other")
        os.chmod(sockets["nothing"], 0o666)
        postfix.start()
        try:
            subprocess.run([BENCH, "latency", sockets["postbounce"],
                            sockets["nothing"]], check=True)
            measure(ports, "joe@example.org")
            measure(ports, "")
        finally:
            postfix.stop()
            idle.kill()
            daemon.stop()


if __name__ == "__main__":
    main()
