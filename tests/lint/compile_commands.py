"""The build's own compiler calls (compile_commands.json of meson), and work on many files at once."""

import concurrent.futures
import json
import os
import pathlib
import shlex

_WITH_VALUE = {"-o", "-MF", "-MQ", "-MT"}
_ALONE = {"-c", "-MD", "-MMD"}


class CompileCommands:
    """Compiler calls by source file, without what names outputs. All paths are absolute."""

    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        entries = json.loads((self.build / "compile_commands.json").read_text(encoding="utf-8"))
        self._arguments = {}
        for entry in entries:
            source = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
            self._arguments.setdefault(source, _without_outputs(shlex.split(entry["command"]), entry["file"]))

    def sources(self, below):
        """The compiled files in a folder, sorted."""
        return sorted(source for source in self._arguments if source.is_relative_to(below))

    def arguments(self, source):
        """Compiler and flags of a source file."""
        return self._arguments[source]

    def arguments_for_header(self, header, root):
        """Compiler and flags of the source file beside the header that has its name; otherwise of a source file of the
        header's folder; of any other if the folder has none."""
        beside = header.with_suffix(".cpp")
        if beside in self._arguments:
            return self._arguments[beside]
        folder = header.parent.name
        for below in (root / "src" / folder, root / "tests" / folder, root / "src", root):
            for source in self.sources(below):
                return self._arguments[source]
        raise LookupError(f"{self.build}: no source file is compiled; run ninja there first")


def _without_outputs(arguments, source):
    kept = []
    skip = False
    for argument in arguments:
        if skip or argument in _WITH_VALUE or argument in _ALONE or argument == source:
            skip = not skip and argument in _WITH_VALUE
            continue
        kept.append(argument)
    return kept


def on_each(function, items):
    """The results of function(item), in the order of the items; as many at once as there are processors."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(function, items))
