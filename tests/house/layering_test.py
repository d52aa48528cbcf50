"""Arrows point down only: who may include whom, and who may know which
library. Also how long a file may be."""

import os
import re
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

# A layer is a folder without the layers inside it. It includes itself and
# what stands here.
BELOW_DAEMON = {"mime/text", "mime", "maillog", "classifier", "store"}
ARROWS = {
    "mime/text": set(),
    "mime": {"mime/text"},
    "maillog": {"mime/text"},
    "classifier": {"mime/text"},
    "store": {"classifier", "mime/text"},
    "store/sqlite": {"store", "classifier", "mime/text"},
    "daemon/protocol": {"mime/text"},
    "daemon/logs": {"daemon", "mime/text"},
    "daemon": BELOW_DAEMON | {"store/sqlite", "daemon/protocol", "daemon/logs"},
    "daemon/io": BELOW_DAEMON | {"daemon", "daemon/protocol", "daemon/logs"},
    "daemon/cli": BELOW_DAEMON | {"daemon", "daemon/protocol", "daemon/logs"},
    "daemon/pipe": set(),
}
# These put a program together, and may know every layer.
PROGRAMS = {"daemon/postbounced.cc", "daemon/postbounce.cc"}

# A library: its headers, and the only files that may include them.
LIBRARIES = {
    "mimetic": (r"mimetic/", r"mime/message\.cc"),
    "SQLite": (r"SQLiteCpp/|sqlite3\.h", r"store/sqlite/.*"),
    "Asio": (r"boost/asio", r"daemon/io/.*"),
    "libmilter": (r"libmilter/", r"daemon/io/milter_bridge\.(h|cc)"),
    "std::regex": (r"regex$", r""),
    "spdlog": (r"spdlog/", r"daemon/.*"),
    "a decompressor": (r"(bzlib|lzma|zlib)\.h", r"daemon/logs/decoder\.cc"),
}
MAX_LINES = 350

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)


def layer_of(path):
    """The longest layer that holds the file; None outside of the layers."""
    folder = os.path.dirname(path)
    while folder and folder not in ARROWS:
        folder = os.path.dirname(folder)
    return folder or None


def complaints_about(path, text):
    layer = layer_of(path)
    for kind, header in INCLUDE.findall(text):
        for name, (pattern, allowed) in LIBRARIES.items():
            if (re.match(pattern, header) and
                    not re.fullmatch(allowed, path)):
                yield f"{path}: {name} may not be known here: {header}"
        target = layer_of(header)
        if kind != '"' or path in PROGRAMS:
            continue
        if target is None:
            yield f"{path}: not a path from the root: {header}"
        elif target != layer and target not in ARROWS[layer]:
            yield f"{path}: {layer} may not include {target}: {header}"


def check(root):
    """What is wrong with the tree, a line each; and how many files."""
    complaints, count = [], 0
    for top in ("mime", "maillog", "classifier", "store", "daemon"):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(names):
                if not name.endswith((".h", ".cc")):
                    continue
                full = os.path.join(folder, name)
                with open(full, encoding="utf-8") as file:
                    text = file.read()
                count += 1
                complaints += complaints_about(
                    os.path.relpath(full, root), text)
    return complaints, count


def too_long(root):
    for top in ("mime", "maillog", "classifier", "store", "daemon", "tests"):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(names):
                if name.endswith((".h", ".cc", ".py")):
                    full = os.path.join(folder, name)
                    with open(full, encoding="utf-8") as file:
                        lines = sum(1 for _ in file)
                    if lines > MAX_LINES:
                        yield f"{os.path.relpath(full, root)}: {lines} lines"


class LayeringTest(unittest.TestCase):
    def plant(self, path, include):
        """The complaints about a tree of one file with one include."""
        with tempfile.TemporaryDirectory() as root:
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full))
            with open(full, "w", encoding="utf-8") as file:
                file.write(f"// A file.\n  #  include {include}\n")
            complaints, count = check(root)
            self.assertEqual(count, 1)
            return complaints

    def test_the_tree_points_down_only(self):
        complaints, count = check(ROOT)
        self.assertGreater(count, 40)
        self.assertEqual(complaints, [], "\n" + "\n".join(complaints))

    def test_no_file_is_longer_than_350_lines(self):
        self.assertEqual(list(too_long(ROOT)), [])

    def test_an_include_that_points_up_is_found(self):
        for path, include in (
                ("mime/text/a.cc", '"mime/message.h"'),
                ("mime/a.cc", '"classifier/classifier.h"'),
                ("classifier/a.h", '"mime/message.h"'),
                ("classifier/a.h", '"store/store.h"'),
                ("store/a.cc", '"store/sqlite/sqlite_store.h"'),
                ("store/a.cc", '"daemon/config.h"'),
                ("store/sqlite/a.cc", '"mime/message.h"'),
                ("daemon/protocol/a.h", '"daemon/config.h"'),
                ("daemon/a.cc", '"daemon/io/server.h"'),
                ("daemon/pipe/a.cc", '"mime/text/text.h"'),
                ("store/a.cc", '"event.h"')):
            with self.subTest(path=path, include=include):
                self.assertEqual(len(self.plant(path, include)), 1)

    def test_a_library_in_the_wrong_place_is_found(self):
        for path, include in (
                ("mime/report.cc", "<mimetic/mimetic.h>"),
                ("store/a.cc", "<SQLiteCpp/SQLiteCpp.h>"),
                ("daemon/a.cc", "<sqlite3.h>"),
                ("daemon/protocol/a.h", "<boost/asio.hpp>"),
                ("daemon/a.cc", "<boost/asio/io_context.hpp>"),
                ("daemon/io/server.cc", "<libmilter/mfapi.h>"),
                ("classifier/a.cc", "<regex>")):
            with self.subTest(path=path, include=include):
                self.assertEqual(len(self.plant(path, include)), 1)

    def test_an_include_that_points_down_is_fine(self):
        for path, include in (
                ("mime/message.cc", "<mimetic/mimetic.h>"),
                ("store/sqlite/a.cc", '"store/event.h"'),
                ("daemon/io/a.cc", "<boost/asio.hpp>"),
                ("daemon/io/milter_bridge.cc", "<libmilter/mfapi.h>"),
                ("daemon/a.cc", '"store/sqlite/sqlite_store.h"')):
            with self.subTest(path=path, include=include):
                self.assertEqual(self.plant(path, include), [])


if __name__ == "__main__":
    unittest.main()
