"""postbounce verp: addresses that other programs make and read, too. Those of
postbounce-verp(7) are taken from the page as they stand."""

import datetime
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("POSTBOUNCE_PROGRAM_POSTBOUNCE", "")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
FROM = "bounces@news.example.org"


def literals():
    """The blocks of the page that are to be typed as they are."""
    with open(os.path.join(ROOT, "man/postbounce-verp.7"),
              encoding="utf-8") as file:
        return re.findall(r"\n\.Bd -literal.*\n([^\0]*?)\.Ed\n", file.read())


PYTHON, SHELL, KEY_LINE, VECTORS = literals()
KEY_ID, KEY = KEY_LINE.split()


def by_python(recipient, day=None):
    names = {}
    exec(PYTHON, names)  # pylint: disable=exec-used
    return names["bounce_address"](int(KEY_ID), KEY, *FROM.split("@"),
                                   recipient, day)


def by_shell(recipient, day=None):
    words = [KEY_ID, KEY, *FROM.split("@"), recipient]
    words += [] if day is None else [str(day)]
    return subprocess.run(
        ["bash", "-c", SHELL + 'bounce_address "$@"', "sh", *words],
        capture_output=True, text=True, check=True).stdout.strip()


def vectors():
    """Pairs of a day, a recipient and the bounce address."""
    lines = VECTORS.splitlines()
    return [(*first.split(), second)
            for first, second in zip(lines[::2], lines[1::2])]


class VerpTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.keys = os.path.join(folder.name, "keys")
        self.config = os.path.join(folder.name, "postbounce.toml")
        self.write(self.config, f'[verp]\nkeys = "{self.keys}"\n')
        self.write(self.keys, KEY_LINE)

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def verp(self, *arguments):
        done = subprocess.run(
            [PROGRAM, "--config", self.config, "verp", *arguments],
            capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def make(self, *arguments):
        exit_code, output, complaint = self.verp("--from", FROM, *arguments)
        self.assertEqual((exit_code, complaint), (0, ""))
        return output.splitlines()

    def test_the_values_of_the_man_page_are_made_and_accepted(self):
        self.assertEqual(len(vectors()), 2)
        for day, recipient, want in vectors():
            with self.subTest(want):
                self.assertEqual(self.make("--day", day, recipient), [want])
                exit_code, output, _ = self.verp("--check", want, recipient)
                self.assertEqual((exit_code, output.split()),
                                 (0, ["signed", day, recipient]))

    def test_the_programs_of_the_man_page_make_the_same(self):
        for program in ("openssl", "xxd"):
            if not shutil.which(program):
                self.skipTest(f"there is no {program}")
        epoch = datetime.date(1970, 1, 1)
        for day, recipient, want in vectors():
            days = (datetime.date.fromisoformat(day) - epoch).days
            for program in (by_python, by_shell):
                with self.subTest(program=program.__name__, want=want):
                    self.assertEqual(program(recipient, days), want)

    def test_what_another_program_makes_today_is_accepted(self):
        for recipient in ("Joe@Example.NET", "a=b+c@x.example",
                          "o'brien@xn--mnchen-3ya.example"):
            with self.subTest(recipient):
                made = by_python(recipient)
                self.assertEqual(self.verp("--check", made, recipient)[0], 0)
                self.assertEqual(
                    self.verp("--check", made.upper(), recipient)[0], 0)
                self.assertEqual(
                    self.verp("--check", made, "x" + recipient)[0], 1)

    def test_each_recipient_gets_a_line(self):
        first, second = self.make("--long", "joe@example.net",
                                  "ann@example.net")
        self.assertRegex(first, r"^bounces\+[a-z2-7]{21}\+joe=example\.net"
                                r"@news\.example\.org$")
        self.assertIn("+ann=", second)
        exit_code, output, complaint = self.verp(
            "--from", FROM, "nobody", "joe@example.net")
        self.assertEqual((exit_code, len(output.splitlines())), (65, 1))
        self.assertIn('"nobody"', complaint)

    def test_a_check_tells_signed_unsigned_and_neither_apart(self):
        [made] = self.make("--day", "2026-11-21", "joe@example.net")
        for bounce, recipient, proof, day, want in (
                (made, "joe@example.net", "signed", "2026-11-21", 0),
                (made, "ann@example.net", "none", None, 1),
                ("b+joe=example.net@example.org", "joe@example.net",
                 "unsigned", None, 1)):
            with self.subTest(bounce=bounce, recipient=recipient):
                exit_code, output, _ = self.verp("--check", bounce, "--json",
                                                 recipient)
                self.assertEqual(exit_code, want)
                self.assertEqual(json.loads(output), {
                    "address": recipient, "proof": proof, "day": day})

    def test_json_has_all_of_an_address(self):
        exit_code, output, _ = self.verp("--from", FROM, "--json", "--day",
                                         *vectors()[0][:2])
        self.assertEqual(exit_code, 0)
        self.assertEqual(json.loads(output), {
            "address": vectors()[0][1], "bounce_address": vectors()[0][2],
            "day": vectors()[0][0]})

    def test_after_a_new_key_older_addresses_still_count(self):
        [before] = self.make("joe@example.net")
        exit_code, output, _ = self.verp("--new-key", "--json")
        self.assertEqual((exit_code, json.loads(output)),
                         (0, {"file": self.keys, "key": 2}))
        [after] = self.make("joe@example.net")
        self.assertNotEqual(before, after)
        for made in (before, after):
            self.assertEqual(
                self.verp("--check", made, "joe@example.net")[0], 0)
        with open(self.keys, encoding="utf-8") as file:
            newest = file.readlines()[-1]
        self.write(self.keys, newest)
        self.assertEqual(self.verp("--check", before, "joe@example.net")[0], 1)
        self.assertEqual(self.verp("--check", after, "joe@example.net")[0], 0)

    def test_the_first_key_makes_the_file(self):
        os.unlink(self.keys)
        exit_code, _, complaint = self.verp("--from", FROM, "joe@example.net")
        self.assertEqual(exit_code, 66)
        self.assertIn("no key", complaint)
        self.assertEqual(self.verp("--new-key")[0], 0)
        self.assertEqual(os.stat(self.keys).st_mode & 0o777, 0o600)
        self.assertEqual(len(self.make("joe@example.net")), 1)

    def test_the_delimiter_is_the_sites(self):
        self.write(self.config, f'[verp]\nkeys = "{self.keys}"\n'
                                'delimiter = "-"\n')
        [made] = self.make("joe@example.net")
        self.assertTrue(made.startswith("bounces-"))
        self.assertEqual(self.verp("--check", made, "joe@example.net")[0], 0)
        self.assertEqual(self.verp("--check", made.replace("-", "+"),
                                   "joe@example.net")[0], 1)

    def test_what_is_asked_wrongly_is_told(self):
        for want, words in (
                (64, []), (64, ["joe@example.net"]), (64, ["--from", FROM]),
                (64, ["--check", FROM]), (64, ["--new-key", "--from", FROM]),
                (64, ["--new-key", "joe@example.net"]),
                (64, ["--long", "--check", FROM, "joe@example.net"]),
                (65, ["--from", "bounces", "joe@example.net"]),
                (65, ["--from", FROM, "--day", "2150-01-01", "a@b.example"]),
                (65, ["--from", FROM, "--day", "soon", "a@b.example"]),
                (65, ["--from", "b" * 43 + "@x.example", "a@b.example"]),
                (65, ["--check", "bounces", "joe@example.net"])):
            with self.subTest(words):
                exit_code, output, complaint = self.verp(*words)
                self.assertEqual((exit_code, output), (want, ""))
                self.assertTrue(complaint)


if __name__ == "__main__":
    unittest.main()
