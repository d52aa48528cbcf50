"""The examples of postbounce-query(5), asked of a daemon; and its verbs, which
are those that a daemon says to know. Needs no Postfix."""

import json
import os
import re
import socket

import lab
from postbounced import Postbounced

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../man/postbounce-query.5")
MAIL = """\
From: carla@example.net
To: bounce@bounces.example.com
Subject: Please call me

Or write.
"""
HEADS = {"query": "VERBS OF BOTH SOCKETS",
         "control": "VERBS OF THE CONTROL SOCKET"}


def sections(text, macro):
    """The text behind each heading."""
    parts = re.split(rf"^\.{macro} (.*)$", text, flags=re.M)
    return list(zip(parts[1::2], parts[2::2]))


def tags(text):
    """The verbs that a section tells of, in its order."""
    return re.findall(r"^\.It Ic (\S+)$", text, flags=re.M)


def examples(text):
    """(socket, request, answer) of each pair."""
    for heading, part in sections(text, "Ss"):
        name = "control" if heading.startswith("Control") else "query"
        for block in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed$", part,
                                flags=re.M | re.S):
            lines = block.replace("\n ", "").replace("\\e", "\\").splitlines()
            assert len(lines) % 2 == 0, block
            for request, answer in zip(lines[::2], lines[1::2]):
                yield name, request, answer


def pattern(answer):
    """... is anything."""
    return ".*".join(re.escape(part) for part in answer.split("..."))


class QueryPageTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        self.maxDiff = None
        self.page = dict(sections(lab.read_file(PAGE), "Sh"))
        self.daemon = self.start(
            Postbounced(self.path("pb"), **{"lmtp.group": ""}))

    def ask(self, name, request):
        """The answer, as the bytes of its line."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(self.daemon.socket(name))
            client.sendall(request.encode() + b"\n")
            with client.makefile("rb") as answers:
                return answers.readline().decode().rstrip("\n")

    def test_a_daemon_says_what_the_page_says(self):
        self.daemon.deliver(lab.write_file(self.path("mail"), MAIL))
        asked = {"query": set(), "control": set()}
        for name, request, answer in examples(self.page["EXAMPLES"]):
            with self.subTest(request):
                asked[name].add(json.loads(request)["verb"])
                self.assertRegex(self.ask(name, request),
                                 f"^{pattern(answer)}$")
        for name, head in HEADS.items():
            self.assertEqual(asked[name], set(tags(self.page[head])))

    def test_code_has_what_the_command_prints(self):
        codes = ["550", "5.2.2", "X.7.26", "550 5.1.1", "5.7.999", "299"]
        answer = json.loads(self.ask("query", json.dumps(
            {"verb": "code", "codes": codes})))
        self.assertEqual([one["code"] for one in answer["results"]],
                         " ".join(codes).split())
        self.assertEqual(answer["results"],
                         self.daemon.cli_json("code", *codes))

    def test_the_page_has_each_verb_that_a_daemon_knows(self):
        verbs = {name: json.loads(self.ask(name, '{"verb":"hello"}'))["verbs"]
                 for name in HEADS}
        both = tags(self.page[HEADS["query"]])
        self.assertEqual(verbs["query"], both)
        self.assertEqual(verbs["control"],
                         both + tags(self.page[HEADS["control"]]))

    def test_each_verb_is_known_where_it_is_said_to_be(self):
        for name in HEADS:
            hello = json.loads(self.ask(name, '{"verb":"hello"}'))
            for verb in hello["verbs"]:
                with self.subTest(verb, socket=name):
                    answer = json.loads(self.ask(
                        name, json.dumps({"verb": verb, "files": -1})))
                    self.assertNotIn("no such verb", answer.get("error", ""))
        for verb in tags(self.page[HEADS["control"]]):
            with self.subTest(verb):
                answer = json.loads(self.ask("query",
                                             json.dumps({"verb": verb})))
                self.assertEqual(answer["code"], "conflict")

    def test_the_page_has_each_counter_and_its_labels(self):
        section = self.page["COUNTERS"]
        told = re.findall(r"^\.It Ic (.*)$", section, flags=re.M)
        counters = json.loads(self.ask("query", '{"verb":"stats"}'))["counters"]
        self.assertEqual(" , ".join(told).split(" , "),
                         [one["name"] for one in counters])
        for one in counters:
            for label in set(one["values"][0]) - {"value"}:
                with self.subTest(one["name"], label=label):
                    self.assertIn(f".Ic {label}", section)

    def test_another_protocol_is_refused(self):
        for name in HEADS:
            for verb in ("check", "list", "suppress", "replay"):
                with self.subTest(verb, socket=name):
                    answer = json.loads(self.ask(name, json.dumps(
                        {"verb": verb, "protocol": 2, "id": 7})))
                    self.assertEqual((answer["code"], answer["id"]),
                                     ("syntax", 7))
        one = {"verb": "suppress", "addresses": ["a@b.example"],
               "protocol": 1}
        self.assertTrue(json.loads(
            self.ask("control", json.dumps(one)))["ok"])


if __name__ == "__main__":
    lab.main()
