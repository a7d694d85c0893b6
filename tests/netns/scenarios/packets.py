"""Recorded heartbeats that come again, cut short, changed, or from a stranger: counted, without effect."""

from __future__ import annotations

import secrets

from lab.capture import Intruder, record_datagrams
from lab.cluster import Cluster
from lab.configuration import HEARTBEAT_PORT
from lab.frames import Datagram
from lab.topology import Machine
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import channel_rejections, more_rejections, rejections

_STRANGER_IP = "10.77.0.66"
_PART = 60


class HostilePackets(ScenarioCase):
    def setUp(self) -> None:
        super().setUp()
        self.intruder = Intruder(self.lab.topology)
        self.lab.at_close(self.intruder.close)

    def test_replayed(self) -> None:
        cluster, holder = self.running_cluster()
        recorded = self.record(cluster, holder, 10)
        receiver = self.receiver(recorded[0]).name
        mine = [datagram for datagram in recorded if self.receiver(datagram).name == receiver]
        before = channel_rejections(cluster[receiver].status(), holder, 0)
        self.without_effect(cluster, holder, mine)
        # They are genuine, so they are counted at the node and channel that they claim to come from.
        self.assertGreaterEqual(channel_rejections(cluster[receiver].status(), holder, 0), before + len(mine))

    def test_replayed_after_the_sender_restarted(self) -> None:
        """Packets of a former run of the holder, which once made it the holder."""
        cluster, old = self.running_cluster()
        recorded = self.record(cluster, old, 10)
        cluster[old].terminate()
        cluster[old].wait_for_exit()
        cluster[old].start()
        holder = cluster.wait_for_one_active(among=cluster.names)
        self.without_effect(cluster, holder, recorded)

    def test_replayed_after_the_receiver_restarted(self) -> None:
        """The receiver has forgotten all sequence numbers; the packets echo an incarnation that is no more."""
        cluster, holder = self.running_cluster()
        receiver = cluster.others(holder)[0]
        recorded = [datagram for datagram in self.record(cluster, holder, 20)
                    if datagram.destination_ip == cluster[receiver].host.ipv4()]
        cluster[receiver].kill()
        cluster[receiver].start()
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.without_effect(cluster, holder, recorded)

    def test_truncated(self) -> None:
        cluster, holder = self.running_cluster()
        recorded = self.record(cluster, holder, 4)
        self.without_effect(cluster, holder, [
            datagram.with_payload(datagram.payload[:size]) for datagram in recorded
            for size in (0, 1, 7, len(datagram.payload) // 2, len(datagram.payload) - 1)])

    def test_lengthened(self) -> None:
        cluster, holder = self.running_cluster()
        self.without_effect(cluster, holder, [datagram.with_payload(datagram.payload + bytes(extra))
                                              for datagram in self.record(cluster, holder, 4) for extra in (1, 500)])

    def test_one_bit_flipped(self) -> None:
        """In turn one bit of each byte of fresh heartbeats."""
        cluster, holder = self.running_cluster()
        datagram = self.record(cluster, holder, 1)[0]
        flipped = []
        for position in range(len(datagram.payload)):
            payload = bytearray(datagram.payload)
            payload[position] ^= 1 << (position % 8)
            flipped.append(datagram.with_payload(bytes(payload)))
        self.without_effect(cluster, holder, flipped)

    def test_unknown_sender(self) -> None:
        """Noise, and recorded packets under another address."""
        cluster, holder = self.running_cluster()
        recorded = self.record(cluster, holder, 5)
        noise = [datagram.from_ip(_STRANGER_IP).with_payload(secrets.token_bytes(len(datagram.payload)))
                 for datagram in recorded]
        self.without_effect(cluster, holder, noise)
        self.without_effect(cluster, holder, [datagram.from_ip(_STRANGER_IP) for datagram in recorded])

    def test_flood_of_forged_packets(self) -> None:
        """Far more at once than a socket's buffer holds: the kernel drops some, and the real ones are still heard."""
        cluster, holder = self.running_cluster()
        datagram = self.record(cluster, holder, 1)[0]
        term, began = cluster[holder].status()["term"], self.now_ns()
        receiver = self.receiver(datagram).name
        before = rejections(cluster[receiver].status())
        for _ in range(5000):
            self.intruder.send(datagram.with_payload(datagram.payload[:-8] + secrets.token_bytes(8)),
                               self.receiver(datagram))
        wait_for("most of them were counted", lambda: sum(more_rejections(before, rejections(
            cluster[receiver].status())).values()) > 1000, 5)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)
        self.assertEqual(cluster[holder].status()["term"], term)

    def record(self, cluster: Cluster, sender: str, count: int) -> list[Datagram]:
        return record_datagrams(self.lab.topology, cluster[sender].host, HEARTBEAT_PORT, count)

    def without_effect(self, cluster: Cluster, holder: str, datagrams: list[Datagram]) -> None:
        """Sends them all, and then: each was counted by the one who got it; holder, term and events are as before."""
        self.assertTrue(datagrams)
        before = cluster.statuses()
        events = {name: len(cluster[name].events()) for name in cluster.names}
        began = self.now_ns()
        for name in cluster.names:
            mine = [datagram for datagram in datagrams if self.receiver(datagram).name == name]
            self.send_and_see_counted(cluster, name, mine)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)
        self.assertEqual(cluster[holder].status()["term"], before[holder]["term"])
        self.assertEqual({name: len(cluster[name].events()) for name in cluster.names}, events)

    def send_and_see_counted(self, cluster: Cluster, name: str, datagrams: list[Datagram]) -> None:
        """In parts that the receiver's socket buffer holds, so that none is lost in between."""
        for first in range(0, len(datagrams), _PART):
            part = datagrams[first:first + _PART]
            before = rejections(cluster[name].status())
            for datagram in part:
                self.intruder.send(datagram, cluster[name].host)

            def counted(before: dict[str, int] = before, expected: int = len(part)) -> bool:
                grown = more_rejections(before, rejections(cluster[name].status()))
                assert sum(grown.values()) >= expected, f"{name} counted {grown} of {expected} packets"
                return True

            wait_for(f"{name} has counted {len(part)} packets", counted, 5)

    def receiver(self, datagram: Datagram) -> Machine:
        return next(host for host in self.lab.hosts if host.ipv4() == datagram.destination_ip)
