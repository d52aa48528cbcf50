"""kill -9 at random moments: nothing is lost, nothing is counted twice."""

import random

import lab
from whole_site import SiteTest

BOUNCES = 200
KILLS = 15
SEED = 20261121


class KillTest(SiteTest):
    def check(self):
        addresses = [f"unknown+{i}@example.org" for i in range(BOUNCES)]
        dice = random.Random(SEED)
        for address in addresses:
            self.mail(address)
        for _ in range(KILLS):
            # Others are on their way at this moment, each somewhere else.
            enough = len(self.deliveries()) + dice.randint(1, 8)
            lab.wait_for(lambda: len(self.deliveries()) >= enough,
                         "some more bounces")
            self.daemon.kill()
            self.daemon.start()
            self.postfix.flush()
        lab.wait_for(self.all_delivered, "all bounces")

        self.assertIn("status=deferred", self.postfix.log(),
                      "no kill has hit anything")
        self.assertEqual(self.daemon.suppressed(), sorted(addresses))
        stats = self.daemon.stats()
        for what in ("mails", "witnesses", "events", "suppressed"):
            with self.subTest(what):
                self.assertEqual(stats[what], BOUNCES)

    def all_delivered(self):
        if len(self.deliveries()) == BOUNCES:
            return True
        self.postfix.flush()
        return False

    def test_no_bounce_is_lost_behind_pipe(self):
        self.start_with_pipe()
        self.check()

    def test_no_bounce_is_lost_behind_lmtp(self):
        self.start_with_lmtp_socket()
        self.check()


if __name__ == "__main__":
    lab.main()
