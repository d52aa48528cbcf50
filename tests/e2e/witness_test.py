"""One failure is one event, whoever tells of it, how often, and in which
order; and each recipient of a report is judged on his own."""

import datetime

import lab
from forgeries import by_us
from list_site import HOST, mail_date
from postbounced import Postbounced
from whole_site import BOUNCE, SiteTest, message

DEAD = "unknown@example.org"
ACTIONS = {  # of a report, with the reason that each gives
    "failed": ("5.1.1", "550 5.1.1 User unknown", "no-such-user"),
    "delayed": ("4.4.1", "connect: Connection timed out",
                "network-error"),
    "delivered": ("2.0.0", "250 2.0.0 delivered", "delivered"),
    "relayed": ("2.0.0", "250 2.0.0 Ok", "relayed"),
    "expanded": ("2.0.0", "250 2.0.0 alias expanded", "expanded"),
}
NOW = datetime.datetime.now(datetime.timezone.utc)


def own_report(queue_id, time, outcomes):
    """What our Postfix reports. `outcomes`: recipient, action, status, text."""
    blocks = "".join(
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\n"
        f"Status: {status}\nRemote-MTA: dns; mx.example.org\n"
        f"Diagnostic-Code: smtp; {text}\n\n"
        for recipient, action, status, text in outcomes)
    return (by_us(NOW) + f"Date: {mail_date(time)}\n"
            f"From: Mail Delivery System <MAILER-DAEMON@{HOST}>\n"
            "Subject: Undelivered Mail Returned to Sender\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report;"
            " report-type=delivery-status; boundary=b\n\n"
            "--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; {HOST}\nX-Postfix-Queue-ID: {queue_id}\n"
            f"Arrival-Date: {mail_date(time)}\n\n{blocks}--b--\n")


def log_of(queue_id, time, recipient, status, text):
    """The lines of a message that failed."""
    start = time.isoformat(timespec="seconds") + " out postfix/"
    return (
        f"{start}pickup[1]: {queue_id}: uid=0 from=<{BOUNCE}>\n"
        f"{start}cleanup[1]: {queue_id}: message-id=<{queue_id}.{time:%d}@x>\n"
        f"{start}qmgr[1]: {queue_id}: from=<{BOUNCE}>, size=5, nrcpt=1"
        f" (queue active)\n"
        f"{start}smtp[1]: {queue_id}: to=<{recipient}>, relay=mx.example.org"
        f"[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn={status}, "
        f"status=bounced (host mx.example.org[192.0.2.1] said: {text})\n"
        f"{start}qmgr[1]: {queue_id}: removed\n")


class ReportTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start(Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.hosts": [HOST],
            "origin.local_domains": ["example.com"]}))

    def deliver(self, text):
        self.daemon.deliver(lab.write_file(self.path("mail"), text))

    def test_of_fifty_recipients_each_is_judged_on_his_own(self):
        outcomes = [(f"{action}{i}@example.org", action, *says[:2])
                    for i in range(10) for action, says in ACTIONS.items()]
        self.deliver(own_report("4jWY2c4NLgz1", NOW, outcomes))
        for recipient, action, _, _ in outcomes:
            event, = self.daemon.status(recipient)["events"]
            with self.subTest(recipient):
                self.assertEqual((event["action"], event["reason"]),
                                 (action, ACTIONS[action][2]))
        self.assertEqual(self.daemon.suppressed(),
                         sorted(f"failed{i}@example.org" for i in range(10)))

    def test_a_queue_id_that_comes_again_is_another_message(self):
        full = ("5.2.2", "552 5.2.2 Mailbox full")
        days = [NOW - datetime.timedelta(days=days, hours=1)
                for days in (6, 2)]
        logs = [lab.write_file(self.path(f"log{i}"),
                               log_of("30E4EA84943", day, DEAD, *full))
                for i, day in enumerate(days)]
        for day in days:
            self.deliver(own_report("30E4EA84943", day,
                                    [(DEAD, "failed", *full)]))
        for _ in range(2):
            self.daemon.cli("log", "import", "--apply", *logs)
            events = self.daemon.status(DEAD)["events"]
            self.assertEqual(
                [sorted(one["source"] for one in event["witnesses"])
                 for event in events], [["bounce", "log"]] * 2)
            self.assertEqual({event["time"][:10] for event in events},
                             {f"{day:%Y-%m-%d}" for day in days})


class WitnessTest(SiteTest):
    """With a real Postfix."""

    def start_without_log(self):
        self.start_with_lmtp_socket(**{"origin.local_domains":
                                       ["example.com"]})

    def read_log(self):
        self.daemon.cli("log", "import", "--apply", self.path("pf", "maillog"))

    def check_one_event(self, bounces=1):
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        event, = self.daemon.status(DEAD)["events"]
        self.assertEqual(sorted(one["source"] for one in event["witnesses"]),
                         ["bounce"] * bounces + ["log"])
        self.assertEqual(event["reason"], "no-such-user")

    def test_the_bounce_comes_before_the_log(self):
        self.start_without_log()
        self.mail(DEAD)
        lab.wait_for(self.deliveries, "the bounce")
        self.read_log()
        self.check_one_event()

    def test_the_log_comes_before_the_bounce(self):
        self.start_without_log()
        self.daemon.stop()
        self.mail(DEAD)
        self.postfix.wait_for_log("status=deferred", f"to=<{BOUNCE}>")
        self.daemon.start()
        self.read_log()
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        self.postfix.flush()
        lab.wait_for(self.deliveries, "the bounce")
        self.check_one_event()

    def test_a_bounce_that_comes_again_counts_once(self):
        """The same mail, under the trace field of its next delivery."""
        self.start_without_log()
        self.postfix.submit("shop@example.net", [DEAD], message(DEAD))
        bounce, = lab.wait_for(lambda: self.mx.mails, "the bounce")
        text = bounce.data.decode()
        copy = lab.write_file(self.path("copy"), text)
        self.daemon.deliver(copy)
        self.daemon.deliver(copy)
        lab.write_file(copy, text.replace("id ", "id 4jAGAIN", 1))
        self.daemon.deliver(copy)
        self.read_log()
        self.check_one_event()
        self.assertEqual(self.daemon.stats()["mails"], 2)

    def test_a_report_that_was_asked_for_is_the_same_failure(self):
        self.start_without_log()
        self.postfix.sendmail(BOUNCE, [DEAD], message(DEAD), "-v")
        self.postfix.wait_until_empty()
        self.read_log()
        self.check_one_event(bounces=len(self.deliveries()))


if __name__ == "__main__":
    lab.main()
