"""Each house rule catches its fault, and lets its neighbours pass."""

import unittest

import house_rules
from project import SourceFile

PATHS = ("include/belay/core/x.hpp", "include/belay/daemon/x.hpp", "src/netlink/part.hpp")


def findings(path, text):
    return [str(finding) for finding in house_rules.Rules(PATHS).of_file(SourceFile(path, text))]


def function_of(lines):
    return "// A.\nvoid f() {\n" + "    g();\n" * (lines - 2) + "}\n"


class HouseRulesTest(unittest.TestCase):
    def assert_caught(self, path, text, word):
        found = findings(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(word, found[0])

    def assert_clean(self, path, text):
        self.assertEqual(findings(path, text), [])

    def test_words_for_later(self):
        self.assert_caught("src/core/x.cpp", "// TO" "DO: the rest\n", "do it")
        self.assert_caught("man/x.8", "left out for n" "ow\n", "do it")
        self.assert_clean("tests/run", "#!/bin/bash\n# A.\nmktemp -d belay.XXXXXX\n")

    def test_sleeping_tests(self):
        self.assert_caught("tests/core/x_test.cpp", "std::this_thread::sleep_" "for(1ms);\n", "deadline")
        self.assert_caught("tests/netns/x.py", '"""A."""\ntime.sle' "ep(1)\n", "deadline")
        self.assert_caught("tests/demo", "#!/bin/bash\n# A.\nif a; then\n  sle" "ep 2\nfi\n", "deadline")
        self.assert_clean("tests/core/x_test.cpp", "// sleep_" "for(1ms) is not allowed\n")

    def test_started_processes(self):
        for call in ("std::system(text)", "::fork()", "execve(path, a, b)", "popen(text, mode)", "::clone(f, s, 0)"):
            with self.subTest(call):
                self.assert_caught("src/daemon/x.cpp", call + "\n", "starts a process")
        for call in ("keys.front().clone()", "throw std::system_error(code)", "io.executor()", "// fork()"):
            with self.subTest(call):
                self.assert_clean("src/daemon/x.cpp", call + "\n")
        self.assert_clean("tests/netns/tool_test.cpp", "::fork();\n")

    def test_silenced_warnings(self):
        self.assert_caught("src/daemon/x.cpp", '#pragma GCC diagnostic ignored "-Wshadow"\n', "repair")

    def test_paths_of_one_machine(self):
        for text in ("// see /ho" "me/someone/notes\n", '#include "/da' 'ta/x/y.hpp"\n'):
            with self.subTest(text):
                self.assert_caught("src/daemon/x.cpp", text, "not a path of every Linux system")
        for text in ('"/run/belay/control.sock"', "// us/ms/s, include/belay/a.hpp", "// https://example.org/a/b"):
            with self.subTest(text):
                self.assert_clean("src/daemon/x.cpp", text + "\n")

    def test_files_open_with_their_idea(self):
        self.assert_caught("include/belay/core/x.hpp", "#pragma once\n#include <chrono>\n", "opens without a comment")
        self.assert_clean("include/belay/core/x.hpp", "#pragma once\n// The lease as a value.\n")
        for path in ("src/core/x.cpp", "src/netlink/part.cpp", "tests/core/x_test.cpp"):
            self.assert_clean(path, "#include <chrono>\n")
        self.assert_caught("src/core/x_part.cpp", "#include <chrono>\n", "opens without a comment")
        self.assert_caught("tests/demo", "#!/bin/bash\nset -e\n", "opens without a comment")
        self.assert_caught("tests/netns/x.py", "import os\n", "opens without a comment")
        self.assert_caught("src/meson.build", "subdir('base')\n", "opens without a comment")

    def test_long_files(self):
        self.assert_clean("src/core/x.cpp", "int a;\n" * 400)
        self.assert_caught("src/core/x.cpp", "int a;\n" * 401, "401 lines")

    def test_long_functions(self):
        self.assert_clean("src/core/x.cpp", function_of(60))
        self.assert_caught("src/core/x.cpp", function_of(61), "function of 61 lines")
        body = "    a = 1\n" * 60
        self.assert_caught("tests/netns/x.py", f'"""A."""\ndef f():\n{body}', "function of 61 lines")
        self.assert_caught("tests/demo", "#!/bin/bash\n# A.\nf() {\n" + "  a\n" * 60 + "}\n", "function of 62 lines")

    def test_long_functions_of_every_layout(self):
        body = "    g();\n" * 60 + "}\n"
        for head in ("int f(int a,\n      int b) {\n", "C::C(int a)\n    : a_(a) {\n", "int C::f() const noexcept {\n"):
            with self.subTest(head):
                self.assert_caught("src/core/x.cpp", head + body, "a function of 6")
        self.assert_clean("src/core/x.cpp", "constexpr std::array table{\n" + "    entry(1),\n" * 70 + "};\n")
        self.assert_clean("src/core/x.cpp", "class C {\n" + "    void f();\n" * 70 + "};\n")

    def test_the_top_has_only_what_the_layout_has(self):
        self.assertEqual(house_rules.top_level(["src", "build", "build-asan", ".git", "README.md"]), [])
        self.assertIn("notes.txt", str(house_rules.top_level(["src", "notes.txt"])[0]))


if __name__ == "__main__":
    unittest.main()
