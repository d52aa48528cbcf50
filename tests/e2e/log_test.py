"""The log of a real Postfix as a witness: what it says and nobody else does,
through rotation and kill -9, counted as a plain script counts it."""

import os
import random
import re
import socket

import lab
from whole_site import BOUNCE, SiteTest, message

SEED = 20261121
# As a person would grep for it.
STATUS = re.compile(r"postfix/\w+\[\d+\]: [0-9A-Z]+: to=<.*>, .* "
                    r"status=(sent|deferred|bounced) \(")


class LogTest(SiteTest):
    def start_with_log(self, start="beginning", **settings):
        self.maillog = self.path("pf", "maillog")
        self.start_with_lmtp_socket(
            logs=[{"files": [self.maillog], "start": start}],
            **{"origin.local_domains": ["example.com"], **settings})

    def counts(self):
        """What the store counts."""
        total = self.daemon.cli_json("stats", "--by", "day")[0]["sum"]
        return total["sent"], total["deferred"], total["bounced"]

    def counts_in_log(self):
        found = [STATUS.search(line) for line in self.postfix.log_lines()]
        words = [match.group(1) for match in found if match]
        return tuple(words.count(word)
                     for word in ("sent", "deferred", "bounced"))

    def wait_for_counts(self):
        """Until the store has counted what the log has."""
        lab.wait_for(lambda: sum(self.counts_in_log()) > 0,
                     "the log tells of a delivery")
        try:
            lab.wait_for(lambda: self.counts() == self.counts_in_log(),
                         "what the log tells is counted")
        except lab.Timeout:
            self.assertEqual(self.counts(), self.counts_in_log())

    def test_a_rejection_counts_though_no_bounce_ever_comes(self):
        self.start_with_log()
        self.postfix.submit("shop@example.com", ["unknown@example.org"],
                            message("unknown@example.org"),
                            rcpt_options=["NOTIFY=NEVER"])
        lab.wait_for(lambda: self.daemon.suppressed(), "a suppression")

        self.assertEqual(self.daemon.suppressed(), ["unknown@example.org"])
        status = self.daemon.status("unknown@example.org")
        witness, = status["events"][0]["witnesses"]
        self.assertEqual(witness["source"], "log")
        self.assertEqual(witness["reason"], "no-such-user")
        self.assertEqual(witness["proof"], "strong")
        self.assertIn("User unknown", witness["diagnostic"])
        self.assertEqual(status["next"]["word"], "expires")
        self.assertEqual(self.deliveries(), [])

    def test_a_bounce_and_the_log_are_one_event_with_two_witnesses(self):
        self.start_with_log()
        self.mail("unknown@example.org")
        lab.wait_for(lambda: self.deliveries(), "the bounce")
        self.wait_for_counts()

        event, = self.daemon.status("unknown@example.org")["events"]
        self.assertEqual({w["source"] for w in event["witnesses"]},
                         {"bounce", "log"})
        self.assertEqual(len(event["witnesses"]), 2)
        shown = self.daemon.cli("status", "unknown@example.org")
        for word in ("    bounce     mail ", "    log        of ",
                     "    proof      strong", "  failures     1 believed",
                     "  next         suppressed until "):
            self.assertIn(word, shown)

    def test_our_own_people_are_not_concerned(self):
        self.start_with_log(**{"origin.local_domains": ["example.org"]})
        self.postfix.submit("shop@example.com", ["unknown@example.org"],
                            message("unknown@example.org"),
                            rcpt_options=["NOTIFY=NEVER"])
        self.wait_for_counts()

        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.counts()[2], 1)
        self.assertIn("this site's own",
                      self.daemon.cli("status", "unknown@example.org"))

    def test_a_source_without_trust_changes_nothing(self):
        maillog = self.path("pf", "maillog")
        self.start_with_lmtp_socket(
            logs=[{"files": [maillog], "start": "beginning", "trust": "none"}],
            **{"origin.local_domains": ["example.com"]})
        self.postfix.submit("shop@example.com", ["unknown@example.org"],
                            message("unknown@example.org"),
                            rcpt_options=["NOTIFY=NEVER"])
        self.wait_for_counts()

        self.assertEqual(self.daemon.suppressed(), [])
        status = self.daemon.status("unknown@example.org")
        self.assertEqual(status["event_count"], 1)
        self.assertEqual(status["next"]["word"], "untrusted")

    def test_a_socket_takes_what_syslog_sends(self):
        where = self.path("syslog")
        self.start_with_lmtp_socket(
            logs=[{"socket": "unix:" + where}],
            **{"origin.local_domains": ["example.com"]})
        start = "<22>Nov 21 00:11:23 mail postfix/"
        lines = ("pickup[1]: 4BBBBBBBBBz1: uid=0 from=<shop@example.com>",
                 "qmgr[2]: 4BBBBBBBBBz1: from=<shop@example.com>, size=9, "
                 "nrcpt=1 (queue active)",
                 "smtp[3]: 4BBBBBBBBBz1: to=<unknown@example.org>, relay=none,"
                 " delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (host "
                 "mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown)")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            for line in lines:
                client.sendto((start + line).encode(), where)
        lab.wait_for(lambda: self.daemon.suppressed(), "a suppression")

        self.assertEqual(self.daemon.suppressed(), ["unknown@example.org"])

    def test_what_happened_to_a_mail_is_one_question(self):
        self.start_with_log()
        self.mail("joe@example.org", "later@example.org",
                  "unknown@example.org")
        self.postfix.wait_for_log("status=deferred")
        self.wait_for_counts()

        found, = self.daemon.cli_json("events", "joe@example.org")
        self.assertEqual([a["status"] for a in found["attempts"]], ["sent"])
        self.assertEqual(found["attempts_left_out"], 2)
        self.assertEqual(found["lines"], [])
        for question in (["--sender", BOUNCE],
                         ["--domain", "example.org", "--status", "sent"],
                         ["--reason", "greylisted"], ["--dsn", "5.1"]):
            with self.subTest(question):
                found, = self.daemon.cli_json("events", "--lines", *question)
                self.assertEqual(
                    sorted((a["recipient"], a["status"])
                           for a in found["attempts"]),
                    [("joe@example.org", "sent"),
                     ("later@example.org", "deferred"),
                     ("unknown@example.org", "bounced")])
        self.assertEqual(found["sender"], BOUNCE)
        self.assertEqual(found["client_address"], "127.0.0.1")
        self.assertFalse(found["removed"])
        self.assertEqual(
            [line for line in self.postfix.log_lines()
             if found["queue_id"] + ": " in line and "postfix/bounce" not in
             line][:len(found["lines"])][0], found["lines"][0])
        people = self.daemon.cli("events", "later@example.org")
        self.assertIn("Greylisted", people)
        nobody = self.daemon.cli("events", "nobody@example.net")
        self.assertIn("No trace", nobody)

    def test_rotation_and_kill_lose_and_double_nothing(self):
        self.start_with_log()
        dice = random.Random(SEED)
        sent = 0
        for step in range(12):
            for _ in range(dice.randint(1, 8)):
                kind = dice.choice(["joe", "unknown", "later", "full"])
                self.mail(f"{kind}+{sent}@example.org")
                sent += 1
            if step % 3 == 1:
                self.daemon.kill()
            if step in (4, 8):
                self.postfix.rotate_log()
            if step % 3 == 1:
                self.daemon.start()
        lab.wait_for(lambda: sum(self.counts_in_log()) >= sent,
                     "every mail is tried")
        self.wait_for_counts()

        self.assertGreaterEqual(len(os.listdir(self.path("pf"))), 3)
        log, = [log for log in self.daemon.stats()["logs"]]
        self.assertEqual(log["gaps"], 0)
        self.assertEqual(log["lines_not_read"], 0, log["last_not_read"])
        unknown = {match.group(0) for line in self.postfix.log_lines()
                   for match in re.finditer(r"unknown\+\d+@example.org", line)}
        self.assertEqual(self.daemon.suppressed(), sorted(unknown))

    def test_an_import_of_what_was_followed_changes_nothing(self):
        self.start_with_log()
        self.mail("unknown@example.org", "joe@example.org")
        lab.wait_for(lambda: self.deliveries(), "the bounce")
        self.wait_for_counts()
        before = self.daemon.status("unknown@example.org"), self.counts()

        for apply in ([], ["--apply"]):
            report, = self.daemon.cli_json("log", "import", *apply,
                                           self.maillog)
            self.assertGreater(report["lines"], 0)
            self.assertEqual(report["attempts"], 0)
        self.assertEqual((self.daemon.status("unknown@example.org"),
                          self.counts()), before)

    def test_an_import_changes_the_list_when_it_is_applied(self):
        self.start_with_lmtp_socket(
            **{"origin.local_domains": ["example.com"]})
        self.postfix.submit("shop@example.com", ["unknown@example.org"],
                            message("unknown@example.org"),
                            rcpt_options=["NOTIFY=NEVER"])
        self.postfix.wait_for_log("status=bounced")
        maillog = self.path("pf", "maillog")

        report, = self.daemon.cli_json("log", "import", maillog)
        self.assertEqual((report["failures"], report["suppressions"],
                          report["examples"]), (1, 1, ["unknown@example.org"]))
        self.assertEqual(self.daemon.suppressed(), [])
        report, = self.daemon.cli_json("log", "import", maillog, "--apply")
        self.assertEqual(report["suppressions"], 1)
        self.assertEqual(self.daemon.suppressed(), ["unknown@example.org"])
        report, = self.daemon.cli_json("log", "import", maillog, "--apply")
        self.assertEqual(report["attempts"], 0)


if __name__ == "__main__":
    lab.main()
