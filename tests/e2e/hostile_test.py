"""What nobody in their right mind would send: each mail is accepted, since a
refusal would destroy a bounce, recorded as what it is, and the daemon lives.
Needs no Postfix."""

import smtplib
import unittest

import lab
from postbounced import Postbounced

REPORT = (b"From: MAILER-DAEMON@mx.example.net\r\nMIME-Version: 1.0\r\n"
          b"Content-Type: multipart/report; report-type=delivery-status;"
          b" boundary=b\r\n\r\n--b\r\n"
          b"Content-Type: message/delivery-status\r\n\r\n"
          b"Reporting-MTA: dns; mx.example.net\r\n\r\n")


def block(number):
    return (b"Final-Recipient: rfc822; u%d@example.org\r\nAction: failed\r\n"
            b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"
            b"\r\n\r\n" % number)


class HostileTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start(
            Postbounced(self.path("pb"), **{
                "lmtp.group": "",
                # Whatever is read in them shall show.
                "policy.proof": "none"}))

    def deliver(self, mail):
        """One mail through LMTP; what has been recorded of it."""
        before = self.daemon.stats()
        with smtplib.LMTP(self.daemon.socket("lmtp"), timeout=120) as client:
            refused = client.sendmail("", ["bounce@example.com"], mail)
        self.assertEqual(refused, {})
        after = self.daemon.stats()
        return {key: count - before[key] for key, count in after.items()
                if isinstance(count, int)}

    def check_unread(self, mail):
        """It is no bounce that can be read, so a person must see it."""
        recorded = self.deliver(mail)
        self.assertEqual(recorded["mails"], 1)
        self.assertEqual(recorded["witnesses"], 0)
        self.assertEqual(recorded["unseen_mails"], 1)

    def test_what_is_no_bounce_waits_for_a_person(self):
        for name, mail in {
                "empty": b"\r\n",
                "text": b"Subject: hello\r\n\r\nhello\r\n",
                "nuls": b"Subject: a\0b\r\n\r\n" + b"\0" * 5000 + b"\r\n",
                "8-bit header": b"Subject: \xff\xfe\xc3\r\n\x80\xfe: x\r\n\r\nx\r\n",
                "no header": b"\xff" * 3000 + b"\r\n",
                "no recipient": REPORT + b"--b--\r\n",
                "nested": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
                          + b"--a\r\nContent-Type: multipart/mixed;"
                            b" boundary=a\r\n\r\n" * 100_000,
        }.items():
            with self.subTest(name):
                self.check_unread(mail)

    def test_a_truncated_report_gives_what_can_be_read(self):
        whole = REPORT + block(1) + block(2) + b"--b--\r\n"
        cut = whole.index(b"u2@example.org") + len(b"u2@example.org")
        recorded = self.deliver(whole[:cut] + b"\r\n")
        self.assertGreaterEqual(recorded["witnesses"], 1)
        self.assertEqual(recorded["suppressed"], 1)
        self.assertEqual(self.daemon.suppressed(), ["u1@example.org"])

    def test_twenty_thousand_recipients_are_ten_thousand_and_a_count(self):
        mail = REPORT + b"".join(block(n) for n in range(20_000)) + b"--b--\r\n"
        recorded = self.deliver(mail)
        self.assertEqual(recorded["mails"], 1)
        self.assertEqual(recorded["witnesses"], 10_000)
        self.assertEqual(recorded["suppressed"], 10_000)
        self.assertEqual(len(self.daemon.suppressed()), 10_000)

    def test_seventy_megabytes_are_accepted_and_their_beginning_is_read(self):
        body = b"x" * 998 + b"\r\n"
        mail = (REPORT + block(7) + b"--b\r\nContent-Type: message/rfc822\r\n"
                b"\r\nSubject: huge\r\n\r\n" + body * 70_000 + b"--b--\r\n")
        self.assertGreater(len(mail), 70_000_000)
        recorded = self.deliver(mail)
        self.assertEqual(recorded["mails"], 1)
        self.assertEqual(self.daemon.suppressed(), ["u7@example.org"])

    def test_a_strangers_bytes_do_not_reach_the_terminal(self):
        evil = b"550 5.1.1 \x1b]0;owned\x07 \x9b31m User unknown \x00"
        self.deliver(REPORT + block(3).replace(
            b"550 5.1.1 User unknown", evil) + b"--b--\r\n")
        self.deliver(b"From: \x1b[2J@x\r\nSubject: \x1b[31mred\r\n\r\nx\r\n")
        for verb in (["list"], ["status", "u3@example.org"], ["inbox"]):
            with self.subTest(verb):
                shown = self.daemon.cli(*verb)
                for char in shown:
                    self.assertTrue(char == "\n" or char.isprintable(),
                                    repr(char))
        self.assertNotIn("\x1b", lab.read_file(self.daemon.log_path))


if __name__ == "__main__":
    unittest.main(verbosity=2)
