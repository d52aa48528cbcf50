"""The C++ files look as clang-format 14 would have them."""

import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SKIPPED = 77


def sources():
    for top in ("mime", "maillog", "classifier", "store", "daemon", "tests"):
        for folder, _, names in sorted(os.walk(os.path.join(ROOT, top))):
            for name in sorted(names):
                if name.endswith((".h", ".cc")):
                    yield os.path.join(folder, name)


def main():
    tool = shutil.which("clang-format-14")
    if not tool:
        print("skipped: there is no clang-format-14")
        return SKIPPED
    done = subprocess.run([tool, "--dry-run", "--Werror", *sources()],
                          stderr=subprocess.PIPE, text=True, check=False)
    wrong = sorted({line.split(":", 1)[0]
                    for line in done.stderr.splitlines() if "error:" in line})
    for path in wrong:
        print(f"{os.path.relpath(path, ROOT)}: ./dev format would change it")
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
