"""A lab whose hosts get the VIP by hand."""

from __future__ import annotations

import unittest

from lab import report
from lab.configuration import IPV6, MAIN, Vip
from lab.laboratory import Laboratory
from lab.namespaces import run
from lab.topology import Machine
from lab.waiting import wait_for


class LabCase(unittest.TestCase):
    vips: tuple[Vip, ...] = (MAIN,)

    def setUp(self) -> None:
        self.lab = Laboratory(self.vips)
        self.addCleanup(self.lab.close)
        self.alpha, self.beta, self.gamma = self.lab.hosts

    def describe_failure(self) -> str:
        return report.describe(self.lab, None) if hasattr(self, "lab") else "the lab itself could not be made"

    def give(self, host: Machine, vip: Vip = MAIN) -> None:
        """Puts the VIP on a host and announces it."""
        nodad = " nodad" if vip == IPV6 else ""
        host.namespace.ip_batch([f"address add {vip.address}/{vip.prefix_length} dev {vip.interface}{nodad}"])
        if vip != IPV6:
            run(["ip", "netns", "exec", host.namespace.name, "arping", "-q", "-A", "-c", "1", "-I", vip.interface,
                 vip.address])

    def take(self, host: Machine, vip: Vip = MAIN) -> None:
        host.namespace.ip_batch([f"address delete {vip.address}/{vip.prefix_length} dev {vip.interface}"])

    def wait_for_arp_answer_of(self, name: str | None, vip: Vip = MAIN) -> None:
        wait_for(f"{name} answers for {vip.address}", lambda: self.lab.arp.answering(vip.address) == name, 3)
