#!/usr/bin/env python3
"""The house rules that no other tool knows (STYLE, DESIGN sections 1 and 8). A finding says what to write instead."""

import ast
import re
import sys

import cpp_text
import project
from project import Finding

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

# (rule, path) -> why it is right there. Short on purpose; a rule that needs many of these is a wrong rule.
EXCEPTIONS = {
    ("sleep", "tests/netns/lab/waiting.py"): "the one place that waits: it looks again until a deadline",
    ("process", "src/cli/run_command.cpp"): "belay guard runs a command as pgpool-II's child; the daemon none",
    ("sleep", "tests/install-dependencies"): "a Debian mirror that stumbled needs a moment; nothing tells when",
}

TOP_LEVEL = {
    ".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitattributes", ".gitignore", "LICENSE", "README.md",
    "include", "man", "meson.build", "meson_options.txt", "selinux", "src", "systemd", "tests",
}  # fmt: skip
NOT_OURS = re.compile(r"^(\.git|\.cache|build.*|__pycache__)$")

# Spelled in halves, so that this file keeps its own rule.
_LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b|\bfor n" r"ow\b")
_SLEEP_CPP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep|sleep)\s*\(")
_SLEEP_PYTHON = re.compile(r"\b(time|asyncio)\.sleep\s*\(")
_SLEEP_SHELL = re.compile(r"(^|[;&|]|\bdo|\bthen)\s*sleep\s+[\d.$\"']", re.MULTILINE)
_PROCESS = re.compile(
    r"(?<![\w.>])(?:std::|::)?(system|popen|v?fork|exec[lv]p?e?|execveat|fexecve|posix_spawnp?)\s*\("
    r"|(?<!\w)::clone3?\s*\("
)
_WARNING_PRAGMA = re.compile(r"#\s*pragma\s+(GCC|clang)\s+(diagnostic|system_header)")
_ABSOLUTE = re.compile(r"(?:^|[\s\"'`(=])(/[A-Za-z][\w.-]*)/[\w.-]")
_SYSTEM_ROOTS = {
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr",
    "/var",
    "/none", "/nonexistent",  # what is not there, in tests
}  # fmt: skip


class Rules:
    """The rules, each a method from a file to findings. `advice` is part of each finding."""

    def __init__(self, paths=()):
        self.paths = set(paths)

    def of_file(self, file):
        found = []
        for rule in (self._later, self._paths, self._opening, self._file_lines, self._function_lines):
            found += rule(file)
        if file.path.startswith("tests/"):
            found += self._sleep(file)
        if file.is_cpp:
            found += self._process(file) + self._pragma(file)
        return found

    def _match(self, rule, file, pattern, text, advice):
        if (rule, file.path) in EXCEPTIONS:
            return []
        return [
            Finding(file.path, text.count("\n", 0, match.end()) + 1, advice.format(match.group(0).strip()))
            for match in pattern.finditer(text)
        ]

    def _later(self, file):
        advice = "'{}': do it, or say in the final words of the page what is left out and why"
        return self._match("later", file, _LATER, file.text, advice)

    def _paths(self, file):
        advice = "'{}': not a path of every Linux system; take it from a parameter, the build or a temporary directory"
        if ("paths", file.path) in EXCEPTIONS:
            return []
        return [
            Finding(file.path, number, advice.format(match.group(1)))
            for number, line in enumerate(file.lines, 1)
            for match in _ABSOLUTE.finditer(line)
            if match.group(1) not in _SYSTEM_ROOTS
        ]

    def _opening(self, file):
        """Each file opens with its idea."""
        if file.is_cpp:
            good = self._told_elsewhere(file.path) or re.match(r"(#pragma once\n)?//", file.text)
        elif file.is_python:
            good = re.match(r'(#!.*\n)?("""|#)', file.text) or not file.text.strip()
        elif file.is_shell:
            good = re.match(r"#!.*\n#", file.text)
        elif file.name == "meson.build":
            good = not re.fullmatch(r"(src/|tests/)?meson\.build", file.path) or file.text.startswith("#")
        else:
            good = True
        if good:
            return []
        return [Finding(file.path, 1, "opens without a comment; say in one to five lines what this file is about")]

    def _told_elsewhere(self, path):
        """Whether the idea of a source file stands in its header, or in the header that it tests."""
        if not path.endswith(".cpp"):
            return False
        headers = (re.sub(r"^src/(.*)\.cpp$", r"include/belay/\1.hpp", path), path.removesuffix("cpp") + "hpp")
        return not self.paths.isdisjoint(headers) or re.fullmatch(r"tests/.+(_test|/main)\.cpp", path)

    def _file_lines(self, file):
        checked = file.is_cpp or file.is_python or file.is_shell
        if not checked or len(file.lines) <= FILE_LINES_MAX or ("file lines", file.path) in EXCEPTIONS:
            return []
        text = f"{len(file.lines)} lines, more than {FILE_LINES_MAX}; move one of its ideas to a file of its own"
        return [Finding(file.path, FILE_LINES_MAX, text)]

    def _function_lines(self, file):
        if ("function lines", file.path) in EXCEPTIONS:
            return []
        return [
            Finding(file.path, line, f"a function of {length} lines, more than {FUNCTION_LINES_MAX}; name its parts")
            for line, length in _function_lengths(file)
            if length > FUNCTION_LINES_MAX
        ]

    def _sleep(self, file):
        advice = "'{}': wait for a condition with a deadline (tests/README.md); time alone makes tests slow and flaky"
        if file.is_cpp:
            return self._match("sleep", file, _SLEEP_CPP, cpp_text.without_comments_and_strings(file.text), advice)
        if file.is_python:
            return self._match("sleep", file, _SLEEP_PYTHON, file.text, advice)
        return self._match("sleep", file, _SLEEP_SHELL, file.text, advice) if file.is_shell else []

    def _process(self, file):
        if not file.path.startswith(("src/", "include/")):
            return []
        code = cpp_text.without_comments_and_strings(file.text)
        advice = "'{}': neither daemon nor command line starts a process (DESIGN section 1); use the system call"
        return self._match("process", file, _PROCESS, code, advice)

    def _pragma(self, file):
        return self._match("pragma", file, _WARNING_PRAGMA, file.text, "'{}': repair what the compiler warns about")


def _function_lengths(file):
    if file.is_cpp:
        return cpp_text.function_lengths(file.text)
    if file.is_python:
        nodes = ast.walk(ast.parse(file.text))
        functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return [(node.lineno, node.end_lineno - node.lineno + 1) for node in functions]
    if file.is_shell:
        bodies = re.finditer(r"^[\w-]+\(\) [{(]\n.*?^[})]", file.text, re.MULTILINE | re.DOTALL)
        return [(file.text.count("\n", 0, body.start()) + 1, body.group(0).count("\n") + 1) for body in bodies]
    return []


def top_level(names):
    """What lies at the project's top and is no part of its layout."""
    strangers = sorted(name for name in names if name not in TOP_LEVEL and not NOT_OURS.match(name))
    return [Finding(name, 1, "does not belong at the top; DESIGN section 8 has the layout") for name in strangers]


def main():
    root = project.root_from_arguments()
    findings = top_level(path.name for path in root.iterdir())
    files = project.files(root)
    rules = Rules(file.path for file in files)
    for file in files:
        findings += rules.of_file(file)
    return project.report(findings, "A rule that is wrong at one place gets a line with a reason in EXCEPTIONS, here.")


if __name__ == "__main__":
    sys.exit(main())
