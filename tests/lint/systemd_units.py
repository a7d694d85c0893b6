#!/usr/bin/env python3
"""The units that the build configured are ones that systemd understands, and expose no more than they have to. Called
with the project's top and the build folder. systemd-analyze wants each program that a unit starts to exist; before an
installation those are the ones of the build, so a copy of the unit names them."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

# The most that `systemd-analyze security` may say of a unit; it says why in the lines before its last. What is left of
# belayd is the host's network, netlink and packet sockets, CAP_NET_ADMIN, capset(2), other users' /proc/PID/stat.
EXPOSURE_MAX = {"belayd.service": 2.1, "belay-hooks.service": 1.7}

_EXPOSURE = re.compile(r"Overall exposure level for (?P<unit>\S+): (?P<level>[\d.]+)")


def verified_copy(unit, programs, folder):
    """A copy of the unit under its own name that starts one of `programs`, wherever that is going to be installed."""
    text = unit.read_text()
    for program in programs:
        command = re.compile(rf"^(Exec\w+=[-@:+!]*)\S*/{re.escape(program.name)}(?=\s|$)", re.MULTILINE)
        text = command.sub(lambda match, path=program: match[1] + str(path), text)
    copy = pathlib.Path(folder) / unit.name
    copy.write_text(text)
    return copy


def exposed(report):
    """What is wrong with the last line of `systemd-analyze security`; nothing where the unit may be so."""
    match = _EXPOSURE.search(report)
    if not match:
        return [f"systemd-analyze security says no level: {report.strip()[-200:]}"]
    most = EXPOSURE_MAX.get(match["unit"])
    if most is None:
        return [f"{match['unit']}: tests/lint/systemd_units.py has no level for it in EXPOSURE_MAX"]
    if float(match["level"]) > most:
        return [f"{match['unit']}: exposure {match['level']}, at most {most}: systemd-analyze security --offline=true"]
    return []


def exposure_report(unit):
    call = ["systemd-analyze", "security", "--offline=true", "--no-pager", unit]
    return subprocess.run(call, capture_output=True, text=True, check=False).stdout


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
    too_open = [complaint for unit in units for complaint in exposed(exposure_report(unit))]
    print(*too_open, sep="\n")
    if result.returncode or complaints or too_open:
        print("systemd.service(5) and systemd.exec(5) have the directives and their values.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
