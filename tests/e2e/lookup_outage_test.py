"""What Postfix does while the daemon is stopped, stuck, or cannot read its
store; and that a refusal of ours never counts."""

import os
import signal
import smtplib
import threading

import lab
from asking_site import DEAD, FINE, SENDER, AskingTest
from lab import wait_for
from private_postfix import PrivatePostfix
from whole_site import BOUNCE, message

LATER = "^451 4.3.[05] "
COUNTED = ("events", "failures", "suppressed", "suppressed_in_scopes", "held")


class LookupOutageTest(AskingTest):
    def test_a_stopped_daemon(self):
        self.start_site()
        self.suppress(DEAD)
        self.daemon.stop()
        for reply in self.rcpt("policy", DEAD, FINE):
            self.assertRegex(reply, "^250 ")
        for protocol in ("socketmap", "tcp_table"):
            with self.subTest(protocol):
                self.assertRegex(self.rcpt(protocol, FINE)[0], LATER)
        self.daemon.start()
        for service in self.ports:
            with self.subTest(service):
                self.assertRegex(self.rcpt(service, DEAD)[0], "^550 ")

    def test_a_session_asks_on_after_a_restart(self):
        self.start_site()
        self.suppress(DEAD)
        for service in ("policy", "policy chrooted", "socketmap", "tcp_table"):
            with self.subTest(service), smtplib.SMTP(
                    "127.0.0.1", self.ports[service], timeout=120) as client:
                client.ehlo()
                client.mail(SENDER)
                self.assertEqual(client.rcpt(DEAD)[0], 550)
                self.daemon.stop()
                self.daemon.start()
                self.assertEqual(client.rcpt(DEAD)[0], 550)
                self.assertEqual(client.rcpt(FINE)[0], 250)

    def test_a_stuck_daemon(self):
        self.start_site()
        self.suppress(DEAD)
        for service in self.ports:  # each has a connection now
            self.assertRegex(self.rcpt(service, DEAD)[0], "^550 ")
        replies = {}

        def ask(protocol):
            replies[protocol] = self.rcpt(protocol, DEAD)[0]

        os.kill(self.daemon.pid, signal.SIGSTOP)
        waiting = [threading.Thread(target=ask, args=(protocol,))
                   for protocol in ("socketmap", "tcp_table")]
        try:
            for thread in waiting:
                thread.start()
            for service in ("policy", "policy chrooted"):
                with self.subTest(service):
                    self.assertRegex(self.rcpt(service, DEAD)[0], "^250 ")
            self.assertEqual(replies, {})
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        for thread in waiting:
            thread.join()
        for protocol, reply in replies.items():
            with self.subTest(protocol):
                self.assertRegex(reply, "^550 ")
        # An smtpd that was timed out asks on when it has had a moment's rest.
        wait_for(lambda: self.rcpt("policy", DEAD)[0].startswith("550 "),
                 "a policy client that asks again")

    def break_store(self):
        """Under a daemon that knows the list by heart; it is killed then."""
        self.suppress(DEAD)
        self.addCleanup(self.daemon.kill)
        for suffix in ("", "-wal"):
            os.truncate(self.daemon.settings["store.path"] + suffix, 0)

    def test_a_store_that_cannot_be_read_fails_open(self):
        self.start_site(**{"lookup.answer": "550 5.7.1 dead since ${since}"})
        self.suppress("other@example.org")
        self.break_store()
        for service in self.ports:
            with self.subTest(service):
                self.assertRegex(self.rcpt(service, DEAD)[0], "^250 ")
        self.assertEqual(self.daemon_log().count("mail to suppressed addresses"
                                                 " goes on (lookup.fail)"), 1)

    def test_a_store_that_cannot_be_read_fails_closed(self):
        self.start_site(**{"lookup.answer": "550 5.7.1 dead since ${since}",
                           "lookup.fail": "closed"})
        self.break_store()
        for service in self.ports:
            with self.subTest(service):
                dead, fine = self.rcpt(service, DEAD, FINE)
                self.assertRegex(dead, "^45[01] 4.[37].")
                self.assertRegex(fine, "^250 ")

    def test_what_the_index_knows_needs_no_store(self):
        self.start_site()
        self.break_store()
        for service in self.ports:
            with self.subTest(service):
                self.assertRegex(self.rcpt(service, DEAD)[0], "^550 ")

    def counts(self):
        stats = self.daemon.stats()
        return {name: stats[name] for name in COUNTED}

    def wait_until_log_is_read(self):
        wait_for(lambda: self.daemon.stats()["logs"][0]["lines"]
                 == self.postfix.log().count("\n"), "the log is read")

    def test_a_hundred_refusals_count_for_nothing(self):
        self.start_site("smtpd_soft_error_limit = 1000\n"
                        "smtpd_hard_error_limit = 1000\n",
                        **{"origin.trusted_clients": ["127.0.0.1"]})
        self.suppress("--reason", "no-such-user", DEAD, "@gone.example")
        before = self.counts()
        recipients = [DEAD, "any@gone.example"] * 10
        for protocol in ("policy", "socketmap", "tcp_table"):
            for reply in self.rcpt(protocol, *recipients * 2):
                self.assertRegex(reply, r"^550 5\.7\.1 .*\[postbounce ")
        self.wait_until_log_is_read()
        self.assertEqual(self.counts(), before)

    def start_app(self, main_cf="", **settings):
        """A host that sends through the one that asks has each refusal as a
        failure, in its log and as a bounce. Only the marker tells it apart."""
        self.start_site("smtpd_soft_error_limit = 1000\n"
                        "smtpd_hard_error_limit = 1000\n",
                        **{"origin.trusted_clients": ["127.0.0.1"],
                           "origin.hosts": ["app.example.com"],
                           "lookup.answer": "550 5.1.1 User unknown",
                           "lmtp.group": "postfix", **settings})
        self.app = self.start_sender("app", self.ports["policy"], main_cf)

    def start_sender(self, name, port, main_cf=""):
        """It sends all mail there, and the bounces to the daemon."""
        return self.start(PrivatePostfix(
            self.path(name), port, "postbounce unix - - n - 20 lmtp\n",
            "transport_maps = texthash:/etc/postfix/postbounce-transport\n"
            + main_cf, "bounces.example.com postbounce:unix:"
            + self.daemon.socket("lmtp") + "\n",
            hostname=f"{name}.example.com"))

    def assert_no_news(self, recipients, said="status=bounced"):
        """Of mail to them that they never had, by a refusal of ours."""
        before = [self.daemon.status(one) for one in recipients]
        self.app.submit(BOUNCE, recipients, message(recipients[0]))
        for one in recipients:
            self.app.wait_for_log(said, f"to=<{one}>")
        self.app.wait_until_empty()
        wait_for(lambda: self.daemon.stats()["mails"], "the bounce")
        self.daemon.cli("log", "import", "--apply", self.app.log_path)
        for one, old in zip(recipients, before):
            with self.subTest(one):
                new = self.daemon.status(one)
                self.assertEqual({event["reason"] for event in new["events"]
                                  if event["action"] == "failed"},
                                 {"already-suppressed"})
                for name in ("state", "reason", "since", "until", "event"):
                    self.assertEqual(new[name], old[name], name)

    def test_a_refusal_by_a_relay_of_ours_counts_for_nothing(self):
        self.start_app()
        self.suppress("--reason", "no-such-user", DEAD)
        self.assert_no_news([DEAD])
        self.assertIn("[postbounce ", self.app.wait_for_log(f"to=<{DEAD}>"))
        self.daemon.cli("remove", DEAD)
        self.assertEqual(self.daemon.suppressed(), [])

    def test_a_refusal_is_known_wherever_a_bounce_breaks_its_text(self):
        self.start_app()
        dead = ["d" * size + "@gone.example" for size in range(1, 41)]
        self.suppress("@gone.example")
        self.assert_no_news(dead)

    def test_a_deferral_that_expires_counts_for_nothing(self):
        self.start_app("maximal_queue_lifetime = 0\n", **{
            "lookup.answer": "450 4.2.2 the mailbox is full"})
        self.suppress("--reason", "mailbox-full", DEAD)
        self.assert_no_news([DEAD], "status=deferred")
        self.app.wait_for_log("status=expired, returned to sender")

    def test_a_refusal_that_another_host_tells_of_counts_for_nothing(self):
        self.start_app()
        hub = self.start_sender("hub", self.ports["policy"])
        self.app = self.start_sender("front", hub.port)
        self.suppress("--reason", "no-such-user", DEAD)
        before = self.daemon.stats()["mails"]
        self.assert_no_news([DEAD], "status=sent")
        self.assertIn("[postbounce ", hub.wait_for_log("status=bounced", DEAD))
        self.assertEqual(self.daemon.stats()["mails"], before + 1)


if __name__ == "__main__":
    lab.main()
