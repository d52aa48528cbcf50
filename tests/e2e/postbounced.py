"""The daemon under test, and the programs that speak to it."""

import json
import os
import shutil
import signal
import socket
import subprocess

from lab import program, wait_for, write_file

# How it is configured unless a test says otherwise.
SETTINGS = {
    "lmtp.mode": "0660",
    "lmtp.group": "nogroup",  # of PIPE_USER
    "query.group": "",
    "query.mode": "0666",
    "lookup.group": "",
    "lookup.mode": "0666",
    # Many tests let a domain fail as it does in an outage.
    "guard.enabled": False,
}


class Postbounced:
    """A daemon with its files in `home`. `settings` are parameters by their
    full names; they win over SETTINGS. `logs` has a table for each [[log]],
    `answers` one for each [[answer]], `scopes` one for each [[scope]]."""

    def __init__(self, home, logs=(), answers=(), scopes=(), **settings):
        self.home = home
        self.logs = list(logs)
        self.answers = list(answers)
        self.scopes = list(scopes)
        self.config = os.path.join(home, "postbounce.toml")
        self.log_path = os.path.join(home, "log")
        self.settings = {
            "store.path": os.path.join(home, "store", "postbounce.db"),
            "store.site_key": os.path.join(home, "store", "site.key"),
            "verp.keys": os.path.join(home, "store", "verp.keys"),
            "lmtp.listen": ["unix:" + self.socket("lmtp")],
            "query.listen": ["unix:" + self.socket("query")],
            "lookup.policy": ["unix:" + self.socket("policy")],
            "lookup.socketmap": ["unix:" + self.socket("socketmap")],
            "lookup.tcp_table": ["unix:" + self.socket("tcp_table")],
            "control.listen": "unix:" + self.socket("control"),
            **SETTINGS,
            **{name.replace("__", "."): value
               for name, value in settings.items()},
        }
        self._process = None

    def socket(self, name):
        return os.path.join(self.home, name)

    def start(self):
        os.makedirs(os.path.join(self.home, "store"), exist_ok=True)
        os.chmod(self.home, 0o755)
        self.write_config()
        notified = os.path.join(self.home, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(notified)
            notify.settimeout(0.05)
            try:
                self._spawn(notified)
                wait_for(lambda: self._is_ready(notify), "READY=1")
            finally:
                os.unlink(notified)

    @property
    def pid(self):
        return self._process.pid

    def stop(self):
        """Stops it as systemd does; fails if it does not go in peace."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(60)
        self._process = None
        assert code == 0, f"postbounced ended with {code}"

    def kill(self):
        """kill -9: what is not on disk now is lost."""
        self._process.kill()
        self._process.wait(60)
        self._process = None

    def copy_pipe_client(self):
        """Where PIPE_USER can run it, who may not enter the build folder."""
        client = os.path.join(self.home, "postbounce-pipe")
        os.makedirs(self.home, exist_ok=True)
        shutil.copy(program("postbounce-pipe"), client)
        return client

    def ask(self, *requests, name="query"):
        """Sends all requests at once, one JSON object a line; the answers."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(self.socket(name))
            client.sendall("".join(json.dumps(request) + "\n"
                                   for request in requests).encode())
            client.shutdown(socket.SHUT_WR)
            with client.makefile("rb") as answers:
                return [json.loads(line) for line in answers]

    def cli(self, *arguments, code=0):
        """What `postbounce ARGUMENTS` prints."""
        done = subprocess.run(
            [program("postbounce"), "--config", self.config, *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False)
        assert done.returncode == code, (
            f"postbounce {arguments} ended with {done.returncode}: "
            f"{done.stderr or done.stdout}")
        return done.stdout

    def cli_json(self, *arguments):
        return [json.loads(line)
                for line in self.cli(*arguments, "--json").splitlines()]

    def stats(self):
        return self.cli_json("stats")[0]

    def suppressed(self):
        """The exported addresses, sorted."""
        return sorted(self.cli("export").split())

    def status(self, address):
        return self.cli_json("status", address)[0]

    def deliver(self, path, recipient="bounce@bounces.example.com", code=0):
        """Hands one file in as pipe(8) does."""
        with open(path, "rb") as message:
            done = subprocess.run(
                [program("postbounce-pipe"), "-s", self.socket("lmtp"),
                 "-f", "", "--", recipient],
                stdin=message, capture_output=True, timeout=60, check=False)
        assert done.returncode == code, (done.returncode, done.stdout)

    def write_config(self):
        """Of what is to be configured now."""
        tables = {}
        for name, value in self.settings.items():
            table, key = name.split(".")
            # JSON's texts, numbers, lists and truth values are TOML's too.
            tables.setdefault(table, []).append(f"{key} = {json.dumps(value)}")
        sections = [(f"[{table}]", lines) for table, lines in tables.items()]
        for head, rows in (("[[log]]", self.logs),
                           ("[[answer]]", self.answers),
                           ("[[scope]]", self.scopes)):
            for row in rows:
                sections.append((head, [f"{key} = {json.dumps(value)}"
                                        for key, value in row.items()]))
        write_file(self.config, "\n".join(
            "\n".join([head, *lines, ""]) for head, lines in sections))

    def _spawn(self, notified):
        with open(self.log_path, "ab") as log:
            # A file that must not grow is then an error, as on a full disk.
            self._process = subprocess.Popen(
                ["/usr/bin/env", "--ignore-signal=XFSZ",
                 program("postbounced"), "--config", self.config],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # Whatever this machine's Postfix says of itself is no matter.
                env={**os.environ, "NOTIFY_SOCKET": notified,
                     "MAIL_CONFIG": self.home})

    def _is_ready(self, notify):
        code = self._process.poll()
        assert code is None, f"postbounced ended with {code} while starting"
        try:
            return b"READY=1" in notify.recv(4096)
        except TimeoutError:
            return False
