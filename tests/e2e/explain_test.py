"""postbounce explain as a person and a script run it."""

import json
import os
import subprocess
import tempfile
import unittest

PROGRAM = os.environ.get("POSTBOUNCE_PROGRAM_POSTBOUNCE", "")
DATA = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "data/dsn")
BOUNCE = os.path.join(DATA, "01-failed-mixed.eml")

SEPARATOR = b"From a@out.test Sat Jan  3 01:05:34 2026\n"
DELIVERY = (b"Nov 21 00:27:56 out postfix/smtp[960]: 3D534A849A1: "
            b"to=<joe@remote.test>, relay=mx.remote.test[192.0.2.1]:25, "
            b"delay=0.1, delays=0/0/0/0.1, dsn=5.1.1, status=bounced (host "
            b"mx.remote.test[192.0.2.1] said: 550 5.1.1 User unknown (in "
            b"reply to RCPT TO command))\n")


def explain(*arguments, stdin=b""):
    """Exit code, output and complaints of a run without configuration."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as config:
        done = subprocess.run(
            [PROGRAM, "--config", config.name, "explain", *arguments],
            input=stdin, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def objects(*arguments, stdin=b""):
    _, output, _ = explain("--json", *arguments, stdin=stdin)
    return [json.loads(line) for line in output.splitlines()]


def read(path):
    with open(path, "rb") as file:
        return file.read()


class ExplainTest(unittest.TestCase):
    def test_a_message_on_standard_input_is_one_in_a_file(self):
        [piped] = objects(stdin=read(BOUNCE))
        [named] = objects(BOUNCE)
        self.assertEqual((piped.pop("file"), named.pop("file")), ("-", BOUNCE))
        self.assertEqual(piped, named)
        self.assertNotIn("input", piped)
        self.assertNotIn("message", piped)

    def test_the_messages_of_an_mbox_are_numbered(self):
        mail = read(BOUNCE) + b"\n"
        several = objects("-", stdin=(SEPARATOR + mail) * 3)
        self.assertEqual([each["message"] for each in several], [1, 2, 3])
        self.assertEqual({each["kind"] for each in several}, {"failed"})
        [alone] = objects(stdin=SEPARATOR + mail)
        self.assertNotIn("message", alone)

    def test_a_line_of_a_log_is_explained(self):
        [found] = objects(stdin=b"Nov 21 00:27:56 out postfix/qmgr[9]: "
                          b"3D534A849A1: removed\n" + DELIVERY)
        self.assertEqual((found["input"], found["line"], found["kind"]),
                         ("log-line", 2, "failed"))
        self.assertEqual((found["queue_id"], found["reporting_mta"]),
                         ("3D534A849A1", "out"))
        [recipient] = found["recipients"]
        self.assertEqual(
            [recipient[key] for key in ("address", "status", "reply_code",
                                        "remote_mta", "reason", "class")],
            ["joe@remote.test", "5.1.1", "550", "mx.remote.test",
             "no-such-user", "hard"])

    def test_the_words_of_a_failure_are_explained(self):
        [found] = objects(stdin=b"550 5.1.1 User unknown\n")
        self.assertEqual((found["input"], found["kind"]), ("text", "failed"))
        [recipient] = found["recipients"]
        self.assertEqual((recipient["address"], recipient["reason"]),
                         (None, "no-such-user"))

    def test_people_read_who_what_why_and_what_to_do(self):
        code, output, _ = explain(stdin=DELIVERY)
        self.assertEqual(code, 0)
        for words in ("- (line 1): failed", "joe@remote.test: no-such-user",
                      "the recipient's", "hard: the address is dead",
                      "Stop mailing the address", "550 5.1.1 User unknown",
                      "mx.remote.test", "decided by user-unknown",
                      "words      User unknown"):
            self.assertIn(words, output)

    def test_a_temporary_failure_is_no_reason_to_stop(self):
        _, output, _ = explain(stdin=b"450 4.1.1 User unknown\n")
        self.assertIn("soft: the address may work another time", output)
        self.assertIn("Wait: the failure is temporary", output)
        self.assertNotIn("Stop mailing", output)

    def test_others_names_are_given_on_request(self):
        [found] = objects("--taxonomy", "kumomta", stdin=DELIVERY)
        self.assertEqual(found["recipients"][0]["kumomta"], "InvalidRecipient")
        _, output, _ = explain("--taxonomy", "sisimai", stdin=DELIVERY)
        self.assertIn("sisimai    userunknown", output)

    def test_a_recipient_that_is_no_mailbox_is_shown_as_reported(self):
        report = (b"Content-Type: multipart/report; boundary=b; "
                  b"report-type=delivery-status\nFrom: <>\n\n"
                  b"--b\nContent-Type: message/delivery-status\n\n"
                  b"Reporting-MTA: dns; out.test\n\n"
                  b"Final-Recipient: rfc822; %s\nAction: failed\n"
                  b"Status: 5.1.3\n\n--b--\n")
        for text, shown in ((b"joe blow@remote.test", "joe blow@remote.test"),
                            (b"joe blow", None)):
            with self.subTest(text):
                [found] = objects(stdin=report % text)
                [recipient] = found["recipients"]
                self.assertEqual(recipient["address"], shown)
                self.assertEqual(recipient["final_recipient"], text.decode())

    def test_what_cannot_be_read_is_named_and_the_rest_is_done(self):
        code, output, complaint = explain("/no/such/file", BOUNCE)
        self.assertEqual(code, 66)
        self.assertIn(f"{BOUNCE}: failed", output)
        self.assertIn("/no/such/file: No such file", complaint)

    def test_a_log_without_a_delivery_is_an_error(self):
        code, output, complaint = explain(
            stdin=b"Nov 21 00:27:56 out postfix/qmgr[9]: 3D534A849A1: removed")
        self.assertEqual((code, output), (65, ""))
        self.assertIn("tells of a delivery", complaint)

    def test_nothing_on_standard_input_is_an_error(self):
        for nothing in (b"", b" \n\n"):
            code, output, complaint = explain(stdin=nothing)
            self.assertEqual((code, output), (65, ""))
            self.assertIn("nothing to explain", complaint)

    def test_a_folder_stands_for_its_files(self):
        found = objects(DATA)
        names = sorted(os.listdir(DATA))
        self.assertEqual([os.path.basename(each["file"]) for each in found],
                         names)


if __name__ == "__main__":
    unittest.main()
