"""A Postfix of our own: configuration, queue, log and lock in a scratch
directory, loopback only, nothing under /etc touched, no systemd."""

import glob
import gzip
import json
import os
import pwd
import smtplib
import subprocess

from lab import free_port, read_file, wait_for, write_file

POSTFIX = "/usr/sbin/postfix"
HOSTNAME = "out.example.com"

# Each parameter stands here once: a duplicate makes every process log a
# warning while it starts, and with the kernel's small default for datagram
# queues those can block postlogd on its own socket, and so the whole system.
MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
sendmail_path = /usr/sbin/sendmail
mailq_path = /usr/bin/mailq
newaliases_path = /usr/bin/newaliases
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = {hostname}
mydomain = example.com
myorigin = $myhostname
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
smtp_host_lookup = native
default_transport = smtp:[127.0.0.1]:{mx_port}
recipient_delimiter = +
export_environment = TZ MAIL_CONFIG LANG
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
# A deferred mail waits until the test flushes the queue.
queue_run_delay = 1h
minimal_backoff_time = 1h
maximal_backoff_time = 1h
biff = no
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


class PrivatePostfix:
    """Mail goes to the MX unless the further lines of master.cf, main.cf and
    the table postbounce-transport say otherwise. In them /etc/postfix is the
    private folder."""

    def __init__(self, home, mx_port, master_cf, main_cf, transport, *,
                 hostname=HOSTNAME, port=None):
        self.home = home
        self.port = port or free_port()
        self.conf = os.path.join(home, "etc")
        self.log_path = os.path.join(home, "maillog")
        self._files = {
            "main.cf": MAIN_CF.format(home=home, hostname=hostname,
                                      mx_port=mx_port)
                       + main_cf.replace("/etc/postfix", self.conf),
            "master.cf": MASTER_CF.format(port=self.port) + master_cf,
            "postbounce-transport": transport,
        }

    def start(self):
        for name in ("", "etc", "spool", "data"):
            os.makedirs(os.path.join(self.home, name), mode=0o755,
                        exist_ok=True)
        data = os.path.join(self.home, "data")
        os.chown(data, pwd.getpwnam("postfix").pw_uid, -1)
        for name, text in self._files.items():
            write_file(os.path.join(self.conf, name), text)
        self._postfix("start")
        wait_for(self._answers, "Postfix answers on its port")

    def stop(self):
        master = self._master_pid()
        try:
            self._postfix("stop", timeout=20)
        except (subprocess.SubprocessError, RuntimeError):
            if master and os.path.exists(f"/proc/{master}"):
                os.kill(master, 9)

    def log(self):
        return read_file(self.log_path)

    def warnings(self):
        """The log's warnings, but for those about the clock of a virtual
        machine, which is not ours to set."""
        return [line for line in self.log().splitlines()
                if "warning: " in line and "file system clock" not in line
                and "resetting file time stamps" not in line]

    def wait_for_log(self, *words):
        """Waits for a line that has all the words, and returns it."""
        def find():
            for line in self.log().splitlines():
                if all(word in line for word in words):
                    return line
            return None
        return wait_for(find, f"a log line with {words}")

    def queue(self):
        """What is in the queue, as postqueue -j tells it."""
        done = subprocess.run(["/usr/sbin/postqueue", "-c", self.conf, "-j"],
                              capture_output=True, timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def wait_until_empty(self):
        wait_for(lambda: not self.queue(), "Postfix's queue is empty")

    def flush(self):
        subprocess.run(["/usr/sbin/postqueue", "-c", self.conf, "-f"],
                       timeout=60, check=True)

    def submit(self, sender, recipients, text, rcpt_options=()):
        """Sends a message through smtpd. `text` has header and body."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            refused = client.sendmail(
                sender, recipients,
                text.replace("\r\n", "\n").replace("\n", "\r\n"),
                rcpt_options=rcpt_options)
        assert not refused, refused

    def sendmail(self, sender, recipients, text, *options):
        """Sends a message as a program on this host would."""
        subprocess.run(["/usr/sbin/sendmail", "-C", self.conf, "-f", sender,
                        *options, "--", *recipients],
                       input=text, text=True, timeout=60, check=True)

    def reload(self):
        self._postfix("reload")

    def rotate_log(self):
        """As logrotate(8) would for a log that postlogd writes."""
        self._postfix("logrotate")

    def log_lines(self):
        """The lines of all its logs, those that were rotated first."""
        lines = []
        for path in sorted(glob.glob(self.log_path + ".*")):
            opened = gzip.open if path.endswith(".gz") else open
            with opened(path, "rt", encoding="utf-8",
                        errors="replace") as file:
                lines += file.read().splitlines()
        return lines + self.log().splitlines()

    def _postfix(self, verb, timeout=60):
        done = subprocess.run([POSTFIX, "-c", self.conf, verb],
                              stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(
                f"postfix {verb}: {done.stdout.decode()}\n{self.log()}")

    def _master_pid(self):
        text = read_file(os.path.join(self.home, "spool/pid/master.pid"))
        return int(text) if text.strip() else None

    def _answers(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=10):
                return True
        except OSError:
            return False
