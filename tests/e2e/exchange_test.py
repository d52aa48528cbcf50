"""What is exported can be imported: each format comes back as the same bytes,
a report tells what became of each row, one undo takes all of it back; and
Postfix refuses by its tables."""

import json
import os
import shutil
import smtplib
import subprocess

import lab
from lab import free_port, write_file
from postbounced import Postbounced
from private_postfix import PrivatePostfix

# With what they lose: nobody can tell whose a hash is.
FORMATS = ("plain", "csv", "jsonl", "access", "transport", "ses", "sendgrid",
           "mailgun", "postmark", "cloudflare", "sparkpost", "listmonk",
           "mailman", "phplist")
ODD = ("=1+1@example.org", "+x@example.org", "-x@example.org",
       "#x@example.org", "'=x@example.org", '"a b"@example.org',
       '"a,b"@example.org', '"a\\"b"@example.org', "^x@example.org",
       "\u00fc@example.org", "Joe@B\u00fccher.example")
MAPS = {"hash": ".db", "cdb": ".cdb", "lmdb": ".lmdb"}
SENDER = "news@example.com"


class ExchangeTest(lab.LabTest):
    def make(self, name):
        """A daemon; all of them have one site key, and so one set of
        references."""
        daemon = Postbounced(self.path(name), **{
            "lmtp.group": "", "policy.proof": "none"})
        key = self.path(name, "store", "site.key")
        if os.path.exists(self.path("site.key")):
            os.makedirs(os.path.dirname(key))
            shutil.copy(self.path("site.key"), key)
        self.start(daemon)
        if not os.path.exists(self.path("site.key")):
            shutil.copy(key, self.path("site.key"))
        return daemon

    def fill(self, daemon):
        cli = daemon.cli
        cli("suppress", "\ufeff@example.org")
        cli("suppress", "joe@example.org", "--reason", "no-such-user")
        cli("suppress", "ann@example.org", "--scope", "shop.example")
        cli("suppress", "bob@example.org", "--reason", "mailbox-full",
            "--until", "2099-01-01T10:11:12")
        cli("suppress", "ann@example.org", "--reason", "complaint")
        cli("suppress", "@gone.example")
        cli("suppress", "--", *ODD)

    def run_import(self, daemon, text, *options, code=0):
        name = self.path("import")
        with open(name, "wb") as file:
            file.write(text)
        done = subprocess.run(
            [lab.program("postbounce"), "--config", daemon.config, "import",
             name, *options], capture_output=True, text=True, timeout=120,
            check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout, done.stderr.replace(name, "FILE")

    def export(self, daemon, name):
        return subprocess.run(
            [lab.program("postbounce"), "--config", daemon.config, "export",
             "--format", name], capture_output=True, timeout=60,
            check=True).stdout

    def test_each_format_comes_back_as_the_same_bytes(self):
        first = self.make("first")
        self.fill(first)
        for name in FORMATS:
            with self.subTest(name):
                second = self.make(name)
                before = self.export(first, name)
                out, _ = self.run_import(second, before, "--format", name)
                self.assertRegex(out, r"^\d\d new, 0 changed, \d+ known, 0 ")
                self.assertEqual(self.export(second, name), before)
                again, _ = self.run_import(second, before, "--format", name)
                self.assertRegex(again, r"^0 new, 0 changed, \d+ known, 0 rej")
                self.assertEqual(second.cli_json("undo", "--list"), [])
                second.stop()

    def test_a_report_tells_what_became_of_each_row(self):
        daemon = self.make("pb")
        daemon.cli("suppress", "old@example.org", "--reason", "no-such-user")
        daemon.cli("suppress", "other@example.org", "--reason", "complaint")
        daemon.cli("suppress", "away@example.org")
        daemon.cli("remove", "away@example.org")
        rows = (b"\xef\xbb\xbfReason,x,Address,until\r\n"
                b"no-such-user,,old@example.org,\r\n"
                b"mailbox-full,,other@example.org,\r\n"
                b"no-such-user,,new@example.org,\r\n"
                b",,\"no address\",\r\n"
                b"\r\n"
                b"hardly,,odd@example.org,\r\n"
                b",,late@example.org,2001-01-01\r\n"
                b",,when@example.org,tomorrow\r\n")
        before = self.export(daemon, "csv")
        for dry_run in (["--dry-run"], []):
            out, told = self.run_import(daemon, rows, "--format", "csv",
                                        *dry_run, code=65)
            self.assertIn("2 new, 1 changed, 1 known, 3 rejected", out)
            for line in (5, 8, 9):
                self.assertIn(f"FILE:{line}: ", told)
            if dry_run:
                self.assertEqual(self.export(daemon, "csv"), before)
                self.assertNotIn("undo", out)
        self.assertEqual(daemon.suppressed(), sorted(
            f"{name}@example.org" for name in ("old", "other", "new", "odd")))
        undo = out.split("postbounce ")[1].split(" takes")[0].split()
        self.assertIn("3 orders", daemon.cli(*undo, "--dry-run"))
        daemon.cli(*undo)
        self.assertEqual(self.export(daemon, "csv"), before)
        daemon.cli(*undo, code=66)
        taken = daemon.cli_json("undo", "--list")[0]
        self.assertEqual(taken["orders"], 3)
        daemon.cli("undo", "--action", str(taken["action"]))
        self.assertIn("new@example.org", daemon.suppressed())

    def test_an_import_needs_no_daemon(self):
        daemon = self.make("pb")
        daemon.stop()
        out, _ = self.run_import(daemon, b"a@example.org\nb@example.org\n",
                                 "--reason", "complaint", "--json")
        report = json.loads(out)
        self.assertEqual((report["new"], report["rejected"]), (2, 0))
        self.assertEqual(daemon.suppressed(),
                         ["a@example.org", "b@example.org"])
        daemon.cli("undo", "--action", str(report["action"]))
        self.assertEqual(daemon.suppressed(), [])

    def test_nothing_comes_of_a_file_that_was_cut(self):
        daemon = self.make("pb")
        self.fill(daemon)
        whole = daemon.cli("export", "--checksum").encode()
        lines = whole.splitlines(keepends=True)
        second = self.make("second")
        for text in (b"".join(lines[1:]), b"x@example.org\n" + whole,
                     whole.replace(b"joe", b"jo3")):
            _, told = self.run_import(second, text, code=65)
            self.assertIn("checksum", told)
            self.assertEqual(second.suppressed(), [])
        for text, name in ((b"email\nx@example.org\n", "mailgun"),
                           (b"", "csv"), (b'address\n"x@example.org', "csv")):
            self.run_import(second, text, "--format", name, code=65)
        self.assertEqual(second.suppressed(), [])
        self.run_import(second, whole)
        self.assertEqual(second.suppressed(), daemon.suppressed())

    def test_postfix_refuses_by_its_tables(self):
        daemon = self.make("pb")
        daemon.cli("suppress", "Joe@example.org", "--reason", "no-such-user")
        daemon.cli("suppress", "@gone.example")
        daemon.cli("allow", "ann@gone.example")
        config = write_file(self.path("main.cf"), "compatibility_level = 3.6\n")
        os.environ["MAIL_CONFIG"] = os.path.dirname(config)
        self.addCleanup(os.environ.pop, "MAIL_CONFIG")
        # Debian has cdb and lmdb in packages of their own.
        known = subprocess.run(["/usr/sbin/postconf", "-m"], text=True,
                               capture_output=True, check=True).stdout.split()
        self.assertIn("hash", known)
        services, tables = "", {}
        for kind in ["texthash"] + [kind for kind in MAPS if kind in known]:
            name = self.path(f"access-{kind}")
            compiled = ["--postmap", kind] if kind in MAPS else []
            for form in ("access", "transport"):
                table = self.path(f"{form}-{kind}")
                daemon.cli("export", "--format", form, "--output", table,
                           *compiled)
                daemon.cli("export", "--format", form, "--output", table,
                           *compiled)
                self.assertEqual(
                    os.path.exists(table + MAPS.get(kind, ".db")),
                    kind in MAPS)
            tables[kind] = free_port()
            services += (f"127.0.0.1:{tables[kind]} inet n - n - - smtpd\n"
                         "  -o { smtpd_recipient_restrictions ="
                         f" check_recipient_access {kind}:{name} }}\n")
        postfix = self.start(PrivatePostfix(
            self.path("pf"), free_port(), services, "", ""))
        for kind, port in tables.items():
            with self.subTest(kind), smtplib.SMTP(
                    "127.0.0.1", port, timeout=120) as client:
                client.mail(SENDER)
                code, text = client.rcpt("joe@Example.org")
                self.assertRegex(
                    f"{code} {text.decode()}",
                    r"^550 5\.7\.1 .*\[postbounce \w{16}\] this address is "
                    r"suppressed: no-such-user$")
                self.assertEqual(client.rcpt("fine@example.org")[0], 250)
            for key, wanted in (("joe@example.org", "error:5.7.1 [postbounce"),
                                ("gone.example", "error:5.7.1 [postbounce"),
                                ("ann@gone.example", ":"),
                                ("fine@example.org", "")):
                with self.subTest((kind, key)):
                    self.assertTrue(self.ask(
                        postfix, f"{kind}:{self.path('transport-' + kind)}",
                        key).startswith(wanted))
        self.assertEqual(postfix.warnings(), [])

    def ask(self, postfix, table, key):
        return subprocess.run(
            ["/usr/sbin/postmap", "-c", postfix.conf, "-q", key, table],
            capture_output=True, text=True, timeout=60, check=False).stdout

    def test_a_map_that_cannot_be_made_changes_nothing(self):
        daemon = self.make("pb")
        table = write_file(self.path("table"), "old\n")
        daemon.cli("suppress", "joe@example.org")
        programs = self.path("bin")
        os.makedirs(programs)
        write_file(os.path.join(programs, "postmap"), "#!/bin/sh\nexit 1\n",
                   0o755)
        done = subprocess.run(
            [lab.program("postbounce"), "--config", daemon.config, "export",
             "--format", "access", "--output", table, "--postmap", "cdb"],
            env={"PATH": f"{programs}:/usr/bin:/bin"}, timeout=60, check=False,
            capture_output=True)
        self.assertEqual(done.returncode, 75)
        self.assertEqual(lab.read_file(table), "old\n")
        self.assertEqual([name for name in os.listdir(self.path())
                          if name.startswith("table")], ["table"])


if __name__ == "__main__":
    lab.main()
