"""What Postfix asks who may log in: a server of Dovecot's auth protocol."""

import base64
import socketserver
import threading

GREETING = (b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
            b"COOKIE\t0123456789abcdef\nDONE\n")
PASSWORD = "secret"


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(GREETING)
        for line in self.rfile:
            verb, number, *rest = line.decode().rstrip("\n").split("\t")
            if verb != "AUTH":
                continue
            said = next(one for one in rest if one.startswith("resp="))
            _, user, password = base64.b64decode(
                said.removeprefix("resp=")).decode().split("\0")
            answer = (f"OK\t{number}\tuser={user}" if password == PASSWORD
                      else f"FAIL\t{number}\tuser={user}")
            self.wfile.write(answer.encode() + b"\n")


class DovecotAuth:
    """Whoever knows PASSWORD is let in."""
    log_path = None

    def __init__(self):
        self._server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def main_cf(self):
        return ("smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
                f"smtpd_sasl_path = inet:127.0.0.1:{self.port}\n")

    def start(self):
        threading.Thread(target=self._server.serve_forever,
                         daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
