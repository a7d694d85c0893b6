"""The project's files as the lint tests see them: what is in the tree, not what was built from it."""

import pathlib
import re
import sys
from dataclasses import dataclass

FOLDERS = ("include", "src", "tests", "systemd", "selinux", "man", ".ci")
CPP = (".cpp", ".hpp")
NOT_SOURCE = {"__pycache__"}


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule at one place, with what to do instead."""

    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class SourceFile:
    """A file of the project. `path` is relative to the project's top, with forward slashes."""

    path: str
    text: str

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def stem(self):
        return self.name.rsplit(".", 1)[0]

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def is_cpp(self):
        return self.path.endswith(CPP)

    @property
    def is_python(self):
        return self.path.endswith(".py") or bool(re.match(r"#!.*\bpython3?\b", self.text))

    @property
    def is_shell(self):
        return self.path.endswith(".sh") or bool(re.match(r"#!.*\b(ba|da)?sh\b", self.text))


def files(root):
    """Every text file of the project's folders and of its top, in a stable order."""
    top = pathlib.Path(root)
    paths = [path for path in top.iterdir() if path.is_file() and path.name != ".git"]
    for folder in FOLDERS:
        paths += (path for path in (top / folder).rglob("*") if path.is_file())
    found = []
    for path in sorted(paths):
        if NOT_SOURCE.isdisjoint(path.parts):
            try:
                found.append(SourceFile(path.relative_to(top).as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue  # a recorded packet or another binary: nothing to read
    return found


def report(findings, advice):
    """Prints the findings and what to do; returns the exit code of a test."""
    for finding in sorted(set(findings)):
        print(finding)
    if findings:
        print(f"{len(set(findings))} findings. {advice}")
    return 1 if findings else 0


def root_from_arguments():
    """The project's top: the only argument of a lint test, or the tree that this file lies in."""
    return pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
