"""A site that sends to lists, as its Postfix logs it: what was sent to whom,
under which ids, and what the other servers called it. Made of a seed, without
a Postfix."""

import datetime
import random

HOST = "out.example.com"
BOUNCE = "bounce@bounces.example.com"
GATEWAY = ("gate.example.com", "10.0.0.5")  # takes mail, and brings it
EVIL = "evil.example"
# Who forges: with two subscriptions of his own, and one at a large provider.
ATTACKERS = ["mallory@" + EVIL, "mallory2@" + EVIL, "mallory@big.example.net"]
# Subscribed, too, to be found in the log.
STATUS_LIKE = ('"x>, relay=none, delay=0, dsn=5.1.1, status=bounced (x) "@'
               + EVIL)
BASE52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


def domain_of(address):
    return address.rsplit("@", 1)[1]


def relay_of(domain):
    """Name and address of its mail server."""
    number = sum(domain.encode()) % 250 + 1
    return "mx1." + domain, f"198.51.100.{number}"


def mail_date(time):
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000")


class Delivery:
    """What became of a message for one recipient."""

    def __init__(self, recipient, relay, next_id):
        self.recipient, self.relay, self.next_id = recipient, relay, next_id


class Sent:
    """A message in our queue."""

    def __init__(self, queue_id, message_id, sender, time):
        self.queue_id, self.message_id = queue_id, message_id
        self.sender, self.time = sender, time
        self.deliveries = []

    def delivery(self, recipient):
        for one in self.deliveries:
            if one.recipient == recipient:
                return one
        return None

    def recipients(self):
        return [one.recipient for one in self.deliveries]


class ListSite:
    """`signed` has the signed bounce address of each subscriber."""

    def __init__(self, seed, now, signed):
        self.dice = random.Random(seed)
        self.now = now
        self.signed = signed
        self.sent = []

    @staticmethod
    def people():
        """200 subscribers but for the attacker's, at eight domains."""
        domains = ["big.example.net"] * 4 + [
            "example.org", "small.example.org", "mail.example.net",
            "uni.example.edu"]
        return [f"reader{i}@{domains[i % len(domains)]}" for i in range(197)]

    def send_all(self):
        people = self.people() + ATTACKERS
        self.send(people + [STATUS_LIKE], "digest", 60)
        self.send_copies(people, "weekly", 50, BOUNCE)
        self.send_copies(people, "signed", 40, None)
        self.send(people, "xverp", 30, sender="list@bounces."
                            "example.com")
        self.send(people, "gated", 20, relay=GATEWAY)
        # The same mail to two groups, and to one person alone.
        for i, victim in enumerate(people[:40]):
            self.send(ATTACKERS[:2], f"group{i}", 10)
            self.send([victim], f"group{i}", 10)
        # His server says that his copy went where it came from.
        for i, victim in enumerate(people[40:80]):
            mine = self.send(ATTACKERS[:1], f"loop{i}", 9)
            mine.deliveries[0].next_id = mine.queue_id
            self.send([victim], f"loop{i}", 9)
        for i, victim in enumerate(people[80:120]):
            self.send_copies([ATTACKERS[i % 2], victim], f"pair{i}", 8, None)
        for address in people:
            self.send([address], "order-" + address.split("@")[0]
                                + domain_of(address), 6)

    def queue_id(self):
        return "4j" + "".join(self.dice.choices(BASE52, k=8)) + "z1" + "".join(
            self.dice.choices(BASE52[:40], k=4))

    def send_copies(self, people, name, hours, sender):
        for address in people:
            self.send([address], name, hours,
                                sender or self.signed[address])

    def send(self, people, name, hours, sender=BOUNCE, relay=None):
        """Each server's recipients go in transactions of up to twenty."""
        time = self.now - datetime.timedelta(
            hours=hours, seconds=self.dice.randint(0, 900))
        sent = Sent(self.queue_id(), f"{name}.7@app.example.com", sender, time)
        for domain in sorted({domain_of(one) for one in people}):
            there = [one for one in people if domain_of(one) == domain]
            for i, recipient in enumerate(there):
                if i % 20 == 0 or name == "xverp":
                    next_id = self.queue_id()
                sent.deliveries.append(
                    Delivery(recipient, relay or relay_of(domain), next_id))
        self.sent.append(sent)
        return sent

    def log(self):
        """All of it, as Postfix writes it, in order of time."""
        lines = []
        for sent in self.sent:
            lines += self._lines_of(sent)
        return "".join(text for _, text in
                       sorted(lines, key=lambda line: line[0]))

    def _lines_of(self, sent):
        def line(second, program, text):
            at = sent.time + datetime.timedelta(seconds=second)
            stamp = at.isoformat(timespec="microseconds")
            return at, (f"{stamp} out postfix/{program}[{4000 + second}]: "
                        f"{sent.queue_id}: {text}\n")
        lines = [
            line(0, "smtpd", "client=localhost[127.0.0.1]"),
            line(1, "cleanup", f"message-id=<{sent.message_id}>"),
            line(2, "qmgr", f"from=<{sent.sender}>, size=2500, "
                 f"nrcpt={len(sent.deliveries)} (queue active)")]
        for one in sent.deliveries:
            relay = f"{one.relay[0]}[{one.relay[1]}]:25"
            lines.append(line(
                3, "smtp", f"to=<{one.recipient}>, relay={relay}, delay=2, "
                f"delays=0/0/1/1, dsn=2.0.0, status=sent "
                f"({self._reply_to(one)})"))
        return lines + [line(4, "qmgr", "removed")]

    def _reply_to(self, one):
        """The attacker's server tries to be read as more than one line."""
        if domain_of(one.recipient) == EVIL and self.dice.random() < 0.5:
            victim = self.dice.choice(self.people())
            return (f"250 2.0.0 {one.next_id}: to=<{victim}>, relay=mx1."
                    f"example.org[198.51.100.1]:25, dsn=5.1.1, status=bounced "
                    f"(host said: 550 5.1.1 User unknown) queued as "
                    f"{one.next_id}")
        return f"250 2.0.0 Ok: queued as {one.next_id}"
