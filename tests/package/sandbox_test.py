"""The unit of the Debian package under a real systemd, with a real Postfix, in
a container without network: what the sandbox must let through, and when it must
not start again. usage: sandbox_test.py PACKAGE"""

import datetime
import os
import shutil
import sys
import tempfile
import unittest

import container
import fresh_root
from container import Container
from fresh_root import FreshRoot

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../e2e"))
# pylint: disable=wrong-import-position
from guard_test import Log  # noqa: E402

PACKAGE = ""

# An alert as people write them: a note in a file, and a mail.
ALERT = """#!/bin/sh
echo "$@" >>/var/lib/postbounce/alerts
id -u >>/var/lib/postbounce/alerts
printf 'Subject: alarm\\n\\n%s\\n' "$4" | /usr/sbin/sendmail root
"""
SCRIPT = r"""
systemctl is-active postbounced >active
systemd-analyze security --no-pager postbounced | tail -n 1 >security

sendmail -f '' bounce@bounces.example.com \
  </usr/share/doc/postbounce/samples/09-reply-from-a-person.eml
wait_for 'postbounce inbox | grep -q Carla'
postbounce inbox >inbox

postbounce suppress dead@example.org >/dev/null
postbounce status dead@example.org >status
exec 3<>/dev/tcp/127.0.0.1/25
read -r -u 3 _
printf 'EHLO a\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<%s>\r\nQUIT\r\n' \
  dead@example.org >&3
cat <&3 >smtp

postbounce log import --apply mail.log >import
wait_for 'test -s /var/mail/root && grep -q alarm /var/lib/postbounce/alerts'
cp /var/mail/root mail
cp /var/lib/postbounce/alerts alerts
journalctl -u postbounced -p warning -o cat --no-pager >warnings

# As a later version would leave its store: user_version is at 60.
systemctl stop postbounced
printf '\000\000\000\143' | dd of=/var/lib/postbounce/postbounce.db bs=1 \
  seek=60 conv=notrunc 2>/dev/null
! systemctl start postbounced 2>/dev/null
systemctl show -p ActiveState,ExecMainStatus,NRestarts postbounced >refused
journalctl -u postbounced -p err -o cat --no-pager >errors
"""


def outage():
    """A log of a domain that took mail for days and refuses it now."""
    log = Log(datetime.datetime.now(datetime.timezone.utc))
    log.usual(10, 1)
    for number in range(400):
        log.add(9 - number / 50, f"person{number}@gmail.test")
    for number in range(200):
        log.add(number / 200 / 48, f"person{number}@gmail.test", "gone")
    return log.text()


class SandboxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        base = fresh_root.base_for(PACKAGE)
        scratch = tempfile.mkdtemp(dir=fresh_root.BUILD)
        cls.addClassCleanup(shutil.rmtree, scratch)
        cls.root = FreshRoot(os.path.join(scratch, "root"), base)
        cls.root.install(PACKAGE)
        cls.wire_postfix()
        cls.plant_the_alert()
        cls.container = Container(cls.root, SCRIPT, {"mail.log": outage()})

    @classmethod
    def wire_postfix(cls):
        """What README says, with the snippets as they are."""
        root = cls.root
        snippets = "/usr/share/doc/postbounce/postfix/"
        root.write("/etc/postfix/postbounce-transport",
                   root.read(snippets + "transport"))
        for name, files in (("main.cf", ("main.cf", "lookup-policy")),
                            ("master.cf", ("master.cf",))):
            path = "/etc/postfix/" + name
            root.write(path, root.read(path) + "\n" + "\n".join(
                root.read(snippets + file) for file in files))
        root.run("postconf", "smtpd_recipient_restrictions=$postbounce_policy")

    @classmethod
    def plant_the_alert(cls):
        root = cls.root
        config = "/etc/postbounce/postbounce.toml"
        root.write("/etc/postbounce/alert", ALERT, 0o755)
        root.write(config, root.read(config).replace(
            '#alert = ""', 'alert = "/etc/postbounce/alert"'))

    def seen(self, name):
        return self.container.seen(name)

    def test_the_unit_starts_and_is_hardened(self):
        self.assertEqual(self.seen("active"), "active\n")
        self.assertRegex(self.seen("security"),
                         r"postbounced.service: 1\.[0-5]")

    def test_a_real_postfix_hands_mail_in(self):
        self.assertIn("Carla", self.seen("inbox"))

    def test_a_chrooted_smtpd_asks_and_refuses(self):
        self.assertRegex(self.root.read("/etc/postfix/master.cf"),
                         r"(?m)^smtp +inet +n +- +y ")
        self.assertRegex(self.seen("smtp"), r"(?m)^550 5\.7\.1 .*dead@example"
                         r"\.org.*this address is suppressed")

    def test_the_uid_of_who_orders_is_known(self):
        self.assertRegex(self.seen("status"), r"\broot\b")

    def test_the_alert_runs_writes_and_sends_mail(self):
        self.assertRegex(self.seen("alerts"), r"(?m)^open 1 .*gmail\.test")
        self.assertIn(str(self.root.ids("postbounce")[0]),
                      self.seen("alerts").splitlines())
        self.assertRegex(self.seen("mail"), r"(?m)^Subject: alarm$")
        self.assertIn("gmail.test", self.seen("mail"))

    def test_the_journal_knows_what_is_a_warning(self):
        self.assertIn("guard: alarm 1", self.seen("warnings"))
        self.assertNotIn("<4>", self.seen("warnings"))

    def test_a_store_of_a_later_version_is_not_started_again_and_again(self):
        self.assertEqual(sorted(self.seen("refused").split()),
                         ["ActiveState=failed", "ExecMainStatus=65",
                          "NRestarts=0"])
        self.assertIn("written by a later postbounce", self.seen("errors"))


if __name__ == "__main__":
    WHY = container.why_not()
    if WHY:
        print(f"skipped: {WHY}")
        sys.exit(77)
    PACKAGE = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
