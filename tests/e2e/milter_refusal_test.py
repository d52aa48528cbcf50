"""Suppressed recipients that the milter refuses, of a real Postfix."""

import smtplib

import lab
from milter_site import INTERNAL, PERSON, MilterTest
from whole_site import message

SENDER = "news@example.com"
DEAD = "dead@example.org"
FINE = "fine@example.org"
REFUSED = r"^550 5\.7\.1 \[postbounce [0-9a-f]{16}\] .*no-such-user$"


class MilterRefusalTest(MilterTest):
    def start_refusing(self, how="on", *replacements, **settings):
        self.start_site(*replacements, **{"milter.refuse": how, **settings})
        self.suppress(DEAD)

    def suppress(self, *arguments):
        self.daemon.cli("suppress", "--reason", "no-such-user", *arguments)

    def test_only_the_suppressed_recipient_is_refused(self):
        self.start_refusing()
        refused, accepted = self.send(SENDER, [DEAD, FINE], message(FINE))
        self.assertRegex(refused, REFUSED)
        self.assertRegex(accepted, "^250 ")
        self.assertEqual(self.wait_for_mails()[0].recipients, [FINE])
        self.daemon.cli("remove", DEAD)
        self.assertRegex(self.send(SENDER, [DEAD], message(DEAD))[0], "^250 ")
        # What was refused at the door is no failure.
        self.wait_until_log_is_read()
        self.assertEqual(self.daemon.stats()["failures"], 0)

    def test_bounces_own_people_and_local_mail_are_never_refused(self):
        self.start_refusing("on", *INTERNAL)
        self.suppress(PERSON)
        for sender, recipient in (("", DEAD), (SENDER, PERSON)):
            with self.subTest(sender, recipient=recipient):
                replies = self.send(sender, [recipient], message(DEAD))
                self.assertRegex(replies[0], "^250 ")
        self.postfix.sendmail(SENDER, [DEAD], message(DEAD))
        self.wait_for_mails(3)

    def test_monitor_writes_a_line_only(self):
        self.start_refusing("monitor")
        self.assertRegex(self.send(SENDER, [DEAD], message(DEAD))[0], "^250 ")
        self.wait_for_mails()
        self.assertRegex(self.daemon_log(),
                         rf"milter: {DEAD} would have been refused: 550 5\.7\.1"
                         r" \[postbounce [0-9a-f]{16}\]")

    def test_off_asks_nobody(self):
        self.start_refusing("off")
        self.assertRegex(self.send(SENDER, [DEAD], message(DEAD))[0], "^250 ")
        self.wait_for_mails()
        self.assertNotIn("refused", self.daemon_log())

    def test_the_answers_are_those_of_the_configuration(self):
        answers = {"mailbox-full": "450 4.2.2 100% full since ${since}",
                   "complaint": "DISCARD they complained",
                   "mailbox-moved": "HOLD have a look",
                   "mailbox-disabled": "DEFER_IF_PERMIT later",
                   "no-such-domain": "REJECT %s gone"}
        self.start_refusing(answers=[
            {"reasons": [reason], "answer": answer}
            for reason, answer in answers.items()])
        for reason in answers:
            self.daemon.cli("suppress", "--reason", reason,
                            f"{reason}@example.org")
        full, later, gone, accepted = self.send(
            SENDER, ["mailbox-full@example.org", "complaint@example.org",
                     "mailbox-disabled@example.org",
                     "mailbox-moved@example.org", "no-such-domain@example.org"],
            message(FINE))
        marker = r"\[postbounce \w{16}\]"
        self.assertRegex(full, rf"^450 4\.2\.2 {marker} 100% full since 20")
        self.assertRegex(later, rf"^450 4\.7\.1 {marker} later$")
        self.assertRegex(gone, rf"^554 5\.7\.1 {marker} %s gone$")
        self.assertRegex(accepted, "^250 ")
        self.assertEqual(self.wait_for_mails()[0].recipients,
                         ["complaint@example.org", "mailbox-moved@example.org"])

    def test_the_scope_is_that_of_the_sender(self):
        self.start_refusing()
        self.suppress("--scope", "shop.example", FINE)
        self.assertRegex(self.send(SENDER, [FINE], message(FINE))[0], "^250 ")
        self.assertRegex(
            self.send("bounce@shop.example", [FINE], message(FINE))[0], REFUSED)

    def test_the_list_is_followed_within_a_session_and_across_a_reload(self):
        self.start_refusing()
        with smtplib.SMTP("127.0.0.1", self.postfix.port,
                          timeout=120) as client:
            client.ehlo()
            client.mail(SENDER)
            self.assertEqual(client.rcpt(FINE)[0], 250)
            self.suppress(FINE)
            self.assertEqual(client.rcpt(FINE)[0], 550)
            client.rset()
            client.mail(SENDER)
            self.assertEqual(client.rcpt(DEAD)[0], 550)
        self.daemon.settings["milter.refuse"] = "off"
        self.reload()
        self.assertRegex(self.send(SENDER, [DEAD], message(DEAD))[0], "^250 ")


if __name__ == "__main__":
    lab.main()
