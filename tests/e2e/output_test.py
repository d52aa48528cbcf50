"""How the daemon logs: for a person, for the journal, and with --verbose. Needs
no Postfix."""

import os
import signal
import socket
import subprocess

import lab
from lab import program, read_file, wait_for, write_file
from postbounced import Postbounced

DEAD = "dead@example.org"
LINE = (r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d "
        r"(error|warning|info|debug): [^ ].*$")


class OutputTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.local_domains": ["example.com"]})
        os.makedirs(self.path("pb", "store"))
        self.daemon.write_config()
        self.log = self.path("pb", "log")

    def run_it(self, *options, while_up=None, journal=None):
        """The lines that it logs from its start to its end."""
        with open(self.log, "wb") as log:
            info = os.fstat(log.fileno())
            environment = dict(os.environ)
            environment.pop("JOURNAL_STREAM", None)
            environment["MAIL_CONFIG"] = self.scratch
            if journal is not None:
                environment["JOURNAL_STREAM"] = journal.format(
                    info.st_dev, info.st_ino)
            self.process = process = subprocess.Popen(
                [program("postbounced"), "--config", self.daemon.config,
                 *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment)
        try:
            wait_for(lambda: "ready: " in read_file(self.log)
                     or process.poll() is not None, "it is ready")
            if while_up:
                while_up()
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
        self.assertEqual(code, 0, read_file(self.log))
        return read_file(self.log).splitlines()

    def ask(self):
        """What Postfix would."""
        self.daemon.cli("suppress", DEAD)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(self.daemon.socket("policy"))
            client.sendall(f"request=smtpd_access_policy\nprotocol_state=RCPT\n"
                           f"recipient={DEAD}\nsender=a@b.example\n\n".encode())
            self.assertIn(b"550 5.7.1", client.recv(4096))

    def test_a_person_gets_time_and_level(self):
        lines = self.run_it(while_up=self.ask)
        self.assertGreater(len(lines), 5)
        for line in lines:
            self.assertRegex(line, LINE)
        self.assertFalse(any(" debug: " in line for line in lines))
        self.assertIn(self.daemon.config, lines[0])

    def test_the_journal_gets_priorities(self):
        for line in self.run_it(journal="{}:{}"):
            self.assertRegex(line, r"^<[3467]>[^ ]")

    def test_another_stream_is_not_the_journal(self):
        for journal in ("{}:1", "", "x", "1:{}:{}"):
            with self.subTest(journal):
                for line in self.run_it(journal=journal):
                    self.assertRegex(line, LINE)

    def test_verbose_logs_all_whatever_the_configuration_says(self):
        self.daemon.settings["daemon.log_level"] = "error"
        self.daemon.write_config()
        quiet = self.run_it_quietly()
        self.assertEqual(quiet, "")
        lines = self.run_it("--verbose", while_up=self.ask_and_reload)
        self.assertTrue(any(" debug: lookup: " + DEAD in line
                            for line in lines), lines)
        self.assertGreater(sum("reloaded" in line for line in lines), 0)

    def ask_and_reload(self):
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "reloaded" in read_file(self.log), "a reload")
        self.ask()

    def run_it_quietly(self):
        daemon = self.start(self.daemon)
        daemon.cli("stats")
        daemon.stop()
        return read_file(daemon.log_path)

    def test_each_error_of_the_configuration_has_a_line(self):
        write_file(self.daemon.config, "[store]\npath = 1\nmode = 2\n")
        done = subprocess.run(
            [program("postbounced"), "--config", self.daemon.config],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 78)
        lines = done.stderr.splitlines()
        self.assertGreater(len(lines), 1)
        for line in lines:
            self.assertRegex(line, LINE)
            self.assertIn(" error: " + self.daemon.config, line)


if __name__ == "__main__":
    lab.main()
