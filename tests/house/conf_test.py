"""The files around the programs: what systemd thinks of them, where an
installation puts them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.environ.get("POSTBOUNCE_BUILD_DIR", "")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True,
                          check=False, **options)


class ConfTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = folder.name

    def unit(self):
        """The unit, with a program that is there to be looked at."""
        text = self.installed("lib/systemd/system/postbounced.service")
        path = os.path.join(self.scratch, "postbounced.service")
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true",
                              text))
        return path

    def installed(self, path, prefix="/usr/local"):
        """The text of a file, as an installation writes it."""
        self.install(prefix)
        with open(self.scratch + os.path.join(prefix, path),
                  encoding="utf-8") as file:
            return file.read()

    def need(self, program):
        if not shutil.which(program):
            self.skipTest(f"there is no {program}")

    def test_systemd_finds_nothing_to_say_about_the_unit(self):
        self.need("systemd-analyze")
        done = run("systemd-analyze", "verify", "--man=no", self.unit())
        # It exits with 0 even for keys that it does not know.
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_systemd_finds_the_unit_hardened(self):
        self.need("systemd-analyze")
        done = run("systemd-analyze", "security", "--offline=true",
                   "--threshold=15", "--no-pager", self.unit())
        self.assertEqual(done.returncode, 0, done.stdout[-600:])

    def test_sysusers_makes_two_users_that_share_a_group(self):
        self.need("systemd-sysusers")
        if os.geteuid() != 0:
            self.skipTest("systemd-sysusers --root needs root")
        os.makedirs(os.path.join(self.scratch, "etc"))
        done = run("systemd-sysusers", f"--root={self.scratch}",
                   os.path.join(ROOT, "conf/sysusers.d/postbounce.conf"))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.scratch, "etc/group"),
                  encoding="utf-8") as file:
            groups = {line.split(":")[0]: line.strip().split(":")[3]
                      for line in file}
        self.assertEqual(groups["postbounce-in"], "postbounce,postfix")
        self.assertEqual(groups["postbounce"], "postfix")

    def test_an_installation_puts_each_thing_in_its_place(self):
        prefix = "usr/local/"
        files = ["etc/postbounce/postbounce.toml"]
        files += [prefix + path for path in (
            "sbin/postbounced", "bin/postbounce",
            "lib/postbounce/postbounce-pipe",
            "lib/systemd/system/postbounced.service",
            "lib/sysusers.d/postbounce.conf", "lib/tmpfiles.d/postbounce.conf",
            "share/bash-completion/completions/postbounce",
            "share/zsh/site-functions/_postbounce",
            "share/fish/vendor_completions.d/postbounce.fish",
            "share/doc/postbounce/copyright",
            "share/doc/postbounce/postfix/master.cf",
            "share/doc/postbounce/postfix/lookup-policy",
            "share/doc/postbounce/postfix/lookup-tables",
            "share/doc/postbounce/postfix/milter",
            "share/man/man7/postbounce-milter.7",
            "share/man/man8/postbounced.8",
            "share/man/man5/postbounce-lookup.5",
            "share/man/man5/postbounce.toml.5")]
        self.install()
        for path in files:
            with self.subTest(path):
                self.assertTrue(os.path.exists(
                    os.path.join(self.scratch, path)))

    def test_an_installation_keeps_the_administrators_configuration(self):
        self.install()
        path = os.path.join(self.scratch, "etc/postbounce/postbounce.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("# mine\n")
        self.install()
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "# mine\n")

    def test_what_is_installed_names_the_prefix_of_the_installation(self):
        for prefix in ("/usr", "/opt/postbounce"):
            with self.subTest(prefix):
                self.assertIn(f"ExecStart={prefix}/sbin/postbounced ",
                              self.installed("lib/systemd/system/"
                                             "postbounced.service", prefix))
                self.assertIn(f"argv={prefix}/lib/postbounce/postbounce-pipe",
                              self.installed("share/doc/postbounce/postfix/"
                                             "master.cf", prefix))

    def install(self, prefix="/usr/local"):
        done = run("cmake", "--install", BUILD, "--prefix", prefix,
                   env={**os.environ, "DESTDIR": self.scratch})
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    if not BUILD:
        sys.exit("POSTBOUNCE_BUILD_DIR is not set; run this through ctest")
    unittest.main()
