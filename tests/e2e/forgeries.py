"""Bounces that a subscriber forges, who knows all that stands in the mails he
got, and what our Postfix writes on top of what his client sends. Of a seed."""

import datetime
import random

from list_site import (ATTACKERS, BOUNCE, GATEWAY, HOST, ListSite, domain_of,
                       mail_date, relay_of)

OWN_IP = "203.0.113.66"


class Mail:
    """What comes in at the daemon's socket."""

    def __init__(self, sender, recipients, text):
        self.sender, self.recipients, self.text = sender, recipients, text


def block(final, original, text="550 5.1.1 User unknown"):
    lines = [f"Final-Recipient: rfc822; {final}"]
    if original:
        lines.append(f"Original-Recipient: rfc822;{original}")
    return "\n".join(lines + ["Action: failed", "Status: 5.1.1",
                              f"Diagnostic-Code: smtp; {text}", ""])


def report(trace, blocks, *, mta, queue_id="", arrival="", message_id="",
           received=(), return_path=BOUNCE):
    """A delivery report; what is empty is left out."""
    fields = [f"Reporting-MTA: dns; {mta}"]
    if queue_id:
        fields.append(f"X-Postfix-Queue-ID: {queue_id}")
    if arrival:
        fields.append(f"Arrival-Date: {arrival}")
    returned = [f"Return-Path: <{return_path}>"]
    returned += [f"Received: from a (a [192.0.2.1])\n\tby {HOST} (Postfix) "
                 f"with ESMTP id {one}; {arrival}" for one in received]
    if message_id:
        returned.append(f"Message-ID: {message_id}")
    return (trace + f"From: Mail Delivery System <MAILER-DAEMON@{mta}>\n"
            "Subject: Undelivered Mail Returned to Sender\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report;"
            " report-type=delivery-status; boundary=b\n\n"
            "--b\n\nYour mail could not be delivered.\n\n"
            "--b\nContent-Type: message/delivery-status\n\n"
            + "\n".join(fields) + "\n\n" + "\n".join(blocks)
            + "\n--b\nContent-Type: text/rfc822-headers\n\n"
            + "\n".join(returned) + "\n\n--b--\n")


def complaint(trace, victims, message_id, return_path):
    return (trace + "From: fbl@big.example.net\nSubject: FW: News\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report;"
            " report-type=feedback-report; boundary=b\n\n--b\n\nSpam.\n\n"
            "--b\nContent-Type: message/feedback-report\n\n"
            "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"
            + "".join(f"Original-Rcpt-To: <{one}>\n" for one in victims)
            + "\n--b\nContent-Type: text/rfc822-headers\n\n"
            f"Return-Path: <{return_path}>\nMessage-ID: {message_id}\n\n"
            "--b--\n")


def by_client(helo, name, address, now, queue_id="4jFORGEDz1cBKT"):
    """The field that our Postfix writes for a client."""
    return (f"Received: from {helo} ({name} [{address}])\n"
            f"\tby {HOST} (Postfix) with ESMTP id {queue_id}\n"
            f"\tfor <{BOUNCE}>; {mail_date(now)}\n")


def by_us(now, how=""):
    """The field that our Postfix writes for what it makes itself."""
    return (f"Received: by {HOST} (Postfix{how})\n"
            f"\tid 4jLOCALz1cBKT; {mail_date(now)}\n")


class Forger:
    def __init__(self, site, seed):
        self.site = site
        self.dice = random.Random(seed)
        self.known = [sent for sent in site.sent
                      if set(ATTACKERS) & set(sent.recipients())]
        self.own_tokens = [site.signed[one] for one in ATTACKERS]
        self.people = ListSite.people()

    def forge(self, kinds_of_trace=None):
        """One mail. By an inet socket, its first field is his as well."""
        dice, sent = self.dice, self.dice.choice(self.known)
        victims = self._victims(sent)
        trace = dice.choice(kinds_of_trace or self._traces())(victims[0])
        if dice.random() < 0.1:
            text = complaint(trace, victims, self._message_id(sent),
                             sent.sender)
        else:
            text = self._report(sent, victims, trace)
        return Mail(self._sender(victims), self._recipients(victims), text)

    def _report(self, sent, victims, trace):
        dice, blocks = self.dice, []
        for victim in victims:
            me = dice.choice(ATTACKERS)
            final, original = dice.choice(
                [(victim, ""), (victim, victim), (victim, me), (me, victim),
                 ("dead@example.com", victim), (victim, "dead@example.com")])
            blocks.append(block(final, original, dice.choice(
                ["550 5.1.1 User unknown",
                 f"550 5.1.1 <{victim}>: to=<{victim}>, status=bounced"])))
        ids = self._ids(sent)
        return report(
            trace, blocks,
            mta=dice.choice([HOST, "mx." + EVIL_HOST,
                             relay_of(domain_of(victims[0]))[0]]),
            queue_id=dice.choice(ids + [""]),
            arrival=self._arrival(sent, victims[0]),
            message_id=self._message_id(sent),
            received=dice.choices(ids, k=dice.randint(0, 4)),
            return_path=dice.choice([sent.sender, BOUNCE, self._verp(
                victims[0])]))

    def _victims(self, sent):
        """Mostly people who had the very same mail; he cannot know others."""
        shared = [one for other in self.site.sent
                  if other.message_id == sent.message_id
                  for one in other.recipients() if one in self.people]
        pool = self.dice.choice([shared or self.people, self.people])
        return self.dice.sample(pool, min(len(pool), self.dice.choice(
            [1, 1, 1, 2, 5])))

    def _ids(self, sent):
        """Those of his mails, and what looks like one."""
        mine = [one.next_id for one in sent.deliveries
                if one.recipient in ATTACKERS]
        other = self.dice.choice(self.known)
        changed = sent.queue_id[:-1] + self.dice.choice("BCDF")
        return [sent.queue_id] * 4 + mine * 2 + [
            other.queue_id, changed, sent.queue_id.lower(),
            self.site.queue_id(), "", "delivery"]

    def _message_id(self, sent):
        own, dice = sent.message_id, self.dice
        return dice.choice([
            f"<{own}>", f"<{own}>", f"<{own}>", own.upper(), f"<{own}",
            f"<{dice.choice(self.known).message_id}>", "<nobody@nowhere>",
            f"<x@y> <{own}>", ""])

    def _arrival(self, sent, victim):
        """Rather the time at which the victim's copy may have been sent."""
        times = [other.time for other in self.site.sent
                 if other.message_id == sent.message_id
                 and victim in other.recipients()]
        day = datetime.timedelta(days=1)
        time = self.dice.choice(times * 3 + [
            sent.time, sent.time - 20 * day, self.site.now + 3 * day, None])
        return mail_date(time) if time else ""

    def _verp(self, victim):
        return "list+" + victim.replace("@", "=") + "@bounces.example.com"

    def _recipients(self, victims):
        """The address that it comes to; sometimes several at once."""
        token = self.dice.choice(self.own_tokens)
        user, domain = token.split("@")
        choices = [
            BOUNCE, token, token.upper(), self._verp(victims[0]),
            f"{user}+{victims[0].replace('@', '=')}@{domain}"[-250:],
            token.replace("bounce+", "bounce+a", 1),
            f"bounce+{'a' * 21}@{domain}"]
        return self.dice.sample(choices, self.dice.choice([1, 1, 1, 3]))

    def _sender(self, victims):
        return self.dice.choice(["", "", "", ATTACKERS[0], victims[0], BOUNCE,
                                 "mailer-daemon@" + HOST])

    def _traces(self):
        return [self._own_client, self._own_client, self._helo_tricks,
                self._name_tricks, self._gateway, self._alias, self._program]

    def _own_client(self, _):
        below = self.dice.choice(["", by_us(self.site.now)])
        return by_client("mx." + EVIL_HOST, "mx." + EVIL_HOST, OWN_IP,
                         self.site.now) + below

    def _helo_tricks(self, victim):
        """Postfix writes "?" for what does not belong into a name."""
        relay, address = relay_of(domain_of(victim))
        helo = self.dice.choice([
            relay, f"[{address}]", HOST, f"{relay}?[{address}]?",
            f"localhost?127.0.0.1??by?{HOST}?Postfix?"])
        return by_client(helo, "unknown", OWN_IP, self.site.now)

    def _name_tricks(self, victim):
        relay = relay_of(domain_of(victim))[0]
        registered = ".".join(relay.split(".")[-2:])
        name = self.dice.choice([
            f"{relay}.{EVIL_HOST}", "x" + registered,
            registered.split(".")[1], registered.replace(".", "-") + ".net",
            "localhost", "1.100.51.198"])
        return by_client(relay, name, OWN_IP, self.site.now)

    def _gateway(self, _):
        """As everybody's mail comes to a site with a gateway."""
        return by_client(GATEWAY[0], *GATEWAY, self.site.now) + by_client(
            "x", "mx." + EVIL_HOST, OWN_IP, self.site.now)

    def _alias(self, _):
        """An alias sends on what he wrote: local(8) adds a field."""
        return by_us(self.site.now) + self._own_client(None)

    def _program(self, _):
        """Somebody's web form that calls sendmail(1)."""
        return by_us(self.site.now, ", from userid 33")

    def his_own_fields(self):
        """What he can write where no Postfix of ours writes anything."""
        return [lambda _: by_us(self.site.now), self._relay_itself]

    def _relay_itself(self, victim):
        relay, address = relay_of(domain_of(victim))
        return by_client(relay, relay, address, self.site.now)


EVIL_HOST = domain_of(ATTACKERS[0])
