"""What ./dev run shows, and that the samples are understood as they should
be. Needs neither root nor Postfix."""

import os
import subprocess
import unittest

import lab
from postbounced import Postbounced

CONF = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../conf")


class TourTest(lab.LabTest):
    def test_the_tour_shows_everything_and_leaves_nothing(self):
        for _ in range(2):
            done = subprocess.run(
                [os.path.join(CONF, "tour.sh"), self.programs()],
                env={**os.environ, "TMPDIR": self.scratch},
                capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(done.stderr, "")
            for words in ("lost.leo@example.org", "no-such-user",
                          "User unknown in virtual mailbox",
                          "Re: Your order 4711", "How to go on"):
                self.assertIn(words, done.stdout)
            self.assertEqual(os.listdir(self.scratch), ["programs"])

    def programs(self):
        """A folder with the three programs, as they are built."""
        folder = self.path("programs")
        if not os.path.exists(folder):
            os.makedirs(os.path.join(folder, "pipe"))
            for name in ("postbounced", "postbounce", "pipe/postbounce-pipe"):
                os.symlink(lab.program(os.path.basename(name)),
                           os.path.join(folder, name))
        return folder

    def test_each_sample_is_understood(self):
        daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.hosts": [lab.SAMPLE_HOST]})
        self.start(daemon)
        names = sorted(os.listdir(lab.SAMPLES))
        for name in names:
            daemon.deliver(self.sample(name.removesuffix(".eml")))

        self.assertEqual(daemon.suppressed(), sorted([
            "joe.miller@example.org", "old.otto@example.org",
            "lost.leo@example.org", "δοκιμή@example.org"]))
        reasons = {entry["address"]: entry["reason"]
                   for entry in daemon.cli_json("list")}
        self.assertEqual(reasons["δοκιμή@example.org"], "no-such-user")
        for address, reason in (("ann.smith@example.org", "mailbox-disabled"),
                                ("full.fred@example.org", "mailbox-full"),
                                ("blocked.bob@example.org", "ip-blocked"),
                                ("slow.sue@example.org", "greylisted")):
            with self.subTest(address):
                [event] = daemon.status(address)["events"]
                self.assertEqual(event["reason"], reason)
        self.assertEqual([mail["from"] for mail in daemon.cli_json("inbox")],
                         ["Carla Customer <carla@example.net>"])
        self.assertEqual(daemon.stats()["mails"], len(names))

    def test_a_sample_delivered_twice_counts_once(self):
        daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.hosts": [lab.SAMPLE_HOST]})
        self.start(daemon)
        for _ in range(2):
            daemon.deliver(self.sample("03-several-recipients"))
        self.assertEqual(daemon.stats()["witnesses"], 3)
        self.assertEqual(daemon.stats()["events"], 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
