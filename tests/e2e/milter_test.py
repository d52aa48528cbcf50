"""Bounces that the milter takes in where they enter, of a real Postfix."""

import lab
from milter_site import (BOUNCE, INTERNAL, PERSON, MilterTest, report,
                         without_trace)
from postbounced import Postbounced
from whole_site import message

DEAD = "unknown@accepts.test"  # its server takes the mail, then bounces it
ORDINARY = ("From: joe@example.org\r\n"
            "To: ann@example.com\r\n"
            "X-Postbounce: mine\r\n"
            "Subject:\tblanks  and\r\n"
            "\t  folds \r\n"
            "X-Empty:\r\n"
            "Received: from here by there; Sat, 21 Nov 2026 00:00:00 +0000\r\n"
            "Message-ID: <1@example.org>\r\n"
            "Date: Sat, 21 Nov 2026 00:00:00 +0000\r\n"
            "\r\n"
            "..dots\r\n"
            "\xa0 eight bits \r\n"
            "\t\r\n"
            + "x" * 900 + "\r\n"
            "\r\n").encode("latin-1")


class MilterIntakeTest(MilterTest):
    def start_both(self, *arguments, **settings):
        """Mail to accepts.test goes there."""
        self.start_site(*arguments, **settings)
        self.start_remote()
        lab.write_file(
            self.path("pf", "etc", "postbounce-transport"),
            f"accepts.test smtp:[127.0.0.1]:{self.remote.port}\n")
        self.postfix.reload()

    def test_a_remote_bounce_is_recorded_and_reaches_the_person(self):
        self.start_both()
        self.postfix.submit(PERSON, [DEAD], message(DEAD))
        mail, = self.wait_for_mails()
        self.assertEqual((mail.sender, mail.recipients), ("", [PERSON]))
        self.assertNotIn("X-Postbounce", mail)
        self.wait_until_log_is_read()
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        event, = self.daemon.status(DEAD)["events"]
        self.assertEqual(event["reason"], "no-such-user")
        self.assertEqual(self.postfix.warnings(), [])

    def test_a_forged_bounce_is_recorded_without_effect(self):
        self.start_site()
        replies = self.send("", [PERSON], report())
        self.assertRegex(replies[0], "^250 ")
        mail, = self.wait_for_mails()
        self.assertEqual(without_trace(mail.data).decode(), report())
        self.wait_until_log_is_read()
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons("victim@example.org"), ["no-such-user"])

    def test_a_local_user_cannot_forge_a_bounce_either(self):
        self.start_site(*INTERNAL)
        self.postfix.sendmail("", [PERSON], report().replace("\r\n", "\n"))
        self.wait_for_mails()
        self.wait_until_log_is_read()
        self.assertEqual(self.reasons("victim@example.org"), ["no-such-user"])
        self.assertEqual(self.daemon.suppressed(), [])

    def test_mail_to_a_bounce_address_is_taken(self):
        self.start_both(**{"milter.bounce_addresses": [
            "bounces.example.com", "list+*@example.com"]})
        for sender in (BOUNCE, "list+unknown=accepts.test@example.com"):
            self.postfix.submit(sender, [DEAD], message(DEAD))
        lab.wait_for(lambda: self.daemon_log().count("milter: mail=") == 2,
                     "both bounces are stored")
        self.remote.wait_until_empty()
        self.wait_until_log_is_read()
        self.assertEqual(self.mx.mails, [])
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        # What people write there waits for somebody.
        self.send("joe@example.org", [BOUNCE], ORDINARY)
        self.assertEqual(len(self.daemon.cli_json("inbox")), 1)
        # Who writes to others as well is heard by them.
        self.send("", [BOUNCE, PERSON], report())
        self.assertEqual(self.wait_for_mails()[0].recipients,
                         [BOUNCE, PERSON])

    def test_ordinary_mail_is_the_same_byte_for_byte(self):
        for settings in ({}, {"milter.refuse": "on", "milter.header": True,
                              "milter.bounce_addresses": [BOUNCE]}):
            with self.subTest(settings):
                self.setUp()
                self.start_site(**settings)
                replies = self.send("joe@example.org", [PERSON, "x@y.test"],
                                    ORDINARY)
                self.assertRegex(replies[0], "^250 ")
                mail, = self.wait_for_mails()
                self.assertEqual(without_trace(mail.data), ORDINARY)
                self.assertEqual(self.daemon.stats()["mails"], 0)
                self.doCleanups()

    def test_a_bounce_gets_a_header_field_in_place_of_a_forged_one(self):
        self.start_site(**{"milter.header": True})
        forged = "X-Postbounce: a\r\n"
        self.send("", [PERSON], forged + forged + report())
        mail, = self.wait_for_mails()
        fields = [line for line in mail.data.decode().split("\r\n")
                  if line.lower().startswith("x-postbounce")]
        self.assertEqual(fields, [
            "X-Postbounce: failed; no-such-user; victim@example.org"])
        self.send("", [PERSON], "Subject: I am away\r\n\r\nBye.\r\n")
        self.assertIn("X-Postbounce: not-a-bounce", self.wait_for_mails(2)[1])
        # It is somebody's mail, and none of ours.
        self.assertEqual(self.daemon.cli_json("inbox"), [])

    def test_the_same_bounce_by_lmtp_is_the_same(self):
        self.start_site(
            transport="bounces.example.com lmtp:unix:" + self.path("pb", "lmtp")
            + "\n", **{"milter.header": True, "lmtp.group": "postfix"})
        self.send("", [BOUNCE], report())
        self.postfix.wait_for_log("status=sent (250", "recorded")
        self.assertEqual(self.witnesses(), 1)
        self.assertIn("known", self.daemon_log())

    def test_a_bounce_of_our_own_is_proven_when_lmtp_brings_it_too(self):
        self.start_site(
            *INTERNAL, has_log=False,
            transport="bounces.example.com lmtp:unix:" + self.path("pb", "lmtp")
            + "\n", **{"lmtp.group": "postfix"})
        dead = "unknown@example.org"  # refused by its server
        self.postfix.submit(BOUNCE, [dead], message(dead))
        lab.wait_for(lambda: "known" in self.daemon_log(), "both have come")
        event, = self.daemon.status(dead)["events"]
        witness, = event["witnesses"]
        self.assertEqual(witness["proof"], "strong")

    def test_ten_thousand_fields_of_our_name(self):
        self.start_site(**{"milter.header": True})
        forged = "X-Postbounce: a\r\n" * 10100
        self.assertRegex(self.send("", [PERSON], forged + report())[0],
                         "^554 5.6.0 too many X-Postbounce fields")
        self.assertNotIn("panic", self.postfix.log())
        self.send("", [PERSON], report())
        self.wait_for_mails()

    def test_a_second_daemon_does_not_take_the_socket_away(self):
        self.start_site()
        second = Postbounced(self.path("p2"), **{
            "milter.listen": f"unix:{self.socket}", "milter.group": "postfix"})
        with self.assertRaises(AssertionError):
            second.start()
        self.send("", [PERSON], report())
        self.wait_for_mails()
        self.assertEqual(self.witnesses(), 1)


if __name__ == "__main__":
    lab.main()
