"""Outages, as logs tell of them: nobody who is well gets suppressed. The logs
are made up, and lie in the days before now. Needs no Postfix."""

import datetime
import os
import random

import lab
from postbounced import Postbounced

SITE = "example.com"
DAY = 86400.0
SAID = {
    "sent": ("2.0.0", "sent", "250 2.0.0 Ok: queued as {id}"),
    "gone": ("5.1.1", "bounced", "host {relay} said: 550-5.1.1 The email "
             "account that you tried to reach does not exist. (in reply to "
             "RCPT TO command)"),
    "nxdomain": ("5.4.4", "bounced", "Host or domain name not found. Name "
                 "service error for name={domain} type=A: Host not found"),
}


class Log:
    """Mail of the site, a message for each recipient."""

    def __init__(self, now, seed=7):
        self.now = now
        self.random = random.Random(seed)
        self.messages = []  # (seconds before now, recipient, what was said)

    def add(self, days_ago, recipient, said="sent"):
        self.messages.append((days_ago * DAY, recipient, said))

    def usual(self, first_day, last_day, domains=60, a_day=400, dead=0.02):
        """Ordinary mail to many domains, some of it to dead people."""
        for day in range(int((first_day - last_day) * a_day)):
            domain = f"d{self.random.randrange(domains)}.test"
            is_dead = self.random.random() < dead
            name = f"{'dead' if is_dead else 'p'}{day}"
            self.add(last_day + day / a_day, f"{name}@{domain}",
                     "gone" if is_dead else "sent")

    def text(self):
        lines = []
        for number, (ago, recipient, said) in enumerate(
                sorted(self.messages, reverse=True)):
            lines.append(self._message(number, ago, recipient, said))
        return "".join(lines)

    def _message(self, number, ago, recipient, said):
        time = self.now - datetime.timedelta(seconds=ago)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        start = f"{stamp} mx postfix/"
        queue_id = f"{number:05X}{int(ago):07X}"
        domain = recipient.partition("@")[2]
        relay = f"mx.{domain}[192.0.2.1]"
        dsn, status, text = SAID[said]
        text = text.format(id=f"{number:010X}", relay=relay, domain=domain)
        where = "none" if said == "nxdomain" else relay + ":25"
        return (
            f"{start}pickup[1]: {queue_id}: uid=0 from=<news@{SITE}>\n"
            f"{start}qmgr[1]: {queue_id}: from=<news@{SITE}>, size=5, nrcpt=1"
            f" (queue active)\n"
            f"{start}smtp[1]: {queue_id}: to=<{recipient}>, relay={where}, "
            f"delay=1, delays=0/0/0/1, dsn={dsn}, status={status} ({text})\n"
            f"{start}qmgr[1]: {queue_id}: removed\n")


class GuardTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.alerts = self.path("alerts")
        alert = lab.write_file(
            self.path("alert"), f'#!/bin/sh\necho "$@" >>{self.alerts}\n',
            mode=0o755)
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "origin.local_domains": [SITE],
            "guard.enabled": True, "guard.alert": alert})

    def read(self, log):
        path = lab.write_file(self.path("mail.log"), log.text())
        self.daemon.cli("log", "import", "--apply", path)

    def held(self):
        return self.daemon.cli_json("held")[0]

    def alarm_states(self):
        return [alarm["state"] for alarm in self.held()["alarms"]]

    def pass_time(self):
        """What the daemon does each minute, and when it starts."""
        self.daemon.stop()
        self.start(self.daemon)

    def test_the_bad_night_of_a_provider_suppresses_nobody(self):
        """As on 14 December 2020: 6 h 41 min of false 550 5.1.1."""
        self.start(self.daemon)
        people = [f"person{n}@gmail.test" for n in range(20_000)]
        before = Log(self.now)
        before.usual(20, 5)
        for number, person in enumerate(people):
            before.add(15 - number / 2_500, person)
        night = 6 + 41 / 60
        for number, person in enumerate(people):
            before.add(5 - number / len(people) * night / 24, person,
                       "gone" if before.random.random() < 0.6 else "sent")
        self.read(before)

        answer = self.held()
        self.assertEqual([(alarm["kind"], alarm["name"], alarm["state"])
                          for alarm in answer["alarms"]],
                         [("domain", "gmail.test", "open")])
        self.assertGreater(answer["held"], 10_000)
        suppressed = self.daemon.suppressed()
        self.assertEqual(
            [one for one in suppressed if one.endswith("@gmail.test")], [])
        self.assertGreater(len(suppressed), 50)

        after = Log(self.now, seed=8)
        after.usual(4, 1)
        for number, person in enumerate(people):
            after.add(4 - number / 8_000, person)
        self.read(after)
        self.pass_time()
        lab.wait_for(lambda: self.alarm_states() == ["released"], "the release")
        self.assertEqual(self.held()["held"], 0)
        self.assertEqual([one for one in self.daemon.suppressed()
                          if one.endswith("@gmail.test")], [])

    def test_an_hour_without_dns_suppresses_nobody(self):
        self.start(self.daemon)
        log = Log(self.now)
        log.usual(20, 3)
        for number in range(500):
            log.add(3 - number / 500 / 24,
                    f"p{number}@d{number % 60}.test", "nxdomain")
        self.read(log)
        self.assertEqual(
            [one for one in self.daemon.cli_json("list")
             if one["reason"] == "no-such-domain"], [])

    def test_truly_dead_people_are_not_held_for_ever(self):
        self.start(self.daemon)
        dead = [f"gone{n}@d{n % 700}.test" for n in range(5_000)]
        first = Log(self.now)
        first.usual(30, 20)
        for number, person in enumerate(dead):
            first.add(20 - number / 40_000, person, "gone")
        self.read(first)
        self.assertGreater(self.held()["held"], 4_000)
        second = Log(self.now, seed=9)
        second.usual(19, 10)
        for number, person in enumerate(dead):
            second.add(10 - number / 40_000, person, "gone")
        self.read(second)
        self.pass_time()
        lab.wait_for(lambda: self.alarm_states()[-1] == "confirmed",
                     "the confirmation")
        gone = [one for one in self.daemon.suppressed()
                if one.startswith("gone")]
        self.assertEqual(len(gone), len(dead))

    def test_a_person_resolves_an_alarm_and_takes_it_back(self):
        self.start(self.daemon)
        log = Log(self.now)
        log.usual(10, 1)
        for number in range(200):
            log.add(1 - number / 4_000, f"p{number}@closed.test", "gone")
        self.read(log)
        number = self.held()["alarms"][0]["alarm"]
        self.assertNotIn("p7@closed.test", self.daemon.suppressed())
        self.daemon.cli("held", "--confirm", str(number), "--why", "I asked")
        self.assertIn("p7@closed.test", self.daemon.suppressed())
        self.daemon.cli("held", "--release", str(number))
        self.assertNotIn("p7@closed.test", self.daemon.suppressed())
        self.assertEqual(self.held()["held"], 0)
        self.daemon.cli("held", "--reopen", str(number))
        self.assertGreater(self.held()["held"], 150)
        self.daemon.cli("held", "--release", "99", code=66)

    def test_held_says_what_each_alarm_holds_and_who_resolved_it(self):
        self.start(self.daemon)
        log = Log(self.now)
        log.usual(10, 1)
        for number in range(200):
            log.add(1 - number / 4_000, f"p{number}@closed.test", "gone")
        for number in range(100):
            log.add(0.5 - number / 4_000, f"q{number}@other.test", "gone")
        self.read(log)
        answer = self.held()
        self.assertEqual(
            [(alarm["name"], alarm["held"]) for alarm in answer["alarms"]],
            [("other.test", 100), ("closed.test", 200)])
        other, closed = [alarm["alarm"] for alarm in answer["alarms"]]
        shown = self.daemon.cli_json("held", str(closed))[0]
        self.assertEqual(len(shown["addresses"]), 200)
        self.assertIn("p7@closed.test", shown["addresses"])
        self.assertIn("p7@closed.test",
                      self.daemon.cli("held", str(closed)))
        self.daemon.cli("held", "--release", str(other), "--why", "they say so")
        first, last = self.held()["alarms"]
        self.assertEqual((first["alarm"], last["alarm"]), (closed, other))
        self.assertEqual((last["why"], last["held"]), ("they say so", 0))
        self.assertTrue(last["actor"])
        self.assertIn("they say so", self.daemon.cli("held"))
        for wrong in ("0", "-1"):
            self.daemon.cli("held", "--release", wrong, code=64)

    def test_what_fails_after_a_resolved_alarm_is_looked_at_anew(self):
        self.start(self.daemon)
        log = Log(self.now)
        log.usual(20, 3)
        for number in range(2_000):
            log.add(2 - number / 80_000, f"old{number}@d{number % 60}.test",
                    "gone")
        self.read(log)
        for alarm in self.held()["alarms"]:
            self.daemon.cli("held", "--confirm", str(alarm["alarm"]))
        self.assertGreater(len(self.daemon.suppressed()), 2_000)
        later = Log(self.now, seed=8)
        for number in range(500):
            later.add(1 - number / 8_000, f"live{number}@gmail.test", "gone")
        self.read(later)
        self.assertEqual([one for one in self.daemon.suppressed()
                          if one.startswith("live")], [])

    def test_an_alarm_is_told_once_and_never_of_old_logs(self):
        self.start(self.daemon)
        log = Log(self.now)
        log.usual(210, 201)
        for number in range(100):
            log.add(201 - number / 4_000, f"p{number}@past.test", "gone")
        log.usual(10, 1)
        for number in range(100):
            log.add(1 - number / 4_000, f"q{number}@now.test", "gone")
        self.read(log)
        lab.wait_for(lambda: os.path.exists(self.alerts), "the alert")
        for _ in range(2):
            self.pass_time()
        self.daemon.cli("held", "--release", "2")
        lab.wait_for(lambda: "released" in lab.read_file(self.alerts),
                     "the second alert")
        told = lab.read_file(self.alerts).splitlines()
        self.assertEqual([line.partition(" guard:")[0] for line in told],
                         ["open 2 domain now.test",
                          "released 2 domain now.test"])

    def test_a_program_that_is_not_there_is_told_of(self):
        self.daemon.settings["guard.alert"] = self.path("none")
        self.start(self.daemon)
        checked = self.daemon.cli_json("config", "check")[0]
        self.assertIn("guard.alert", checked["warning"])
        log = Log(self.now)
        log.usual(10, 1)
        for number in range(100):
            log.add(1 - number / 4_000, f"q{number}@now.test", "gone")
        self.read(log)
        lab.wait_for(lambda: "cannot run" in
                     lab.read_file(self.daemon.log_path), "the complaint")


if __name__ == "__main__":
    lab.main()
