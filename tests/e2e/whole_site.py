"""A whole site: the world's mail server, a Postfix and a Postbounce."""

from lab import LabTest, free_port
from postbounced import Postbounced
from private_postfix import PrivatePostfix
from scripted_mx import ScriptedMx

BOUNCE = "bounce@bounces.example.com"


def message(to, subject="Your order 4711", sender="news@example.com"):
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\n"
            "\nYour order is on its way.\n")


class SiteTest(LabTest):
    """After one of the start_... methods there are self.mx, self.postfix and
    self.daemon, and mail to the bounce domain goes to the daemon."""

    def start_with_pipe(self, **settings):
        self._start(settings, "postbounce:",
                    lambda daemon: daemon.pipe_service())

    def start_with_lmtp_socket(self, **settings):
        settings = {"lmtp.group": "postfix", **settings}
        where = "unix:" + self.path("pb", "lmtp")
        self._start(settings, "postbounce:" + where, self._lmtp_service)

    def start_with_lmtp_port(self):
        where = f"inet:127.0.0.1:{free_port()}"
        self._start({"lmtp.listen": [where]}, "postbounce:" + where,
                    self._lmtp_service)

    def mail(self, *recipients):
        """One message from the site to the world."""
        self.postfix.submit(BOUNCE, recipients, message(recipients[0]))

    def deliveries(self):
        """Postfix's log lines about mails handed to the daemon."""
        return [line for line in self.postfix.log().splitlines()
                if f"to=<{BOUNCE}>" in line and "status=sent" in line]

    @staticmethod
    def _lmtp_service(_):
        return "postbounce unix - - n - 20 lmtp\n"

    def _start(self, settings, transport, service):
        self.mx = self.start(ScriptedMx())
        self.daemon = Postbounced(self.path("pb"), **settings)
        self.postfix = PrivatePostfix(
            self.path("pf"), self.mx.port,
            f"bounces.example.com {transport}\n", service(self.daemon),
            "postbounce_destination_recipient_limit = 1\n")
        self.start(self.daemon)
        self.start(self.postfix)
