"""What becomes of mail while the milter is stopped, killed, stuck, full, or
cannot store."""

import os
import signal
import smtplib
import sqlite3

import lab
from milter_site import BOUNCE, INTERNAL, PERSON, MilterTest, report
from whole_site import message

DEAD = "unknown@example.org"  # refused by its server
VICTIM = "victim@example.org"
WAITING = ("default_action=accept", "default_action=tempfail")


class Locked:
    """The daemon's store, which nobody can write meanwhile."""

    def __init__(self, daemon):
        self.path = daemon.settings["store.path"]

    def __enter__(self):
        self.lock = sqlite3.connect(self.path, isolation_level=None)
        self.lock.execute("BEGIN IMMEDIATE")

    def __exit__(self, *unused):
        self.lock.close()


class MilterOutageTest(MilterTest):
    def send_killing(self):
        """A bounce, and the daemon dies in the middle of it."""
        with smtplib.SMTP("127.0.0.1", self.postfix.port,
                          timeout=120) as client:
            client.ehlo()
            self.assertEqual(client.mail("")[0], 250)
            self.assertEqual(client.rcpt(PERSON)[0], 250)
            self.assertEqual(client.docmd("DATA")[0], 354)
            begin, end = report().split("Reporting-MTA", 1)
            client.send(begin)
            self.daemon.kill()
            client.send("Reporting-MTA" + end)
            code, text = client.docmd(".")
        return f"{code} {text.decode()}"

    def test_killed_during_data_mail_goes_on(self):
        self.start_site()
        self.assertRegex(self.send_killing(), "^250 ")
        self.wait_for_mails()
        self.daemon.start()
        self.assertEqual(self.witnesses(), 0)

    def test_killed_during_data_mail_comes_again_and_counts_once(self):
        self.start_site(WAITING)
        self.assertRegex(self.send_killing(), "^451 ")
        self.daemon.start()
        for _ in range(2):
            self.assertRegex(self.send("", [PERSON], report())[0], "^250 ")
        self.wait_for_mails(2)
        self.assertEqual(self.witnesses(), 1)
        self.assertEqual(len(self.reasons(VICTIM)), 1)

    def test_a_stopped_daemon(self):
        self.start_site()
        self.daemon.stop()
        self.assertFalse(os.path.exists(self.socket))
        for sender in ("", "joe@example.org"):
            self.assertRegex(self.send(sender, [PERSON], report())[0], "^250 ")
        self.wait_for_mails(2)
        self.daemon.start()
        self.send("", [PERSON], report())
        self.wait_for_mails(3)
        self.assertEqual(self.witnesses(), 1)

    def test_a_stop_waits_for_no_session(self):
        self.start_site(WAITING)
        with smtplib.SMTP("127.0.0.1", self.postfix.port,
                          timeout=120) as client:
            client.ehlo()
            client.mail("")
            client.rcpt(PERSON)
            client.docmd("DATA")
            client.send(report())
            self.daemon.stop()
            self.assertEqual(client.docmd(".")[0], 451)
        self.daemon.start()
        self.assertRegex(self.send("", [PERSON], report())[0], "^250 ")
        self.assertEqual(self.witnesses(), 1)

    def test_the_library_takes_no_signal_away(self):
        self.start_site()
        for count in range(1, 31):
            os.kill(self.daemon.pid, signal.SIGHUP)
            lab.wait_for(lambda c=count: self.daemon_log().count("reloaded")
                         == c, "each SIGHUP is answered")
        self.send("", [PERSON], report())
        self.assertEqual(self.witnesses(), 1)
        for _ in range(10):
            self.daemon.stop()  # fails unless it ends with 0
            self.daemon.start()

    def test_a_bounce_that_cannot_be_stored_comes_again_and_counts_once(self):
        self.start_site()
        with Locked(self.daemon):
            self.assertRegex(self.send("", [PERSON], report())[0],
                             "^451 4.3.0 the store is busy")
            self.assertRegex(
                self.send("joe@example.org", [PERSON], report())[0], "^250 ")
        self.assertRegex(self.send("", [PERSON], report())[0], "^250 ")
        self.wait_for_mails(2)
        self.assertEqual(self.witnesses(), 1)

    def check_internal_bounce(self):
        """A mail to a dead address, and its bounce, once each."""
        self.postfix.submit(PERSON, [DEAD], message(DEAD))
        mail, = self.wait_for_mails()
        self.assertEqual((mail.sender, mail.recipients), ("", [PERSON]))
        self.assertIn(DEAD, mail)
        log = self.postfix.log()
        self.assertEqual(log.count(f"to=<{DEAD}>"), 1)
        self.assertNotIn("bounce failed", log)
        self.assertNotIn("status=deferred", log)

    def test_an_internal_bounce_is_recorded(self):
        self.start_site(*INTERNAL, **{"milter.bounce_addresses": [PERSON]})
        self.check_internal_bounce()
        self.wait_until_log_is_read()
        event, = self.daemon.status(DEAD)["events"]
        self.assertEqual({one["source"] for one in event["witnesses"]},
                         {"bounce", "log"})
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_an_internal_bounce_goes_on_while_the_store_is_locked(self):
        self.start_site(*INTERNAL)
        with Locked(self.daemon):
            self.check_internal_bounce()
        self.assertIn("went on unrecorded", self.daemon_log())
        self.wait_until_log_is_read()
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_an_internal_bounce_goes_on_while_the_daemon_is_stopped(self):
        self.start_site(*INTERNAL)
        self.daemon.stop()
        self.check_internal_bounce()
        self.daemon.start()
        self.wait_until_log_is_read()
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_one_connection_too_many(self):
        self.start_site(**{"milter.connections": 1})
        with smtplib.SMTP("127.0.0.1", self.postfix.port,
                          timeout=120) as client:
            client.ehlo()
            self.assertEqual(client.mail("")[0], 250)
            self.assertRegex(self.send("", [PERSON], report())[0],
                             "^451 4.3.0 too many connections")
            self.assertRegex(
                self.send("joe@example.org", [PERSON], report())[0], "^250 ")
        lab.wait_for(lambda: self.send("", [PERSON], report())[0].startswith(
            "250 "), "the connection is gone")
        self.assertEqual(self.witnesses(), 1)

    def test_through_a_port(self):
        where = f"inet:127.0.0.1:{lab.free_port()}"
        self.start_site(("unix:postbounce/milter", where),
                        **{"milter.listen": where})
        self.send("", [PERSON, BOUNCE], report())
        self.assertEqual(self.witnesses(), 1)


if __name__ == "__main__":
    lab.main()
