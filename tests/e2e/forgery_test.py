"""Ten thousand bounces of a subscriber who forges, among real ones: whom he
names stays on no list. Needs no Postfix."""

import concurrent.futures
import datetime
import random
import smtplib
import unittest

import lab
from forgeries import Forger, block, by_client, by_us, report, Mail
from list_site import (ATTACKERS, BOUNCE, HOST, STATUS_LIKE, ListSite,
                       domain_of, mail_date)
from postbounced import Postbounced

SEED = 20261121
FORGERIES = 10_000
SESSIONS = 8


class ForgeryTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.inet = f"inet:127.0.0.1:{lab.free_port()}"
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.hosts": [HOST],
            "origin.local_domains": ["example.com"],
            "origin.internal_relays": ["gate.example.com"]})
        self.daemon.settings["lmtp.listen"].append(self.inet)
        # Makes the store, which keys and bounce addresses need.
        self.start(self.daemon)
        self.daemon.stop()
        self.daemon.cli("verp", "--new-key")
        people = ListSite.people() + ATTACKERS
        made = self.daemon.cli("verp", "--from", BOUNCE, *people).split()
        self.site = ListSite(SEED, datetime.datetime.now(
            datetime.timezone.utc), dict(zip(people, made)))
        self.site.send_all()
        self.forger = Forger(self.site, SEED)
        self.log = self.path("maillog")
        self.daemon.logs = [
            {"name": "mail", "files": [self.log], "start": "beginning"},
            {"name": "any", "files": [self.path("injected")],
             "start": "beginning", "trust": "none"}]
        lab.write_file(self.path("injected"), self.injected())

    def injected(self):
        """What somebody has told a source without trust: that each reader was
        sent a mail, and that it failed."""
        site = ListSite(SEED + 1, self.site.now, {})
        for person in ListSite.people():
            site.send([person], "injected", 5)
        self.forger.known += site.sent
        return site.log().replace("dsn=2.0.0, status=sent (250 2.0.0",
                                  "dsn=5.1.1, status=bounced (550 5.1.1")

    def read_the_log(self):
        text = self.site.log()
        lab.write_file(self.log, text)
        lines = text.count("\n")
        lab.wait_for(lambda: self.lines_read("mail") == lines,
                     "the log is read")

    def lines_read(self, name):
        logs = self.daemon.stats()["logs"]
        return sum(log["lines"] for log in logs if log["log"] == name)

    def deliver(self, mails, where=None):
        """By some sessions at once, as Postfix would."""
        def session(part):
            if where is None:
                client = smtplib.LMTP(self.daemon.socket("lmtp"), timeout=120)
            else:
                client = smtplib.LMTP(*where, timeout=120)
            with client:
                client.ehlo()
                for mail in mails[part::SESSIONS]:
                    self.hand_in(client, mail)
        with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
            list(pool.map(session, range(SESSIONS)))

    def hand_in(self, client, mail):
        """One reply for each recipient, of which smtplib reads the first."""
        client.mail(mail.sender)
        for recipient in mail.recipients:
            self.assertEqual(client.rcpt(recipient)[0], 250)
        codes = [client.data(mail.text.encode())[0]]
        codes += [client.getreply()[0] for _ in mail.recipients[1:]]
        self.assertEqual(set(codes), {250})

    def genuine(self):
        """Whom real bounces of each kind are about, and the bounces."""
        by_kind = {
            "own": self.of_our_own_postfix, "only": self.of_the_only_recipient,
            "next": self.of_the_next_id, "signed": self.to_a_signed_address,
            "relay": self.of_a_shared_id}
        people = random.Random(SEED).sample(ListSite.people(), 25)
        return people, [by_kind[list(by_kind)[i % 5]](person)
                        for i, person in enumerate(people)]

    def sent_to(self, person, name):
        return next(sent for sent in self.site.sent
                    if sent.message_id.startswith(name)
                    and sent.delivery(person))

    def from_relay(self, sent, person):
        name, address = sent.delivery(person).relay
        return by_client(name, name, address, self.site.now)

    def of_our_own_postfix(self, person):
        sent = self.sent_to(person, "digest")
        return Mail("", [BOUNCE], report(
            by_us(self.site.now), [block(person, person)], mta=HOST,
            queue_id=sent.queue_id, arrival=mail_date(sent.time),
            message_id=f"<{sent.message_id}>", received=[sent.queue_id]))

    def of_the_only_recipient(self, person):
        sent = self.sent_to(person, "order")
        return Mail("", [BOUNCE], report(
            by_client("x", "far.example.net", "192.0.2.77", self.site.now),
            [block(person, "")], mta="far.example.net",
            message_id=f"<{sent.message_id}>", received=[sent.queue_id]))

    def of_the_next_id(self, person):
        sent = self.sent_to(person, "xverp")
        return Mail("", [BOUNCE], report(
            by_client("x", "unknown", "192.0.2.77", self.site.now),
            [block("inner@x.example", "")], mta="mx." + domain_of(person),
            queue_id=sent.delivery(person).next_id,
            message_id=f"<{sent.message_id}>"))

    def to_a_signed_address(self, person):
        return Mail("", [self.site.signed[person]], report(
            by_client("x", "unknown", "192.0.2.77", self.site.now),
            [block(person, "")], mta="mx." + domain_of(person)))

    def of_a_shared_id(self, person):
        sent = self.sent_to(person, "digest")
        return Mail("", [BOUNCE], report(
            self.from_relay(sent, person), [block(person, "")],
            mta=sent.delivery(person).relay[0],
            queue_id=sent.delivery(person).next_id,
            message_id=f"<{sent.message_id}>", received=[sent.queue_id]))

    def check_nobody_but(self, dead):
        """Nobody else is suppressed; the stories of those who are."""
        mine = set(ATTACKERS) | {STATUS_LIKE}
        wrong = sorted(set(self.daemon.suppressed()) - set(dead) - mine)
        self.assertEqual(wrong, [], "".join(
            self.daemon.cli("status", one) for one in wrong[:3]))

    def test_of_ten_thousand_forgeries_none_suppresses(self):
        self.daemon.start()
        forged = [self.forger.forge() for _ in range(FORGERIES * 9 // 10)]
        at_port = [self.forger.forge(self.forger.his_own_fields())
                   for _ in range(FORGERIES // 10)]
        early, late = forged[:2000], forged[2000:]
        # Those that the log does not know yet are judged again when it does.
        self.deliver(early)
        self.check_nobody_but([])
        self.read_the_log()
        self.check_nobody_but([])
        dead, genuine = self.genuine()
        mixed = late + genuine
        random.Random(SEED).shuffle(mixed)
        self.deliver(mixed)
        _, host, port = self.inet.split(":")
        self.deliver(at_port, (host, int(port)))

        self.check_nobody_but(dead)
        self.assertEqual(sorted(set(dead) - set(self.daemon.suppressed())), [])
        self.assertGreater(self.daemon.stats()["mails"], FORGERIES * 0.9)


if __name__ == "__main__":
    unittest.main(verbosity=2)
