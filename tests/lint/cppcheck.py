#!/usr/bin/env python3
"""cppcheck finds nothing in the product's sources. Called with the project's top.

It reads each file in all its configurations, which a compiler does not, and follows values through functions, where
clang-tidy stops. Version 2.10 does not know coroutines, nor what ranges give back; what it says wrongly for that is
left out below, each with the reason.
"""

import os
import shutil
import subprocess
import sys

import project

SKIPPED = 77

LEFT_OUT = {
    "missingIncludeSystem": "system headers are not read: it would take minutes, and find faults in them",
    "nullPointerRedundantCheck": "co_return is not taken for the end of a function",
    "passedByValue": "a coroutine must own its parameters, and elsewhere clang-tidy looks after that",
    "danglingTempReference": "std::ranges::find() with a projection is taken for a temporary",
    "returnDanglingLifetime": "a string_view into a constant table is taken for one into a temporary",
    "mismatchingContainerExpression": "std::ranges::unique(x).begin() is taken for an iterator of another container",
}


def main():
    root = project.root_from_arguments()
    if not shutil.which("cppcheck"):
        print("cppcheck is not installed (Debian package cppcheck)")
        return SKIPPED
    call = ["cppcheck", "--quiet", "--std=c++20", "--language=c++", "--enable=warning,performance,portability",
            "--error-exitcode=1", "-I", "include", "-j", str(os.cpu_count() or 1),
            *(f"--suppress={name}" for name in LEFT_OUT), "src", "include"]  # fmt: skip
    result = subprocess.run(call, cwd=root, check=False).returncode
    print("cppcheck:", "findings, above" if result else "no finding")
    return result


if __name__ == "__main__":
    sys.exit(main())
