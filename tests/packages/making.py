"""Makes the packages, once for all tests: from a copy of the tree as it is, so that a change is tested before it is
committed. The .deb is the real one, but that the compiler is to be quick. For the RPM, which nobody uses on the system
of the tests, the compiler gets files without content: what is looked at there is the spec, and to compile everything
once more would cost minutes."""

import functools
import os
import re
import shutil
import subprocess

# What lies in a tree and is none of its sources.
_NOT_SOURCES = (".git", ".cache", "build*", "__pycache__")

# The Packages of this run; run_packages.py sets it before the first test.
packages = None


def run(*command, **options):
    """A command that must succeed; what it printed, or all of it in the failure."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                            text=True, check=False, **options)  # fmt: skip
    if result.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: exit {result.returncode}\n{result.stdout}")
    return result.stdout


class Packages:
    """`made` has packages of an earlier run; without it they are made, in `folder`, when a test first asks."""

    def __init__(self, top, folder, made):
        self.top = top
        self.folder = folder
        self._made = made

    @functools.cached_property
    def tree(self):
        """A copy of the sources that is no clone of the repository."""
        copy = self.folder / "tree"
        shutil.copytree(self.top, copy, symlinks=True, ignore=_ignored(self.top))
        return copy

    @functools.cached_property
    def _debs(self):
        if self._made:
            return self._made
        self._make("systemd/build-deb", self.tree, self.folder / "debs")
        return self.folder / "debs"

    @property
    def deb(self):
        return _only(self._debs, "belay_*.deb")

    @property
    def symbols(self):
        return _only(self._debs, "belay-dbgsym_*.deb")

    @property
    def changes(self):
        return _only(self._debs, "belay_*.changes")

    @functools.cached_property
    def next_deb(self):
        """The same package as a later version, as an upgrade needs it."""
        unpacked = self.folder / "next"
        run("dpkg-deb", "--raw-extract", self.deb, unpacked)
        control = unpacked / "DEBIAN/control"
        control.write_text(re.sub(r"^Version: .*", r"\g<0>+next", control.read_text(), flags=re.MULTILINE))
        deb = self.folder / "belay_next.deb"
        run("dpkg-deb", "--build", "--root-owner-group", unpacked, deb)
        return deb

    @functools.cached_property
    def rpm(self):
        if self._made:
            return _only(self._made, "belay-[0-9]*[!c].rpm")
        made = self.folder / "rpms"
        empty = self.folder / "empty"
        shutil.copytree(self.tree, empty, symlinks=True)
        for file in (empty / "src").rglob("*.cpp"):
            file.write_text("int main() {}\n" if file.name == "main.cpp" else "")
        # Its libraries are Debian packages, which rpm knows nothing of.
        self._make("systemd/build-rpm", empty, made, "--nodeps")
        return _only(made, "belay-[0-9]*[!c].rpm")

    def _make(self, script, tree, *arguments):
        """In the folder that is removed in any case. meson takes ccache where there is one, but debhelper gives its
        builds a home of their own, so that it has to be told where the cache is."""
        options = {
            "DEB_BUILD_OPTIONS": f"parallel={os.cpu_count()}",
            "DEB_CXXFLAGS_APPEND": "-O1 -g1",
            "TMPDIR": str(self.folder),
        }
        if shutil.which("ccache"):
            options["CCACHE_DIR"] = run("ccache", "--get-config", "cache_dir").strip()
        run(tree / script, *arguments, env={**os.environ, **options})


def _ignored(top):
    """What lies at the top only; below it `build` may be a source, and only what Python leaves behind is none."""
    patterns = shutil.ignore_patterns(*_NOT_SOURCES)
    return lambda folder, names: patterns(folder, names) if folder == str(top) else set(names) & {"__pycache__"}


def _only(folder, pattern):
    found = sorted(path for path in folder.glob(pattern) if ".src." not in path.name)
    assert len(found) == 1, f"{pattern} in {folder}: {found}"
    return found[0]
