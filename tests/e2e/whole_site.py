"""A whole site: the world's mail server, a Postfix and a Postbounce, put
together by the snippets that we ship."""

import os

from lab import PIPE_USER, LabTest, free_port, read_file, wait_for
from postbounced import Postbounced
from private_postfix import HOSTNAME, PrivatePostfix
from scripted_mx import ScriptedMx

BOUNCE = "bounce@bounces.example.com"
# Where what is read matters, not who may say so: of what a server on the site's
# own host says its log has to tell, too.
ANY_PROOF = {"policy.proof": "none"}
SNIPPETS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "../../conf/postfix")
SOCKET = "/var/spool/postfix/postbounce/lmtp"  # in the snippets
CLIENT = "@CMAKE_INSTALL_PREFIX@/lib/postbounce/postbounce-pipe"


def message(to, subject="Your order 4711", sender="news@example.com"):
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\n"
            "\nYour order is on its way.\n")


def snippet(name, *replacements):
    """A snippet, changed where a site has to; each place must be there."""
    text = read_file(os.path.join(SNIPPETS, name))
    for old, new in replacements:
        assert old in text, f"{name} does not say {old}"
        text = text.replace(old, new)
    return text


class SiteTest(LabTest):
    """After one of the start_... methods there are self.mx, self.postfix and
    self.daemon, and mail to the bounce domain goes to the daemon."""

    def start_with_pipe(self, **settings):
        self._start_daemon(settings)
        self._start_postfix(
            snippet("master.cf.in",
                    ("user=postbounce-in", "user=" + PIPE_USER),
                    (CLIENT, self.daemon.copy_pipe_client()),
                    (SOCKET, self.daemon.socket("lmtp"))),
            snippet("transport"))

    def start_with_lmtp_socket(self, **settings):
        self._start_daemon({"lmtp.group": "postfix", **settings})
        self._start_postfix_with_lmtp("unix:" + self.daemon.socket("lmtp"))

    def start_with_lmtp_port(self, **settings):
        where = f"inet:127.0.0.1:{free_port()}"
        self._start_daemon({"lmtp.listen": [where], **settings})
        self._start_postfix_with_lmtp(where)

    def start_with_remote(self, main_cf="", remote_cf="", master_cf="",
                          **settings):
        """Beside ours another site's Postfix, self.remote: it takes all mail
        to accepts.test, and passes it on to the world, which may refuse it."""
        port = free_port()
        self._start_daemon({"lmtp.group": "postfix",
                            "origin.local_domains": ["example.com"],
                            **settings})
        self.remote = self.start(PrivatePostfix(
            self.path("rm"), self.mx.port, "",
            "transport_maps = texthash:/etc/postfix/postbounce-transport\n"
            + remote_cf, f"bounces.example.com smtp:[127.0.0.1]:{port}\n",
            hostname="mx.accepts.test"))
        self.postfix = self.start(PrivatePostfix(
            self.path("pf"), self.mx.port,
            "postbounce unix - - n - 20 lmtp\n" + master_cf,
            snippet("main.cf") + main_cf,
            f"accepts.test smtp:[127.0.0.1]:{self.remote.port}\n"
            f"bounces.example.com postbounce:unix:"
            f"{self.daemon.socket('lmtp')}\n", port=port))

    def follow_log(self):
        """What is to be followed, for the daemon's `logs`."""
        return [{"files": [self.path("pf", "maillog")], "start": "beginning"}]

    def wait_for_log(self):
        """Until the daemon has read all that Postfix has logged."""
        def is_read():
            lines = self.postfix.log().count("\n")
            logs = self.daemon.stats()["logs"]
            return logs and logs[0]["lines"] == lines
        wait_for(is_read, "the log is read")

    def mail(self, *recipients):
        """One message from the site to the world."""
        self.postfix.submit(BOUNCE, recipients, message(recipients[0]))

    def deliveries(self):
        """Postfix's log lines about mails handed to the daemon."""
        return [line for line in self.postfix.log().splitlines()
                if f"to=<{BOUNCE}>" in line and "status=sent" in line]

    def _start_daemon(self, settings):
        self.mx = self.start(ScriptedMx())
        self.daemon = Postbounced(self.path("pb"), **{
            "origin.hosts": [HOSTNAME], **settings})
        self.start(self.daemon)

    def _start_postfix_with_lmtp(self, where):
        self._start_postfix(
            snippet("master.cf.in", ("#postbounce unix", "postbounce unix"),
                    ("postbounce unix - n n", "unused unix - n n")),
            snippet("transport",
                    ("bounces.example.com         postbounce:\n", ""),
                    ("#bounces.example.com", "bounces.example.com"),
                    ("unix:" + SOCKET, where)))

    def _start_postfix(self, master_cf, transport):
        self.postfix = PrivatePostfix(self.path("pf"), self.mx.port, master_cf,
                                      snippet("main.cf"), transport)
        self.start(self.postfix)
