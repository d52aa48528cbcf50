"""The completions of the shells know all verbs, options and values that the
program has. A shell that is not installed is skipped with a sentence."""

import os
import re
import shutil
import subprocess
import unittest

import lab

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
FOLDER = os.path.join(ROOT, "conf/completion")

# Each reads words from a line, with tabs between them, and prints what is
# offered for the last, and then an empty line.
BASH = """
source "$1"
compopt() { printf '<files>\\n'; }
while IFS= read -r line; do
  mapfile -d $'\\t' -t COMP_WORDS <<<"$line"
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMP_WORDS[COMP_CWORD]=${COMP_WORDS[COMP_CWORD]%$'\\n'}
  COMPREPLY=()
  _postbounce postbounce "${COMP_WORDS[@]: -1}" "${COMP_WORDS[@]: -2:1}"
  ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
  echo
done
"""
# With stand-ins for the functions of zsh's own that show what is offered.
ZSH = """
_call_program() { "${@:2}" 2>/dev/null; }
_describe() { print -l -- ${${(P)2}%%:*}; }
_files() { print -- '<files>'; }
source "$1"
while IFS= read -r line; do
  words=("${(@ps:\\t:)line}")
  CURRENT=$#words
  _postbounce
  echo
done
"""
FISH = """
source $argv[1]
while read -l line
  complete -C (string replace -a \\t ' ' -- $line)
  echo
end
"""


def verbs_of_the_man_page():
    with open(os.path.join(ROOT, "man/postbounce.1"), encoding="utf-8") as page:
        return set(re.findall(r"^\.It Cm ([a-z]+)", page.read(), re.MULTILINE))


class CompletionTest(lab.LabTest):
    def setUp(self):
        super().setUp()
        folder = self.path("bin")
        os.makedirs(folder)
        os.symlink(lab.program("postbounce"),
                   os.path.join(folder, "postbounce"))
        self.folder = self.path("folder")
        os.makedirs(self.folder)
        lab.write_file(os.path.join(self.folder, "<files>"), "")
        self.environment = {**os.environ, "HOME": self.scratch,
                            "PATH": folder + ":" + os.environ["PATH"]}

    def run_it(self, *command, **options):
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=300, check=False, env=self.environment,
                              cwd=self.folder, **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout

    def help_of(self, verbs):
        """The verbs below these, and for each option the words it takes; None
        if it takes none, an empty set if any."""
        text = self.run_it("postbounce", *verbs, "--help")
        below = text.partition("\nSubcommands:\n")[2]
        options = text.partition("\nOptions:\n")[2].partition("\n\n")[0]
        takes = {}
        for names, rest in re.findall(r"^  (-\S+)(.*)", options, re.MULTILINE):
            words = re.match(r" TEXT:\{(.*?)\}", rest)
            value = re.match(r" (TEXT|INT)\b", rest)
            for name in names.split(","):
                takes[name] = (set(words[1].split(",")) if words else
                               set() if value else None)
        return set(re.findall(r"^  (\w\S*)", below, re.MULTILINE)), takes

    def expected(self, *path):
        """What --help says should be offered: pairs of a line and a set."""
        verbs, takes = self.help_of(path)
        line = ("postbounce", "--config", "x.toml", *path)
        if verbs:
            yield (*line, ""), verbs
        yield (*line, "-"), set(takes)
        for option, words in takes.items():
            if words is not None:
                yield (*line, option, ""), words or {"<files>"}
        for verb in sorted(verbs):
            yield from self.expected(*path, verb)

    def check(self, *shell):
        if not shutil.which(shell[0]):
            self.skipTest(f"there is no {shell[0]}")
        expected = list(self.expected())
        self.assertEqual(expected[0][1], verbs_of_the_man_page())
        expected += [(("postbounce", "st"), {"stats", "status"}),
                     (("postbounce", "export", "--format", "j"), {"jsonl"}),
                     (("postbounce", "explain", ""), {"<files>"})]
        lines = "".join("\t".join(line) + "\n" for line, _ in expected)
        offered = self.run_it(*shell, input=lines).split("\n\n")
        self.assertEqual(len(offered), len(expected) + 1)
        for (line, words), answer in zip(expected, offered):
            with self.subTest(line):
                self.assertEqual(
                    {word.split("\t")[0].replace("\\", "")
                     for word in answer.split("\n")
                     if word.startswith(line[-1]) and word}, words)

    def test_bash_completes_what_the_program_has(self):
        self.check("bash", "--norc", "-c", BASH, "bash", self.script("bash"))

    def test_zsh_completes_what_the_program_has(self):
        self.check("zsh", "-f", "-c", ZSH, "zsh", self.script("zsh"))

    def test_fish_completes_what_the_program_has(self):
        self.check("fish", "--no-config", "-c", FISH, self.script("fish"))

    def script(self, name):
        return os.path.join(FOLDER, "postbounce." + name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
