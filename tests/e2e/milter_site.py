"""A site whose Postfix shows its mail to the daemon's milter."""

import os
import re
import signal
import smtplib

from lab import LabTest, read_file, wait_for
from postbounced import Postbounced
from private_postfix import HOSTNAME, PrivatePostfix
from scripted_mx import ScriptedMx
from whole_site import snippet

BOUNCE = "bounce@bounces.example.com"
PERSON = "ann@example.com"
REMOTE = "mx.accepts.test"
INTERNAL = (("#non_smtpd_milters", "non_smtpd_milters"),
            ("#internal_mail_filter_classes", "internal_mail_filter_classes"))


class MilterTest(LabTest):
    """After start_site() there are self.mx, which takes all mail of the world
    and of this site's people, self.postfix and self.daemon."""

    def start_site(self, *replacements, main_cf="", transport="", answers=(),
                   has_log=True, **settings):
        """`replacements` are those in the snippet."""
        spool = self.path("pf", "spool", "postbounce")
        os.makedirs(spool)
        self.socket = f"{spool}/milter"
        self.mx = self.start(ScriptedMx())
        log = {"files": [self.path("pf", "maillog")], "start": "beginning"}
        self.daemon = Postbounced(
            self.path("pb"), [log] if has_log else [], answers, **{
                "origin.hosts": [HOSTNAME],
                "origin.local_domains": ["example.com"],
                "milter.listen": f"unix:{spool}/milter",
                "milter.group": "postfix", **settings})
        self.start(self.daemon)
        self.postfix = self.start(PrivatePostfix(
            self.path("pf"), self.mx.port, "",
            snippet("milter", *replacements)
            + "transport_maps = texthash:/etc/postfix/postbounce-transport\n"
            + main_cf, transport))

    def start_remote(self):
        """Another site's Postfix, which takes mail and passes it on to the
        world. What it sends to our domains comes in by SMTP."""
        self.remote = self.start(PrivatePostfix(
            self.path("rm"), self.mx.port, "",
            "transport_maps = texthash:/etc/postfix/postbounce-transport\n",
            f"example.com smtp:[127.0.0.1]:{self.postfix.port}\n"
            f".example.com smtp:[127.0.0.1]:{self.postfix.port}\n",
            hostname=REMOTE))

    def send(self, sender, recipients, text):
        """Hands a mail in, whose lines end in CRLF. What smtpd says of it, once
        for each recipient that it refuses, and at the end."""
        with smtplib.SMTP("127.0.0.1", self.postfix.port,
                          timeout=120) as client:
            client.ehlo()
            code, said = client.mail(sender)
            if code != 250:
                return [f"{code} {said.decode()}"]
            replies = []
            for recipient in recipients:
                code, said = client.rcpt(recipient)
                if code != 250:
                    replies.append(f"{code} {said.decode()}")
            if len(replies) == len(recipients):
                return replies
            code, said = client.data(text)
        return replies + [f"{code} {said.decode()}"]

    def wait_for_mails(self, count=1):
        wait_for(lambda: len(self.mx.mails) >= count, f"{count} mails arrive")
        self.postfix.wait_until_empty()
        self.assertEqual(len(self.mx.mails), count)
        return self.mx.mails

    def wait_until_log_is_read(self):
        def is_read():
            lines = self.postfix.log().count("\n")
            logs = self.daemon.stats()["logs"]
            return logs and logs[0]["lines"] == lines
        wait_for(is_read, "the log is read")

    def reload(self):
        """Returns when the daemon has another configuration."""
        before = self.daemon_log().count("reloaded")
        self.daemon.write_config()
        os.kill(self.daemon.pid, signal.SIGHUP)
        wait_for(lambda: self.daemon_log().count("reloaded") > before,
                 "the daemon has reloaded")

    def witnesses(self):
        return self.daemon.stats()["witnesses"]

    def reasons(self, address):
        return [event["reason"]
                for event in self.daemon.status(address)["events"]]

    def daemon_log(self):
        return read_file(self.daemon.log_path)


def without_trace(data):
    """Without the field that Postfix has written on top."""
    return re.sub(rb"\AReceived:.*\r\n(?:[ \t].*\r\n)*", b"", data)


def report(victim="victim@example.org", text="550 5.1.1 User unknown"):
    """As somebody would forge it."""
    return (f"Received: from nowhere (nowhere [192.0.2.1])\r\n"
            f"\tby {HOSTNAME} (Postfix) with ESMTP id 4jFORGED\r\n"
            f"From: MAILER-DAEMON@{HOSTNAME}\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\n"
            "Message-ID: <1@out.example.com>\r\n"
            "Date: Sat, 21 Nov 2026 00:00:00 +0000\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/report;\r\n"
            "\treport-type=delivery-status; boundary=b\r\n"
            "\r\n"
            "--b\r\n"
            "Content-Type: message/delivery-status\r\n"
            "\r\n"
            f"Reporting-MTA: dns; {HOSTNAME}\r\n"
            "X-Postfix-Queue-ID: 4jFORGEDz1cBKT\r\n"
            "\r\n"
            f"Final-Recipient: rfc822; {victim}\r\n"
            "Action: failed\r\n"
            "Status: 5.1.1\r\n"
            f"Diagnostic-Code: smtp; {text}\r\n"
            "\r\n"
            "--b--\r\n")
