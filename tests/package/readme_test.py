"""What README.md says to type for each kind of site, typed into a fresh Debian
with a real systemd and a real Postfix, and what comes of it.
usage: readme_test.py PACKAGE"""

import json
import os
import re
import shutil
import sys
import tempfile
import unittest

import container
import fresh_root
from container import Container
from fresh_root import FreshRoot

README = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../README.md")
PACKAGE = ""

# The world: example.org has an MX that knows nobody, example.net takes all.
WORLD = """
127.0.0.2:25 inet n - n - - smtpd
  -o syslog_name=world -o myhostname=mx.example.org
  -o smtpd_milters=
  -o relay_domains=example.org,example.net
  -o { smtpd_recipient_restrictions = check_recipient_access
       inline:{ { example.org = 550 5.1.1 no such user }
                { example.net = DISCARD } } }
submission inet n - y - - smtpd
"""
HOSTS = "127.0.0.1 localhost mail.example.com\n127.0.0.2 example.org example.net\n"
SUDO = '#!/bin/sh\nexec "$@"\n'

# Said by SMTP to a port of this host; the reply to each command in a file.
SCRIPT = r"""
smtp() {  # port sender recipient [message]
  exec 3<>/dev/tcp/127.0.0.1/$1
  read -r -u 3 _
  printf 'EHLO a.example.net\r\nMAIL FROM:<%s>\r\nRCPT TO:<%s>\r\n' "$2" "$3" >&3
  if [ -n "${4-}" ]; then
    printf 'DATA\r\n' >&3
    sed 's/$/\r/' "$4" >&3
    printf '.\r\n' >&3
  fi
  printf 'QUIT\r\n' >&3
  cat <&3
}
is_listed() { postbounce list | grep -q "$1"; }
is_seen_twice() {  # by its log line and by the bounce
  postbounce status --json "$1" >status
  grep -q '"source":"log"' status && grep -q '"source":"bounce"' status
}
"""

SHOP = r"""
/usr/sbin/sendmail -f bounce@bounces.example.com nobody@example.org </dev/null
wait_for 'is_listed nobody@example.org'
wait_for 'is_seen_twice nobody@example.org'
smtp 25 shop@example.com nobody@example.org >refused
smtp 25 shop@example.com somebody@example.net >taken
journalctl -o short-iso-precise SYSLOG_FACILITY=2 | postbounce log import - >old
"""

LIST = r"""
useradd --create-home news-bounces
/usr/sbin/sendmail -f news-bounces@mail.example.com gone@example.net </dev/null
wait_for 'postbounce events gone@example.net | grep -q example.net'
journalctl -o cat SYSLOG_FACILITY=2 SYSLOG_IDENTIFIER=postfix/cleanup |
  sed -n 's/.*message-id=\(<.*>\)$/\1/p' | head -n 1 >id
sed "s/@ID@/$(sed 's/[&/]/\\&/g' id)/" late >late.eml
smtp 25 '' news-bounces@mail.example.com late.eml >given
wait_for 'is_listed gone@example.net'
wait_for 'test -s /var/mail/news-bounces'
cp /var/mail/news-bounces mailbox
postbounce export --format mailman >export
"""

# A bounce of a server that has taken the mail before.
LATE = """From: MAILER-DAEMON@example.net
To: news-bounces@mail.example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<gone@example.net>: unknown user

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; gone@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--b
Content-Type: text/rfc822-headers

From: news@mail.example.com
To: gone@example.net
Message-ID: @ID@

--b--
"""

ESP = r"""
postbounce suppress --scope acme --reason complaint joe@example.net >/dev/null
smtp 587 news@acme.example joe@example.net >refused
smtp 587 news@other.example joe@example.net >taken
/usr/sbin/sendmail -f bounce@acme.bounces.example.com nobody@example.org </dev/null
wait_for 'is_listed nobody@example.org'
wait_for 'is_seen_twice nobody@example.org'
"""


def typed(site):
    """What README says to type for a kind of site."""
    with open(README, encoding="utf-8") as file:
        blocks = re.findall(rf"<!-- {site} -->\n```sh\n(.*?)```", file.read(),
                            re.S)
    assert blocks, f"README has nothing to type for {site}"
    return "\n".join(blocks)


def edited(config):
    """The configuration with what README says to put under [milter]."""
    with open(README, encoding="utf-8") as file:
        line, = re.findall(r"<!-- list, edited -->\n```toml\n(.*\n)```",
                           file.read())
    head, tail = config.split("[milter]\n")
    name = line.split("=")[0]
    return head + "[milter]\n" + re.sub(f"(?m)^#{name}=.*\n", line, tail,
                                        count=1)


class ReadmeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = fresh_root.base_for(PACKAGE)

    def site(self, name, then, files=()):
        scratch = tempfile.mkdtemp(dir=fresh_root.BUILD)
        self.addCleanup(shutil.rmtree, scratch)
        root = FreshRoot(os.path.join(scratch, "root"), self.base)
        root.install(PACKAGE)
        root.write("/usr/local/bin/sudo", SUDO, 0o755)
        root.write("/etc/hosts", HOSTS)
        master = "/etc/postfix/master.cf"
        root.write(master, root.read(master) + WORLD)
        # Debian's "Local only" sends nothing elsewhere.
        root.run("postconf", "default_transport=smtp", "relay_transport=relay",
                 "smtp_host_lookup=native", "smtp_dns_support_level=disabled")
        if name == "list":
            config = "/etc/postbounce/postbounce.toml"
            root.write(config, edited(root.read(config)))
        seen = Container(root, f"{typed(name)}\ncd {container.PROBE}\n{SCRIPT}"
                               f"{then}\npostbounce doctor >doctor || true",
                         files).seen
        self.assertNotRegex(seen("doctor"), "(?m)^fail")
        return seen

    def test_a_shop(self):
        seen = self.site("shop", SHOP)
        self.assertRegex(seen("refused"), r"(?m)^550 5\.7\.1 .*suppressed")
        self.assertNotRegex(seen("taken"), r"(?m)^[45]")
        self.assertEqual(len(json.loads(seen("status"))["events"]), 1)
        self.assertIn("No address comes onto the list", seen("old"))

    def test_a_mailing_list_host(self):
        seen = self.site("list", LIST, {"late": LATE})
        self.assertRegex(seen("given"), r"(?m)^250 2\.0\.0 Ok: queued")
        self.assertIn("Undelivered Mail", seen("mailbox"))
        self.assertIn("gone@example.net", seen("export"))

    def test_an_esp(self):
        seen = self.site("esp", ESP)
        self.assertRegex(seen("refused"), r"(?m)^550 5\.7\.1 .*suppressed")
        self.assertNotRegex(seen("taken"), r"(?m)^[45]")
        self.assertEqual(len(json.loads(seen("status"))["events"]), 1)


if __name__ == "__main__":
    WHY = container.why_not()
    if WHY:
        print(f"skipped: {WHY}")
        sys.exit(77)
    PACKAGE = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
