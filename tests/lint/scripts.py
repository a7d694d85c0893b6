#!/usr/bin/env python3
"""Shell scripts, found by their first line, pass shellcheck and stop at the first failure; Python files compile and
keep to a few simple rules. Called with the project's top."""

import ast
import re
import subprocess
import sys

import project
from project import Finding

LINE_LENGTH_MAX = 120

# Leaves before it has read all, so that with pipefail a pipe that found what it sought may fail by luck (SIGPIPE).
_LEAVES_EARLY = re.compile(r"(?<!\|)\|\s*(?:[ef]?grep\s+-\w*q|head\b)")


def shell_findings(file):
    """A script that goes on after a failed command reports success for work that was not done."""
    if not file.text.startswith("#!/bin/bash\n"):
        return [Finding(file.path, 1, "begins with #!/bin/bash; other shells differ in what they do on a failure")]
    if "\nset -euo pipefail\n" not in file.text:
        return [Finding(file.path, 1, "has no line `set -euo pipefail`; write it below the opening comment")]
    return [
        Finding(file.path, number, "a pipe into what leaves early fails by luck; use [[ ]], a here-string, or sed")
        for number, line in enumerate(file.lines, 1)
        if _LEAVES_EARLY.search(line) and not line.lstrip().startswith("#")
    ]


def python_findings(file):
    try:
        tree = ast.parse(file.text)
    except SyntaxError as error:
        return [Finding(file.path, error.lineno or 1, f"does not compile: {error.msg}")]
    found = [
        Finding(file.path, number, f"{len(line)} characters, more than {LINE_LENGTH_MAX}; break the line")
        for number, line in enumerate(file.lines, 1)
        if len(line) > LINE_LENGTH_MAX
    ]
    for node in ast.walk(tree):
        found += [Finding(file.path, node.lineno, text) for text in _node_problems(node)]
    return found


def _node_problems(node):
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        yield "a bare except hides the interrupt too; name the exception"
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        yield "import the names that are used, not *"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if any(isinstance(default, (ast.List, ast.Dict, ast.Set)) for default in node.args.defaults):
            yield "a default that can change is shared between calls; use None"
    if isinstance(node, ast.Call):
        if any(word.arg == "shell" and getattr(word.value, "value", None) is True for word in node.keywords):
            yield "shell=True reads names as commands; pass a list"
        if isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
            yield f"{node.func.id}() runs text; parse it"


def main():
    root = project.root_from_arguments()
    files = project.files(root)
    shell = [file for file in files if file.is_shell]
    python = [file for file in files if file.is_python]
    findings = [finding for file in shell for finding in shell_findings(file)]
    findings += [finding for file in python for finding in python_findings(file)]
    print(f"{len(shell)} shell scripts and {len(python)} Python files looked at", flush=True)
    checked = 0
    if shell:
        checked = subprocess.run(["shellcheck", "-x", *(file.path for file in shell)], cwd=root, check=False).returncode
    return max(checked, project.report(findings, "Repair them."))


if __name__ == "__main__":
    sys.exit(main())
