"""`postbounce doctor` at a real Postfix: a right set-up has nothing to mend, and
each way to break it is found and named."""

import os
import shutil
import signal
import subprocess
import time

import lab
from doctor_site import DoctorSite
from lab import PIPE_USER, program, read_file, wait_for, write_file

USER = "daemon"  # of a daemon that is not root
PERSON = """\
From: carla@example.net
To: bounce@bounces.example.com
Subject: Please call me

Or write.
"""


class DoctorTest(DoctorSite):
    def test_a_right_set_up_has_nothing_to_mend(self):
        code, found = self.findings()
        wrong = {check: all_of for check, all_of in found.items()
                 if any(one[0] in ("fail", "warn") for one in all_of)}
        wrong.pop("clock", None)  # of the machine
        wrong.pop("disk", None)
        self.assertEqual((code, wrong), (0, {}))
        self.assertIn("bounces.example.com", found["bounces"][0][1])
        self.check_counters()
        code, output = self.doctor()
        self.assertEqual(code, 0)
        self.assertIn("0 to mend, ", output)
        for line in output.splitlines():
            self.assertLessEqual(len(line), 80 + len(self.scratch), line)

    def check_counters(self):
        """They know of the bounce, and of what doctor has asked."""
        counters = {one["name"]: one["values"]
                    for one in self.daemon.stats()["counters"]}
        for name, labels in (
                ("mails", {"way": "unix"}),
                ("mail_kinds", {"kind": "report"}),
                ("reasons", {"reason": "no-such-user"}),
                ("lookups", {"protocol": "policy", "answer": "passed"}),
                ("lookups", {"protocol": "socketmap", "answer": "passed"}),
                ("writes", {"end": "stored"}), ("commit_microseconds", {}),
                ("query_clients", {})):
            with self.subTest(name, **labels):
                values = [value["value"] for value in counters[name]
                          if labels.items() <= value.items()]
                self.assertEqual(len(values), 1)
                self.assertGreater(values[0], 0)

    def test_each_way_to_break_postfix_is_found(self):
        main, master = "main.cf", "master.cf"
        limit = "postbounce_destination_recipient_limit = 1\n"
        policy = "unix:postbounce/policy"
        for edit, check, result, words in (
                ((main, limit, ""), "transport", "fail", "limit is not 1"),
                ((main, "relay_domains = bounces.example.com", ""),
                 "bounces", "fail", "takes no mail to bounces.example.com"),
                ((main, policy, f"unix:{self.spool}/policy"),
                 "access", "fail", "is chrooted, and does not find"),
                ((main, policy, "unix:postbounce/polizei"),
                 "access", "fail", "does not listen"),
                ((main, "default_action=DUNNO,", ""),
                 "lookups", "warn", "server configuration problem"),
                ((main, "timeout=2s, try", "try"),
                 "lookups", "warn", "waits 100s"),
                ((main, "default_action=accept,", ""),
                 "milter", "warn", 'by "tempfail"'),
                ((main, "smtpd_milters = $postbounce_milter\n", ""),
                 "milter", "warn", "no service of Postfix has"),
                ((main, "transport_maps = ", "transport_maps = socketmap:"
                  f"unix:{self.daemon.socket('socketmap')}:transport "),
                 "lookups", "warn", "no mail at all is delivered"),
                ((main, "biff = no", "biff = no\nbiff = yes"),
                 "postfix", "warn", "overriding earlier entry"),
                ((master, "postbounce unix - n n", "elsewhere unix - n n"),
                 "bounces", "fail", "which master.cf does not have"),
                ((master, "null_sender=", ""),
                 "transport", "warn", "no null_sender="),
                ((master, "user=" + PIPE_USER, "user=daemon"),
                 "transport", "fail", "daemon cannot connect to"),
                ((master, "user=" + PIPE_USER, "user=nobody-at-all"),
                 "transport", "fail", "who does not exist"),
                ((master, self.daemon.socket("lmtp"), "/nowhere"),
                 "transport", "fail", "hands bounces in at /nowhere"),
                (("postbounce-transport", "bounces.example.com", "#"),
                 "bounces", "fail", "no table of transport_maps leads to"),
                ):
            with self.subTest(words):
                undo = self.edit(*edit)
                try:
                    self.check_found(check, result, words)
                finally:
                    undo()

    def test_each_way_to_break_files_is_found(self):
        key, store = (self.daemon.settings[name]
                      for name in ("store.site_key", "store.path"))
        folder = os.path.dirname(key)
        bad = write_file(self.path("rules.toml"), "[[rule]]\n")
        for do, check, words in (
                (lambda: self.mode(key, 0o644), "permissions", "mode 0644"),
                (lambda: self.mode(store, 0o666), "permissions", "mode 0666"),
                (lambda: self.mode(self.daemon.config, 0o666), "permissions",
                 "may be changed by others"),
                (lambda: self.mode(folder, 0o777), "permissions",
                 "written to by anybody"),
                (lambda: self.replace(key, "a" * 64 + "\n"), "store",
                 "another site key"),
                (lambda: self.replace(key, "a key\n"), "site key",
                 "is no site key"),
                (lambda: self.mode(self.spool, 0o700), "access",
                 self.spool + " is in the way"),
                (lambda: self.configure(rules__files=[bad]), "rules", bad),
                (lambda: self.replace(self.daemon.config, "[store"), "config",
                 "postbounce.toml"),
                ):
            with self.subTest(words):
                undo = do()
                try:
                    self.check_found(check, "fail", words)
                finally:
                    undo()

    def test_what_the_daemon_has_seen_is_judged(self):
        for settings, check, words in (
                ({"guard__enabled": False}, "outage guard", "is false"),
                ({"policy__proof": "none"}, "proof", "policy.proof is none"),
                ({"guard__alert": "/nowhere"}, "permissions",
                 "no program that can be run"),
                ({"verp__delimiter": "-"}, "daemon", "was changed after")):
            with self.subTest(words):
                undo = self.configure(**settings)
                later = time.time() + 3
                os.utime(self.daemon.config, (later, later))
                try:
                    self.check_found(check, "warn", words)
                finally:
                    undo()
        self.daemon.deliver(write_file(self.path("mail"), PERSON))
        self.check_found("inbox", "warn", "1 mail (90 bytes)")

    def test_the_daemon_that_answers_is_looked_at(self):
        other = write_file(self.path("other.toml"),
                           read_file(self.daemon.config))
        self.check_found("daemon", "fail", "it uses " + self.daemon.config,
                         config=other)
        os.kill(self.daemon.pid, signal.SIGSTOP)
        try:
            found = self.check_found("daemon", "fail", "has said nothing")
        finally:
            os.kill(self.daemon.pid, signal.SIGCONT)
        self.assertEqual(found["sockets"][0][0], "skipped")
        os.rename(f"{self.spool}/policy", f"{self.spool}/gone")
        found = self.check_found("sockets", "fail", "No such file")
        self.assertEqual(len(found["sockets"]), 1)
        self.daemon.stop()
        found = self.check_found("daemon", "fail", "No such file")
        self.assertIn("systemctl start", found["daemon"][0][2])
        # Nothing is made or migrated by looking.
        self.assertEqual(found["store"][0][0], "ok")
        store = self.daemon.settings["store.path"]
        with open(store, "r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xa5" * 4096 * 4)
        self.check_found("store", "fail", "damaged")
        write_file(store, "no database at all\n" * 100, 0o600)
        self.check_found("store", "fail", "not a database")

    def test_logs_that_are_not_read_are_found(self):
        self.daemon.stop()
        strange = write_file(self.path("strange"),
                             "22.11.2026 06:00 out: postfix/smtp: 1\n" * 20)
        empty = write_file(self.path("others"),
                           "Nov 22 06:00:00 out cron[1]: (root) CMD\n" * 20)
        for path, words in ((self.path("nowhere"), "there is no file"),
                            (strange, "could not be read"),
                            (empty, "none of 20 lines is of Postfix")):
            with self.subTest(words):
                self.daemon.logs = [self.log, {
                    "name": "other", "files": [path], "start": "beginning"}]
                self.daemon.start()
                if os.path.exists(path):
                    wait_for(lambda: len(self.daemon.stats()["logs"]) == 2
                             or None, "the other log is read")
                self.check_found("logs", "fail", words)
                self.daemon.stop()
                shutil.rmtree(self.path("pb", "store"))
        self.daemon.logs = []
        self.daemon.start()
        self.check_found("logs", "warn", "no [[log]] is followed")

    def test_clock_and_disk_are_looked_at(self):
        self.daemon.stop()
        store = self.daemon.settings["store.path"]
        later = time.time() + 86400
        before = os.stat(store).st_mtime
        os.utime(store, (later, later))
        self.check_found("clock", "fail", "the clock was set back")
        os.utime(store, (before, before))
        small = self.path("small")
        os.makedirs(small)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none",
                           small], capture_output=True,
                          check=False).returncode != 0:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "--lazy", small], check=True)
        self.edit("main.cf", f"queue_directory = {self.path('pf')}/spool",
                  f"queue_directory = {small}")
        self.check_found("disk", "fail", "MiB free")

    def test_a_daemon_that_is_not_root_needs_to_be_let_in(self):
        """And Postfix needs to be let in to it, by groups."""
        self.daemon.stop()
        self.daemon.settings.update({"lmtp.group": "", "lookup.mode": "0660",
                                     "milter.group": ""})
        self.daemon.write_config()
        subprocess.run(["chown", "-R", f"{USER}:", self.path("pb"), self.spool],
                       check=True)
        daemon = shutil.copy(program("postbounced"), self.scratch)
        log = self.path("pb", "log")
        with open(log, "ab") as output:
            process = subprocess.Popen(
                ["setpriv", f"--reuid={USER}", f"--regid={USER}",
                 "--clear-groups", daemon, "--config", self.daemon.config],
                stdout=output, stderr=output, cwd="/")
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.terminate)
        wait_for(lambda: read_file(log).count("ready: ") == 2
                 or process.poll() is not None, "it is ready")
        os.chmod(self.path("pf", "maillog"), 0o600)
        _, found = self.findings()
        for check, words in (
                ("transport", f"{PIPE_USER} cannot connect to "
                 + self.daemon.socket("lmtp")),
                ("access", f"postfix cannot connect to {self.spool}/milter"),
                ("access", f"postfix cannot connect to {self.spool}/policy"),
                ("logs", f"{USER} cannot read " + self.path("pf", "maillog"))):
            with self.subTest(words):
                self.assertTrue(any(kind == "fail" and words in text
                                    for kind, text, _ in found[check]),
                                found[check])
        self.assertEqual(found["permissions"],
                         [("ok", f"secrets are for {USER} alone", None)])

    def test_who_may_not_look_is_told_so(self):
        code, found = self.findings(user=PIPE_USER, group="nogroup",
                                    extra_groups=[], cwd="/")
        self.assertEqual(found["daemon"][0][:2],
                         ("skipped", "only root may ask at unix:"
                          + self.daemon.socket("control")))
        self.assertEqual(found["access"][0][0], "skipped")
        fails = [one for all_of in found.values() for one in all_of
                 if one[0] == "fail"]
        self.assertEqual((code, fails), (0, []))


if __name__ == "__main__":
    lab.main()
