"""What is left of addresses on the disk: when they are forgotten, and where no
address is ever kept."""

import glob
import os
import subprocess

import lab
from asking_site import FINE, AskingTest
from lab import program, wait_for
from postbounced import Postbounced
from private_postfix import HOSTNAME
from whole_site import BOUNCE, message, snippet

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../conf/samples/01-unknown-user.eml")
JOE = "joe.miller@example.org"
UNKNOWN = "unknown@example.org"
REFUSED = r"^550 5\.7\.1 .*\[postbounce [0-9a-f]{16}\]"


def bytes_of_store(daemon):
    """All that its files have, in lower case."""
    folder = os.path.join(daemon.home, "store")
    content = b""
    for name in glob.glob(folder + "/postbounce.db*"):
        with open(name, "rb") as file:
            content += file.read().lower()
    return content


class ForgetTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start(Postbounced(self.path("pb"), **{
            "lmtp.group": "", "policy.proof": "none"}))
        self.daemon.deliver(SAMPLE)
        self.daemon.cli("suppress", JOE, "--why", f"{JOE} has called")

    def check(self, code):
        self.daemon.cli("check", JOE, code=code)

    def test_a_daemon_forgets(self):
        self.assertIn(JOE.encode(), bytes_of_store(self.daemon))
        dry = self.daemon.cli_json("forget", JOE, "--dry-run")[0]
        self.assertEqual((dry["known"], dry["suppressed"]), (1, 1))
        self.assertIn(JOE.encode(), bytes_of_store(self.daemon))
        text = self.daemon.cli("forget", JOE, "--why", "he wants it")
        self.assertIn("backups", text)
        self.assertIn("1 suppressed", text)
        self.assert_forgotten()
        self.daemon.deliver(SAMPLE)
        self.daemon.cli("suppress", JOE)
        self.assert_forgotten()
        order = self.daemon.status(JOE)["orders"][-2:]
        self.assertIn("forget", [one["kind"] for one in order])

    def test_without_a_daemon_too(self):
        self.daemon.stop()
        done = self.daemon.cli_json("forget", JOE)[0]
        self.assertTrue(done["done"])
        self.assert_forgotten()

    def test_it_cannot_be_undone(self):
        self.daemon.cli("forget", JOE)
        action, = [one["action"] for one in self.daemon.status(JOE)["orders"]
                   if one["kind"] == "forget"]
        done = subprocess.run(
            [program("postbounce"), "--config", self.daemon.config, "undo",
             "--action", str(action)],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("cannot be brought back", done.stderr)

    def test_an_export_leaves_it_out_or_tells_its_hash(self):
        self.daemon.cli("suppress", "ann@example.net")
        self.daemon.cli("forget", JOE)
        self.assertEqual(self.daemon.suppressed(), ["ann@example.net"])
        rows = [row["address"] for row in self.daemon.cli_json("export")]
        self.assertEqual(len(rows), 2)
        joe, = [row for row in rows if row != "ann@example.net"]
        self.assertRegex(joe, r"^#[0-9a-f]{32}@example\.org$")
        self.assertTrue(self.daemon.status(joe)["suppressed"])

    def test_a_clear_store_is_not_opened_as_hashed(self):
        self.daemon.cli("forget", "--all")
        self.assert_forgotten()
        self.daemon.stop()
        self.daemon.settings.update({"store.privacy": "hashed",
                                     "intake.forward": "root@example.com"})
        self.daemon.start()
        self.check(1)

    def assert_forgotten(self):
        for word in (JOE, "joe.miller", "joe.miller=example.org"):
            with self.subTest(word):
                self.assertNotIn(word.encode(), bytes_of_store(self.daemon))
        self.check(1)


class HashedTest(AskingTest):
    def start_hashed(self):
        self.start_site(
            snippet("main.cf"),
            f"bounces.example.com lmtp:unix:{self.path('pb')}/lmtp\n",
            **{"store.privacy": "hashed", "lmtp.group": "postfix",
               "intake.forward": "postmaster@example.com",
               "origin.hosts": [HOSTNAME]})

    def is_suppressed(self):
        answer, = self.daemon.ask({"verb": "check", "addresses": [UNKNOWN]})
        return answer["results"][0]["suppressed"]

    def test_a_site_without_addresses_suppresses_all_the_same(self):
        self.start_hashed()
        self.postfix.submit(BOUNCE, [UNKNOWN], message(UNKNOWN))
        self.postfix.wait_for_log(f"to=<{BOUNCE}>", "status=sent")
        wait_for(self.is_suppressed, "the failure counts")
        wait_for(lambda: len(self.daemon.status(UNKNOWN)["events"][0]
                             ["witnesses"]) == 2, "both accounts")
        event, = self.daemon.status(UNKNOWN)["events"]
        self.assertEqual(sorted(one["source"] for one in event["witnesses"]),
                         ["bounce", "log"])
        for service in ("policy", "socketmap", "tcp_table"):
            with self.subTest(service):
                self.assertRegex(self.rcpt(service, UNKNOWN)[0], REFUSED)
                self.assertRegex(self.rcpt(service, FINE)[0], "^250 ")
        entry, = self.daemon.cli_json("list")
        self.assertRegex(entry["address"], r"^#[0-9a-f]{32}@example\.org$")
        for arguments in (("export",), ("replay", "--dry-run")):
            with self.subTest(arguments):
                done = subprocess.run(
                    [program("postbounce"), "--config", self.daemon.config,
                     *arguments], capture_output=True, text=True, timeout=60,
                    check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("hashed", done.stderr)
        self.daemon.stop()
        self.assertNotIn(b"unknown@", bytes_of_store(self.daemon))
        self.assertNotIn(b"unknown=", bytes_of_store(self.daemon))


if __name__ == "__main__":
    lab.main()
