#!/usr/bin/env python3
"""Makes the packages from the tree and looks at what they do to a host. Called with the project's top; `--made DIR`
takes packages that systemd/build-deb and systemd/build-rpm made before, which spares the compiler.

A host is this machine's root file system under an overlay, in namespaces of its own: nothing that is installed there
reaches the machine, and nothing is left to remove.

Exit code 77: not root, no such namespaces, or a tool is missing."""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import making  # noqa: E402

TOOLS = ("dpkg-buildpackage", "dh", "git", "lintian", "rpmbuild", "systemd-analyze", "systemd-sysusers",
         "systemd-tmpfiles")  # fmt: skip
CASES = ("making_test", "deb_test", "install_test", "removal_test", "rpm_test")
# An overlay shows one file system: what is another one would be empty in it.
ONE_FILE_SYSTEM = ("/etc", "/usr", "/usr/lib", "/var", "/var/lib", "/var/lib/dpkg")
# Namespaces for the mounts and for the processes: what was started ends with the first of them, in any case.
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
SKIPPED = 77


def what_is_missing():
    """Why nothing can be looked at here; nothing where it can."""
    if os.geteuid() != 0:
        return "needs root, for namespaces"
    tools = [tool for tool in TOOLS if not shutil.which(tool)]
    if tools:
        return f"not installed: {', '.join(tools)} (tests/install-dependencies)"
    mounts = [path for path in ONE_FILE_SYSTEM if os.path.ismount(path)]
    if mounts:
        return f"a file system of its own, which no overlay of / shows: {', '.join(mounts)}"
    probe = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True, check=False)
    return f"no namespaces: {probe.stderr.strip()}" if probe.returncode else None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("top", type=pathlib.Path, help="the project's top")
    parser.add_argument("--made", type=pathlib.Path, help="packages made before")
    parser.add_argument("-k", dest="pattern", help="only tests whose name contains this")
    parser.add_argument("--inside", type=pathlib.Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def in_namespaces():
    """Everything happens in namespaces that end with their first process, and the mounts with them: only then is the
    folder removed that they were in."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="belay-packages-") as folder:
        again = [*NAMESPACES, sys.executable, *sys.argv, "--inside", folder]
        return subprocess.run(again, check=False).returncode


def inside(given):
    making.packages = making.Packages(given.top.resolve(), given.inside, given.made)
    loader = unittest.TestLoader()
    if given.pattern:
        loader.testNamePatterns = [f"*{given.pattern}*"]
    suite = loader.loadTestsFromNames(CASES)
    return 0 if unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite).wasSuccessful() else 1


def main():
    given = arguments()
    if given.inside:
        return inside(given)
    missing = what_is_missing()
    if missing:
        print(f"skipped: {missing}")
        return SKIPPED
    return in_namespaces()


if __name__ == "__main__":
    sys.exit(main())
