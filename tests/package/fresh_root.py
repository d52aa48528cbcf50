"""Roots of Debian in a folder, to install packages in: no part of the machine's
own. Nothing is started in them but what a test starts."""

import hashlib
import os
import re
import shutil
import subprocess
import time

BUILD = os.path.abspath(os.path.join(os.path.dirname(__file__),
                                     "../../build/package-test"))
MIRROR = os.environ.get("POSTBOUNCE_MIRROR", "http://deb.debian.org/debian")
SUITE = "bookworm"
PRESEED = ("postfix postfix/main_mailer_type select Local only\n"
           "postfix postfix/mailname string mail.example.com\n")
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get",
       "--yes", "--quiet", "--no-install-recommends")


def why_not():
    """Why there can be no fresh root here; None if there can."""
    if os.geteuid() != 0:
        return "a fresh root needs root"
    for program in ("mmdebstrap", "unshare", "dpkg-deb"):
        if not shutil.which(program):
            return f"there is no {program}"
    return None


def run(*command, code=0, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **options)
    assert code is None or done.returncode == code, (
        f"{command} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


class FreshRoot:
    """A root in `path`, from the archive `tar`."""

    def __init__(self, path, tar):
        self.path = path
        os.makedirs(path)
        run("tar", "-C", path, "--numeric-owner", "-xf", tar)

    def file(self, name):
        return os.path.join(self.path, name.lstrip("/"))

    def exists(self, name):
        return os.path.lexists(self.file(name))

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text, mode=0o644):
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.file(name), mode)

    def run(self, *command, **options):
        """In a process namespace of its own: whatever it starts ends with
        it."""
        return run("unshare", "--mount", "--pid", "--fork", "--kill-child",
                   "sh", "-c", 'mount -t proc proc "$0/proc" && '
                   'exec chroot "$0" "$@"', self.path, *command, **options)

    def install(self, package, *options):
        """What `apt-get install ./package.deb` says."""
        name = os.path.basename(package)
        shutil.copy(package, self.file(name))
        return self.run(*APT, *options, "install", "/" + name)

    def ids(self, name):
        """The uid of a user, and the names of its groups."""
        groups = self.run("id", "-Gn", name).split()
        return int(self.run("id", "-u", name)), set(groups)

    def looks(self, name):
        """Mode, user and group, as people write them."""
        return self.run("stat", "-c", "%a %U %G", name).strip()


def base_for(package):
    """The archive of a minimal Debian, with all that the package depends on
    loaded and nothing of it installed. From the network, once."""
    depends = run("dpkg-deb", "-f", package, "Depends")
    name = hashlib.sha256(depends.encode()).hexdigest()[:8]
    tar = os.path.join(BUILD, f"bookworm-{name}.tar")
    if not os.path.exists(tar):
        os.makedirs(BUILD, exist_ok=True)
        make_base(tar, package)
    return tar


def make_base(tar, package):
    folder = tar + ".new"
    shutil.rmtree(folder, ignore_errors=True)
    run("mmdebstrap", "--variant=minbase", SUITE, folder, MIRROR)
    root = FreshRoot.__new__(FreshRoot)
    root.path = folder
    root.write("etc/apt/apt.conf.d/keep",
               'Binary::apt-get::APT::Keep-Downloaded-Packages "true";\n')
    root.write("etc/dpkg/dpkg.cfg.d/fast", "force-unsafe-io\n")
    root.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
    root.write("preseed", PRESEED)
    shutil.copy("/etc/resolv.conf", root.file("etc/resolv.conf"))
    root.run("debconf-set-selections", "/preseed")
    root.run(*APT, "update")
    shutil.copy(package, root.file("package.deb"))
    root.run(*APT, "--download-only", "install", "/package.deb")
    os.unlink(root.file("package.deb"))
    run("tar", "-C", folder, "--numeric-owner", "-cf", tar + ".part", ".")
    os.rename(tar + ".part", tar)
    shutil.rmtree(folder)


def with_version(package, version, folder):
    """The same package with another version; its path."""
    files = os.path.join(folder, "files-" + version)
    run("dpkg-deb", "-R", package, files)
    control = os.path.join(files, "DEBIAN/control")
    with open(control, encoding="utf-8") as file:
        text = re.sub(r"(?m)^Version: .*", "Version: " + version, file.read())
    with open(control, "w", encoding="utf-8") as file:
        file.write(text)
    path = os.path.join(folder, f"postbounce_{version}_test.deb")
    run("dpkg-deb", "--root-owner-group", "-Znone", "-b", files, path)
    shutil.rmtree(files)
    return path


class UnitsDaemon:
    """The daemon of a root, started as its unit says, as far as that can be
    done without systemd: command, user and groups."""

    def __init__(self, root):
        text = root.read("usr/lib/systemd/system/postbounced.service")
        unit = dict(re.findall(r"(?m)^(\w+)=(.*)$", text))
        groups = [unit["Group"], *unit["SupplementaryGroups"].split(),
                  *sorted(root.ids(unit["User"])[1])]
        self._root = root
        self._command = [
            "chroot", root.path, "setpriv", "--reuid", unit["User"],
            "--regid", unit["Group"],
            "--groups", ",".join(dict.fromkeys(groups)),
            "--no-new-privs", "--bounding-set=-all",
            *unit["ExecStart"].split()]
        self._process = None

    def fails(self):
        """The exit code and the words of a daemon that does not start."""
        done = subprocess.run(self._command, capture_output=True, text=True,
                              timeout=300, check=False)
        return done.returncode, done.stderr

    def start(self):
        # pylint: disable=consider-using-with # stopped in stop()
        self._process = subprocess.Popen(self._command,
                                         stderr=subprocess.PIPE, text=True)
        for _ in range(3000):
            if self.cli("stats", code=None).startswith("mails"):
                return
            assert self._process.poll() is None, self._process.stderr.read()
            time.sleep(0.1)
        raise AssertionError("postbounced does not answer")

    def stop(self):
        if self._process is None:
            return
        self._process.terminate()
        code = self._process.wait(300)
        self._process.stderr.close()
        self._process = None
        assert code == 0, f"postbounced ended with {code}"

    def cli(self, *arguments, code=0):
        """What root is told by the command, which asks the daemon."""
        return run("chroot", self._root.path, "postbounce", "--socket",
                   "/var/spool/postfix/postbounce/control", *arguments,
                   code=code)
