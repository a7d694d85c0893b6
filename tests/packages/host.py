"""A host to install packages on: this machine's root file system under an overlay, with /run as after a boot and a
service manager that only writes down what it is told. It stands until the mount namespace ends (run_packages.py)."""

import functools
import shutil
import subprocess
import unittest

import making
from making import run

# What is asked of files is done, by the real program: enable, and preset, by which Debian's scripts enable. What is
# asked of the manager is written down. A daemon runs while the file `active` is there.
_SYSTEMCTL = """#!/bin/bash
# Stands in for systemctl where no service manager runs.
set -euo pipefail
echo "$*" >>/run/systemctl.calls
case " $* " in
  *" is-active "*) [[ -e /run/active ]] ;;
  *" is-enabled "* | *" enable "* | *" disable "* | *" preset "*)
    SYSTEMD_OFFLINE=1 systemctl.real "${@/--now/--quiet}"
    ;;
  *) ;;
esac
"""


class Host:
    """`folder` is made, and holds the mounts."""

    def __init__(self, folder):
        self.root = folder / "root"
        self.changed = folder / "disk/changed"
        folder.mkdir()
        (folder / "disk").mkdir()
        run("mount", "-t", "tmpfs", "disk", folder / "disk")
        for path in (self.changed, folder / "disk/work", self.root):
            path.mkdir()
        layers = f"lowerdir=/,upperdir={self.changed},workdir={folder}/disk/work"
        run("mount", "-t", "overlay", "host", "-o", layers, self.root)
        run("mount", "-t", "tmpfs", "run", self.root / "run")
        for name in ("proc", "dev"):
            run("mount", "--rbind", f"/{name}", self.root / name)
        self._clear_of_this_machine()
        self._let_the_manager_be_seen()

    def _clear_of_this_machine(self):
        """Without what containers keep off the disk or from starting, without users of an earlier installation, and
        without the index of all man pages, which takes seconds after each change of them."""
        shutil.rmtree(self.root / "etc/dpkg/dpkg.cfg.d", ignore_errors=True)
        for name in ("usr/sbin/policy-rc.d", "var/lib/man-db/auto-update"):
            (self.root / name).unlink(missing_ok=True)
        for name in ("passwd", "shadow", "group", "gshadow"):
            path = self.root / "etc" / name
            if path.exists():
                lines = path.read_text().splitlines(keepends=True)
                path.write_text("".join(line for line in lines if not line.startswith("belay")))

    def _let_the_manager_be_seen(self):
        (self.root / "run/systemd/system").mkdir(parents=True)
        systemctl = self.root / "usr/bin/systemctl"
        systemctl.rename(systemctl.with_name("systemctl.real"))
        systemctl.write_text(_SYSTEMCTL)
        systemctl.chmod(0o755)

    def run(self, *command):
        return run("chroot", self.root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command)

    def fails(self, *command):
        """Whether a command that may fail does."""
        return subprocess.run(["chroot", self.root, *command], capture_output=True, check=False).returncode != 0

    def install(self, package):
        """Installs or upgrades as apt does; without a terminal a question of dpkg's would be an error."""
        shutil.copy(package, self.root / "run")
        return self.run("dpkg", "--install", f"/run/{package.name}")

    def path(self, name):
        return self.root / name.lstrip("/")

    def write(self, name, text):
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)

    def owner_and_mode(self, name):
        """As `root:belay 750`, with the host's own names."""
        return self.run("stat", "--format", "%U:%G %a", name).strip()

    def starts_daemon(self):
        self.run("systemctl", "enable", "belayd.service")
        self.write("run/active", "")
        self.write("run/belay/lease", "500\n")
        self.forget_calls()

    def forget_calls(self):
        self.path("run/systemctl.calls").unlink(missing_ok=True)

    def calls(self, *words):
        """What the manager was told with one of the words in it."""
        calls = self.path("run/systemctl.calls")
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if set(words) & set(line.split())]

    def enabled(self):
        """Links to the package's units, wherever they would start from."""
        return sorted(path.name for path in self.path("etc/systemd/system").rglob("belay*"))


class HostCase(unittest.TestCase):
    """Each test has a host of its own."""

    _number = 0

    @functools.cached_property
    def host(self):
        HostCase._number += 1
        return Host(making.packages.folder / f"host{HostCase._number}")
