"""A right set-up with a real Postfix, for `postbounce doctor` to look at, and
ways to break it."""

import json
import os
import shutil
import subprocess

import lab
from lab import PIPE_USER, program, read_file, wait_for, write_file
from postbounced import Postbounced
from private_postfix import HOSTNAME, PrivatePostfix
from scripted_mx import ScriptedMx
from whole_site import BOUNCE, CLIENT, SOCKET, message, snippet

POLICY = "  -o smtpd_recipient_restrictions=$postbounce_policy\n"


class DoctorSite(lab.LabTest):
    def setUp(self):
        super().setUp()
        # Where others can run it, who may not enter the build folder.
        self.program = shutil.copy(program("postbounce"), self.scratch)
        spool = self.path("pf", "spool", "postbounce")
        os.makedirs(spool)
        self.mx = self.start(ScriptedMx())
        self.log = {"files": [self.path("pf", "maillog")],
                    "start": "beginning"}
        self.daemon = Postbounced(self.path("pb"), [self.log], **{
            "origin.hosts": [HOSTNAME],
            "origin.local_domains": ["example.com"],
            "guard.enabled": True,
            "lookup.policy": [f"unix:{spool}/policy"],
            "milter.listen": f"unix:{spool}/milter",
            "milter.group": "postfix"})
        self.start(self.daemon)
        self.spool = spool
        self.submission = lab.free_port()
        self.postfix = self.start(PrivatePostfix(
            self.path("pf"), self.mx.port,
            snippet("master.cf.in", ("user=postbounce-in", "user=" + PIPE_USER),
                    (CLIENT, self.daemon.copy_pipe_client()),
                    (SOCKET, self.daemon.socket("lmtp")))
            + f"127.0.0.1:{self.submission} inet n - y - - smtpd\n" + POLICY,
            snippet("main.cf") + snippet("lookup-policy") + snippet("milter"),
            snippet("transport")))
        self.postfix.submit(BOUNCE, ["unknown@example.org"],
                            message("unknown@example.org"))
        wait_for(self.is_learnt, "a bounce has come in, and the log is read")

    def is_learnt(self):
        stats = self.daemon.stats()
        return stats["mails"] and stats["logs"] and stats["events"]

    def doctor(self, *arguments, config=None, **options):
        """(exit code, output)."""
        done = subprocess.run(
            [self.program, "--config", config or self.daemon.config, "doctor",
             "--postfix", self.postfix.conf, *arguments],
            capture_output=True, text=True, timeout=120, check=False,
            **options)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout

    def findings(self, **options):
        """{check: [(result, text, fix)]}, and the exit code."""
        code, output = self.doctor("--json", **options)
        found = {}
        for line in map(json.loads, output.splitlines()):
            self.assertEqual(set(line), {"check", "result", "text", "fix"})
            found.setdefault(line["check"], []).append(
                (line["result"], line["text"], line["fix"]))
        return code, found

    def check_found(self, check, result, words, **options):
        """It says so, and what to do, and nothing else is wrong."""
        code, found = self.findings(**options)
        texts = [text for kind, text, _ in found[check] if kind == result]
        self.assertTrue(any(words in text for text in texts),
                        f"{check}: {found[check]}")
        self.assertTrue(all(fix for kind, _, fix in found[check]
                            if kind in ("fail", "warn")))
        self.assertEqual(code, 1 if result == "fail" else 0, found)
        return found

    def edit(self, name, old, new):
        path = os.path.join(self.postfix.conf, name)
        before = read_file(path)
        self.assertIn(old, before)
        write_file(path, before.replace(old, new))
        return lambda: write_file(path, before)

    def configure(self, **settings):
        """What the file says; the daemon goes on as it was."""
        before = dict(self.daemon.settings)
        self.daemon.settings.update(
            {name.replace("__", "."): value
             for name, value in settings.items()})
        self.daemon.write_config()

        def undo():
            self.daemon.settings = before
            self.daemon.write_config()
        return undo

    def mode(self, path, mode):
        before = os.stat(path).st_mode & 0o7777
        os.chmod(path, mode)
        return lambda: os.chmod(path, before)

    def replace(self, path, text):
        before = read_file(path)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

        def undo():
            with open(path, "w", encoding="utf-8") as file:
                file.write(before)
        return undo
