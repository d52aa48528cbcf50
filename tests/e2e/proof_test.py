"""Which bounces count: of two real Postfixes, one ours, one another site's,
that takes mail and sends it back."""

import lab
from whole_site import BOUNCE, SiteTest, message

DEAD = "unknown@accepts.test"  # its server takes the mail, then bounces it

# As somebody would forge it, about another.
FORGED = """\
From: MAILER-DAEMON@out.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; out.example.com

Final-Recipient: rfc822; victim@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""


def alias(name, members):
    return ("virtual_alias_domains =\n"
            f"virtual_alias_maps = inline:{{ {{{name} = {members}}} }}\n")


class ProofTest(SiteTest):
    def start_with_log(self, **arguments):
        self.start_with_remote(logs=self.follow_log(), **arguments)

    def wait_for_bounces(self, count=1, text="status=sent (250"):
        lab.wait_for(
            lambda: len([line for line in self.postfix.log().splitlines()
                         if "to=<bounce" in line and text in line]) == count,
            "the bounces")

    def reasons(self, address):
        return [event["reason"]
                for event in self.daemon.status(address)["events"]]

    def test_what_was_accepted_and_came_back_is_found(self):
        self.start_with_log()
        self.mail(DEAD)
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_without_a_log_it_is_only_shown(self):
        self.start_with_remote()
        self.mail(DEAD)
        self.wait_for_bounces()
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons(DEAD), ["no-such-user"])

    def test_the_log_may_come_later(self):
        self.start_with_remote()
        self.mail(DEAD)
        self.wait_for_bounces()
        self.daemon.stop()
        self.daemon.logs = self.follow_log()
        self.daemon.start()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.assertEqual(len(self.reasons(DEAD)), 1)

    def test_the_log_may_be_imported_later_and_twice(self):
        self.start_with_remote()
        self.mail(DEAD)
        self.wait_for_bounces()
        for _ in range(2):
            self.daemon.cli("log", "import", "--apply",
                            self.path("pf", "maillog"))
            self.assertEqual(self.daemon.suppressed(), [DEAD])
            self.assertEqual(len(self.reasons(DEAD)), 1)

    def test_an_id_that_two_recipients_share_proves_neither(self):
        """The other site is this host, which brings everybody's mail."""
        self.start_with_log()
        self.mail(DEAD, "joe@accepts.test")
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons(DEAD), ["no-such-user"])

    def test_of_an_alias_only_the_dead_member_is_concerned(self):
        self.start_with_log(main_cf=alias(
            "team@example.com",
            "joe@example.net, unknown@example.org, ann@example.org"))
        self.mail("team@example.com")
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), ["unknown@example.org"])
        event, = self.daemon.status("unknown@example.org")["events"]
        self.assertEqual({one["source"] for one in event["witnesses"]},
                         {"bounce", "log"})

    def test_who_forwards_his_mail_is_concerned_not_where_it_went(self):
        self.start_with_log(remote_cf=alias("ann@accepts.test",
                                            "unknown@example.org"))
        self.mail("ann@accepts.test")
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), ["ann@accepts.test"])
        self.assertEqual(self.reasons("unknown@example.org"), [])

    def test_our_own_people_are_not_concerned_when_their_server_fails(self):
        self.start_with_log(main_cf="virtual_mailbox_domains = example.com\n"
                            "virtual_transport = $default_transport\n")
        self.mail("unknown@example.com")
        self.postfix.sendmail(BOUNCE, ["gone@example.com"],
                              message("gone@example.com"))
        self.wait_for_bounces(2)
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [])
        for address in ("unknown@example.com", "gone@example.com"):
            self.assertEqual(self.reasons(address), ["no-such-user"])

    def test_a_strangers_mail_that_an_alias_sends_out_is_not_ours(self):
        self.start_with_log(
            main_cf=alias("info@example.com", "unknown@example.org"),
            **{"origin.trusted_clients": ["192.0.2.0/24"]})
        # He writes as if he were us, so that we hear of it.
        self.mail("info@example.com")
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons("unknown@example.org"),
                         ["no-such-user"])

    def test_an_alias_for_the_bounce_address_makes_no_proof(self):
        """local(8) writes a trace field as our Postfix's own bounces have."""
        self.start_with_log(
            main_cf="alias_maps = inline:{ {bouncer = " + BOUNCE + "} }\n",
            master_cf="local unix - n n - - local\n",
            **{"origin.trusted_clients": ["192.0.2.0/24"]})
        self.postfix.submit("", ["bouncer@[127.0.0.1]"], FORGED)
        self.wait_for_bounces()
        self.wait_for_log()
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons("victim@example.org"),
                         ["no-such-user"])

    def test_a_signed_address_is_proof_without_a_log(self):
        self.start_with_remote()
        self.daemon.cli("verp", "--new-key")
        self.daemon.stop()
        self.daemon.start()
        sender = self.daemon.cli("verp", "--from", BOUNCE, DEAD).strip()
        self.postfix.submit(sender, [DEAD], message(DEAD))
        self.wait_for_bounces()
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_an_address_that_postfix_made_is_none(self):
        self.start_with_remote()
        self.postfix.sendmail(BOUNCE, [DEAD, "joe@accepts.test"],
                              message(DEAD), "-XV")
        line = self.postfix.wait_for_log("to=<bounce+", "status=sent")
        self.assertIn("bounce+unknown=accepts.test@bounces.example.com", line)
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertEqual(self.reasons(DEAD), ["no-such-user"])


if __name__ == "__main__":
    lab.main()
