"""A fresh root under a real systemd, in a container without network: it boots,
runs a script and switches itself off."""

import shutil
import subprocess

import fresh_root

PROBE = "/var/tmp/probe"
PROBE_UNIT = f"""[Unit]
After=postbounced.service postfix.service
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
TimeoutStartSec=300
WorkingDirectory={PROBE}
ExecStart=/bin/bash -eu {PROBE}/probe
ExecStopPost=/bin/journalctl --no-pager -n 60 SYSLOG_FACILITY=2 +\
 _SYSTEMD_UNIT=postbounced.service
StandardOutput=append:{PROBE}/out
StandardError=append:{PROBE}/out
[Install]
WantedBy=multi-user.target
"""
# What each script can use; it ends where a condition never comes true.
PRELUDE = """
wait_for() {
  for _ in $(seq 600); do
    if eval "$1" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "not seen: $1"
  return 1
}
"""


def why_not():
    """Why there can be no container here; None if there can."""
    why = fresh_root.why_not()
    if why is None and not shutil.which("systemd-nspawn"):
        why = "there is no systemd-nspawn"
    return why


class Container:
    """`root` once it has run `script` (bash, which stops at the first command
    that fails), in a folder with `files`."""

    def __init__(self, root, script, files=()):
        self.root = root
        root.run("mkdir", PROBE)
        root.write(f"{PROBE}/probe", f"{PRELUDE}\n{script}\n>done\n")
        for name, text in dict(files).items():
            root.write(f"{PROBE}/{name}", text)
        root.write("/etc/systemd/system/probe.service", PROBE_UNIT)
        root.run("systemctl", "enable", "probe")
        said = self._boot()
        if not root.exists(f"{PROBE}/done"):
            raise AssertionError(self.seen("out") + said[-3000:])

    def _boot(self):
        done = subprocess.run(
            ["systemd-nspawn", "--quiet", "--directory", self.root.path,
             "--register=no", "--keep-unit", "--private-network",
             "--resolv-conf=off", "--machine=postbounce", "--boot"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=600, check=False)
        return done.stdout.decode(errors="replace")

    def seen(self, name):
        """What the script has left in a file of its folder."""
        return self.root.read(f"{PROBE}/{name}")
