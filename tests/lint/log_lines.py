#!/usr/bin/env python3
"""Every event that the daemon logs stands in belayd(8) under LOG, and nothing else. Called with the project's top."""

import re
import sys

import project

PAGE = "man/belayd.8"

# From the call to its fields: `(bad ? log::warning : log::notice)(own ? "role" : "peer_role", {{` names two events.
_CALL = re.compile(r"\b(?:log::(?:error|warning|notice|info|debug|line)\b|format_line\()(?P<head>[^;{]*)\{")
_NOTICED = re.compile(r"\.event = \"([a-z_]+)\"")
# A function of this name gives the events of an enumeration.
_EVENT_OF = re.compile(r"^const char\* event_of\(.*?^}", re.MULTILINE | re.DOTALL)
_EVENT = re.compile(r"\"([a-z_]+)\"")
_ITEM = re.compile(r"^\.It Cm (.+)$", re.MULTILINE)


def events_of_code(text):
    """The names of the events that a source file logs."""
    named = [call["head"] for call in _CALL.finditer(text)] + _EVENT_OF.findall(text)
    return set(_NOTICED.findall(text)).union(*(_EVENT.findall(part) for part in named))


def events_of_page(text):
    """The names that the section LOG of a man page lists."""
    section = re.search(r"^\.Sh LOG$(.*?)^\.Sh ", text + "\n.Sh ", re.MULTILINE | re.DOTALL)
    return {name for item in _ITEM.findall(section[1] if section else "") for name in item.replace(",", " ").split()}


def main():
    files = list(project.files(project.root_from_arguments()))
    logged = {}
    for file in files:
        if re.fullmatch(r"src/.+\.cpp", file.path):
            for event in events_of_code(file.text):
                logged.setdefault(event, file.path)
    listed = events_of_page(next(file.text for file in files if file.path == PAGE))
    print(f"{len(logged)} events are logged, {len(listed)} are in {PAGE}")
    for event in sorted(logged.keys() - listed):
        print(f"{logged[event]}: event {event} is not in {PAGE}: add it there under LOG")
    for event in sorted(listed - logged.keys()):
        print(f"{PAGE}: event {event} is logged nowhere: remove it")
    return 0 if logged.keys() == listed else 1


if __name__ == "__main__":
    sys.exit(main())
