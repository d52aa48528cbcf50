"""kill -9 at random moments: nothing is lost, nothing is counted twice."""

import random

import lab
from whole_site import ANY_PROOF, SiteTest

BOUNCES = 200
LEAST_KILLS = 10
SEED = 20261121


class KillTest(SiteTest):
    def check(self):
        addresses = [f"unknown+{i}@example.org" for i in range(BOUNCES)]
        self.daemon.stop()
        for address in addresses:
            self.mail(address)
        lab.wait_for(lambda: len(self.postfix.queue()) == BOUNCES,
                     "every bounce waits in the queue")
        self.daemon.start()
        kills = self.kill_until_all_are_delivered()

        self.assertGreaterEqual(kills, LEAST_KILLS)
        self.assertEqual(self.postfix.queue(), [])
        self.assertEqual(self.daemon.suppressed(), sorted(addresses))
        stats = self.daemon.stats()
        for what in ("mails", "witnesses", "events", "suppressed"):
            with self.subTest(what):
                self.assertEqual(stats[what], BOUNCES)

    def kill_until_all_are_delivered(self):
        dice = random.Random(SEED)
        kills = done = 0
        while done < BOUNCES:
            # While this many are finished, up to 20 others are on their way,
            # each at a point of its own.
            self.wait_for_deliveries(min(done + dice.randint(1, 4), BOUNCES))
            self.daemon.kill()
            kills += 1
            self.daemon.start()
            done = len(self.deliveries())
        self.postfix.wait_until_empty()
        print(f"{kills} kills")
        return kills

    def wait_for_deliveries(self, enough):
        """Flushes once, and again when those have all been tried."""
        for _ in range(60):
            self.postfix.flush()
            try:
                lab.wait_for(lambda: len(self.deliveries()) >= enough,
                             "some more bounces", deadline=1.0)
                return
            except lab.Timeout:
                pass
        self.fail("the bounces do not arrive")

    def test_no_bounce_is_lost_behind_pipe(self):
        self.start_with_pipe(**ANY_PROOF)
        self.check()

    def test_no_bounce_is_lost_behind_lmtp(self):
        self.start_with_lmtp_socket(**ANY_PROOF)
        self.check()


if __name__ == "__main__":
    lab.main()
