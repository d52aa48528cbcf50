"""What every end-to-end test stands on: a scratch directory, waiting for a
condition, and the entry point that skips where the tests cannot run."""

import datetime
import email.utils
import os
import pwd
import shutil
import socket
import sys
import tempfile
import time
import unittest

SKIPPED = 77  # what ctest knows as SKIP_RETURN_CODE
PIPE_USER = "nobody"
SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../conf/samples")
SAMPLE_DATE = "Sat, 21 Nov 2026"
SAMPLE_HOST = "mail.example.com"  # the site whose Postfix made the samples
DEADLINE = 60.0  # generous: only a failure waits so long


class Timeout(AssertionError):
    """A condition did not come true in time."""


def wait_for(condition, what, deadline=DEADLINE):
    """Returns the first true value of condition(); fails after deadline."""
    end = time.monotonic() + deadline
    pause = 0.005
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Timeout(f"not within {deadline:.0f} s: {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)


def free_port():
    """A TCP port on loopback that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_file(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def read_file(path):
    """The text of a log; "" before it exists."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def program(name):
    """The path of a built program, as CMake told us."""
    return os.environ["POSTBOUNCE_PROGRAM_" + name.upper().replace("-", "_")]


class LabTest(unittest.TestCase):
    """A test with a scratch directory that other users can enter. What was
    started is stopped in reverse order; the logs of a failed test are shown.
    """

    def setUp(self):
        # Short, since the path of a unix socket may have 107 bytes only.
        self.scratch = tempfile.mkdtemp(prefix="pb-", dir="/tmp")
        os.chmod(self.scratch, 0o755)
        self.logs = []
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        self.addCleanup(self.show_logs)

    def path(self, *names):
        return os.path.join(self.scratch, *names)

    def start(self, service):
        """Starts it; it will be stopped, and its log shown on failure."""
        if service.log_path:
            self.logs.append(service.log_path)
        self.addCleanup(service.stop)
        service.start()
        return service

    def sample(self, name):
        """A copy of that sample mail as it would have come yesterday, since
        what is old does not count. Its path."""
        yesterday = datetime.datetime.now(
            datetime.timezone.utc) - datetime.timedelta(days=1)
        text = read_file(os.path.join(SAMPLES, name + ".eml"))
        assert SAMPLE_DATE in text
        return write_file(self.path(name), text.replace(
            SAMPLE_DATE, email.utils.format_datetime(yesterday)[:16]))

    def show_logs(self):
        outcome = self._outcome
        result = getattr(outcome, "result", None)
        failed = [pair for pair in getattr(outcome, "errors", []) if pair[1]]
        for name in ("errors", "failures"):
            failed += [pair for pair in getattr(result, name, [])
                       if pair[0] is self]
        if not failed:
            return
        for log in self.logs:
            tail = read_file(log).splitlines()[-60:]
            print(f"--- {log}", *tail, sep="\n", file=sys.stderr)


def why_skip():
    """A sentence if these tests cannot run here, else None."""
    if sys.platform != "linux":
        return "the end-to-end tests run on Linux only"
    if os.geteuid() != 0:
        return "Postfix's master needs root, and this is not root"
    if not shutil.which("postfix", path="/usr/sbin:/sbin"):
        return "Postfix is not installed"
    try:
        pwd.getpwnam(PIPE_USER)
        pwd.getpwnam("postfix")
    except KeyError as error:
        return f"a user is missing: {error}"
    return None


def main():
    reason = why_skip()
    if reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
