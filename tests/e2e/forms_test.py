"""Bounces that only people can read, and other mail that looks like them, come
in by a real Postfix: the list and the inbox say what became of each."""

import os

import lab
from whole_site import ANY_PROOF, BOUNCE, SiteTest

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data")

# Sample, and the reason that its recipient gets.
TEXTS = (
    ("smail", "no-such-user"),
    ("mailmarshal", "no-such-user"),
    ("m365", "no-such-user"),
    ("hmailserver", "no-such-user"),
    ("telekom", "mailbox-full"),
    ("yahoo2", "mailbox-full"),
    ("warn1", "delayed"),
)
# MailMarshal's names two recipients.
DEAD = ["ann@example.org", "hmailserver@example.org", "m365@example.org",
        "mailmarshal@example.org", "smail@example.org"]


class FormsTest(SiteTest):
    def test_a_complaint_concerns_all_whom_it_names(self):
        self.arrive(self.text("dsn", "36-arf"))
        self.assertEqual({(entry["address"], entry["scope"], entry["reason"])
                          for entry in self.daemon.cli_json("list")},
                         {(address, "bounces.example.com", "complaint")
                          for address in ("ann@example.net",
                                          "joe@example.net")})
        # What stops all mail.
        self.assertEqual(self.daemon.suppressed(), [])

    def text(self, folder, name):
        return lab.read_file(os.path.join(DATA, folder, name + ".eml"))

    def arrive(self, *mails):
        self.start_with_lmtp_socket(**ANY_PROOF)
        for mail in mails:
            self.postfix.submit("", [BOUNCE], mail)
        lab.wait_for(lambda: len(self.deliveries()) == len(mails),
                     "all bounces are delivered")

    def test_bounces_without_a_report_are_read(self):
        self.arrive(*(self.text("text", name).replace("joe@", name + "@")
                      for name, _ in TEXTS))
        for name, reason in TEXTS:
            with self.subTest(name):
                story = self.daemon.status(name + "@example.org")
                self.assertEqual([event["reason"] for event in story["events"]],
                                 [reason])
        self.assertEqual(self.daemon.suppressed(), DEAD)
        self.assertEqual(self.daemon.cli_json("inbox"), [])

    def test_what_is_no_bounce_suppresses_nobody(self):
        self.arrive(self.text("dsn", "37-vacation"),
                    self.text("dsn", "58-challenge"),
                    "From: Postmaster Paul <postmaster@example.net>\n"
                    "Subject: Your lists\n\nMails to joe@example.org could "
                    "not be delivered, the user is unknown. Please stop.\n")
        self.assertEqual(self.daemon.suppressed(), [])
        subjects = [mail["subject"] for mail in self.daemon.cli_json("inbox")]
        self.assertEqual(len(subjects), 2, subjects)
        self.assertIn("Your lists", subjects)


if __name__ == "__main__":
    lab.main()
