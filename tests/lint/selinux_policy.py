#!/usr/bin/env python3
"""The policy for SELinux builds without a warning, confines what it is there to confine, and documents its interfaces.
Called with the project's top."""

import pathlib
import re
import subprocess
import sys
import tempfile

import project
from project import Finding

SKIPPED = 77
MAKEFILE = pathlib.Path("/usr/share/selinux/devel/Makefile")

_WEAK = {
    re.compile(r"\bpermissive\b"): "a domain that is permissive is not confined; allow what it needs",
    re.compile(r"dontaudit"): "a need that is hidden is found by nobody; allow it, or leave the denial to be seen",
    re.compile(r"\bunconfined_domain\w*\(belayd?_t\)"): "only belay_hook_t, what an administrator wrote, is unconfined",
}
_DOCUMENTED = re.compile(r"(?P<words>(?:^##.*\n)*)(?:^#\n)?^interface\(`(?P<name>\w+)'", re.MULTILINE)


def rule_findings(path, text):
    """Rules that take away what the policy is for."""
    return [
        Finding(path, number, advice)
        for number, line in enumerate(text.splitlines(), 1)
        for pattern, advice in _WEAK.items()
        if not line.lstrip().startswith("#") and pattern.search(line)
    ]


def interface_findings(path, text):
    """Interfaces belong to the module by name, and say what they are for as the reference policy does."""
    found = []
    for match in _DOCUMENTED.finditer(text):
        line = text.count("\n", 0, match.end()) + 1
        if not match["name"].startswith("belay_"):
            found.append(Finding(path, line, f"{match['name']}: a name begins with that of its module, belay_"))
        if "<summary>" not in match["words"] or "<param " not in match["words"]:
            found.append(Finding(path, line, f"{match['name']}: say what it is for in <summary>, and its <param>s"))
    return found


def build_words(folder):
    """What the Makefile of the reference policy complains about."""
    with tempfile.TemporaryDirectory() as place:
        for source in ("belay.te", "belay.if"):
            (pathlib.Path(place) / source).write_text((folder / source).read_text())
        labels = re.sub(r"@(\w+)@", r"/usr/\1", (folder / "belay.fc.in").read_text())
        (pathlib.Path(place) / "belay.fc").write_text(labels)
        call = ["make", "-s", "-f", MAKEFILE, "belay.pp"]
        result = subprocess.run(call, cwd=place, capture_output=True, text=True, check=False)
    words = result.stdout + result.stderr
    return words if result.returncode or re.search("error|warning|undefined", words, re.IGNORECASE) else ""


def main():
    root = project.root_from_arguments()
    files = [file for file in project.files(root) if file.path.startswith("selinux/belay")]
    findings = [finding for file in files for finding in rule_findings(file.path, file.text)]
    findings += [finding for file in files if file.name == "belay.if"
                 for finding in interface_findings(file.path, file.text)]  # fmt: skip
    print(f"{len(files)} files of the policy looked at")
    if findings:
        return project.report(findings, "The SELinux Reference Policy has a style guide.")
    if not MAKEFILE.exists():
        print(f"{MAKEFILE} is not there (Debian package selinux-policy-dev)")
        return SKIPPED
    words = build_words(root / "selinux")
    print(words)
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
