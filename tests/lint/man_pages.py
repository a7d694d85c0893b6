#!/usr/bin/env python3
"""The man pages have no finding of mandoc's own check. Called with the project's top."""

import subprocess
import sys

import project


def main():
    folder = project.root_from_arguments() / "man"
    pages = sorted(path for path in folder.iterdir() if path.suffix[1:].isdigit())
    if not pages:
        print("no man page in man/")
        return 1
    result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], check=False)
    print(f"{len(pages)} pages looked at: {', '.join(page.name for page in pages)}")
    if result.returncode:
        print("mdoc(7) says what a macro takes; `mandoc FILE | less` shows the page.")
    return 1 if result.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
