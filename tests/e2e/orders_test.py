"""What an operator orders: suppress, remove, allow and undo, with a daemon and
without one. Needs no Postfix."""

import json
import os
import subprocess

import lab
from postbounced import Postbounced

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../conf/samples/01-unknown-user.eml")
DEAD = "joe.miller@example.org"


class OrdersTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        # What is tested is what comes after proof.
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "policy.proof": "none"})

    def is_suppressed(self, address):
        """As the index says, or in the daemon's absence the store."""
        done = subprocess.run(
            [lab.program("postbounce"), "--config", self.daemon.config,
             "check", address, "--json"],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return json.loads(done.stdout)["suppressed"]

    def test_an_export_stops_nobody_who_is_on_the_allow_list(self):
        self.start(self.daemon)
        cli, cli_json = self.daemon.cli, self.daemon.cli_json
        cli("suppress", "@dead.example", "@gone.example")
        cli("allow", "Ann@Dead.example")
        for verb in (("list",), ("export",)):
            with self.subTest(verb):
                self.assertEqual(
                    {entry["address"]: entry["except"]
                     for entry in cli_json(*verb)},
                    {"@dead.example": ["Ann@Dead.example"],
                     "@gone.example": []})
        self.assertEqual(cli("export"), "@gone.example\n")
        cli("allow", "--remove", "Ann@Dead.example")
        self.assertEqual(cli("export"), "@dead.example\n@gone.example\n")

    def walk(self):
        cli, cli_json = self.daemon.cli, self.daemon.cli_json
        cli("suppress", "Ann@example.org", "--domain", "dead.example",
            "--why", "they called", "--reason", "no-such-user")
        self.assertTrue(self.is_suppressed("ann@example.org"))
        self.assertTrue(self.is_suppressed("any@dead.example"))
        self.assertEqual(self.daemon.suppressed(),
                         ["@dead.example", "Ann@example.org"])
        order = self.daemon.status("ann@example.org")["orders"][0]
        self.assertEqual(order["why"], "they called")
        self.assertTrue(order["actor"])
        self.assertIn("they called", cli("list"))
        self.assertIn("they called", cli("status", "ann@example.org"))

        cli("allow", "@example.org", "--until", "30d", "--why", "a partner")
        self.assertFalse(self.is_suppressed("ann@example.org"))
        self.assertEqual(self.daemon.suppressed(), ["@dead.example"])
        self.assertIn("a partner", cli("list", "--allowed"))
        self.assertIn("on the allow-list", cli("status", "ann@example.org"))
        cli("allow", "--remove", "@example.org")
        self.assertTrue(self.is_suppressed("ann@example.org"))
        self.assertEqual(cli_json("list", "--allowed"), [])

        cli("remove", "ann@example.org")
        self.assertFalse(self.is_suppressed("ann@example.org"))
        removed = cli_json("list", "--state", "removed")
        self.assertEqual([entry["address"] for entry in removed],
                         ["Ann@example.org"])

        dry = cli("undo", "ann@example.org", "--dry-run")
        self.assertIn("removed", dry)
        self.assertFalse(self.is_suppressed("ann@example.org"))
        done = cli_json("undo", "ann@example.org")[0]
        self.assertEqual(done["orders"], 2)
        self.assertEqual(cli_json("list", "--state", "all")[0]["address"],
                         "@dead.example")
        cli("undo", "--action", str(done["action"]))
        self.assertEqual(self.daemon.status("ann@example.org")["state"],
                         "removed")
        again = cli_json("undo", "ann@example.org", "--source", "log")[0]
        self.assertIsNone(again["action"])

    def test_with_a_daemon(self):
        self.start(self.daemon)
        self.walk()

    def test_without_a_daemon(self):
        self.start(self.daemon)
        self.daemon.stop()
        self.walk()

    def test_a_bounce_is_undone_and_stays_so(self):
        self.start(self.daemon)
        self.daemon.deliver(SAMPLE)
        self.assertTrue(self.is_suppressed(DEAD))
        self.daemon.cli("undo", "--since", "1h", "--source", "bounce")
        self.assertFalse(self.is_suppressed(DEAD))
        self.daemon.kill()
        self.daemon.start()
        self.assertFalse(self.is_suppressed(DEAD))
        self.daemon.deliver(SAMPLE)  # the same bounce once more
        self.assertFalse(self.is_suppressed(DEAD))

    def test_the_index_knows_the_allow_list_after_a_start(self):
        self.start(self.daemon)
        self.daemon.cli("suppress", "ann@example.org")
        self.daemon.cli("allow", "ann@example.org")
        self.daemon.stop()
        self.daemon.start()
        self.assertFalse(self.is_suppressed("ann@example.org"))
        self.daemon.cli("allow", "--remove", "ann@example.org")
        self.assertTrue(self.is_suppressed("ann@example.org"))

    def test_a_file_of_thousands(self):
        self.start(self.daemon)
        count = 2500
        name = lab.write_file(self.path("list"), "# all of them\n" + "".join(
            f"user{i}@example.org\n" for i in range(count)))
        done = self.daemon.cli_json("suppress", "--file", name)[0]
        self.assertEqual(done, {"addresses": count, "changed": count})
        done = self.daemon.cli_json("suppress", "--file", name)[0]
        self.assertEqual(done, {"addresses": count, "changed": 0})
        undone = self.daemon.cli_json("undo", "--source", "operator")[0]
        self.assertEqual(undone["affected"], count)
        self.assertEqual(len(undone["effects"]), 1000)
        self.assertEqual(self.daemon.suppressed(), [])

    def test_a_file_with_one_bad_line_does_nothing(self):
        self.start(self.daemon)
        name = lab.write_file(self.path("list"), "a@example.org\n\nnobody\n")
        self.assertEqual(self.daemon.cli("suppress", "--file", name, code=65),
                         "")
        self.assertEqual(self.daemon.suppressed(), [])

    def test_scopes_are_told_apart(self):
        self.start(self.daemon)
        cli = self.daemon.cli
        cli("suppress", "all@example.org", "#c@example.org")
        cli("suppress", "--scope", "shop.example", "one@example.org")
        plain = '"#c"@example.org\n'
        self.assertEqual(cli("export"), "all@example.org\n" + plain)
        self.assertEqual(cli("export", "--scope", "shop.example"),
                         "one@example.org\n")
        self.assertEqual(cli("export", "--scope", ""), cli("export"))
        self.assertEqual(len(cli("export", "--format", "csv").splitlines()), 4)
        scopes = {row.split()[0]: row[67:].strip()
                  for row in cli("list").splitlines()[1:]}
        self.assertEqual(scopes["all@example.org"], "all mail")
        self.assertEqual(scopes["one@example.org"], "shop.example")
        self.assertEqual(self.daemon.cli("suppress", "--scope", "shop",
                                         "b@example.org", code=65), "")

    def test_a_file_is_what_was_exported(self):
        self.start(self.daemon)
        self.daemon.cli("suppress", "--domain", "y.example",
                        "#c@example.org", "a@example.org")
        self.assertEqual(len(self.daemon.suppressed()), 3)
        name = lab.write_file(
            self.path("list"), "\ufeff" + self.daemon.cli("export") +
            "  \n # a word\n a@example.org \r\n")
        done = self.daemon.cli_json("remove", "--file", name)[0]
        self.assertEqual(done, {"addresses": 4, "changed": 3})
        self.assertEqual(self.daemon.suppressed(), [])

    def test_an_undo_is_found_again(self):
        self.start(self.daemon)
        self.daemon.deliver(SAMPLE)
        number = str(self.daemon.cli_json("undo", DEAD, "--why", "a bad night")
                     [0]["action"])
        self.assertIn("a bad night", self.daemon.cli("undo", "--list"))
        status = self.daemon.cli("status", DEAD)
        self.assertIn(f"action {number} has undone it", status)
        self.assertIn("a bad night", status)
        self.daemon.cli("undo", "--action", number)
        self.daemon.cli("undo", "--action", number, code=66)
        self.assertEqual(len(self.daemon.cli_json("undo", "--list")), 2)

    def test_what_cannot_be_meant_is_refused(self):
        self.start(self.daemon)
        for arguments, code in (
                (["suppress"], 64),
                (["undo"], 64),
                (["suppress", "--file", self.path("none")], 66),
                (["suppress", "example.org"], 65),
                (["suppress", "a@example.org", "--until", "2020-01-01"], 65),
                (["undo", "--action", "99"], 66)):
            with self.subTest(arguments=arguments):
                self.daemon.cli(*arguments, code=code)


if __name__ == "__main__":
    lab.main()
