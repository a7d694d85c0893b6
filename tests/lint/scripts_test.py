"""The rules for scripts catch their faults."""

import unittest

import scripts
from project import SourceFile

GOOD_SHELL = "#!/bin/bash\n# What it does.\nset -euo pipefail\ntrue\n"


def python(text):
    return [finding.text for finding in scripts.python_findings(SourceFile("tests/netns/x.py", text))]


class ScriptsTest(unittest.TestCase):
    def test_a_shell_script_stops_at_the_first_failure(self):
        self.assertEqual(scripts.shell_findings(SourceFile("tests/x", GOOD_SHELL)), [])
        lax = GOOD_SHELL.replace("set -euo pipefail\n", "")
        self.assertIn("pipefail", scripts.shell_findings(SourceFile("tests/x", lax))[0].text)
        other = GOOD_SHELL.replace("/bin/bash", "/bin/sh")
        self.assertIn("/bin/bash", scripts.shell_findings(SourceFile("tests/x", other))[0].text)

    def test_no_pipe_into_what_leaves_early(self):
        for line in ('printf "%s\\n" a b | grep -qxF -- a', "seq 9 | head -3", "cat x |egrep -iq y"):
            with self.subTest(line):
                found = scripts.shell_findings(SourceFile("tests/x", GOOD_SHELL + line + "\n"))
                self.assertEqual([finding.line for finding in found], [5])
        for line in ("[[ -e x ]] || grep -q y x", "seq 9 | grep 3", "# seq 9 | head", "grep -q y <<<y"):
            with self.subTest(line):
                self.assertEqual(scripts.shell_findings(SourceFile("tests/x", GOOD_SHELL + line + "\n")), [])

    def test_good_python(self):
        self.assertEqual(python('"""A."""\nimport os\n\n\ndef f(a=None):\n    return os.path.join(a, "b")\n'), [])

    def test_bad_python(self):
        faults = {
            "def f(:\n    pass\n": "does not compile",
            "try:\n    a = 1\nexcept:\n    pass\n": "bare except",
            "from os import *\n": "not *",
            "def f(a=[]):\n    return a\n": "shared between calls",
            "run('a b', shell=True)\n": "pass a list",
            "eval('1')\n": "parse it",
            "a = '" + "b" * 120 + "'\n": "break the line",
        }
        for text, word in faults.items():
            with self.subTest(word):
                found = python(text)
                self.assertEqual(len(found), 1, found)
                self.assertIn(word, found[0])


if __name__ == "__main__":
    unittest.main()
