"""What a site may do about its Postfix that asks: logins, senders without a
domain, modes of sockets, other answers, an exported table."""

import grp
import os
import re
import signal
import smtplib
import subprocess

import lab
from asking_site import DEAD, FINE, SENDER, AskingTest
from dovecot_auth import PASSWORD, DovecotAuth
from lab import program, read_file, wait_for, write_file
from whole_site import message

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../man/postbounce-lookup.5")
REFUSED = r"^550 5\.7\.1 .*\[postbounce [0-9a-f]{16}\]"
TRANSPORT = ("transport_maps ="
             " socketmap:unix:postbounce/socketmap:transport\n")
CONNECT = ("import socket, sys; socket.socket(socket.AF_UNIX)"
           ".connect(sys.argv[1])")


class LookupWiringTest(AskingTest):
    def test_a_login_tells_the_scope(self):
        auth = self.start(DovecotAuth())
        self.start_site(auth.main_cf(),
                        scopes=[{"name": "shop", "users": ["till"]}])
        self.suppress("--scope", "shop", DEAD)
        for user, pattern in (("till", REFUSED), ("Till", REFUSED),
                              ("ann", "^250 "), (None, "^250 ")):
            with self.subTest(user), smtplib.SMTP(
                    "127.0.0.1", self.ports["policy"], timeout=120) as client:
                if user:
                    client.login(user, PASSWORD)
                client.mail(SENDER)
                code, text = client.rcpt(DEAD)
                self.assertRegex(f"{code} {text.decode()}", pattern)

    def test_a_sender_without_a_domain_has_that_of_myorigin(self):
        """As Debian has it, in a file; the private Postfix says the same."""
        os.makedirs(self.path("pb"))
        write_file(self.path("pb", "mailname"), "Out.example.com\n")
        write_file(self.path("pb", "main.cf"),
                   f"myorigin = {self.path('pb', 'mailname')}\n")
        self.start_site(scopes=[
            {"name": "cron", "senders": ["root@out.example.com"]}])
        self.suppress("--scope", "cron", DEAD)
        for sender, pattern in (("root", REFUSED),
                                ("root@out.example.com", REFUSED),
                                ("www", "^250 "), ("", "^250 ")):
            with self.subTest(sender):
                self.assertRegex(self.rcpt("policy", DEAD, sender=sender)[0],
                                 pattern)
        self.postfix.submit("root", [FINE], message(FINE))
        self.postfix.wait_for_log("from=<root@out.example.com>")

    def test_sockets_are_for_their_group_alone(self):
        self.start_site(**{"lookup.mode": "0660", "lookup.group": "postfix"})
        spool = self.path("pf", "spool", "postbounce")
        # As tmpfiles.d/postbounce.conf has it.
        os.chown(spool, 0, grp.getgrnam("nogroup").gr_gid)
        os.chmod(spool, 0o751)
        self.suppress(DEAD)
        for service in ("policy", "policy chrooted", "socketmap",
                        "socketmap chrooted"):
            with self.subTest(service):
                self.assertRegex(self.rcpt(service, DEAD)[0], REFUSED)
        for name in ("policy", "socketmap"):
            with self.subTest(name):
                done = subprocess.run(
                    ["/usr/bin/python3", "-c", CONNECT,
                     os.path.join(spool, name)], user="nobody",
                    group="nogroup", extra_groups=[], cwd="/",
                    capture_output=True, text=True, check=False)
                self.assertIn("PermissionError", done.stderr)

    def test_a_reload_changes_the_answers(self):
        self.start_site()
        self.suppress("--reason", "mailbox-full", DEAD)
        for answers, pattern in (
                ([], REFUSED + " this address is suppressed: mailbox-full$"),
                ([{"reasons": ["mailbox-full"],
                   "answer": "450 4.2.2 still full"}],
                 r"^450 4\.2\.2 .*\[postbounce \w{16}\] still full$"),
                ([{"answer": "DUNNO"}], "^250 "), ([], REFUSED)):
            with self.subTest(pattern):
                self.daemon.answers = answers
                self.reload()
                for protocol in ("policy", "socketmap", "tcp_table"):
                    self.assertRegex(self.rcpt(protocol, DEAD)[0], pattern)

    def reload(self):
        self.daemon.write_config()
        before = self.daemon_log().count("reloaded")
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_for(lambda: self.daemon_log().count("reloaded") > before,
                 "the configuration is reloaded")

    def test_no_mail_is_delivered_by_a_table_that_nobody_answers(self):
        self.start_site(TRANSPORT)
        self.suppress(DEAD)
        self.daemon.stop()
        self.postfix.sendmail(SENDER, [DEAD, FINE], message(FINE))
        for recipient in (DEAD, FINE):
            line = self.postfix.wait_for_log(f"to=<{recipient}>", "status=")
            self.assertRegex(line, r"dsn=4\.3\.0, status=deferred")
        self.assertEqual(self.mx.mails, [])
        self.daemon.start()
        self.postfix.flush()
        self.postfix.wait_for_log(f"to=<{DEAD}>", "status=bounced")
        self.postfix.wait_for_log(f"to=<{FINE}>", "status=sent")

    def test_an_alias_is_looked_up_before_it_is_expanded(self):
        self.start_site(TRANSPORT
                        + "virtual_alias_domains = example.com\n"
                        "virtual_alias_maps = inline:{ { list@example.com = "
                        f"{DEAD}, {FINE} }} }}\n")
        self.suppress(DEAD)
        self.postfix.port = self.ports["policy"]
        self.postfix.submit(SENDER, ["list@example.com"], message(FINE))
        line = self.postfix.wait_for_log(f"to=<{DEAD}>", "status=bounced")
        self.assertIn("orig_to=<list@example.com>", line)
        self.assertIn("[postbounce ", line)
        self.postfix.wait_for_log(f"to=<{FINE}>", "status=sent")

    def replies_to_many(self, main_cf):
        """The codes, up to the one that ends the session, of 25 recipients who
        are suppressed and one who is not."""
        self.start_site(main_cf)
        self.suppress("@gone.example")
        codes = []
        with smtplib.SMTP("127.0.0.1", self.ports["socketmap"],
                          timeout=120) as client:
            client.ehlo()
            client.mail(SENDER)
            for recipient in [f"u{i}@gone.example" for i in range(25)] + [FINE]:
                codes.append(client.rcpt(recipient)[0])
                if codes[-1] == 421:
                    break
        return codes

    def test_a_session_ends_with_twenty_refusals(self):
        self.assertEqual(self.replies_to_many("smtpd_error_sleep_time = 0\n"),
                         [550] * 20 + [421])

    def test_a_session_goes_on_with_the_limits_of_the_page(self):
        limits = re.findall(r"^-o (smtpd_\w+_error_limit=\d+)$",
                            read_file(PAGE), re.M)
        self.assertEqual(len(limits), 2)
        self.assertEqual(self.replies_to_many("\n".join(limits) + "\n"),
                         [550] * 25 + [250])

    def test_an_exported_table_needs_no_daemon(self):
        self.start_site(
            "transport_maps = hash:/etc/postfix/suppressed\n",
            **{"origin.trusted_clients": ["127.0.0.1"]})
        self.suppress("--reason", "no-such-user", DEAD, "@gone.example",
                      '"two words"@example.org')
        self.export_as_the_page_says()
        counts = self.counts()
        self.daemon.stop()
        self.postfix.sendmail(SENDER, [DEAD, FINE, "any@gone.example"],
                              message(FINE))
        for recipient in (DEAD, "any@gone.example"):
            line = self.postfix.wait_for_log(f"to=<{recipient}>", "status=")
            self.assertRegex(line, r"dsn=5\.7\.1, status=bounced "
                                   r"\(\[postbounce \w{16}\] this address is "
                                   r"suppressed: [a-z-]+\)$")
        self.postfix.wait_for_log(f"to=<{FINE}>", "status=sent")
        self.daemon.start()
        wait_for(lambda: self.daemon.stats()["logs"][0]["lines"]
                 == self.postfix.log().count("\n"), "the log is read")
        self.assertEqual(self.counts(), counts)
        self.assertEqual(
            [event["reason"]
             for event in self.daemon.status(DEAD)["events"]],
            ["already-suppressed"])

    def counts(self):
        stats = self.daemon.stats()
        return {name: stats[name] for name in
                ("suppressed", "suppressed_in_scopes", "held")}

    def export_as_the_page_says(self):
        recipe = re.search(r"^(cd /etc/postfix &&\n.*?)^\.Ed$",
                           read_file(PAGE), re.M | re.S).group(1)
        programs = self.path("bin")
        os.makedirs(programs)
        write_file(os.path.join(programs, "postbounce"),
                   f"#!/bin/sh\nexec {program('postbounce')} --config "
                   f"{self.daemon.config} \"$@\"\n", 0o755)
        subprocess.run(
            ["/bin/sh", "-ec", recipe.replace("\\\\", "\\").replace(
                "/etc/postfix", self.postfix.conf)],
            env={"PATH": f"{programs}:/usr/sbin:/usr/bin:/bin",
                 "MAIL_CONFIG": self.postfix.conf}, check=True)


if __name__ == "__main__":
    lab.main()
