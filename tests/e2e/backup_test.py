"""`postbounce backup` beside a daemon that writes, and `postbounce restore`.
Needs no Postfix."""

import array
import glob
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading

import lab
from lab import program, read_file, wait_for, write_file
from postbounced import Postbounced

MAIL = """\
From: carla@example.net
To: bounce@bounces.example.com
Subject: Please call me
Message-ID: <{}@example.net>

Or write.
"""


class BackupTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start(
            Postbounced(self.path("pb"), **{"lmtp.group": ""}))
        self.store = self.daemon.settings["store.path"]
        self.key = self.daemon.settings["store.site_key"]
        self.file = self.path("backup.db")
        self.daemon.cli("suppress", "dead@example.org")

    def addresses(self, path):
        """What a database has, if it is whole."""
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.addCleanup(database.close)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(),
                         [("ok",)])
        return sorted(row[0] for row in database.execute(
            "SELECT text FROM address"))

    def litter(self):
        return sorted(set(os.listdir(self.scratch))
                      - {"pb", "backup.db", "backup.db.key", "mail"})

    def deliver(self, number):
        self.daemon.deliver(
            write_file(self.path("mail"), MAIL.format(number)))

    def test_a_backup_is_whole_while_the_daemon_writes(self):
        for number in range(20):
            self.deliver(number)
        stop = threading.Event()
        count = [20]

        def write():
            while not stop.is_set():
                self.deliver(count[0])
                count[0] += 1

        writer = threading.Thread(target=write)
        writer.start()
        before = count[0]
        try:
            for _ in range(5):
                last = count[0]
                self.daemon.cli("backup", self.file)
                self.assertEqual(self.addresses(self.file),
                                 ["dead@example.org"])
                database = sqlite3.connect(self.file)
                mails = database.execute(
                    "SELECT count(*) FROM mail").fetchone()[0]
                database.close()
                # What was acknowledged before is in it.
                self.assertGreaterEqual(mails, last)
                wait_for(lambda: count[0] > last, "the daemon goes on")
        finally:
            stop.set()
            writer.join()
        self.assertGreater(count[0], before)
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        self.assertEqual(self.litter(), [])

    def test_a_backup_is_put_back(self):
        self.daemon.cli("backup", self.file)
        self.daemon.cli("suppress", "later@example.org")
        done = self.fail_to_restore(75)
        self.assertIn("another process has the store open", done)
        self.daemon.stop()
        said = self.daemon.cli("restore", self.file)
        aside = glob.glob(self.store + ".before-*")
        self.assertEqual(len(aside), 1)
        self.assertIn(aside[0], said)
        self.daemon.start()
        self.assertEqual(self.daemon.suppressed(), ["dead@example.org"])
        self.daemon.cli("suppress", "new@example.org")
        self.assertEqual(sorted(os.listdir(os.path.dirname(self.store))),
                         sorted(["postbounce.db", "postbounce.db-shm",
                                 "postbounce.db-wal", "postbounce.db.lock",
                                 os.path.basename(aside[0]), "site.key"]))
        self.assertEqual(self.addresses(aside[0]),
                         ["dead@example.org", "later@example.org"])

    def fail_to_restore(self, code):
        return self.fail_to("restore", self.file, code=code)

    def fail_to(self, *arguments, code=65):
        done = subprocess.run(
            [program("postbounce"), "--config", self.daemon.config, *arguments],
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_what_is_no_good_backup_is_refused(self):
        for number in range(200):
            self.deliver(number)
        self.daemon.cli("backup", self.file)
        self.daemon.stop()
        good = self.path("good.db")
        os.rename(self.file, good)
        before = self.addresses(self.store)

        def damage(path):
            with open(path, "r+b") as file:
                file.seek(4096 * 4)
                file.write(b"\xa5" * 4096 * 4)

        def cut(path):
            os.truncate(path, os.path.getsize(path) // 2)

        def raise_version(path):
            with sqlite3.connect(path) as database:
                database.execute("PRAGMA user_version = 1000")

        def disown(path):
            with sqlite3.connect(path) as database:
                database.execute("PRAGMA application_id = 7")

        def rekey(path):
            with sqlite3.connect(path) as database:
                database.execute("UPDATE meta SET check_value = x'00'")

        for spoil, words in ((damage, "damaged"), (cut, "damaged"),
                             (raise_version, "later postbounce"),
                             (disown, "no store"),
                             (rekey, "another site key")):
            with self.subTest(words):
                shutil.copy(good, self.file)
                spoil(self.file)
                self.assertIn(words, self.fail_to_restore(65))
                self.assertEqual(glob.glob(self.store + ".*"),
                                 [self.store + ".lock"])
                self.assertEqual(self.addresses(self.store), before)
        os.unlink(self.file)
        self.assertIn("No such file", self.fail_to_restore(66))

    def test_a_log_that_a_crash_has_left_is_not_lost(self):
        self.daemon.cli("backup", self.file)
        self.daemon.cli("suppress", "later@example.org")
        self.daemon.kill()
        self.assertGreater(os.path.getsize(self.store + "-wal"), 0)
        self.daemon.cli("restore", self.file)
        aside, = glob.glob(self.store + ".before-*")
        self.assertEqual(self.addresses(aside),
                         ["dead@example.org", "later@example.org"])

    def test_a_file_whose_log_lies_beside_it_is_no_backup(self):
        self.daemon.kill()
        shutil.copy(self.store, self.file)
        shutil.copy(self.store + "-wal", self.file + "-wal")
        self.assertIn("has what the file itself lacks",
                      self.fail_to_restore(65))

    def test_only_what_was_a_backup_is_replaced(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        for name, words in ((fifo, "no regular file"),
                            (self.store, "is the store itself"),
                            (self.key, "is no backup")):
            with self.subTest(words):
                before = os.stat(name)
                self.assertIn(words, self.fail_to("backup", name))
                self.assertEqual(os.stat(name).st_ino, before.st_ino)
        self.assertIn("is a database",
                      self.fail_to("export", "--output", self.store))
        link = self.path("link")
        os.symlink(self.file, link)
        self.daemon.cli("backup", self.file)
        self.daemon.cli("backup", link)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(self.addresses(self.file), ["dead@example.org"])
        os.rename(fifo, self.file)
        self.daemon.stop()
        self.assertIn("no regular file", self.fail_to_restore(65))

    def test_the_key_comes_with_it_on_request_only(self):
        self.daemon.cli("backup", self.file)
        self.assertFalse(os.path.exists(self.file + ".key"))
        self.daemon.cli("backup", "--with-key", self.file)
        self.assertEqual(read_file(self.file + ".key"), read_file(self.key))
        self.assertEqual(
            stat.S_IMODE(os.stat(self.file + ".key").st_mode), 0o600)
        self.daemon.stop()
        shutil.rmtree(os.path.dirname(self.store))
        os.makedirs(os.path.dirname(self.store))
        os.rename(self.file + ".key", self.path("key"))
        self.assertIn("no site key", self.fail_to_restore(66))
        self.assertFalse(os.path.exists(self.key))
        os.rename(self.path("key"), self.file + ".key")
        self.daemon.cli("restore", self.file)
        self.assertEqual(stat.S_IMODE(os.stat(self.key).st_mode), 0o600)
        self.daemon.start()
        self.assertEqual(self.daemon.suppressed(), ["dead@example.org"])

    def test_a_backup_needs_no_daemon(self):
        self.daemon.stop()
        self.daemon.cli("backup", self.file)
        self.assertEqual(self.addresses(self.file), ["dead@example.org"])

    def test_who_leaves_leaves_nothing_behind(self):
        for _ in range(3):
            process = subprocess.Popen(
                [program("postbounce"), "--config", self.daemon.config,
                 "backup", self.file], stdout=subprocess.DEVNULL)
            process.send_signal(signal.SIGKILL)
            process.wait(60)
        self.assertEqual(self.litter(), [])
        self.daemon.cli("backup", os.path.join(self.scratch, "no", "x"),
                        code=74)
        self.daemon.cli("backup", self.file)
        self.daemon.stop()

    def test_only_an_empty_file_is_filled(self):
        left, right = os.pipe()
        for fd in (left, right):
            self.addCleanup(os.close, fd)
        with open(self.path("mail"), "w+b") as full:
            full.write(b"x")
            full.flush()
            for fd in (right, full.fileno()):
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(60)
                    client.connect(self.daemon.socket("control"))
                    client.sendall(b'{"verb":"backup"}\n')
                    self.assertIn(b"ready", client.recv(4096))
                    client.sendmsg([b"x"], [(socket.SOL_SOCKET,
                                             socket.SCM_RIGHTS,
                                             array.array("i", [fd]))])
                    self.assertIn(b"wants an empty file", client.recv(4096))


if __name__ == "__main__":
    lab.main()
