"""What `postbounce export` writes: the examples of postbounce-formats(7), files
that take the place of others, and addresses that are hard to write."""

import contextlib
import csv
import hashlib
import hmac
import io
import json
import os
import pty
import re
import socket
import sqlite3
import subprocess
import threading

import lab
from postbounced import Postbounced

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../man/postbounce-formats.7")
ODD = ("=1+1@example.org", "+x@example.org", "-x@example.org",
       "#x@example.org", "'=x@example.org", '"a b"@example.org',
       '"a,b"@example.org', '"a\\"b"@example.org', "^x@example.org",
       "\u00fc@example.org")
ADDRESS_A_LINE = ("plain", "mailman", "phplist")


def examples():
    """(format, text) of each that the page has."""
    page = lab.read_file(PAGE)
    for part in re.split(r"^\.Ss ", page, flags=re.M)[1:]:
        name, rest = part.split("\n", 1)
        text = re.search(r"^\.Bd -literal\n(.*?)^\.Ed$", rest, re.M | re.S)
        yield name, text.group(1)


def pattern(text):
    text = re.escape(text)
    for name, what in (
            ("TIME", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), ("REF", r"\w{16}"),
            ("DATE", r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")):
        text = text.replace(name, what)
    return f"^{text}$"


class FakeDaemon(threading.Thread):
    """Answers `export` with one page after the other until it `is_enough`."""

    ROWS = 1000

    def __init__(self, path, is_enough):
        super().__init__()
        self.path, self.is_enough, self.rows = path, is_enough, 0
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.join(60)
        self.socket.close()

    def run(self):
        client, _ = self.socket.accept()
        with client, client.makefile("rb") as requests:
            for request in requests:
                answer = json.dumps(self.answer(json.loads(request)))
                client.sendall(answer.encode() + b"\n")

    def answer(self, request):
        if request["verb"] == "stats":
            return {"ok": True, "suppressed": 10 ** 9,
                    "suppressed_in_scopes": 0}
        first, self.rows = self.rows, self.rows + self.ROWS
        rows = "".join(f"user{number}@example.org\t\tcomplaint\t\t\t\n"
                       for number in range(first, self.rows))
        return {"ok": True, "rows": rows, "except": {},
                "cursor": "" if self.is_enough() else str(self.rows)}


class ExportTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.maxDiff = None
        self.daemon = self.start(Postbounced(self.path("pb"), **{
            "lmtp.group": "", "policy.proof": "none"}))
        self.cli = self.daemon.cli

    def export(self, name, *options):
        done = subprocess.run(
            [lab.program("postbounce"), "--config", self.daemon.config,
             "export", "--format", name, *options],
            capture_output=True, timeout=60, check=True)
        return done.stdout.decode(), done.stderr.decode()

    def suppress_three(self):
        self.cli("suppress", "joe@example.org", "--reason", "no-such-user")
        self.cli("suppress", "ann@example.org", "--reason", "complaint",
                 "--until", "2099-01-01")
        self.cli("suppress", "@gone.example")

    def test_the_page_tells_of_each_format(self):
        self.suppress_three()
        known = re.search(r"\{([^}]*plain[^}]*)\}",
                          self.cli("export", "--help")).group(1)
        self.assertEqual([name for name, _ in examples()], known.split(","))
        for name, text in examples():
            with self.subTest(name):
                out, told = self.export(name)
                self.assertRegex(out.replace("\r\n", "\n"), pattern(text))
                self.assertEqual("gone.example" in out,
                                 "gone.example" not in told)

    def test_hashes_are_of_the_normal_form(self):
        self.cli("suppress", "Joe@B\u00fccher.example")
        normal = "joe@xn--bcher-kva.example".encode()
        key = lab.write_file(self.path("key"), "secret\n")
        self.assertEqual(self.export("sha256")[0],
                         hashlib.sha256(normal).hexdigest() + "\n")
        self.assertEqual(
            self.export("sha256", "--key-file", key)[0],
            hmac.new(b"secret", normal, "sha256").hexdigest() + "\n")

    def test_nothing_can_be_run_as_a_formula(self):
        self.cli("suppress", "--", *ODD)
        for name, _ in examples():
            if name in ("jsonl", "access", "transport", "sha256"):
                continue
            with self.subTest(name):
                out, told = self.export(name)
                cells = ([line for line in out.splitlines()]
                         if name in ADDRESS_A_LINE
                         else sum(csv.reader(io.StringIO(out)), []))
                for cell in cells:
                    self.assertNotRegex(cell, r"^[=+\-@\t\r#]")
                found = {cell for cell in cells if "@" in cell}
                self.assertEqual(
                    len(found), len(ODD) - told.count("is left out"))
                self.daemon.cli("check", "--json", *found, code=1)

    def test_a_file_is_replaced_when_all_is_written(self):
        self.suppress_three()
        name = lab.write_file(self.path("list"), "old\n")
        with open(name, encoding="utf-8") as old:
            self.assertEqual(self.export("plain", "--output", name), ("", ""))
            self.assertEqual(old.read(), "old\n")
        self.assertEqual(lab.read_file(name), self.cli("export"))
        self.assertEqual(os.listdir(os.path.dirname(name)).count("list"), 1)
        self.daemon.stop()
        os.rename(self.path("pb", "store"), self.path("away"))
        before = lab.read_file(name)
        self.cli("export", "--output", name, code=75)
        self.assertEqual(lab.read_file(name), before)
        self.assertEqual(sorted(os.listdir(os.path.dirname(name))),
                         sorted(["pb", "list", "away"]))
        os.rename(self.path("away"), self.path("pb", "store"))

    def test_a_checksum_is_of_what_is_before_it(self):
        self.suppress_three()
        for name in ("plain", "access", "transport"):
            plain = self.export(name)[0]
            self.assertEqual(
                self.export(name, "--checksum")[0],
                plain + "# sha256 "
                + hashlib.sha256(plain.encode()).hexdigest()
                + f" {plain.count(chr(10))}\n")
        self.cli("export", "--format", "ses", "--checksum", code=65)

    def test_filters_leave_a_part(self):
        self.suppress_three()
        self.cli("suppress", "bob@sub.example.org", "--reason",
                 "mailbox-full")
        for options, wanted in (
                (["--domain", "Example.ORG"], ["joe", "ann"]),
                (["--domain", "gone.example"], [""]),
                (["--class", "hard"], ["joe"]),
                (["--class", "soft"], ["", "bob"]),
                (["--reason", "complaint"], ["ann"]),
                (["--since", "1h"], ["joe", "ann", "", "bob"]),
                (["--since", "2099-01-01"], []),
                (["--class", "soft", "--domain", "sub.example.org"],
                 ["bob"])):
            with self.subTest(options):
                found = self.cli("export", *options).splitlines()
                self.assertEqual([line.split("@")[0] for line in found],
                                 wanted)
                self.assertEqual(
                    [entry["address"] for entry
                     in self.daemon.cli_json("list", *options)], found)
        for options in (["--class", "x"], ["--since", "x"],
                        ["--domain", "a b"]):
            self.cli("export", *options, code=65)

    def changes(self, name, *options, code=0):
        """What is added and removed, by an export with this cursor."""
        out, removed = self.path("added"), self.path("removed")
        self.cli("export", "--format", name, "--output", out, "--removed",
                 removed, "--since-cursor", self.path("cursor"), *options,
                 code=code)
        return [lab.read_file(one).splitlines() for one in (out, removed)]

    def test_a_cursor_tells_the_difference(self):
        self.suppress_three()
        self.assertEqual(self.changes("plain"), [
            ["joe@example.org", "ann@example.org", "@gone.example"], []])
        self.assertEqual(self.changes("plain"), [[], []])
        self.cli("remove", "joe@example.org")
        self.cli("allow", "ann@example.org", "a@gone.example")
        self.cli("suppress", "bob@example.org", "new@example.org")
        self.cli("remove", "new@example.org")
        added, removed = self.changes("plain")
        self.assertEqual(added, ["bob@example.org"])
        self.assertLessEqual({"joe@example.org", "ann@example.org",
                              "@gone.example"}, set(removed))
        self.assertNotIn("bob@example.org", removed)
        self.assertEqual(self.changes("plain"), [[], []])
        self.daemon.stop()
        self.cli("allow", "--remove", "ann@example.org")
        self.assertEqual(self.changes("plain"), [["ann@example.org"], []])

    def test_a_cursor_is_for_one_filter_and_one_list(self):
        self.suppress_three()
        self.changes("plain")
        before = lab.read_file(self.path("cursor"))
        self.changes("plain", "--reason", "complaint", code=65)
        self.changes("plain", "--since", "7d", code=65)
        for options in (["--checksum"], ["--state", "held"]):
            self.changes("plain", *options, code=65)
        self.cli("export", "--since-cursor", self.path("cursor"), code=65)
        self.cli("export", "--removed", self.path("removed"), code=65)
        other = self.start(Postbounced(self.path("other"), **{
            "lmtp.group": "", "policy.proof": "none"}))
        other.cli("suppress", "joe@example.org", "ann@example.org",
                  "bob@example.org", "eve@example.org")
        other.cli("export", "--since-cursor", self.path("cursor"),
                  "--removed", self.path("removed"), code=66)
        self.assertEqual(lab.read_file(self.path("cursor")), before)
        lab.write_file(self.path("cursor"), "")
        self.changes("plain", code=65)

    def test_forgotten_addresses_are_counted(self):
        self.suppress_three()
        self.daemon.stop()
        with contextlib.closing(sqlite3.connect(
                self.daemon.settings["store.path"])) as store, store:
            store.execute("UPDATE address SET text = NULL"
                          " WHERE text = 'ann@example.org'")
        for options in ([], ["--state", "active", "--since-cursor", "1"],
                        ["--columns", "address,state"]):
            with self.subTest(options):
                out, told = self.export("csv", *options)
                self.assertIn("joe" if "1" not in options else "gone", out)
                self.assertNotIn("ann@", out)
                self.assertIn("1 address is left out", told)

    def test_csv_and_jsonl_tell_changes_in_rows(self):
        self.suppress_three()
        told = self.export("csv", "--since-cursor", "1")
        self.assertEqual(told[1], "postbounce: the next cursor is 3\n")
        rows = list(csv.DictReader(io.StringIO(told[0])))
        self.assertEqual([(row["change"], row["address"]) for row in rows],
                         [("add", "ann@example.org"),
                          ("add", "'@gone.example")])
        self.cli("remove", "joe@example.org")
        out, _ = self.export("csv", "--since-cursor", "3")
        self.assertEqual(out.splitlines()[1:],
                         ["remove,joe@example.org,,,,,"])
        out, _ = self.export("jsonl", "--since-cursor", "3")
        self.assertEqual(out, '{"address":"joe@example.org","scope":null,'
                              '"change":"remove"}\n')
        name = lab.write_file(self.path("list"), out)
        self.assertIn("1 rejected",
                      self.cli("import", "--format", "jsonl", name, code=65))

    def test_a_table_of_postfix_forgets_exceptions(self):
        self.suppress_three()
        self.cli("allow", "a@gone.example")
        added, removed = self.changes("transport")
        self.assertEqual(added[-1], "a@gone.example\t:")
        self.cli("allow", "--remove", "a@gone.example")
        added, removed = self.changes("transport")
        self.assertEqual([line.split("\t")[0] for line in added],
                         ["gone.example"])
        self.assertEqual(removed, ["a@gone.example"])

    def test_a_bar_shows_how_far_it_is(self):
        name = self.path("list")
        told = b""
        with FakeDaemon(self.path("fake"), lambda: b"%" in told) as fake:
            terminal, theirs = pty.openpty()
            process = subprocess.Popen(
                [lab.program("postbounce"), "--socket", fake.path, "export",
                 "--output", name], stderr=theirs, stdout=subprocess.DEVNULL)
            os.close(theirs)
            with contextlib.suppress(OSError):  # the end of a terminal
                while chunk := os.read(terminal, 4096):
                    told += chunk
            os.close(terminal)
            self.assertEqual(process.wait(60), 0)
        self.assertRegex(
            told, rb"\r\[[# ]{40}\] +\d+ %, \d+ of 1000000000.*\r\x1b\[K$")
        self.assertEqual(lab.read_file(name).count("\n"), fake.rows)

    def test_csv_has_the_columns_that_are_asked_for(self):
        self.suppress_three()
        self.assertEqual(
            self.export("csv", "--columns", "reason,address,state",
                        "--reason", "complaint")[0],
            "reason,address,state\r\ncomplaint,ann@example.org,active\r\n")
        self.cli("export", "--format", "csv", "--columns", "x", code=65)


if __name__ == "__main__":
    lab.main()
