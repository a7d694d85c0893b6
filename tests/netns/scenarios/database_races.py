"""Several pgpool-IIs find the same out at once: each asks `belay guard` before it has heard of the others."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lab.waiting import wait_for

from .database_faults import UP, FaultCase
from .partner import DONE_S

_AT_ONCE_MS = 100


class AtOnce(FaultCase):
    def on_all_at_once(self, names: list[str], act: Callable[[str], None]) -> None:
        """`act(NAME)`, begun at the same moment for each."""
        barrier = threading.Barrier(len(names))

        def one(name: str) -> None:
            barrier.wait()
            act(name)

        threads = [threading.Thread(target=one, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def seen_down_apart_ms(self, names: list[str], number: int) -> float:
        """Between the first and the last of these pgpool-IIs that wrote that this database is down."""
        written = []
        for name in names:
            pgpool = self.pgpools[name]
            wait_for(f"pgpool-II on {name} writes that {number} is down",
                     lambda pgpool=pgpool: pgpool.status_file.read_text(encoding="ascii").split()[number:number + 1]
                     == ["down"], DONE_S)
            written.append(pgpool.status_file.stat().st_mtime_ns)
        return (max(written) - min(written)) / 1e6

    def test_two_see_the_primary_die_at_once(self) -> None:
        """A health check looks each second; a detach at the moment of death has two of them know it at once."""
        cluster, holder = self.partners()
        two = cluster.others(holder)
        self.replication[0].kill()
        self.on_all_at_once(two, lambda name: self.pgpools[name].pcp.detach(0))
        apart_ms = self.seen_down_apart_ms(two, 0)
        self.note(f"two pgpool-IIs have it {apart_ms:.1f} ms apart (wanted: {_AT_ONCE_MS})")
        self.assertLessEqual(apart_ms, _AT_ONCE_MS, "not at once: this run shows nothing")
        self.settled(cluster, ["down", "up", "up"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertEqual(len(self.replication.hooks_run()), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        self.assertTrue(self.replication[2].is_standby(), "two primaries")

    def test_all_three_see_a_standby_die_at_once(self) -> None:
        cluster, _ = self.partners()
        self.replication[2].kill()
        self.on_all_at_once(cluster.names, lambda name: self.pgpools[name].pcp.detach(2))
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(self.replication.hooks_run(), self.hooks_of("failover", 2))
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())

    def test_two_operators_act_at_once(self) -> None:
        """Each on a pgpool-II of his own: both wishes are so in all, and nothing is run twice."""
        cluster, holder = self.partners()
        one, other = cluster.others(holder)
        self.on_all_at_once([one, other], lambda name: self.pgpools[name].pcp.detach(1 if name == one else 2))
        self.settled(cluster, ["up", "down", "down"])
        for number in (1, 2):
            self.assertEqual(len(self.hooks_of("failover", number)), 1, self.replication.hooks_run())
        self.on_all_at_once([one, other], lambda name: self.pgpools[name].pcp.attach(1 if name == one else 2))
        self.settled(cluster, UP)
        for number in (1, 2):
            self.assertEqual(len(self.hooks_of("failback", number)), 1, self.replication.hooks_run())
            self.assertEqual(len(self.hooks_of("failover", number)), 1, self.replication.hooks_run())
