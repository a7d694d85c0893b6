"""A README that says what is not so is caught."""

import unittest

import documents

SCRIPT = "set -e\npackages=(\n  meson  # builds\n  g++    # compiles\n)\n"
README = "# Belay\n\n| package | for |\n|---|---|\n| `meson` | builds |\n| `g++` | compiles |\n"
WHERE = "| where is … | file |\n|---|---|\n| the lease | `src/core/lease.cpp` |\n"


def texts(findings):
    return [finding.text for finding in findings]


class PackagesTest(unittest.TestCase):
    def test_the_same_packages(self):
        self.assertEqual(documents.package_findings(README, SCRIPT), [])

    def test_several_packages_in_a_row(self):
        readme = "| package | for |\n|---|---|\n| `meson`, `g++` | the build |\n"
        self.assertEqual(documents.package_findings(readme, SCRIPT), [])

    def test_a_package_that_the_readme_does_not_name(self):
        found = documents.package_findings(README.replace("| `g++` | compiles |\n", ""), SCRIPT)
        self.assertEqual(texts(found), ["does not name g++, which tests/install-dependencies installs"])

    def test_a_package_that_is_not_installed(self):
        found = documents.package_findings(README + "| `bison` | parses |\n", SCRIPT)
        self.assertEqual(texts(found), ["names bison, which tests/install-dependencies does not install"])

    def test_a_package_without_a_reason(self):
        self.assertIn("for", documents.package_findings(README.replace("compiles", ""), SCRIPT)[0].text)
        self.assertIn("no comment", documents.package_findings(README, SCRIPT.replace("# builds", ""))[0].text)

    def test_no_table(self):
        self.assertIn("no table", documents.package_findings("# Belay\n", SCRIPT)[0].text)


class PathsTest(unittest.TestCase):
    def test_a_path_that_is_gone(self):
        text = "see `src/core/gone.cpp`\nand `src/core/lease.cpp:12`, `tests/X/y_test.cpp`, `src/*/meson.build`\n"
        found = documents.path_findings("src/README.md", text, {"src/core/lease.cpp", "tests"}.__contains__)
        self.assertEqual([(finding.line, finding.text) for finding in found], [(1, "src/core/gone.cpp does not exist")])

    def test_the_table_where_is(self):
        self.assertEqual(documents.where_is_findings(WHERE), [])
        self.assertIn("no table", documents.where_is_findings("# Source\n")[0].text)
        self.assertIn("names no file", documents.where_is_findings(WHERE + "| the vote | somewhere |\n")[0].text)


if __name__ == "__main__":
    unittest.main()
