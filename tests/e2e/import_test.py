"""Imports of old logs beside a daemon that serves. Needs no Postfix."""

import os
import signal
import subprocess

import lab
from postbounced import Postbounced

DEAD = "joe.miller@example.org"


def failure(day, recipient):
    """A message of that day that fails."""
    start = f"2026-01-{day:02}T10:00:00+00:00 mx postfix/"
    queue_id = f"ABCDE{day:05X}"
    return (
        f"{start}pickup[1]: {queue_id}: uid=0 from=<shop@example.com>\n"
        f"{start}qmgr[1]: {queue_id}: from=<shop@example.com>, size=5, nrcpt=1"
        f" (queue active)\n"
        f"{start}smtp[1]: {queue_id}: to=<{recipient}>, relay=mx.example.org"
        f"[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced "
        f"(host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown)\n")


class ImportTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.hosts": [lab.SAMPLE_HOST],
            "origin.local_domains": ["example.com"]})

    def run_cli(self, *arguments):
        return subprocess.run(
            [lab.program("postbounce"), "--config", self.daemon.config,
             *arguments],
            capture_output=True, text=True, timeout=60, check=False)

    def test_says_who_failed_enough_and_not_who_is_on_the_list(self):
        self.start(self.daemon)
        log = lab.write_file(self.path("mail.log"), failure(5, DEAD))
        want = "1 address has failed enough for the list, such as:\n  " + DEAD
        preview = self.run_cli("log", "import", log)
        self.assertIn(want, preview.stdout)
        self.assertIn("the same with --apply does it", preview.stdout)
        applied = self.run_cli("log", "import", "--apply", log)
        self.assertIn(want, applied.stdout)
        self.assertIn("but for what the outage guard holds", applied.stdout)

    def test_imports_from_silent_pipes_hold_nothing_up(self):
        self.start(self.daemon)
        silent, writer = os.pipe()
        threads = f"/proc/{self.daemon.pid}/task"
        idle = len(os.listdir(threads))
        imports = [
            subprocess.Popen(
                [lab.program("postbounce"), "--config", self.daemon.config,
                 "log", "import", "-"],
                stdin=silent, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) for _ in range(4)]
        os.close(silent)
        lab.wait_for(lambda: len(os.listdir(threads)) >= idle + 4,
                     "the imports")
        for client in imports[:3]:
            client.send_signal(signal.SIGINT)
        for client in imports[:3]:
            client.wait(60)
        lab.wait_for(lambda: len(os.listdir(threads)) <= idle + 1,
                     "the ends of three")
        large = lab.write_file(
            self.path("mail"), lab.read_file(self.sample("01-unknown-user"))
            + 10_000 * ("x" * 70 + "\n"))
        self.daemon.deliver(large)
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.daemon.stop()
        self.assertNotEqual(imports[3].wait(60), 0)
        os.close(writer)

    def test_a_year_of_daily_files_is_one_import(self):
        self.start(self.daemon)
        files = [lab.write_file(
            self.path(f"a-long-name-of-a-log-of-day-{day:03}"),
            failure(day % 28 + 1, f"user{day}@example.org"))
            for day in range(366)]
        report, = self.daemon.cli_json("log", "import", "--apply", *files)
        self.assertEqual(report["lines"], 366 * 3)

    def test_a_file_has_its_name_in_errors(self):
        self.start(self.daemon)
        done = self.run_cli("log", "import", self.scratch)
        self.assertEqual(done.returncode, 65)
        self.assertIn(f"cannot read {self.scratch}: ", done.stderr)

    def test_without_a_store_it_is_said_what_to_do(self):
        self.start(self.daemon)
        self.daemon.stop()
        os.unlink(self.daemon.settings["store.path"])
        log = lab.write_file(self.path("log"), failure(1, DEAD))
        done = self.run_cli("log", "import", log)
        self.assertEqual(done.returncode, 75)
        self.assertIn("yet: start postbounced", done.stderr)


if __name__ == "__main__":
    lab.main()
