#!/usr/bin/env python3
"""Includes go one way (DESIGN section 8), the pure folders stay pure, and the layout repeats the same path three times:
include/belay/X/y.hpp, src/X/y.cpp, tests/X/y_test.cpp."""

import fnmatch
import posixpath
import re
import sys

import cpp_text
import project
from project import Finding

_BASE = {"base"}
_CORE = _BASE | {"core"}
_PURE_TOOLS = _CORE | {"vip", "wire"}
_SYSTEM = _PURE_TOOLS | {"config", "netlink", "packet", "control"}
_THREADS = _SYSTEM | {"heartbeat", "info", "lifecheck", "pgpool", "databases"}
_ALL = _THREADS | {"daemon", "cli"}

# What a folder of src/ may include besides itself. Folders of one rank do not see each other.
MAY_INCLUDE = {
    "base": set(),
    "core": _BASE,
    "vip": _CORE,
    "wire": _CORE,
    "config": _PURE_TOOLS,
    "netlink": _PURE_TOOLS,
    "packet": _PURE_TOOLS,
    "control": _PURE_TOOLS,
    "heartbeat": _SYSTEM,
    "info": _SYSTEM,
    "pgpool": _SYSTEM,
    "databases": _CORE | {"pgpool"},
    "lifecheck": _SYSTEM | {"pgpool"},
    "daemon": _THREADS,
    "cli": {"base", "config", "control"},
}

# Folders of tests/ that mirror no folder of src/.
TESTS_MAY_INCLUDE = {
    "scenario": _PURE_TOOLS,
    "sim": _ALL,
    "netns": _ALL,
    "vm": _ALL,
    "fuzz": _ALL,
    "bench": _ALL,
    "model": _PURE_TOOLS,
}

PURE = ("core", "vip", "wire", "databases")
IMPURE_HEADERS = ("base/clock.hpp", "base/log.hpp")

ADVICE = (
    "Move what is needed to the lower folder, or pass it in as a value; the order of the layers is in DESIGN section 8 "
    "and in src/README.md."
)


def _folder(path):
    """("src", "core") for src/core/x.cpp and for include/belay/core/x.hpp; ("tests", "core") for tests/core/x.cpp."""
    match = re.match(r"(src|tests|include/belay)/([^/]+)/", path)
    return ("tests" if match[1] == "tests" else "src", match[2]) if match else (None, None)


def _allowed(kind, folder):
    if kind == "src":
        return MAY_INCLUDE.get(folder)
    if folder in TESTS_MAY_INCLUDE:
        return TESTS_MAY_INCLUDE[folder]
    below = MAY_INCLUDE.get(folder)
    return None if below is None else below | {folder}


def system_includes_allowed(clang_tidy):
    """The globs that `portability-restrict-system-includes` of a pure folder's .clang-tidy lets through."""
    match = re.search(r"restrict-system-includes\.Includes:\s*'([^']*)'", clang_tidy)
    return [glob for glob in match[1].split(",") if not glob.startswith("-")] if match else None


class Layers:
    """One look at one tree."""

    def __init__(self, files):
        self.files = {file.path: file for file in files}
        self.pure_includes = {
            folder: system_includes_allowed(self.files[f"src/{folder}/.clang-tidy"].text)
            for folder in PURE
            if f"src/{folder}/.clang-tidy" in self.files
        }
        self.tested = {folder: self._reached_by_tests(folder) for folder in PURE}

    def findings(self):
        found = []
        for file in self.files.values():
            if file.is_cpp:
                found += self._includes(file)
                found += self._mirror(file)
        for folder in sorted({_folder(path)[1] for path in self.files if path.startswith("src/")} & set(PURE)):
            if not self.pure_includes.get(folder):
                text = "a pure folder lists the system includes it may use"
                found.append(Finding(f"src/{folder}/.clang-tidy", 1, text))
        return found

    def _includes(self, file):
        kind, folder = _folder(file.path)
        allowed = _allowed(kind, folder) if folder else None
        if allowed is None:
            return [Finding(file.path, 1, "no folder of the layers; MAY_INCLUDE in tests/lint/layers.py names them")]
        found = []
        for line, header, angled in cpp_text.includes(file.text):
            problem = self._problem(file, kind, folder, allowed, header, angled)
            if problem:
                found.append(Finding(file.path, line, problem))
        return found

    def _problem(self, file, kind, folder, allowed, header, angled):
        if header.startswith("belay/"):
            return self._project_header(kind, folder, allowed, header, angled)
        if not angled:
            if not self._private_header(file, kind, header):
                return f'"{header}" is not beside this file; a header of another folder is "belay/FOLDER/NAME.hpp"'
        elif kind == "src" and not self._pure_enough(folder, header):
            return f"<{header}> in the pure folder {folder}; allowed are those in src/{folder}/.clang-tidy"
        return None

    def _project_header(self, kind, folder, allowed, header, angled):
        target = header.split("/")[1]
        if angled:
            return f"<{header}> is our own header; include it in quotes"
        if f"include/{header}" not in self.files:
            return f"there is no include/{header}"
        if kind == "src" and folder in PURE and header.removeprefix("belay/") in IMPURE_HEADERS:
            return f"{header} in the pure folder {folder}; time comes in as a value, and what happened goes out as one"
        if target != folder and target not in allowed:
            return f"{folder} must not see {target}; it may see {', '.join(sorted(allowed)) or 'nothing but itself'}"
        return None

    def _private_header(self, file, kind, header):
        """A header beside the file; for tests also a helper of another test folder."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), header))
        if kind == "tests":
            helper = re.compile(rf"tests/[^/]+/{re.escape(header)}")
            return path in self.files or any(helper.fullmatch(other) for other in self.files)
        return path in self.files and "/" not in header

    def _pure_enough(self, folder, header):
        globs = self.pure_includes.get(folder)
        return globs is None or any(fnmatch.fnmatchcase(header, glob) for glob in globs)

    def _mirror(self, file):
        """A source file has a header that declares it: its own, or the one of the interface that it is one kind or one
        part of. Where decisions are made, a test reaches that header."""
        kind, folder = _folder(file.path)
        if kind != "src" or not file.path.endswith(".cpp") or file.name == "main.cpp":
            return []
        own = f"belay/{folder}/{file.stem}.hpp"
        quoted = [header for _, header, angled in cpp_text.includes(file.text) if not angled]
        declaring = [header for header in quoted if "/" not in header or header.startswith(f"belay/{folder}/")]
        if f"include/{own}" in self.files:
            declaring = [own]
        if not declaring:
            return [Finding(file.path, 1, f"has no include/{own} and includes no other header of {folder}")]
        if folder in PURE and self.tested[folder].isdisjoint(declaring):
            return [Finding(file.path, 1, f"decides, but no test in tests/{folder}/ reaches {declaring[0]}")]
        return []

    def _reached_by_tests(self, folder):
        """The folder's headers that its own tests include, or that what they include is made of."""
        waiting = [path for path in self.files if path.startswith(f"tests/{folder}/") and path.endswith("pp")]
        reached = set()
        while waiting:
            file = self.files.get(waiting.pop())
            for _, header, _ in cpp_text.includes(file.text) if file else ():
                if header.startswith(f"belay/{folder}/") and header not in reached:
                    reached.add(header)
                    waiting += [f"include/{header}", f"src/{header[len('belay/') : -len('.hpp')]}.cpp"]
        return reached


def main():
    return project.report(Layers(project.files(project.root_from_arguments())).findings(), ADVICE)


if __name__ == "__main__":
    sys.exit(main())
