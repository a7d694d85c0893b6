"""C++ text without what the compiler does not run: comments, and the insides of strings. Lines keep their numbers."""

import re

_PARTS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      |(?P<raw>R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")
      |(?P<string>"(?:\\.|[^"\\\n])*")
      |(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')""",
    re.DOTALL | re.VERBOSE,
)

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def without_comments_and_strings(text):
    """Comments become nothing and strings become empty ones; newlines stay where they are."""

    def blank(match):
        newlines = "\n" * match.group(0).count("\n")
        return newlines if match.group("comment") else '""' + newlines

    return _PARTS.sub(blank, text)


def includes(text):
    """(line, header, whether it stands in angle brackets) of each #include."""
    return [
        (text.count("\n", 0, match.start(1)) + 1, match.group(2), match.group(1) == "<")
        for match in _INCLUDE.finditer(text)
    ]


def function_lengths(text):
    """(line, lines from head to closing brace) of each function, as clang-format lays them out: the first line of the
    head and the line that closes the body have the same indentation, and bodies in a class are four blanks deep."""
    found = []
    lines = without_comments_and_strings(text).splitlines()
    for number, line in enumerate(lines):
        if not line.endswith("{"):
            continue
        head = _head(lines, number)
        indentation = len(lines[head]) - len(lines[head].lstrip())
        if indentation > 8 or not _is_function(" ".join(part.strip() for part in lines[head : number + 1])):
            continue
        closing = " " * indentation + "}"
        for later in range(number + 1, len(lines)):
            if lines[later].startswith(closing):
                found.append((head + 1, later - head + 1))
                break
    return found


def _head(lines, number):
    """The line on which the statement begins that opens a brace at the end of line `number`."""
    unclosed = lines[number].count(")") - lines[number].count("(")
    while number > 0 and (unclosed > 0 or lines[number].lstrip().startswith((":", ","))):
        number -= 1
        unclosed += lines[number].count(")") - lines[number].count("(")
    return number


def _is_function(head):
    """Whether a head that ends in a brace has a parameter list and is no control statement, lambda or initialiser."""
    if re.match(r"(namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|try|case|default)\b|\}", head):
        return False
    is_lambda = re.search(r"\[[^\]]*\]\s*(\(.*\))?\s*(mutable|noexcept|->.*)?\s*\{$", head)
    return ")" in head and not is_lambda and not re.search(r"=\s*\{$", head)
