"""Postfix asks: each of the three protocols, spellings, scopes and forms."""

import subprocess

import lab
from asking_site import DEAD, FINE, SENDER, AskingTest
from lab import wait_for
from whole_site import message

PROTOCOLS = ("policy", "socketmap", "tcp_table")
REFUSED = r"^550 5\.7\.1 .*\[postbounce [0-9a-f]{16}\] .*no-such-user"


class LookupTest(AskingTest):
    def assert_refused(self, reply, pattern=REFUSED):
        self.assertRegex(reply, pattern)

    def assert_taken(self, reply):
        self.assertRegex(reply, "^250 ")

    def suppress_dead(self, *arguments):
        self.suppress("--reason", "no-such-user", *arguments)

    def test_each_protocol_follows_the_list(self):
        self.start_site()
        for service in self.ports:
            with self.subTest(service):
                self.assert_taken(self.rcpt(service, DEAD)[0])
        self.suppress_dead(DEAD)
        # Postfix has the answer at once: nobody is told of a change before.
        for service in self.ports:
            with self.subTest(service):
                dead, fine = self.rcpt(service, DEAD, FINE)
                self.assert_refused(dead)
                self.assert_taken(fine)
        self.daemon.cli("remove", DEAD)
        for service in self.ports:
            with self.subTest(service):
                self.assert_taken(self.rcpt(service, DEAD)[0])

    def test_spellings_of_an_address(self):
        self.start_site("smtputf8_enable = yes\n")
        self.suppress_dead(DEAD, '"two words"@example.org',
                           "jürgen@münchen.example", "@gone.example")
        refused = ("Dead@Example.ORG", '"dead"@example.org',
                   '"Two Words"@example.org', "JÜRGEN@münchen.example",
                   "jürgen@xn--mnchen-3ya.example", "anybody@gone.example",
                   "Any.Body@GONE.example")
        taken = ("dead+tag@example.org", "dead@sub.example.org",
                 "anybody@sub.gone.example", '"two"@example.org',
                 "dead@münchen.example")
        for protocol in PROTOCOLS:
            for recipient in refused:
                with self.subTest(protocol, recipient=recipient):
                    self.assert_refused(self.rcpt(protocol, recipient)[0])
            for recipient in taken:
                with self.subTest(protocol, recipient=recipient):
                    self.assert_taken(self.rcpt(protocol, recipient)[0])
        # A table is asked for it without the outer quotes as well.
        self.assert_taken(self.rcpt("policy", r'"\"dead\""@example.org')[0])

    def test_bounces_and_own_people_are_never_refused(self):
        self.start_site()
        self.suppress_dead(DEAD, "me@example.com", "@sub.example.com")
        for service in self.ports:
            with self.subTest(service):
                self.assert_taken(self.rcpt(service, DEAD, sender="")[0])
                for reply in self.rcpt(service, "me@example.com",
                                       "any@sub.example.com"):
                    self.assert_taken(reply)
                self.assert_refused(self.rcpt(service, DEAD)[0])

    def test_a_policy_client_tells_the_scope(self):
        self.start_site()
        self.suppress("--reason", "no-such-user", "--scope", "shop.example",
                      DEAD)
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                self.assert_taken(self.rcpt(protocol, DEAD)[0])
        self.assert_refused(
            self.rcpt("policy", DEAD, sender="bounce@shop.example")[0])
        self.assert_taken(
            self.rcpt("socketmap", DEAD, sender="bounce@shop.example")[0])

    def test_one_connection_serves_many_questions(self):
        self.start_site()
        self.suppress_dead(DEAD)
        for protocol in ("policy inet", "socketmap", "tcp_table"):
            with self.subTest(protocol):
                self.rcpt(protocol, FINE)
                before = self.connections(protocol)
                replies = self.rcpt(protocol, *[DEAD, FINE] * 8)
                for dead, fine in zip(replies[::2], replies[1::2]):
                    self.assert_refused(dead)
                    self.assert_taken(fine)
                self.assertEqual(self.connections(protocol), before)
                self.assertEqual(len(before), 1)

    def connections(self, protocol):
        """The clients' connections to that socket, by their peers."""
        ports = {"tcp_table": self.tcp_port,
                 "policy inet": self.inet_ports["policy"]}
        if protocol in ports:
            done = subprocess.run(["ss", "-Htn", "state", "established",
                                   f"sport = :{ports[protocol]}"],
                                  capture_output=True, text=True, check=True)
            return sorted(line.split()[3] for line in done.stdout.splitlines())
        path = self.sockets[protocol].removeprefix("unix:")
        done = subprocess.run(["ss", "-Hxn", "state", "established"],
                              capture_output=True, text=True, check=True)
        return sorted(line.split()[4] + line.split()[6]
                      for line in done.stdout.splitlines() if path in line)

    def test_forms_of_an_answer(self):
        reasons = {"mailbox-full": "450 4.2.2 full since ${since}",
                   "complaint": "DISCARD they complained",
                   "mailbox-moved": "HOLD have a look",
                   "recipient-refused": "WARN refused before",
                   "mailbox-disabled": "DEFER_IF_PERMIT later",
                   "no-such-domain": "554 gone, see [postbounce ${ref}]"}
        self.start_site(answers=[
            {"reasons": [reason], "answer": answer}
            for reason, answer in reasons.items()])
        for reason in reasons:
            self.suppress("--reason", reason, f"{reason}@example.org")
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                full, later, gone = self.rcpt(
                    protocol, "mailbox-full@example.org",
                    "mailbox-disabled@example.org",
                    "no-such-domain@example.org")
                self.assertRegex(
                    full, r"^450 4\.2\.2 .*\[postbounce \w+\] full since 20")
                self.assertRegex(later, r"^450 4\.7\.1 .*later")
                self.assertRegex(
                    gone, r"^554 5\.7\.1 .*gone, see \[postbounce \w+\]$")
        self.postfix.port = self.ports["policy"]
        for recipient in ("complaint@example.org", "mailbox-moved@example.org",
                          "recipient-refused@example.org"):
            self.postfix.submit(SENDER, [recipient], message(recipient))
        self.postfix.wait_for_log("discard: RCPT", "they complained")
        self.postfix.wait_for_log("hold: RCPT", "have a look")
        self.postfix.wait_for_log("warn: RCPT", "refused before")
        wait_for(lambda: self.mx.mails, "the mail that was only warned of")
        self.assertEqual([mail["queue_name"] for mail in self.postfix.queue()],
                         ["hold"])
        self.assertEqual([mail.recipients for mail in self.mx.mails],
                         [["recipient-refused@example.org"]])

    def test_a_reference_leads_back_to_the_address(self):
        self.start_site()
        self.suppress_dead(DEAD, "@gone.example")
        for subject in (DEAD, "@gone.example"):
            with self.subTest(subject):
                self.assertEqual(
                    self.daemon.status(self.ref(subject))["address"], subject)
        self.daemon.cli("status", "0123456789abcdef", code=65)

    def test_a_transport_table_refuses_what_sendmail_hands_in(self):
        self.start_site("transport_maps ="
                        " socketmap:unix:postbounce/socketmap:transport\n")
        self.suppress_dead(DEAD)
        self.postfix.sendmail(SENDER, [DEAD, FINE], message(FINE))
        line = self.postfix.wait_for_log("status=bounced", DEAD)
        self.assertRegex(line, r"dsn=5\.7\.1, .*\[postbounce \w{16}\]")
        self.postfix.wait_for_log("status=sent", FINE)

    def test_postmap_is_answered(self):
        self.start_site()
        self.suppress_dead(DEAD, "@gone.example")
        socketmap = "socketmap:" + self.sockets["socketmap"]
        tcp = f"tcp:127.0.0.1:{self.tcp_port}"
        for table, start in ((socketmap + ":suppressed", "550 5.7.1 ["),
                             (socketmap + ":transport", "error:5.7.1 ["),
                             (tcp, "550 5.7.1 [")):
            for key in (DEAD, "Dead@Example.ORG", "any@gone.example",
                        "gone.example"):
                with self.subTest(table, key=key):
                    self.assertTrue(self.postmap(key, table).startswith(start))
            for key in (FINE, "dead", "dead@", "@gone.example", "example.org",
                        ".gone.example", "<>", "*", "a b", "%41@gone", "{}"):
                with self.subTest(table, key=key):
                    self.assertIsNone(self.postmap(key, table))

    def postmap(self, key, table):
        done = subprocess.run(
            ["/usr/sbin/postmap", "-c", self.postfix.conf, "-q", key, table],
            capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 1 and not done.stderr:
            return None
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout


if __name__ == "__main__":
    lab.main()
