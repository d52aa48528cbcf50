"""What `postbounce export` writes: the examples of postbounce-formats(7), files
that take the place of others, and addresses that are hard to write."""

import csv
import hashlib
import hmac
import io
import os
import re
import subprocess

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

    def test_csv_has_the_columns_that_are_asked_for(self):
        self.suppress_three()
        self.assertEqual(
            self.export("csv", "--columns", "reason,address,state",
                        "--reason", "complaint")[0],
            "reason,address,state\r\ncomplaint,ann@example.org,active\r\n")
        self.cli("export", "--format", "csv", "--columns", "x", code=65)


if __name__ == "__main__":
    lab.main()
