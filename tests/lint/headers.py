#!/usr/bin/env python3
"""Every header compiles alone, also twice in one file. Called with the project's top and the build folder."""

import subprocess
import sys

import project
from compile_commands import CompileCommands, on_each


def complaint(commands, root, header):
    """What the compiler says of a file that holds nothing but this header; nothing when all is well."""
    arguments = commands.arguments_for_header(header, root) + ["-fsyntax-only", "-x", "c++", "-"]
    text = f'#include "{header}"\n#include "{header}"\n'
    result = subprocess.run(arguments, input=text, capture_output=True, text=True, cwd=commands.build, check=False)
    return result.stderr if result.returncode else ""


def main():
    root = project.root_from_arguments().resolve()
    commands = CompileCommands(sys.argv[2])
    headers = [root / file.path for file in project.files(root) if file.path.endswith(".hpp")]
    complaints = [text for text in on_each(lambda header: complaint(commands, root, header), headers) if text]
    print(f"{len(headers)} headers compiled alone", *complaints, sep="\n")
    if complaints:
        print(f"{len(complaints)} headers need others first; include what they use in the header itself.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
