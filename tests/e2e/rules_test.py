"""A site's own text rules: what `postbounce rules check` says of them, and what
the daemon does with good and with bad ones."""

import json
import os
import signal
import subprocess
import unittest

import lab
from postbounced import Postbounced

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../conf/samples/01-unknown-user.eml")
RULE = """\
[[rule]]
name = "{name}"
match = '{match}'
reason = "{reason}"
examples = ["{example}"]
"""
PROBLEMS = """\
[[rule]]
name = "unbalanced"
match = '(asleep'
reason = "mailbox-disabled"
examples = ["(asleep"]

[[rule]]
name = "first"
match = 'zzqq [a-z]+'
reason = "policy-rejected"
examples = ["550 zzqq abc"]

[[rule]]
name = "second"
match = 'zzqq [a-z]+'
reason = "spam-rejected"
examples = ["550 zzqq def"]

[[rule]]
name = "shadowed"
match = 'zzqq xyz'
reason = "ip-blocked"
examples = ["550 zzqq xyz"]

[[rule]]
name = "elsewhere"
match = 'vvww'
reason = "no-such-thing"
examples = ["550 vvww"]

[[rule]]
name = "untrue"
match = 'kkjj'
reason = "ip-blocked"
examples = ["550 kkjj", "550 something else"]
"""


class RulesCheckTest(lab.LabTest):
    def check(self, *arguments, config=""):
        config = lab.write_file(self.path("postbounce.toml"), config)
        done = subprocess.run(
            [lab.program("postbounce"), "--config", config, "rules", "check",
             *arguments], capture_output=True, text=True, timeout=60,
            check=False)
        return done.returncode, done.stdout, done.stderr

    def rule(self, file, **changes):
        text = {"name": "asleep", "match": "mailbox sleeps zz",
                "reason": "mailbox-disabled",
                "example": "550 mailbox sleeps zz", **changes}
        return lab.write_file(self.path(file), RULE.format(**text))

    def test_a_good_file_passes(self):
        own = self.rule("own.toml")
        self.assertEqual(self.check(own), (0, f"{own}: 0 errors, 0 warnings\n", ""))

    def test_each_problem_is_told_with_its_line(self):
        own = lab.write_file(self.path("own.toml"), PROBLEMS)
        code, output, _ = self.check(own)
        self.assertEqual(code, 1)
        found = [line.split(": ", 1) for line in output.splitlines()]
        self.assertEqual(
            [where.removeprefix(own + ":") for where, _ in found[:-1]],
            ["3", "15", "19", "28", "35"])
        for words, (_, text) in zip(
                ("missing )", "the same expression as rule first",
                 "never reached", "no-such-thing", "no rule decides"), found):
            self.assertIn(words, text)
        self.assertEqual(found[-1], [own, "5 errors, 0 warnings"])

    def test_a_script_reads_the_same(self):
        own = lab.write_file(self.path("own.toml"), PROBLEMS)
        code, output, _ = self.check("--json", own)
        result = json.loads(output)
        self.assertEqual((code, result["file"], result["valid"]),
                         (1, own, False))
        self.assertEqual(result["problems"][1], {
            "where": own + ":15", "warning": False,
            "text": "the same expression as rule first at " + own + ":7"})

    def test_hiding_a_shipped_rule_is_a_warning(self):
        own = self.rule("own.toml", match="user unknown",
                        example="550 5.1.1 User unknown",
                        reason="policy-rejected")
        code, output, _ = self.check(own)
        self.assertEqual(code, 0, output)
        self.assertIn(f"{own}:1: warning: asleep hides rule",
                      output)
        self.assertIn(f"\n{own}: 0 errors, ", output)

    def test_a_later_file_is_checked_with_the_earlier_in_place(self):
        first = self.rule("first.toml")
        second = self.rule("second.toml", name="again", reason="ip-blocked",
                           match="sleeps zz", example="550 it sleeps zz")
        self.assertEqual(self.check(second)[1],
                         f"{second}: 0 errors, 0 warnings\n")
        code, output, _ = self.check(first, second)
        self.assertEqual(code, 0)
        self.assertIn("again hides rule asleep", output)

    def test_without_files_the_configured_ones_are_checked(self):
        own = self.rule("own.toml", match="(")
        code, output, _ = self.check(config=f"[rules]\nfiles = [\"{own}\"]\n")
        self.assertEqual(code, 1)
        self.assertIn(own + ":3: ", output)
        self.assertEqual(self.check(), (0, "no rule files are configured\n",
                                        ""))

    def test_a_file_that_is_not_there_is_an_error(self):
        code, output, complaint = self.check("/no/such/file")
        self.assertEqual((code, output), (66, ""))
        self.assertIn("/no/such/file: No such file", complaint)


class RulesOfTheDaemonTest(lab.LabTest):
    """The site's own rule decides over the shipped one for the same words."""

    WORDS = "RESOLVER.ADR.RecipientNotFound; Recipient"

    def setUp(self):
        super().setUp()
        self.own = self.path("own.toml")
        self.write_rule("policy-rejected")
        self.daemon = Postbounced(self.path("pb"), **{
            "lmtp.group": "", "rules.files": [self.own]})

    def write_rule(self, reason):
        lab.write_file(self.own, RULE.format(
            name="own-not-found", reason=reason, match=self.WORDS,
            example="550 5.1.10 " + self.WORDS))

    def reason_of(self, name):
        """The reason of a bounce of this name's mail."""
        mail = lab.write_file(self.path("mail"), lab.read_file(SAMPLE).replace(
            "joe.miller", name))
        self.daemon.deliver(mail)
        [event] = self.daemon.status(f"{name}@example.org")["events"]
        return event["reason"]

    def reload(self, words):
        os.kill(self.daemon.pid, signal.SIGHUP)
        lab.wait_for(lambda: words in lab.read_file(self.daemon.log_path),
                     words)

    def test_a_bad_file_at_a_reload_keeps_the_old_rules_and_says_so(self):
        self.start(self.daemon)
        self.assertEqual(self.reason_of("ann"), "policy-rejected")
        lab.write_file(self.own, PROBLEMS)
        self.reload(f"the old configuration stays: {self.own}:28: ")
        self.assertEqual(self.reason_of("bob"), "policy-rejected")
        self.write_rule("recipient-refused")
        self.reload("reloaded")
        self.assertEqual(self.reason_of("cid"), "recipient-refused")


if __name__ == "__main__":
    unittest.main()
