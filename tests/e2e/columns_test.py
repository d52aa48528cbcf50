"""What the verbs print for people fits a terminal of 80 columns, with columns
that stand below each other. Needs no Postfix."""

import os
import re

import lab
from lab import SAMPLES, wait_for, write_file
from postbounced import Postbounced

LINES = """\
Nov 22 06:00:00 out postfix/smtpd[1]: 4jWY2c4NLgz1cBKT: client=localhost[127.0.0.1]
Nov 22 06:00:00 out postfix/qmgr[2]: 4jWY2c4NLgz1cBKT: from=<news@example.com>, size=1, nrcpt=1 (queue active)
Nov 22 06:00:01 out postfix/smtp[3]: 4jWY2c4NLgz1cBKT: to=<dead@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.1] said: 550 5.1.1 User unknown in virtual mailbox table (in reply to RCPT TO command))
Nov 22 06:00:02 out postfix/qmgr[2]: 4jWY2c4NLgz1cBKT: removed
Nov 22 06:00:03 out postfix/smtp[3]: 4jWY2c4NLgz1cBKU: to=<{}>, what is this
"""


class ColumnsTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        log = write_file(self.path("maillog"), LINES.format("x" * 300))
        self.daemon = self.start(Postbounced(
            self.path("pb"), [{"name": "mail", "files": [log],
                               "start": "beginning"}],
            scopes=[{"name": "newsletter", "senders": ["news@example.com"]}],
            **{"lmtp.group": "", "origin.local_domains": ["example.com"],
               "policy.proof": "none"}))
        wait_for(lambda: self.daemon.stats()["logs"], "the log is read")
        for name in sorted(os.listdir(SAMPLES)):
            if name.endswith(".eml"):
                self.daemon.deliver(self.sample(name[:-4]))
        cli = self.daemon.cli
        cli("suppress", "--why", "he called us twice, and wants no more of it "
            "before he is back from his holidays", "joe@example.org")
        cli("suppress", "--scope", "newsletter", "--reason",
            "recipient-refused", "--until", "2099-01-01", "ann@example.org")
        cli("suppress", "@gone.example")
        cli("allow", "--until", "2099-01-01", "--why", "a partner of ours",
            "boss@example.net")
        cli("suppress", "oops@example.org")
        cli("undo", "--why", "a mistake", "oops@example.org")

    def lines_of(self, *arguments):
        lines = self.daemon.cli(*arguments).splitlines()
        self.assertTrue(lines, arguments)
        for line in lines:
            self.assertLessEqual(len(line), 80, f"{arguments}: {line}")
            self.assertEqual(line, line.rstrip(), arguments)
        return lines

    def test_no_line_is_longer_than_80_columns(self):
        for arguments in (
                ("stats",), ("stats", "--by", "domain"),
                ("stats", "--by", "hour"), ("stats", "--by", "dsn"),
                ("list",), ("list", "--state", "all"), ("list", "--allowed")):
            with self.subTest(arguments):
                self.lines_of(*arguments)

    def test_the_columns_of_the_list_stand_below_each_other(self):
        lines = self.lines_of("list", "--state", "all")
        head = lines[0]
        rows = [line for line in lines[1:] if not line.startswith(" ")]
        self.assertGreater(len(rows), 3)
        since, reason = head.index("SINCE"), head.index("REASON")
        scope = head.index("SCOPE")
        for row in rows:
            self.assertRegex(row[since:], r"^\d{4}-\d\d-\d\d ")
            self.assertRegex(row[reason:], r"^[a-z]")
            self.assertRegex(row[scope:], r"^(all mail|newsletter)$")
            for start in (since, reason, scope):
                self.assertEqual(row[start - 1], " ", row)
        words = [line for line in lines if line.startswith("    ")]
        self.assertTrue(any("he called us twice" in line for line in words))

    def test_a_long_or_hostile_address_breaks_its_own_row_alone(self):
        long = '"' + "x" * 60 + '"@' + "y" * 60 + ".example"
        hostile = '"\\" \u202e"@example.org'
        listed = write_file(self.path("list"), long + "\n" + hostile + "\n")
        self.daemon.cli("suppress", "--file", listed)
        lines = self.daemon.cli("list").splitlines()
        own = [line for line in lines if "xxx" in line]
        self.assertEqual(len(own), 1)
        for line in lines:
            self.assertTrue(line.isprintable(), line)
            if line not in own:
                self.assertLessEqual(len(line), 80)

    def test_stats_has_its_numbers_below_each_other(self):
        lines = self.lines_of("stats")
        totals = [line for line in lines if re.match(r"[a-z_]+ +\d+$", line)]
        self.assertGreater(len(totals), 8)
        self.assertEqual({len(re.match(r"[a-z_]+ +", line)[0])
                          for line in totals}, {21})


if __name__ == "__main__":
    lab.main()
