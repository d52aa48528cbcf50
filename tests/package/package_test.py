"""The Debian package in a fresh root: installed, upgraded over an older store,
refused by a later one, removed and purged. usage: package_test.py PACKAGE"""

import glob
import hashlib
import hmac
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import unittest

import fresh_root
from fresh_root import FreshRoot, UnitsDaemon

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
STORE = "/var/lib/postbounce/postbounce.db"
KEY = "/var/lib/postbounce/site.key"
CONFIG = "/etc/postbounce/postbounce.toml"
SOCKETS = "/var/spool/postfix/postbounce"
SITE_KEY = "0123456789abcdef" * 4
PACKAGE = ""


def migrations():
    """What the store's tables were made with, a text for each version, the
    first two in front."""
    texts = []
    folder = os.path.join(ROOT, "store/sqlite")
    for name in ("migrations.cc", *glob.glob("migration_*.h",
                                             root_dir=folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            texts += re.findall(r'R"sql\((.*?)\)sql"', file.read(), re.DOTALL)
    return texts


def make_old_store(path, address):
    """A store of version 2 of the tables, in which an address failed and is
    suppressed."""
    key = hmac.new(SITE_KEY.encode(), address.encode(), hashlib.sha256)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA auto_vacuum = INCREMENTAL")
    for text in migrations()[:2]:
        database.executescript(text)
    database.execute("INSERT INTO address VALUES (1, ?, ?, 1)",
                     (key.digest()[:16], address))
    database.executescript(f"""
        INSERT INTO event(id, address, time, action, reason, class, permanent)
          VALUES (1, 1, 1790000000000, 1, 1, 3, 1);
        INSERT INTO suppression VALUES (1, 1, 1, 1790000000000, NULL, 1);
        INSERT INTO log(name, lines) VALUES ('mail', 4711);
        PRAGMA application_id = {0x50426e63};
        PRAGMA user_version = 2;""")
    database.close()


def user_version(path, value=None):
    database = sqlite3.connect(path, isolation_level=None)
    try:
        if value is not None:
            database.execute(f"PRAGMA user_version = {value}")
        return database.execute("PRAGMA user_version").fetchone()[0]
    finally:
        database.close()


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        base = fresh_root.base_for(PACKAGE)
        cls.scratch = tempfile.mkdtemp(dir=fresh_root.BUILD)
        cls.addClassCleanup(shutil.rmtree, cls.scratch)
        cls.older = fresh_root.with_version(PACKAGE, "0.0.1-1", cls.scratch)
        root = FreshRoot(os.path.join(cls.scratch, "installed"), base)
        root.install(cls.older)
        cls.installed = os.path.join(cls.scratch, "installed.tar")
        fresh_root.run("tar", "-C", root.path, "--numeric-owner", "-cf",
                       cls.installed, ".")
        shutil.rmtree(root.path)

    def root(self):
        """A root with the older package, fresh from its installation."""
        path = os.path.join(self.scratch, self.id().rpartition(".")[2])
        self.addCleanup(shutil.rmtree, path)
        return FreshRoot(path, self.installed)

    def start(self, root):
        daemon = UnitsDaemon(root)
        self.addCleanup(daemon.stop)
        daemon.start()
        return daemon

    def listed(self, daemon):
        return daemon.cli("export").split()

    def test_an_installation_is_ready_to_be_started(self):
        root = self.root()
        uid, groups = root.ids("postbounce")
        self.assertLess(uid, 1000)
        self.assertEqual(groups, {"postbounce", "postbounce-in", "adm",
                                  "systemd-journal"})
        self.assertLessEqual({"postbounce", "postbounce-in"},
                             root.ids("postfix")[1])
        self.assertEqual(root.ids("postbounce-in")[1], {"postbounce-in"})
        for path, looks in (("/var/lib/postbounce",
                             "700 postbounce postbounce"),
                            (SOCKETS, "751 postbounce postbounce-in"),
                            (CONFIG, "644 root root")):
            with self.subTest(path):
                self.assertEqual(root.looks(path), looks)
        self.assertTrue(root.exists(
            "/etc/systemd/system/multi-user.target.wants/postbounced.service"))
        self.assertEqual(root.run("dpkg", "--verify", "postbounce"), "")

    def test_what_is_installed_takes_a_bounce_and_an_order(self):
        root = self.root()
        daemon = self.start(root)
        self.assertEqual(root.looks(KEY), "600 postbounce postbounce")
        for name, looks in (("lmtp", "660 postbounce postbounce-in"),
                            ("query", "660 postbounce postbounce"),
                            ("policy", "660 postbounce postbounce"),
                            ("control", "600 postbounce postbounce")):
            with self.subTest(name):
                self.assertEqual(root.looks(f"{SOCKETS}/{name}"), looks)
        # As master.cf has it, from Postfix's pipe(8).
        root.run("sh", "-c", "setpriv --reuid postbounce-in --regid "
                 "postbounce-in --clear-groups /usr/lib/postbounce/"
                 f"postbounce-pipe -s {SOCKETS}/lmtp -f '' -- bounce@b.test "
                 "< /usr/share/doc/postbounce/samples/01-unknown-user.eml")
        self.assertIn("1", re.findall(r"(?m)^mails +(\d+)",
                                      daemon.cli("stats")))
        daemon.cli("suppress", "dead@example.org")
        self.assertIn("dead@example.org", self.listed(daemon))

    def test_an_upgrade_migrates_the_store_and_keeps_the_configuration(self):
        root = self.root()
        root.write(CONFIG, "# mine\n")
        root.write(KEY, SITE_KEY + "\n", 0o600)
        make_old_store(root.file(STORE), "old.otto@example.org")
        root.run("chown", "postbounce:postbounce", STORE, KEY)
        self.assertEqual(user_version(root.file(STORE)), 2)

        root.install(PACKAGE)
        self.assertEqual(root.read(CONFIG), "# mine\n")
        daemon = self.start(root)
        self.assertEqual(user_version(root.file(STORE)), len(migrations()))
        self.assertEqual(self.listed(daemon), ["old.otto@example.org"])
        self.assertIn("no-such-user",
                      daemon.cli("status", "old.otto@example.org"))
        self.assertIn("4711", daemon.cli("stats"))

    def test_a_downgrade_is_refused_and_changes_nothing(self):
        root = self.root()
        root.install(PACKAGE)
        daemon = self.start(root)
        daemon.cli("suppress", "dead@example.org")
        daemon.stop()
        # What a later version would have made of it.
        known = user_version(root.file(STORE))
        user_version(root.file(STORE), known + 1)
        with open(root.file(STORE), "rb") as file:
            before = file.read()

        root.install(self.older, "--allow-downgrades")
        self.assertEqual(root.run("dpkg-query", "-Wf", "${Version}",
                                  "postbounce"), "0.0.1-1")
        code, words = UnitsDaemon(root).fails()
        self.assertEqual(code, 65)
        self.assertIn("written by a later postbounce", words)
        self.assertIn(STORE, words)
        unit = root.read("usr/lib/systemd/system/postbounced.service")
        self.assertRegex(unit, r"(?m)^RestartPreventExitStatus=(\d+ )*65\b")
        with open(root.file(STORE), "rb") as file:
            self.assertEqual(file.read(), before)

        user_version(root.file(STORE), known)
        self.assertEqual(self.listed(self.start(root)), ["dead@example.org"])

    def test_the_list_outlives_a_removal_but_no_purge(self):
        root = self.root()
        daemon = self.start(root)
        daemon.cli("suppress", "dead@example.org")
        daemon.stop()
        root.run("apt-get", "--yes", "remove", "postbounce")
        for path in (STORE, KEY, CONFIG):
            self.assertTrue(root.exists(path), path)
        self.assertFalse(root.exists("/usr/sbin/postbounced"))

        root.install(PACKAGE)
        daemon = self.start(root)
        self.assertEqual(self.listed(daemon), ["dead@example.org"])
        daemon.stop()

        root.run("apt-get", "--yes", "purge", "postbounce")
        for path in ("/var/lib/postbounce", SOCKETS, "/etc/postbounce",
                     "/etc/systemd/system/multi-user.target.wants/"
                     "postbounced.service"):
            self.assertFalse(root.exists(path), path)
        self.assertEqual(root.run("dpkg-query", "-Wf", "${Package}",
                                  "postbounce", code=1)[:4], "dpkg")
        # A user that is gone could come back as another one's files' owner.
        self.assertLess(root.ids("postbounce")[0], 1000)


if __name__ == "__main__":
    WHY = fresh_root.why_not()
    if WHY:
        print(f"skipped: {WHY}")
        sys.exit(77)
    PACKAGE = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
