"""When Postbounce cannot take a bounce, Postfix keeps it."""

import resource

import lab
from whole_site import ANY_PROOF, SiteTest

DEAD = "unknown@example.org"


class OutageTest(SiteTest):
    def check_that_postfix_keeps_it(self):
        """A bounce is made and deferred; returns when it waits."""
        self.mail(DEAD)
        line = self.postfix.wait_for_log("status=deferred")
        self.assertIn("to=<bounce@bounces.example.com>", line)
        waiting = lab.wait_for(
            lambda: [mail for mail in self.postfix.queue()
                     if mail["queue_name"] == "deferred"], "it is deferred")
        self.assertEqual(len(waiting), 1)
        self.assertEqual(waiting[0]["sender"], "MAILER-DAEMON")

    def check_that_it_arrives(self):
        self.postfix.flush()
        self.postfix.wait_until_empty()
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.assertEqual(self.daemon.stats()["witnesses"], 1)
        self.assertNotIn("status=bounced", self.log_of_the_bounce())

    def log_of_the_bounce(self):
        return "\n".join(line for line in self.postfix.log().splitlines()
                         if "to=<bounce@" in line)

    def check_a_stopped_daemon(self):
        self.daemon.stop()
        self.check_that_postfix_keeps_it()
        self.daemon.start()
        self.check_that_it_arrives()

    def test_pipe_waits_for_a_stopped_daemon(self):
        self.start_with_pipe(**ANY_PROOF)
        self.check_a_stopped_daemon()

    def test_lmtp_waits_for_a_stopped_daemon(self):
        self.start_with_lmtp_socket(**ANY_PROOF)
        self.check_a_stopped_daemon()

    def check_a_full_disk(self):
        """No file of the daemon's may grow: what a full disk does to it."""
        unlimited = resource.RLIM_INFINITY
        resource.prlimit(self.daemon.pid, resource.RLIMIT_FSIZE,
                         (4096, unlimited))
        self.check_that_postfix_keeps_it()
        resource.prlimit(self.daemon.pid, resource.RLIMIT_FSIZE,
                         (unlimited, unlimited))
        self.check_that_it_arrives()

    def test_pipe_waits_for_a_full_disk(self):
        self.start_with_pipe(**ANY_PROOF)
        self.check_a_full_disk()

    def test_lmtp_waits_for_a_full_disk(self):
        self.start_with_lmtp_socket(**ANY_PROOF)
        self.check_a_full_disk()


if __name__ == "__main__":
    lab.main()
