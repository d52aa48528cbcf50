"""How many real bounces are read and judged rightly: `postbounce explain` over
a corpus of labelled mails, scored by the corpus' own score.py. The mails are
not part of this project, since their licences differ; without them the test is
skipped. POSTBOUNCE_CORPUS says where they lie."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["POSTBOUNCE_PROGRAM_POSTBOUNCE"]
CORPUS = os.environ["POSTBOUNCE_CORPUS"]
MAILS = os.path.join(CORPUS, "mails")
ALL = "all (no variants)"
# The forms of other mails of the corpus, which this test makes for all.
VARIANTS = ("sisimai-dos", "sisimai-mac")

# What must be right, of a hundred: below it a change has made things worse.
# The rest of each is a label that contradicts another one, or our design.
AT_LEAST = {
    "rcpt-set": 97.8,   # the failed addresses, as stated by a test
    "rcpt-silv": 97.4,  # the same, as several programs agree
    "rcpt-n": 99.3,     # how many they are
    "status": 98.9,
    "class": 97.3,      # the first digit of the status
    "reply": 98.6,
    "coarse": 91.7,     # the reason, in groups
    "hard": 92.8,       # dead or not
    "perm": 98.8,       # permanent or temporary
    "kindfound": 99.7,  # that it is a bounce
}


def mails_of_corpus():
    return sorted(os.path.join(folder, name)
                  for folder, _, files in os.walk(MAILS) for name in files)


def explain(*paths):
    """The JSON lines of a run without configuration."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as config:
        return subprocess.run(
            [PROGRAM, "--config", config.name, "explain", "--json", *paths],
            capture_output=True, check=True, timeout=300).stdout


def score(predictions):
    """{group: {"T": {figure: [right, all]}, "FP": ..., "errors": n}}"""
    with tempfile.TemporaryDirectory() as folder:
        answers = os.path.join(folder, "postbounce.jsonl")
        result = os.path.join(folder, "result.json")
        with open(answers, "wb") as file:
            file.write(predictions)
        subprocess.run(
            [sys.executable, os.path.join(CORPUS, "score.py"), answers,
             "--json", result], check=True, timeout=300,
            stdout=subprocess.DEVNULL)
        with open(result, encoding="utf-8") as file:
            return {group: figures["postbounce"]
                    for group, figures in json.load(file).items()}


def answers_without_names(*paths):
    answers = [json.loads(line) for line in explain(*paths).splitlines()]
    for answer in answers:
        del answer["file"]
    return answers


class CorpusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.score = score(explain(*mails_of_corpus()))

    def test_no_figure_falls(self):
        for name, least in AT_LEAST.items():
            right, count = self.score[ALL]["T"][name]
            with self.subTest(name):
                self.assertGreaterEqual(100 * right / count, least,
                                        f"{right} of {count}")

    def test_what_is_no_bounce_is_taken_for_none(self):
        for kind, (named, nameless, count) in self.score[ALL]["FP"].items():
            with self.subTest(kind):
                self.assertGreater(count, 0)
                self.assertEqual((named, nameless), (0, 0))

    def test_every_mail_gets_an_answer(self):
        self.assertEqual((self.score[ALL]["errors"], self.score[ALL]["missing"]),
                         (0, 0))

    def test_line_ends_do_not_matter(self):
        names = [name for name in mails_of_corpus()
                 if os.path.basename(os.path.dirname(name)) not in VARIANTS]
        answers = []
        for line_end in (b"\n", b"\r\n", b"\r"):
            with tempfile.TemporaryDirectory() as folder:
                paths = []
                for number, name in enumerate(names):
                    paths.append(os.path.join(folder, str(number)))
                    with open(name, "rb") as mail, \
                            open(paths[-1], "wb") as form:
                        form.write(mail.read().replace(b"\r\n", b"\n")
                                   .replace(b"\r", b"\n")
                                   .replace(b"\n", line_end))
                answers.append(answers_without_names(*paths))
        for name, *forms in zip(names, *answers):
            with self.subTest(name):
                self.assertEqual(forms[0], forms[1])
                self.assertEqual(forms[0], forms[2])


if __name__ == "__main__":
    if not os.path.isdir(MAILS):
        print(f"There is no corpus of labelled mails at {CORPUS}: skipped.")
        sys.exit(77)
    unittest.main()
