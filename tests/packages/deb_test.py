"""The .deb by itself: what lintian says, what is in it, as whose, and what it calls a configuration file."""

import re
import unittest

import making
from making import run

# Each file with its mode. Nothing is setuid, and nothing belongs to anybody but root.
FILES = {
    "/etc/needrestart/conf.d/belay.conf": "-rw-r--r--",
    "/lib/systemd/system/belay-hooks.service": "-rw-r--r--",
    "/lib/systemd/system/belayd.service": "-rw-r--r--",
    "/usr/bin/belay": "-rwxr-xr-x",
    "/usr/lib/sysusers.d/belay.conf": "-rw-r--r--",
    "/usr/lib/tmpfiles.d/belay.conf": "-rw-r--r--",
    "/usr/sbin/belayd": "-rwxr-xr-x",
    "/usr/share/doc/belay/README.md.gz": "-rw-r--r--",
    "/usr/share/doc/belay/belay.ini.example": "-rw-r--r--",
    "/usr/share/doc/belay/changelog.gz": "-rw-r--r--",
    "/usr/share/doc/belay/copyright": "-rw-r--r--",
    "/usr/share/man/man1/belay.1.gz": "-rw-r--r--",
    "/usr/share/man/man5/belay.ini.5.gz": "-rw-r--r--",
    "/usr/share/man/man8/belayd.8.gz": "-rw-r--r--",
}
CONFFILES = ["/etc/needrestart/conf.d/belay.conf"]


class Contents(unittest.TestCase):
    def entries(self):
        for line in run("dpkg-deb", "--contents", making.packages.deb).splitlines():
            mode, owner, _, _, _, path = line.split(maxsplit=5)
            yield mode, owner, path.removeprefix(".")

    def test_lintian_has_no_error_and_no_warning(self):
        print(run("lintian", "--allow-root", "--fail-on", "error,warning", making.packages.changes), end="")

    def test_each_file_is_there_with_its_mode(self):
        found = {path: mode for mode, _, path in self.entries() if not path.endswith("/")}
        self.assertEqual(found, FILES)

    def test_everything_is_root_s(self):
        self.assertEqual({owner for _, owner, _ in self.entries()}, {"root/root"})

    def test_the_configuration_of_a_node_is_none_of_the_package_s(self):
        # It differs from cluster to cluster: shipped as a conffile, each change of the example would be a question.
        self.assertEqual(run("dpkg-deb", "--info", making.packages.deb, "conffiles").split(), CONFFILES)

    def test_the_symbols_are_those_of_the_programs(self):
        symbols = run("dpkg-deb", "--contents", making.packages.symbols)
        unpacked = making.packages.folder / "unpacked"
        run("dpkg-deb", "--extract", making.packages.deb, unpacked)
        for name in ("usr/bin/belay", "usr/sbin/belayd"):
            build_id = re.search(r"Build ID: (\w\w)(\w+)", run("readelf", "--notes", unpacked / name))
            self.assertIn(f"/usr/lib/debug/.build-id/{build_id[1]}/{build_id[2]}.debug", symbols, name)

    def test_libraries_are_depended_on(self):
        depends = run("dpkg-deb", "--field", making.packages.deb, "Depends")
        for library in ("libc6", "libfmt9"):
            self.assertIn(library, depends)
