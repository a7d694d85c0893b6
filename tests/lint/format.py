#!/usr/bin/env python3
"""Every C++ file is laid out as .clang-format says. Called with the project's top."""

import subprocess
import sys

import project


def main():
    root = project.root_from_arguments()
    paths = [file.path for file in project.files(root) if file.is_cpp]
    result = subprocess.run(["clang-format-19", "--dry-run", "-Werror", *paths], cwd=root, check=False)
    print(f"{len(paths)} files looked at")
    if result.returncode:
        print("Run: clang-format-19 -i FILE…")
    return 1 if result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
