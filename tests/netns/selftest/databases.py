"""Real PostgreSQL and pgpool-II in the lab: they answer through the VIP, die, and come back."""

from __future__ import annotations

import unittest

from lab.configuration import MAIN, MAIN_VIP
from lab.pgpool import PORT, Pgpool
from lab.postgres import NotInstalled, Postgres
from lab.processes import children_of
from lab.sqlclient import SqlClient, SqlError, ask_who_serves

from .case import LabCase


class Databases(LabCase):
    def setUp(self) -> None:
        super().setUp()
        try:
            postgres = Postgres(self.lab.topology.database, self.lab.directory / "postgres")
        except NotInstalled as missing:
            raise unittest.SkipTest(str(missing)) from missing
        self.lab.at_close(postgres.stop)
        postgres.wait_until_ready()
        self.pgpools = [Pgpool(host, postgres, self.lab.directory / f"pgpool-{host.name}")
                        for host in (self.alpha, self.beta)]
        for pgpool in self.pgpools:
            pgpool.start()
            self.lab.at_close(pgpool.stop)
            pgpool.wait_until_ready()

    def ask(self) -> str:
        return ask_who_serves(self.lab.topology.client, MAIN_VIP, PORT, self.lab.hosts, 2.0).host

    def test_sql_tells_which_host_serves(self) -> None:
        self.give(self.alpha)
        self.assertEqual(self.ask(), "alpha")
        self.take(self.alpha)
        self.give(self.beta)
        self.assertEqual(self.ask(), "beta")

    def test_killed_and_started_again(self) -> None:
        self.give(self.alpha, MAIN)
        pgpool = self.pgpools[0]
        pid = pgpool.pid()
        children = children_of(pid)
        self.assertTrue(children)
        pgpool.kill_parent()
        with self.assertRaises(SqlError):
            self.ask()
        pgpool.start()
        pgpool.wait_until_ready()
        self.assertNotEqual(pgpool.pid(), pid)
        self.assertEqual(self.ask(), "alpha")

    def test_an_error_of_the_server_is_told(self) -> None:
        client = SqlClient(self.alpha, self.alpha.ipv4(), PORT, 2.0)
        with self.assertRaisesRegex(SqlError, "nonsense"):
            client.query("SELECT nonsense")
        client.close()
