"""A site whose Postfix asks the daemon before it takes or delivers mail."""

import os
import smtplib

from lab import LabTest, free_port, read_file
from postbounced import Postbounced
from private_postfix import PrivatePostfix
from scripted_mx import ScriptedMx
from whole_site import snippet

SENDER = "news@example.com"
DEAD = "dead@example.org"
FINE = "fine@example.org"


class AskingTest(LabTest):
    """After start_site() there are self.mx, self.postfix and self.daemon, and
    self.ports: those of smtpd by protocol, "PROTOCOL chrooted" and "PROTOCOL
    inet"."""

    def start_site(self, main_cf="", transport="", answers=(), scopes=(),
                   **settings):
        spool = self.path("pf", "spool", "postbounce")
        os.makedirs(spool)
        self.tcp_port = free_port()
        self.inet_ports = {"policy": free_port(), "socketmap": free_port()}
        self.sockets = {
            "policy": f"unix:{spool}/policy",
            "socketmap": f"unix:{spool}/socketmap",
            "tcp_table": f"inet:127.0.0.1:{self.tcp_port}",
        }
        listen = {f"lookup.{name}": [where]
                  for name, where in self.sockets.items()}
        for name, port in self.inet_ports.items():
            listen[f"lookup.{name}"].append(f"inet:127.0.0.1:{port}")
        self.mx = self.start(ScriptedMx())
        self.daemon = Postbounced(self.path("pb"), self.logs_to_follow(),
                                  answers, scopes, **{
            "origin.local_domains": ["example.com"],
            **listen, **settings})
        self.start(self.daemon)
        self.postfix = self.start(PrivatePostfix(
            self.path("pf"), self.mx.port, self._services(),
            snippet("lookup-policy") + snippet("lookup-tables") + main_cf,
            transport))

    def logs_to_follow(self):
        return [{"files": [self.path("pf", "maillog")], "start": "beginning"}]

    def rcpt(self, service, *recipients, sender=SENDER):
        """What smtpd says of each recipient, "550 5.7.1 ...", in a session."""
        client = smtplib.SMTP("127.0.0.1", self.ports[service], timeout=120)
        with client:
            client.ehlo()
            client.command_encoding = "utf-8"
            options = "" if (sender + "".join(recipients)).isascii() else (
                " SMTPUTF8")
            code, text = client.docmd(f"MAIL FROM:<{sender}>{options}")
            self.assertEqual(code, 250, text)
            replies = [client.docmd(f"RCPT TO:<{recipient}>")
                       for recipient in recipients]
        return [f"{code} {text.decode()}" for code, text in replies]

    def suppress(self, *arguments):
        """By an order; what is answered from then on knows of it."""
        self.daemon.cli("suppress", *arguments)

    def ref(self, subject):
        """The reference by which strangers are told of it."""
        for reply in self.rcpt("policy", subject.replace("@", "any@", 1)
                               if subject.startswith("@") else subject):
            return reply.split("[postbounce ")[1].split("]")[0]

    def _services(self):
        """A submission service for each protocol: as the snippets have it,
        the same chrooted, and through a port on loopback."""
        restrictions = "  -o smtpd_recipient_restrictions="
        table = restrictions + "$postbounce_table\n"
        lookup = "  -o {{ postbounce_lookup = check_recipient_access {} }}\n"
        tcp = table + lookup.format(f"tcp:127.0.0.1:{self.tcp_port}")
        options = {
            "policy": ("n", restrictions + "$postbounce_policy\n"),
            "policy chrooted": ("y", restrictions + "$postbounce_policy\n"),
            "policy inet": ("n", self._policy_port()),
            "socketmap": ("n", table),
            "socketmap chrooted": ("y", table),
            "socketmap inet": ("n", table + lookup.format(
                f"socketmap:inet:127.0.0.1:{self.inet_ports['socketmap']}"
                ":suppressed")),
            "tcp_table": ("n", tcp),
            "tcp_table chrooted": ("y", tcp),
        }
        self.ports = {service: free_port() for service in options}
        # One process each, so that its connections can be counted.
        return "".join(
            f"127.0.0.1:{self.ports[service]} inet n - {chroot} - 1 smtpd\n"
            + lines for service, (chroot, lines) in options.items())

    def _policy_port(self):
        policy = snippet("lookup-policy", (
            "unix:postbounce/policy",
            f"inet:127.0.0.1:{self.inet_ports['policy']}"))
        value = policy.split("postbounce_policy = ")[1].split("\n\n")[0]
        value = value.replace(", request_limit=1", "")  # for many questions
        return ("  -o { smtpd_recipient_restrictions = "
                + " ".join(value.split()) + " }\n")

    def daemon_log(self):
        return read_file(self.daemon.log_path)
