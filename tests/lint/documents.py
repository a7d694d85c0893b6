#!/usr/bin/env python3
"""What the documents say is so: README.md names each package of tests/install-dependencies with what it is for, and
every path in a README exists. Called with the project's top."""

import re
import sys

import project
from project import Finding

INSTALLER = "tests/install-dependencies"
ADVICE = "Say it where it is missing: a package in both README.md and the script, a path as it is called now."


def packages_of_script(text):
    """The package names of the script's table: lines `  name  # what for` between `packages=(` and `)`."""
    table = re.search(r"^packages=\(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^ +([a-z0-9][\w.+-]*)", table[1], re.MULTILINE)) if table else set()


def packages_without_reason(text):
    table = re.search(r"^packages=\(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^ +([a-z0-9][\w.+-]*) *$", table[1], re.MULTILINE) if table else []


def tables(text):
    """The Markdown tables of a document, each a list of (line, cells); the first row is the head."""
    found = [[]]
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                found[-1].append((number, cells))
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


def _table(text, is_head):
    """The first table with such a head; None when there is none."""
    return next((table for table in tables(text) if is_head(table[0][1])), None)


def package_findings(readme, script):
    """Differences between the README's table `| package | for |` and the script's."""
    table = _table(readme, lambda head: [cell.lower() for cell in head[:2]] == ["package", "for"])
    if table is None:
        return [Finding("README.md", 1, "has no table with the head `| package | for |`")]
    found = []
    named = set()
    for line, cells in table[1:]:
        names = set(re.findall(r"`([^`]+)`", cells[0])) or {cells[0]}
        named |= names
        if len(cells) < 2 or not cells[1]:
            found.append(Finding("README.md", line, f"does not say what {', '.join(sorted(names))} is for"))
    wanted = packages_of_script(script)
    head = table[0][0]
    for name in wanted - named:
        found.append(Finding("README.md", head, f"does not name {name}, which {INSTALLER} installs"))
    for name in named - wanted:
        found.append(Finding("README.md", head, f"names {name}, which {INSTALLER} does not install"))
    unexplained = packages_without_reason(script)
    found += [Finding(INSTALLER, 1, f"{name} has no comment with what it is for") for name in unexplained]
    return found


def path_findings(document, text, exists):
    """Paths in backquotes that begin with a folder of the project and are not there. Names with a placeholder in
    capitals (src/X/y.cpp) or a glob stand for many."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        for path in re.findall(r"`((?:include|src|tests|systemd|man|\.ci)/[^`\s]*)`", line):
            path = re.sub(r":\d+$", "", path).rstrip("/")
            if not re.search(r"[*…{]|/[A-Z]+(/|\.|$)", path) and not exists(path):
                found.append(Finding(document, number, f"{path} does not exist"))
    return found


def where_is_findings(text):
    """src/README.md has a table "where is …" whose rows name at least one path each."""
    table = _table(text, lambda head: head[0].lower().startswith("where is"))
    if table is None:
        return [Finding("src/README.md", 1, "has no table whose head begins with `| where is …`")]
    return [
        Finding("src/README.md", line, "names no file in backquotes")
        for line, cells in table[1:]
        if len(cells) < 2 or not re.search(r"`[^`]*/[^`]*`", cells[1])
    ]


def main():
    root = project.root_from_arguments()
    files = {file.path: file.text for file in project.files(root)}
    if "README.md" not in files:
        findings = [Finding("README.md", 1, "is missing")]
    else:
        findings = package_findings(files["README.md"], files[INSTALLER])
    findings += where_is_findings(files["src/README.md"])
    for path, text in files.items():
        if path.endswith(".md"):
            findings += path_findings(path, text, lambda target: (root / target).exists())
    return project.report(findings, ADVICE)


if __name__ == "__main__":
    sys.exit(main())
