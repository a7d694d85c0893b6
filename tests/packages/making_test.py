"""What the packages are made of: the same version everywhere, and in a clone only what is committed."""

import re
import shutil
import subprocess
import unittest

import making
from making import run


class Version(unittest.TestCase):
    def test_all_packages_have_the_version_of_the_build(self):
        tree = making.packages.tree
        version = re.search(r"version: '([^']+)'", (tree / "meson.build").read_text())[1]
        changelog = tree / "systemd/debian/changelog"
        self.assertEqual(run("dpkg-parsechangelog", "-l", changelog, "-S", "Version").strip(), version)
        spec = (tree / "systemd/belay.spec").read_text()
        self.assertEqual(re.search(r"^Version: (.*)$", spec, re.MULTILINE)[1], version)
        self.assertIn(f"- {version}-1\n", spec, "the spec's %changelog")


class Sources(unittest.TestCase):
    def setUp(self):
        self.tree = making.packages.folder / self._testMethodName
        (self.tree / "systemd").mkdir(parents=True)
        shutil.copy(making.packages.tree / "systemd/copy-source", self.tree / "systemd")
        (self.tree / "meson.build").write_text("# committed\n")
        self.copy = self.tree.with_suffix(".copy")

    def git(self, *words):
        who = ("-c", "user.name=nobody", "-c", "user.email=nobody@belay.invalid")
        return run("git", *who, "-C", self.tree, *words)

    def test_a_clone_gives_what_is_committed_and_names_the_rest(self):
        self.git("init")
        self.git("add", "--all")
        self.git("commit", "--message", "all of it")
        (self.tree / "meson.build").write_text("# changed\n")
        (self.tree / "stray").write_text("")
        told = run(self.tree / "systemd/copy-source", self.copy)
        self.assertEqual((self.copy / "meson.build").read_text(), "# committed\n")
        self.assertEqual(sorted(path.name for path in self.copy.iterdir()), ["meson.build", "systemd"])
        self.assertIn("meson.build", told)
        self.assertIn("stray", told)

    def test_a_clone_of_another_user_is_one_too(self):
        self.git("init")
        self.git("add", "--all")
        self.git("commit", "--message", "all of it")
        run("chown", "--recursive", "65534:65534", self.tree)
        (self.tree / "stray").write_text("")
        run(self.tree / "systemd/copy-source", self.copy)
        self.assertFalse((self.copy / "stray").exists())

    def test_a_tree_without_git_gives_all_but_what_was_built(self):
        for folder in ("build", "build-asan", ".cache", "systemd/__pycache__", "src"):
            (self.tree / folder).mkdir()
            (self.tree / folder / "x").write_text("")
        run(self.tree / "systemd/copy-source", self.copy)
        found = sorted(str(path.relative_to(self.copy)) for path in self.copy.rglob("*") if path.is_file())
        self.assertEqual(found, ["meson.build", "src/x", "systemd/copy-source"])

    def test_a_folder_that_is_there_is_left_alone(self):
        self.copy.mkdir()
        command = [self.tree / "systemd/copy-source", self.copy]
        self.assertNotEqual(subprocess.run(command, capture_output=True, check=False).returncode, 0)
        self.assertEqual(list(self.copy.iterdir()), [])
