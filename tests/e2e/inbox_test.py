"""Mail from people to the bounce address does not vanish."""

import lab
from whole_site import BOUNCE, SiteTest, message

LOOP_FIELD = "X-Postbounce-Forwarded"
CARLA = "carla@example.net"


class InboxTest(SiteTest):
    def sendmail(self):
        """A sendmail(1) that speaks to the private Postfix."""
        return lab.write_file(
            self.path("sendmail"), "#!/bin/sh\nexec /usr/sbin/sendmail -C "
            f"{self.path('pf', 'etc')} \"$@\"\n", 0o755)

    def write_to_us(self, subject):
        self.postfix.submit(CARLA, [BOUNCE], message(BOUNCE, subject, CARLA))

    def test_a_reply_waits_in_the_inbox_until_it_is_seen(self):
        self.start_with_pipe()
        self.write_to_us("Please call me")
        lab.wait_for(self.deliveries, "the reply is delivered")

        [entry] = self.daemon.cli_json("inbox")
        self.assertEqual(entry["subject"], "Please call me")
        self.assertIn(CARLA, entry["from"])
        number = str(entry["id"])
        self.assertIn("Your order is on its way",
                      self.daemon.cli("inbox", "show", number))
        self.daemon.cli("inbox", "seen", number)
        self.assertEqual(self.daemon.cli_json("inbox"), [])
        self.assertEqual(len(self.daemon.cli_json("inbox", "--all")), 1)
        self.assertEqual(self.daemon.suppressed(), [])

    def test_a_reply_is_sent_on_once(self):
        self.start_with_pipe(intake__forward="office@example.org",
                             intake__sendmail=self.sendmail())
        self.write_to_us("Please call me")
        lab.wait_for(lambda: self.mx.mails, "the reply is sent on")
        lab.wait_for(
            lambda: self.daemon.cli_json("inbox", "--all")[0]["forwarded"],
            "the store knows it")
        self.assertEqual(self.daemon.cli_json("inbox"), [])
        # What a new start may find to be sent on goes out before this one.
        self.daemon.stop()
        self.daemon.start()
        self.write_to_us("And once more")
        lab.wait_for(lambda: len(self.mx.mails) >= 2, "the second reply")
        self.postfix.wait_until_empty()

        first, second = self.mx.mails
        self.assertEqual(first.recipients, ["office@example.org"])
        self.assertEqual(first.data.count(LOOP_FIELD.encode()), 1)
        self.assertIn("Subject: Please call me", first)
        self.assertIn("Subject: And once more", second)

    def test_sending_on_to_the_bounce_address_ends(self):
        self.start_with_pipe(intake__forward=BOUNCE,
                             intake__sendmail=self.sendmail())
        self.write_to_us("Please call me")
        lab.wait_for(lambda: len(self.deliveries()) == 2,
                     "the reply and itself sent on")
        # If the loop went on, it would be faster than this.
        self.write_to_us("And once more")
        lab.wait_for(lambda: len(self.deliveries()) >= 4, "the second reply")
        self.postfix.wait_until_empty()

        self.assertEqual(len(self.deliveries()), 4)
        self.assertEqual(self.mx.mails, [])


if __name__ == "__main__":
    lab.main()
