#!/usr/bin/env python3
"""clang-tidy-19 over every source file of src/ and every header that no source file is named after. Called with the
project's top and the build folder. A clean file is not looked at again until it, a header that it includes, a
.clang-tidy or its compiler call has changed: the build folder remembers a hash of all of them."""

import hashlib
import pathlib
import re
import subprocess
import sys

import cpp_text
import project
from compile_commands import CompileCommands, on_each

TIDY = "clang-tidy-19"
# The build is gcc's: clang does not know all of its warnings, and headers are looked at as main files too.
EXTRA = ["-Wno-unknown-warning-option", "-Wno-unused-command-line-argument", "-Wno-pragma-once-outside-header"]

# The path-sensitive analyzer doubles the time of a file with Asio, and follows the paths of Asio's code more than ours.
WITHOUT_ANALYZER = "--checks=-clang-analyzer-*"

_FINDING = re.compile(r"^(?P<place>\S+:\d+:\d+): (?:warning|error): (?P<text>.*) \[(?P<check>[\w.,-]+)\]$")
_NOISE = re.compile(r"^(\d+ (warning|error)s? |Suppressed |Use -header-filter|Error while processing)")


def findings(output):
    """clang-tidy's output as one block of lines per finding. A block begins at a place that it names; kept are all but
    the findings that ask to repeat an include which the header of the same name already has (see .clang-tidy)."""
    blocks = []
    for line in output.splitlines():
        if _NOISE.match(line):
            continue
        if _FINDING.match(line) or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    return ["\n".join(block) for block in blocks if not _repeats_an_include(block[0]) and any(block)]


def _repeats_an_include(line):
    match = _FINDING.match(line)
    return bool(match) and match["text"].startswith("no header providing") and "include-cleaner" in match["check"]


class Tidy:
    def __init__(self, root, build):
        self.root = root
        self.commands = CompileCommands(build)
        self.cache = self.commands.build / "tidy-cache"
        self.cache.mkdir(exist_ok=True)
        self.files = {file.path: file.text for file in project.files(root)}
        version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
        configuration = [text for path, text in sorted(self.files.items()) if path.endswith(".clang-tidy")]
        self.constants = "".join([version, *configuration, *EXTRA, self.files["tests/lint/tidy.py"]])

    def work(self):
        """Source files of src/, and headers that none of them is named after."""
        sources = self.commands.sources(self.root / "src")
        named = {source.relative_to(self.root / "src").with_suffix("").as_posix() for source in sources}
        headers = [
            self.root / path
            for path in sorted(self.files)
            if (match := re.fullmatch(r"include/belay/(.+)\.hpp", path)) and match[1] not in named
        ]
        return sources + headers

    def arguments(self, path):
        if path.suffix == ".cpp":
            return self.commands.arguments(path)
        return self.commands.arguments_for_header(path, self.root) + ["-xc++"]

    def key(self, path, arguments):
        """The hash of all that decides about the findings in a file, except the system's headers."""
        digest = hashlib.sha256("\0".join([self.constants, *arguments]).encode())
        for part in sorted(self._with_includes(path.relative_to(self.root).as_posix(), set())):
            digest.update(f"\0{part}\0{self.files.get(part, '')}".encode())
        return digest.hexdigest()

    def _with_includes(self, path, seen):
        seen.add(path)
        for _, header, angled in cpp_text.includes(self.files.get(path, "")):
            target = f"include/{header}" if header.startswith("belay/") else f"{path.rsplit('/', 1)[0]}/{header}"
            if not angled and target not in seen:
                self._with_includes(target, seen)
        return seen

    def options(self, path):
        """What to call clang-tidy with besides the compiler's arguments."""
        parts = self._with_includes(path.relative_to(self.root).as_posix(), set())
        included = {header for part in parts for _, header, _ in cpp_text.includes(self.files.get(part, ""))}
        return [WITHOUT_ANALYZER] if any(header.startswith("boost/asio") for header in included) else []

    def look_at(self, path):
        """The findings in a file; remembers a clean one."""
        arguments = self.arguments(path)
        remembered = self.cache / self.key(path, arguments)
        if remembered.exists():
            return []
        call = [TIDY, "--quiet", *self.options(path), str(path), "--", *arguments[1:], *EXTRA]
        result = subprocess.run(call, capture_output=True, text=True, cwd=self.commands.build, check=False)
        found = findings(result.stdout)
        if not found and result.returncode not in (0, 1):
            found = [f"{path}: {TIDY} ended with {result.returncode}:\n{result.stderr}"]
        if not found:
            remembered.touch()
        return found


def main():
    tidy = Tidy(project.root_from_arguments().resolve(), pathlib.Path(sys.argv[2]))
    work = tidy.work()
    found = sorted({finding for one in on_each(tidy.look_at, work) for finding in one})
    print(f"{len(work)} files looked at", *found, sep="\n")
    if found:
        print(f"{len(found)} findings. Repair them; where clang-tidy is wrong: // NOLINT(name-of-check): why")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
