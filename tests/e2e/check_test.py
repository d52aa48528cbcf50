"""postbounce check: addresses and whole lists, with a daemon and without."""

import json
import os
import signal
import subprocess

import lab
from postbounced import Postbounced

LIST = ("# our readers\n"
        "dead@example.org\r\n"
        "\n"
        "ann@example.org\n"
        "no address\n"
        "NEWS@example.org\n"
        "x@gone.example\n"
        "\xe9t\xe9@example.org")
RECORDS = ('Name,E-Mail\r\n'
           '"Dead, Joe\r\nJr.",dead@example.org\r\n'
           'Ann,ann@example.org\r\n'
           'Bob\r\n')


class CheckTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = self.start(
            Postbounced(self.path("pb"), **{"lmtp.group": ""}))
        because = ["suppress", "--reason", "no-such-user"]
        self.daemon.cli(*because, "dead@example.org", "@gone.example")
        self.daemon.cli(*because, "--scope", "example.com",
                        "news@example.org")

    def check(self, *arguments, stdin="", code=0, where=None):
        where = where or ["--config", self.daemon.config]
        done = subprocess.run(
            [lab.program("postbounce"), *where, "check", *arguments],
            input=stdin.encode(), capture_output=True, check=False,
            timeout=300)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode(), done.stderr.decode()

    def parts(self):
        parts = {}
        for name in os.listdir(self.scratch):
            if name.startswith("out."):
                with open(self.path(name), newline="") as part:
                    parts[name.removeprefix("out.")] = part.read()
        return parts

    def everywhere(self):
        """Through each socket, then with no daemon."""
        for where in ([], ["--socket", self.daemon.socket("query")],
                      ["--socket", self.daemon.socket("control")]):
            yield where
        self.daemon.stop()
        yield []

    def test_an_address_is_told_in_a_word_and_an_exit_code(self):
        for where in self.everywhere():
            for address, word, code in (
                    ("dead@example.org", "suppressed", 1),
                    ("x@gone.example", "suppressed", 1),
                    ("news@example.org", "sendable", 0),
                    ("no address", "invalid", 65)):
                with self.subTest(where=where, address=address):
                    output, _ = self.check(address, code=code, where=where)
                    self.assertEqual(output.split()[0], word)
            self.check("--sender", "me@example.com", "news@example.org",
                       code=1, where=where)
            self.check("--user", "till", "news@example.org", where=where)
            self.check("--scope", "example.com", "news@example.org", code=1,
                       where=where)
            _, told = self.check("--scope", "exampel", "news@example.org",
                                 code=65, where=where)
            self.assertIn("no mail has this scope", told)
            self.check("no address", "dead@example.org", code=65, where=where)

    def test_a_list_is_told_line_by_line(self):
        for where in self.everywhere():
            with self.subTest(where):
                output, told = self.check(stdin=LIST, where=where)
                self.assertEqual(
                    [line.split() for line in output.splitlines()],
                    [["suppressed", "no-such-user", "dead@example.org"],
                     ["sendable", "-", "ann@example.org"],
                     ["invalid", "-", "no", "address"],
                     ["sendable", "-", "NEWS@example.org"],
                     ["suppressed", "no-such-user", "x@gone.example"],
                     ["sendable", "-", "\xe9t\xe9@example.org"]])
                self.assertIn("postbounce: -:5: no '@'", told)
                self.assertIn("6 addresses: 3 sendable, 2 suppressed, "
                              "0 held, 1 invalid\n"
                              "suppressed: 2 no-such-user\n", told)
                output, _ = self.check("--json", "--sender", "a@example.com",
                                       stdin=LIST, where=where)
                results = [json.loads(line) for line in output.splitlines()]
                self.assertEqual(results[0], {
                    "address": "dead@example.org", "suppressed": True,
                    "state": "active", "reason": "no-such-user",
                    "file": "-", "line": 2})
                self.assertEqual(results[1], {
                    "address": "ann@example.org", "suppressed": False,
                    "state": "none", "reason": None,
                    "file": "-", "line": 4})
                self.assertEqual(results[2]["address"], "no address")
                self.assertIn("error", results[2])
                self.assertEqual(results[2]["line"], 5)
                self.assertTrue(results[3]["suppressed"])

    def test_only_one_kind_is_printed_as_it_came(self):
        for word, lines in (("sendable", "ann@example.org\nNEWS@example.org\n"
                             "\xe9t\xe9@example.org\n"),
                            ("suppressed", "dead@example.org\r\n"
                             "x@gone.example\n"),
                            ("held", ""), ("invalid", "no address\n"),
                            ("suppressed,held,invalid", "dead@example.org\r\n"
                             "no address\nx@gone.example\n")):
            with self.subTest(word):
                self.assertEqual(self.check("--only", word, stdin=LIST)[0],
                                 lines)

    def test_records_are_split_with_their_header(self):
        lab.write_file(self.path("list.csv"), RECORDS)
        for where in self.everywhere():
            with self.subTest(where):
                output, told = self.check(
                    "--column", "e-mail", "--file", self.path("list.csv"),
                    "--split", self.path("out"), where=where)
                self.assertEqual(output, "")
                self.assertIn("list.csv:5: the row ends", told)
                header, dead, ann, bob = (
                    "Name,E-Mail\r\n",
                    '"Dead, Joe\r\nJr.",dead@example.org\r\n',
                    "Ann,ann@example.org\r\n", "Bob\r\n")
                self.assertEqual(self.parts(), {
                    "sendable": header + ann, "suppressed": header + dead,
                    "held": header, "invalid": header + bob})
                # They belong to who asked, whoever has the store.
                self.assertEqual(
                    os.stat(self.path("out.held")).st_uid, os.geteuid())
                for name in self.parts():
                    os.unlink(self.path("out." + name))

    def test_a_broken_list_leaves_no_half_of_it(self):
        text = "mail\na@example.org\n\"x\n"
        for where in self.everywhere():
            with self.subTest(where):
                _, told = self.check("--column", "mail", "--split",
                                     self.path("out"), stdin=text, code=65,
                                     where=where)
                self.assertIn("a quote is not closed", told)
                self.assertEqual(self.parts(), {})
        self.check("--split", self.path("none/out"), stdin=LIST, code=74)
        self.check("--file", self.path("none"), code=66)

    def test_a_long_list_is_told_in_order(self):
        addresses = [f"user{n}@example.{n % 7}.org" for n in range(30_000)]
        self.daemon.cli("suppress", *addresses[:20_000:400])
        text = "\n".join(addresses)
        for where in self.everywhere():
            with self.subTest(where):
                output, _ = self.check("--only", "suppressed", stdin=text,
                                       where=where)
                self.assertEqual(output.split(), addresses[:20_000:400])
                output, _ = self.check("--only", "sendable", stdin=text,
                                       where=where)
                self.assertEqual(len(output.split()), 29_950)

    def test_options_that_do_not_fit_are_refused(self):
        for arguments in (["a@b.example", "--file", "x"],
                          ["--only", "dead"],
                          ["--only", "held,dead"],
                          ["--split", ""],
                          ["--split", self.scratch + "/"],
                          ["--only", "held", "--split", "x"],
                          ["--json", "--only", "held"],
                          ["--delimiter", ";"],
                          ["--column", "1", "--delimiter", ";;"],
                          ["--column", "1", "--delimiter", '"']):
            with self.subTest(arguments):
                self.check(*arguments, code=64)

    def test_what_is_not_in_utf_8_is_invalid(self):
        for where in self.everywhere():
            with self.subTest(where):
                output, _ = self.check(b"\xff@example.org", "dead@example.org",
                                       code=65, where=where)
                self.assertEqual([line.split()[0]
                                  for line in output.splitlines()],
                                 ["invalid", "suppressed"])
                _, told = self.check("--sender", b"\xff@example.com",
                                     "dead@example.org", code=65, where=where)
                self.assertIn("--sender: the address is not in UTF-8", told)

    def test_a_signal_leaves_no_half_of_a_list(self):
        try:
            os.close(os.open(self.scratch, os.O_TMPFILE | os.O_WRONLY))
        except OSError as error:
            self.skipTest(f"the file system has no nameless files: {error}")
        with subprocess.Popen(
                [lab.program("postbounce"), "--config", self.daemon.config,
                 "check", "--split", self.path("out")],
                stdin=subprocess.PIPE, bufsize=0) as splitting:
            # More than the pipe holds: so it has begun when this returns.
            splitting.stdin.write(b"ann@example.org\n" * 100_000)
            splitting.send_signal(signal.SIGINT)
        self.assertEqual(splitting.returncode, -signal.SIGINT)
        self.assertEqual(self.parts(), {})

    def test_a_lost_stream_costs_only_what_is_said_there(self):
        lab.write_file(self.path("list"), LIST)
        lab.write_file(self.path("long"), "ann@example.org\n" * 20_000)
        alive = "ann@example.org\nNEWS@example.org\n\xe9t\xe9@example.org\n"
        only = ("--only", "sendable", "--file", self.path("list"))
        for where in self.everywhere():
            for arguments, streams, code, wanted in (
                    (only, "2>&-", 0, alive),
                    (only, "2>/dev/full", 0, alive),
                    (only, "<&- 2>&-", 0, alive),
                    (("bad", "ann@example.org"), "2>&-", 65, None),
                    (only, ">&-", 74, ""),
                    (only, "<&- >&- 2>&-", 74, ""),
                    (only, ">/dev/full", 74, ""),
                    (("--file", self.path("long")), ">/dev/full", 74, ""),
                    (("--help",), ">/dev/full", 74, ""),
                    ((), "<&-", 74, "")):
                with self.subTest(where=where, arguments=arguments,
                                  streams=streams):
                    done = subprocess.run(
                        ["bash", "-c", f'"$@" {streams}', "-",
                         lab.program("postbounce"),
                         *(where or ["--config", self.daemon.config]),
                         "check", *arguments],
                        capture_output=True, check=False, timeout=60)
                    self.assertEqual(done.returncode, code, done.stderr)
                    if wanted is not None:
                        self.assertEqual(done.stdout.decode(), wanted)


if __name__ == "__main__":
    lab.main()
