"""Where the programs under test are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


class NotBuilt(Exception):
    """A program under test is not there; the text says where it was looked for and how to get it."""


@dataclass(frozen=True)
class Programs:
    belayd: Path
    belay: Path

    @staticmethod
    def of_build(build: Path) -> Programs:
        """The programs of a meson build directory."""
        return Programs(build / "src/daemon/belayd", build / "src/cli/belay").checked()

    def checked(self) -> Programs:
        """These, with absolute paths; NotBuilt when one of them cannot be run."""
        for program in (self.belayd, self.belay):
            if not os.access(program, os.X_OK):
                raise NotBuilt(f"no program {program}: run `meson setup build && ninja -C build`, or give --build DIR")
        return Programs(self.belayd.resolve(), self.belay.resolve())


def default_build() -> Path:
    """build/ in the top folder of the project."""
    return Path(__file__).resolve().parents[3] / "build"
