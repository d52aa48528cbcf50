"""postbounce code: what a code means, for people and for scripts."""

import json
import os
import subprocess
import unittest

PROGRAM = os.environ.get("POSTBOUNCE_PROGRAM_POSTBOUNCE", "")


def code(*arguments):
    done = subprocess.run([PROGRAM, "code", *arguments], capture_output=True,
                          text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


def objects(*arguments):
    return [json.loads(line)
            for line in code("--json", *arguments)[1].splitlines()]


class CodeTest(unittest.TestCase):
    def test_an_enhanced_status_is_explained(self):
        exit_code, output, _ = code("5.7.26")
        self.assertEqual(exit_code, 0)
        for words in ("5.7.26  Multiple authentication checks failed",
                      "permanent", "authentication-failed", "the sender's",
                      "Check SPF", "RFC 7372"):
            self.assertIn(words, output)

    def test_a_reply_code_is_explained_with_what_postfix_says(self):
        exit_code, output, _ = code("550")
        self.assertEqual(exit_code, 0)
        self.assertIn("550  Requested action not taken", output)
        self.assertIn("User unknown in local recipient table", output)
        self.assertIn("RFC 5321", output)

    def test_both_codes_of_a_reply_may_be_given_at_once(self):
        for arguments in (["550 5.2.1"], ["550-5.2.1"], ["550", "5.2.1"]):
            with self.subTest(arguments):
                self.assertEqual([found["code"] for found in
                                  objects(*arguments)], ["550", "5.2.1"])

    def test_a_temporary_code_is_never_hard(self):
        hard, soft, both = objects("5.1.1", "4.1.1", "x.1.1")
        self.assertEqual((hard["class"], soft["class"]), ("hard", "soft"))
        self.assertEqual(both["code"], "X.1.1")
        self.assertIn("temporary", soft["permanence"])
        hard, soft = objects("--taxonomy", "ses", "5.1.1", "4.1.1")
        self.assertEqual((hard["ses"], soft["ses"]),
                         ("Permanent/NoEmail", "Transient/General"))

    def test_a_code_of_success_is_no_failure(self):
        for code_of_success in ("2.0.0", "2.1.1", "2.1.5", "250", "299"):
            with self.subTest(code_of_success):
                [found] = objects(code_of_success)
                self.assertEqual(found["permanence"], "success")
                self.assertNotEqual(found["class"], "hard")
        [found] = objects("2.1.1")
        self.assertEqual((found["reason"], found["class"]),
                         ("delivered", "none"))

    def test_what_providers_mean_is_told(self):
        [gmail] = objects("5.7.27")
        self.assertEqual(gmail["providers"], [
            {"provider": "Gmail", "meaning": "SPF did not pass."}])

    def test_an_unregistered_code_is_explained_by_its_subject(self):
        [found] = objects("5.2.99")
        self.assertFalse(found["registered"])
        self.assertIn("mailbox status", found["meaning"])
        [found] = objects("5.9.1")
        self.assertEqual(found["reason"], "unknown")
        [found] = objects("4.1.10")
        self.assertIn("registered for class 5 only", found["meaning"])
        for text in ("444", "570", "599"):
            with self.subTest(text):
                self.assertEqual(code(text)[0], 0)
                [found] = objects(text)
                self.assertFalse(found["registered"])
                self.assertEqual(found["code"], text)

    def test_others_names_are_given_on_request(self):
        [found] = objects("--taxonomy", "powermta", "5.1.1")
        self.assertEqual(found["powermta"], "bad-mailbox")
        exit_code, _, complaint = code("--taxonomy", "none", "5.1.1")
        self.assertEqual(exit_code, 64)
        for name in ("sisimai", "powermta", "kumomta", "sendgrid", "ses"):
            self.assertIn(name, complaint)

    def test_what_is_no_code_is_an_error_that_says_what_one_is(self):
        for text in ("999", "5.1", "5.1.1x", "user unknown", "", "550 x"):
            with self.subTest(text):
                exit_code, output, complaint = code(text)
                self.assertEqual((exit_code, output), (65, ""))
                self.assertIn("a code is like 5.7.26", complaint)


if __name__ == "__main__":
    unittest.main()
