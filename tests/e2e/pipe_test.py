"""A real bounce of a real Postfix, through pipe(8) and postbounce-pipe."""

import csv
import io
import json

import lab
from whole_site import ANY_PROOF, SiteTest

DEAD = "unknown@example.org"


class PipeTest(SiteTest):
    def test_an_unknown_user_ends_on_the_list(self):
        self.start_with_pipe(**ANY_PROOF)
        self.mail(DEAD)
        lab.wait_for(self.deliveries, "the bounce is delivered")

        self.assertEqual(self.daemon.suppressed(), [DEAD])
        story = self.daemon.status(DEAD)
        self.assertTrue(story["suppressed"])
        self.assertEqual(story["reason"], "no-such-user")
        witness = story["events"][0]["witnesses"][0]
        self.assertEqual(witness["status"], "5.1.1")
        self.assertIn("User unknown in virtual mailbox", witness["diagnostic"])
        self.assertEqual(witness["reporting_mta"], "out.example.com")
        self.assertIn(DEAD, self.daemon.cli("list"))
        self.assertEqual(self.daemon.stats()["events"], 1)
        self.check_exports()
        self.check_query_socket()
        self.assertEqual(self.postfix.warnings(), [])

    def check_exports(self):
        rows = list(csv.DictReader(
            io.StringIO(self.daemon.cli("export", "--format", "csv"))))
        self.assertEqual([(row["address"], row["reason"]) for row in rows],
                         [(DEAD, "no-such-user")])
        lines = self.daemon.cli("export", "--format", "jsonl").splitlines()
        self.assertEqual([json.loads(line)["address"] for line in lines],
                         [DEAD])

    def check_query_socket(self):
        answers = self.daemon.ask(
            {"verb": "status", "addresses": [DEAD], "id": 1},
            {"verb": "status", "addresses": ["UNKNOWN@Example.ORG"], "id": 2},
            {"verb": "status", "addresses": ["joe@example.org"], "id": 3},
            {"verb": "list", "id": 4})
        self.assertEqual([answer["id"] for answer in answers], [1, 2, 3, 4])
        suppressed = [answer["results"][0]["suppressed"]
                      for answer in answers[:3]]
        self.assertEqual(suppressed, [True, True, False])
        self.assertFalse(answers[3]["ok"], "list is for the control socket")

    def test_of_many_recipients_only_the_dead_are_listed(self):
        self.start_with_pipe(**ANY_PROOF)
        self.mail("joe@example.org", "unknown@example.org", "full@example.org",
                  "gone@example.net", "policy@example.org",
                  "listed@example.org", "later@example.org")
        lab.wait_for(self.deliveries, "the bounce is delivered")

        self.assertEqual(self.daemon.suppressed(),
                         ["gone@example.net", "unknown@example.org"])
        for address, reason in (("full@example.org", "mailbox-full"),
                                ("listed@example.org", "ip-blocked")):
            with self.subTest(address):
                story = self.daemon.status(address)
                self.assertFalse(story["suppressed"])
                self.assertEqual(story["events"][0]["reason"], reason)
        self.assertEqual(self.daemon.stats()["witnesses"], 5)

    def test_mail_rejected_as_spam_says_nothing_about_the_address(self):
        self.start_with_pipe(**ANY_PROOF)
        self.mail("spam@example.org")
        lab.wait_for(self.deliveries, "the bounce is delivered")

        self.assertEqual(self.daemon.suppressed(), [])
        story = self.daemon.status("spam@example.org")
        self.assertEqual(story["events"][0]["reason"], "spam-rejected")


if __name__ == "__main__":
    lab.main()
