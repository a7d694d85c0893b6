"""A real replication and pgpool-II over it: what scenarios of database nodes see with, and break, without a daemon."""

from __future__ import annotations

import unittest

from lab import pcp
from lab.postgres import NotInstalled
from lab.replication import Replication
from lab.streaming import StreamingPgpool
from lab.waiting import wait_for

from .case import LabCase

_DONE_S = 30.0
_PAUSE_S = 0.2


class Replicating(LabCase):
    """One lab, since it takes seconds to make; alpha's pgpool-II has hooks, beta's has none."""

    def setUp(self) -> None:
        super().setUp()
        topology = self.lab.topology
        machines = [topology.database, topology.add_server("database1", 51), topology.add_server("database2", 52)]
        try:
            self.replication = Replication(machines, self.lab.directory / "replication")
            self.lab.at_close(self.replication.stop)
            hooks = {f"{kind}_command": f"{self.replication.hook(kind)} %d %m %H %P"
                     for kind in ("failover", "failback")}
            self.pgpools = [
                StreamingPgpool(host, self.replication, self.lab.directory / f"pgpool-{host.name}", commands)
                for host, commands in ((self.alpha, hooks), (self.beta, {}))]
        except NotInstalled as missing:
            raise unittest.SkipTest(str(missing)) from missing
        for pgpool in self.pgpools:
            self.lab.at_close(pgpool.stop)
            pgpool.start()
        for pgpool in self.pgpools:
            pgpool.wait_until_ready()

    def wait_for_statuses(self, pgpool: StreamingPgpool, expected: list[str]) -> None:
        def shown() -> bool:
            told = pgpool.pcp.statuses()
            assert told == expected, f"H says {told}"
            rows = [status.replace("waiting", "up") for status, _ in pgpool.pool_nodes()]
            assert rows == expected, f"SHOW pool_nodes says {rows}"
            return True
        wait_for(f"pgpool-II on {pgpool.host.name} has {expected}", shown, _DONE_S, _PAUSE_S)

    def test_what_is_told_to_one_pgpool_stays_there(self) -> None:
        """And its hook is counted. Without a daemon nobody tells the other one: this is what scenarios can miss."""
        first, second = self.pgpools
        for pgpool in self.pgpools:
            self.wait_for_statuses(pgpool, ["up"] * 3)
        first.pcp.detach(2)
        self.wait_for_statuses(first, ["up", "up", "down"])
        self.wait_for_statuses(second, ["up"] * 3)
        wait_for("one hook ran", lambda: self.replication.hooks_run() == ["failover 2 0 10.77.0.50 0"], _DONE_S)
        self.assertTrue(self.replication[1].is_standby(), "the end of a standby promoted another one")
        first.pcp.attach(2)
        self.wait_for_statuses(first, ["up"] * 3)
        wait_for("its hook ran", lambda: self.replication.hooks_run()[1:] == ["failback 2 0 10.77.0.50 0"], _DONE_S)

    def test_the_primary_dies_and_a_standby_is_promoted(self) -> None:
        self.assertFalse(self.replication[0].is_standby())
        streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        wait_for("both standbys stream", lambda: self.replication[0].ask(streaming) == "2", _DONE_S)
        self.replication[0].kill()
        for pgpool in self.pgpools:
            self.wait_for_statuses(pgpool, ["down", "up", "up"])
            wait_for(f"{pgpool.host.name} has primary 1", lambda pgpool=pgpool: pgpool.pcp.primary() == 1, _DONE_S,
                     _PAUSE_S)
        self.assertEqual(self.replication.hooks_run(), ["failover 0 1 10.77.0.51 0"])
        self.assertFalse(self.replication[1].is_standby())
        self.assertTrue(self.replication[2].is_standby())

    def test_a_wrong_password_is_refused(self) -> None:
        with self.assertRaisesRegex(pcp.PcpError, "authentication failed"):
            pcp.Pcp(self.alpha, "wrong").nodes()
