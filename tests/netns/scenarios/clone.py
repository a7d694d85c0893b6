"""A node that runs twice: a machine set up from a copy of another one's files, with its name and the cluster's key.

Where two live hosts are one node, G1 is not promised (DESIGN section 1). What is promised is that the cluster does not
let the second one in while the first one lives, and says so.
"""

from __future__ import annotations

from lab.cluster import Cluster
from lab.configuration import HEARTBEAT_PORT, INFO_PORT
from lab.daemon import SERVICE_USER, Daemon
from lab.topology import CHANNEL_COUNT
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import node_seen


class Clone(ScenarioCase):
    def test_of_the_active(self) -> None:
        cluster, holder = self.running_cluster()
        self.held_off(cluster, holder, of=holder)

    def test_of_a_standby(self) -> None:
        cluster, holder = self.running_cluster()
        self.held_off(cluster, holder, of=cluster.others(holder)[0])

    def held_off(self, cluster: Cluster, holder: str, of: str) -> None:
        began = self.now_ns()
        clone = self.start_clone(cluster, of)
        self.reported_by(cluster, cluster.others(of), of)

        def unharmed() -> bool:
            assert clone.role() != "active", "the clone is active"
            return cluster.agreed_on(holder)

        self.assert_stays("the cluster is unharmed", unharmed, 6 * cluster.configuration.lease_s)
        self.assert_undisturbed(holder, began)
        clone.terminate()
        self.assertEqual(clone.wait_for_exit(), 0)
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.assert_undisturbed(holder, began)

    def start_clone(self, cluster: Cluster, of: str) -> Daemon:
        """Starts node `of` a second time, on the machine of the database. Its file gives the node the addresses of that
        machine, as one who copies a host must do; name, key and all else are those of `of`.
        """
        machine = self.lab.topology.database
        directory = self.lab.make_directory("belayd-clone")
        ini = directory / "belay.ini"
        text = cluster[of].ini.read_text(encoding="utf-8")
        original = cluster[of].host
        for channel in range(CHANNEL_COUNT):
            for port in (HEARTBEAT_PORT, INFO_PORT):
                text = text.replace(f" {original.ipv4(channel)}:{port}", f" {machine.ipv4(channel)}:{port}")
        ini.write_text(text, encoding="utf-8")
        clone = Daemon(machine, self.programs, ini, directory, SERVICE_USER)
        clone.name = of
        self.lab.at_close(lambda: clone.running() and clone.kill())
        clone.start()
        wait_for("the clone answers", clone.status, 15)
        return clone

    def reported_by(self, cluster: Cluster, names: list[str], of: str) -> None:
        """Each of them tells of the second daemon in its status and in its log."""
        for name in names:
            wait_for(f"{name} reports the clone of {of}", lambda name=name: "another daemon" in str(
                node_seen(cluster, name, of)["problem"]), 10)
            self.assertIn("rival", cluster[name].log_text())
