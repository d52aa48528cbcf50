"""The same bounces through Postfix's own LMTP client."""

import lab
from whole_site import ANY_PROOF, SiteTest


class LmtpTest(SiteTest):
    def check(self):
        self.mail("unknown@example.org")
        self.mail("joe@example.org", "gone@example.net")
        lab.wait_for(lambda: len(self.deliveries()) == 2, "two bounces")
        self.assertEqual(self.daemon.suppressed(),
                         ["gone@example.net", "unknown@example.org"])
        self.assertTrue(self.daemon.status("gone@example.net")["suppressed"])
        self.assertEqual(self.daemon.stats()["events"], 2)
        self.assertEqual(self.postfix.warnings(), [])

    def test_bounces_come_through_a_unix_socket(self):
        self.start_with_lmtp_socket(**ANY_PROOF)
        self.check()

    def test_bounces_come_through_a_tcp_port(self):
        # Whoever is on this host can write there, which proves nothing.
        self.start_with_lmtp_port(**ANY_PROOF)
        self.check()

    def test_a_large_bounce_is_read_and_accepted(self):
        self.start_with_lmtp_socket(
            **{"intake.message_size": "64KiB", **ANY_PROOF})
        self.postfix.submit(
            "bounce@bounces.example.com", ["unknown@example.org"],
            "From: a@example.com\nSubject: large\n\n" + "x" * 70 + "\n"
            + ("y" * 70 + "\n") * 600)
        lab.wait_for(self.deliveries, "the bounce is delivered")
        self.assertEqual(self.daemon.suppressed(), ["unknown@example.org"])


if __name__ == "__main__":
    lab.main()
