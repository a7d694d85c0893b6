"""Packages and programs, before anything can be shown."""

from __future__ import annotations

import os
import subprocess
import sys

from lab.programs import Programs, default_build

_PROJECT = default_build().parent
_INSTALLER = _PROJECT / "tests/install-dependencies"


class PreparationFailed(Exception):
    """A step before the demonstration did not work; the text says which."""


def install_packages() -> None:
    """Calls the project's own script for that."""
    if _INSTALLER.exists():
        _run([str(_INSTALLER)], "installing packages")


def build() -> Programs:
    """Builds into build/ as the user who called sudo, so that no file of root is left in the source tree."""
    directory = default_build()
    if not (directory / "build.ninja").exists():
        _run(["meson", "setup", str(directory), str(_PROJECT)], "configuring the build", as_caller=True)
    _run(["ninja", "-C", str(directory), "src/daemon/belayd", "src/cli/belay"], "building", as_caller=True)
    return Programs.of_build(directory)


def _run(arguments: list[str], what: str, as_caller: bool = False) -> None:
    print(f"{what}: {' '.join(arguments)}", flush=True)
    identity = {}
    if as_caller and (uid := os.environ.get("SUDO_UID")):
        identity = {"user": int(uid), "group": int(os.environ["SUDO_GID"]), "extra_groups": []}
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          **identity)
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise PreparationFailed(f"{what} failed with exit code {done.returncode}")
