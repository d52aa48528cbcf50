"""What the end-to-end tests have, for benchmarks: the programs are those of the
build folder that is the first argument. To be imported before `lab`."""

import os
import sys

BUILD = os.path.abspath(sys.argv[1])

for name in ("postbounce", "postbounced"):
    variable = "POSTBOUNCE_PROGRAM_" + name.upper()
    os.environ.setdefault(variable, os.path.join(BUILD, "daemon", name))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                             "../e2e"))
