#!/usr/bin/env python3
"""The units that the build configured are ones that systemd understands. Called with the project's top and the build
folder. systemd-analyze wants each program that a unit starts to exist; before an installation those are the ones of
the build, so a copy of the unit names them."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def verified_copy(unit, programs, folder):
    """A copy of the unit under its own name that starts one of `programs`, wherever that is going to be installed."""
    text = unit.read_text()
    for program in programs:
        command = re.compile(rf"^(Exec\w+=[-@:+!]*)\S*/{re.escape(program.name)}(?=\s|$)", re.MULTILINE)
        text = command.sub(lambda match, path=program: match[1] + str(path), text)
    copy = pathlib.Path(folder) / unit.name
    copy.write_text(text)
    return copy


def main():
    build = pathlib.Path(sys.argv[2])
    if not shutil.which("systemd-analyze"):
        print("systemd-analyze is not installed (Debian package systemd)")
        return SKIPPED
    units = sorted(path for kind in ("service", "socket", "target") for path in (build / "systemd").glob(f"*.{kind}"))
    if not units:
        print(f"no unit in {build / 'systemd'}; systemd/meson.build configures it from a template there")
        return 1
    programs = [(build / "src" / path).resolve() for path in ("daemon/belayd", "cli/belay")]
    with tempfile.TemporaryDirectory() as folder:
        copies = [verified_copy(unit, programs, folder) for unit in units]
        call = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *copies]
        result = subprocess.run(call, capture_output=True, text=True, check=False)
    print(f"{len(units)} units looked at", result.stdout, result.stderr, sep="\n")
    complaints = [line for line in result.stderr.splitlines() if any(unit.name in line for unit in units)]
    if result.returncode or complaints:
        print("systemd.service(5) and systemd.exec(5) have the directives and their values.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
