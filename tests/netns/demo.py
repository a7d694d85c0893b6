#!/usr/bin/env python3
"""sudo tests/demo: three hosts with pgpool-II on this machine, one address, and three ways to lose its holder.

The hosts are network namespaces on a bridge; nothing outside of them is touched, and all of it is gone at the end.
Exit code: 0 all went as promised, 1 it did not, 2 wrong usage or not possible here.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from demonstration.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(__doc__))
