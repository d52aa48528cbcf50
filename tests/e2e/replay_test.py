"""What is kept, judged again by other rules and another policy."""

import os
import signal
import unittest

import lab
from postbounced import Postbounced

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../conf/samples/01-unknown-user.eml")
DEAD = "joe.miller@example.org"
RULE = """\
[[rule]]
name = "they-mean-spam"
match = 'not found by smtp address lookup'
reason = "spam-rejected"
examples = ["550 5.1.10 not found by SMTP address lookup"]
"""
HINT = "postbounce replay --dry-run"


class ReplayTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "policy.proof": "none"})
        self.rules = lab.write_file(self.path("own.toml"), RULE)

    def take_in(self):
        self.start(self.daemon)
        self.daemon.deliver(SAMPLE)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def reload(self, **settings):
        """Until the log says so; what it says from then on."""
        self.daemon.settings.update(
            {name.replace("__", "."): value
             for name, value in settings.items()})
        before = len(lab.read_file(self.daemon.log_path))
        self.daemon.write_config()
        os.kill(self.daemon.pid, signal.SIGHUP)
        # What is asked now is answered after the reload.
        lab.wait_for(lambda: "reloaded" in lab.read_file(
            self.daemon.log_path)[before:], "it is reloaded")
        self.daemon.stats()
        return lab.read_file(self.daemon.log_path)[before:]

    def check_both_ways(self):
        with_rules = ["replay", "--rules", self.rules]
        shown = self.daemon.cli(*with_rules, "--dry-run")
        self.assertIn("1 of 1 accounts are judged differently", shown)
        self.assertIn("1 no-such-user -> spam-rejected", shown)
        self.assertRegex(shown, f"{DEAD}: active no-such-user since "
                         "[-0-9]+ until [-0-9]+ -> none")
        self.assertIn("Nothing has changed", shown)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

        self.assertIn("Applied.", self.daemon.cli(*with_rules))
        self.assertEqual(self.daemon.suppressed(), [])
        event = self.daemon.status(DEAD)["events"][0]
        self.assertEqual(event["reason"], "spam-rejected")
        self.assertEqual(event["witnesses"][0]["rule"], "they-mean-spam")
        again = self.daemon.cli(*with_rules)
        self.assertIn("0 of 1 accounts", again)
        self.assertIn("The list stays as it is.", again)

        difference, summary = self.daemon.cli_json("replay")
        self.assertEqual(difference["address"], DEAD)
        self.assertEqual(difference["before"]["state"], "none")
        self.assertEqual(difference["after"]["state"], "active")
        self.assertEqual(summary["added"], 1)
        self.assertIs(summary["applied"], True)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_rules_are_shown_applied_and_taken_back(self):
        self.take_in()
        self.check_both_ways()
        self.daemon.cli("check", DEAD, code=1)  # the daemon's index knows, too

    def test_the_same_without_a_daemon(self):
        self.take_in()
        self.daemon.stop()
        self.check_both_ways()

    def test_a_reload_tells_of_new_rules_and_policy_alone(self):
        self.take_in()
        self.assertNotIn(HINT, self.reload())
        self.assertIn(HINT, self.reload(rules__files=[self.rules]))
        self.assertIn("1 removed", self.daemon.cli("replay"))
        self.assertEqual(self.daemon.suppressed(), [])
        self.assertIn(HINT, self.reload(rules__files=[]))
        self.daemon.cli("replay")
        self.assertEqual(self.daemon.suppressed(), [DEAD])
        key = "policy.no-such-user"
        self.assertIn(HINT, self.reload(**{key: "after 2"}))
        shown = self.daemon.cli("replay")
        self.assertIn("0 of 1 accounts", shown)
        self.assertIn("1 removed", shown)
        self.assertEqual(self.daemon.suppressed(), [])

    def test_rules_that_cannot_be_read_are_refused(self):
        self.take_in()
        bad = lab.write_file(self.path("bad.toml"),
                             RULE.replace("'not", "'(not"))
        self.daemon.cli("replay", "--rules", bad, "--dry-run", code=65)
        self.daemon.cli("replay", "--rules", self.path("nothing"), code=64)
        self.daemon.cli("replay", "--rules", "/dev/null", code=65)
        self.assertEqual(self.daemon.suppressed(), [DEAD])

    def test_the_query_socket_refuses_it(self):
        self.take_in()
        [answer] = self.daemon.ask({"verb": "replay"})
        self.assertIs(answer["ok"], False)


if __name__ == "__main__":
    lab.main()
