"""The daemon as a process: its start, its reload, its end, its doors. Needs no
Postfix; what needs root is skipped without."""

import os
import resource
import signal
import subprocess
import unittest

import lab
from postbounced import Postbounced

DEAD = "joe.miller@example.org"
SETTINGS = {"lmtp.group": "", "origin.hosts": [lab.SAMPLE_HOST]}


class DaemonTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.bounce = self.sample("01-unknown-user")
        self.daemon = Postbounced(self.path("pb"), **SETTINGS)

    def run_daemon(self, config):
        return subprocess.run([lab.program("postbounced"), "--config", config],
                              capture_output=True, text=True, timeout=60,
                              check=False)

    def test_what_was_learned_survives_kill_and_stop(self):
        self.start(self.daemon)
        self.daemon.deliver(self.bounce)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.daemon.stop()
        for name in ("lmtp", "query", "control"):
            self.assertFalse(os.path.exists(self.daemon.socket(name)), name)
        # Without a daemon the command opens the store itself.
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.daemon.cli("check", DEAD, code=1)
        self.daemon.cli("check", "ann@example.org", code=0)

    def test_without_a_daemon_the_pipe_client_says_try_again(self):
        self.daemon.home = self.path("nowhere")
        self.daemon.deliver(self.bounce, code=75)

    def test_a_second_daemon_gives_up(self):
        self.start(self.daemon)
        other = self.run_daemon(self.daemon.config)
        self.assertEqual(other.returncode, 75, other.stderr)
        self.assertNotEqual(other.stderr, "")
        self.daemon.deliver(self.bounce)  # the first one still listens

    def test_the_sockets_of_another_daemon_stay_its_own(self):
        self.start(self.daemon)
        config = lab.write_file(self.path("other.toml"), lab.read_file(
            self.daemon.config).replace("/store/", "/other/"))
        os.mkdir(self.path("pb", "other"))
        other = self.run_daemon(config)
        self.assertEqual(other.returncode, 71, other.stderr)
        self.assertIn("already in use", other.stderr)
        self.daemon.deliver(self.bounce)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_a_mail_larger_than_the_memory_does_not_wait_for_ever(self):
        self.daemon = Postbounced(self.path("small"), **{
            **SETTINGS, "intake.memory": "1MiB"})
        self.start(self.daemon)
        mail = lab.write_file(self.path("mail"), lab.read_file(self.bounce)
                              + 70_000 * ("x" * 70 + "\n"))
        self.daemon.deliver(mail)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_a_list_that_cannot_be_written_is_no_success(self):
        self.start(self.daemon)
        self.daemon.deliver(self.bounce)
        for arguments in (["export"], ["check", DEAD], ["stats", "--json"]):
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = subprocess.run(
                    [lab.program("postbounce"), "--config",
                     self.daemon.config, *arguments],
                    stdout=full, stderr=subprocess.PIPE, timeout=60,
                    check=False)
                self.assertEqual(done.returncode, 74, done.stderr)

    def test_the_daemon_outlives_the_reader_of_its_log(self):
        self.start(self.daemon)
        self.daemon.stop()
        reader = subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE)
        reader.wait(60)
        self.daemon.log_path = f"/proc/{os.getpid()}/fd/{reader.stdin.fileno()}"
        self.daemon.start()
        self.daemon.deliver(self.bounce)
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.daemon.stop()
        reader.stdin = None

    def test_a_bad_configuration_is_told_with_file_and_line(self):
        for text, words in (
                ("[lmtp]\nport = 1\n", ":2:"),
                ("[store]\n\nkeep_mail = \"30 parsecs\"\n", ":3:"),
                ("[lmtp\n", ":1:")):
            with self.subTest(text):
                config = lab.write_file(self.path("bad.toml"), text)
                done = self.run_daemon(config)
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(config + words, done.stderr)

    def test_a_reload_takes_the_new_configuration_or_keeps_the_old(self):
        self.start(self.daemon)
        good = lab.read_file(self.daemon.config)
        lab.write_file(self.daemon.config, good + "[daemon]\nlog_level = \"loud\"\n")
        self.reload("reload refused")
        self.daemon.deliver(self.bounce)
        lab.write_file(self.daemon.config, good + "[daemon]\nlog_level = \"debug\"\n")
        self.reload("reloaded")
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_a_reload_that_memory_does_not_last_for_is_refused(self):
        self.start(self.daemon)
        with open(f"/proc/{self.daemon.pid}/statm", encoding="ascii") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        if size > 1 << 40:
            self.skipTest("a sanitizer's allocator ends the program instead")
        # What malloc() holds in reserve does not last for a file this large.
        good = lab.read_file(self.daemon.config)
        lab.write_file(self.daemon.config, good + "#" * 10_000_000)
        old = resource.prlimit(self.daemon.pid, resource.RLIMIT_AS,
                               (size, resource.RLIM_INFINITY))
        self.reload("reload refused")
        resource.prlimit(self.daemon.pid, resource.RLIMIT_AS, old)
        self.daemon.deliver(self.bounce)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def reload(self, words):
        os.kill(self.daemon.pid, signal.SIGHUP)
        lab.wait_for(lambda: words in lab.read_file(self.daemon.log_path),
                     words)

    def test_a_stop_finishes_what_was_accepted(self):
        self.start(self.daemon)
        clients = [self.client(number) for number in range(40)]
        lab.wait_for(lambda: any(client.poll() == 0 for client in clients),
                     "the first acknowledgement")
        self.daemon.stop()
        codes = [client.wait(60) for client in clients]
        self.assertEqual(set(codes) - {0, 75}, set())
        # The daemon knows of each mail that it has acknowledged.
        self.assertGreaterEqual(self.daemon.stats()["mails"], codes.count(0))

    def client(self, number):
        """A client that hands in a mail of its own."""
        path = self.path(f"mail-{number}")
        lab.write_file(path, lab.read_file(self.bounce).replace(
            "joe.miller@", f"joe.{number}@"))
        with open(path, "rb") as message:
            return subprocess.Popen(
                [lab.program("postbounce-pipe"), "-s",
                 self.daemon.socket("lmtp"), "-f", "", "--", "b@example.com"],
                stdin=message, stdout=subprocess.DEVNULL)

    def test_files_and_sockets_have_the_right_modes(self):
        self.start(self.daemon)
        for name, mode in (("lmtp", 0o660), ("query", 0o666),
                           ("control", 0o600), ("store/site.key", 0o600)):
            with self.subTest(name):
                path = os.path.join(self.daemon.home, name)
                self.assertEqual(os.stat(path).st_mode & 0o777, mode)

    @unittest.skipIf(os.geteuid() != 0, "needs root to become somebody else")
    def test_the_control_socket_answers_nobody_else(self):
        self.start(self.daemon)
        os.chmod(self.daemon.socket("control"), 0o666)
        for name, verb, wanted in (("query", "stats", 1), ("control", "list", 0)):
            done = subprocess.run(
                ["setpriv", "--reuid", "nobody", "--regid", "nogroup",
                 "--clear-groups", "/usr/bin/python3", "-c", CLIENT,
                 self.daemon.socket(name), verb],
                capture_output=True, text=True, timeout=60, check=False)
            with self.subTest(name):
                self.assertEqual(done.stdout.count('"ok":true'), wanted,
                                 done.stdout + done.stderr)


# Asks one question; prints what comes until the other side hangs up.
CLIENT = """
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
try:
    s.sendall(('{"verb": "%s"}\\n' % sys.argv[2]).encode())
    s.shutdown(socket.SHUT_WR)
    while data := s.recv(65536):
        print(data.decode())
except ConnectionError as error:
    print(error)
"""


if __name__ == "__main__":
    unittest.main(verbosity=2)
