"""Ethernet frames as bytes, both ways: ARP (RFC 826), neighbour discovery (RFC 4861), UDP over IPv4 (RFC 768, 791)."""

from __future__ import annotations

import ipaddress
import socket
import struct
from dataclasses import dataclass, replace

BROADCAST = b"\xff" * 6
ETHERTYPE_IPV4, ETHERTYPE_ARP, ETHERTYPE_IPV6 = 0x0800, 0x0806, 0x86DD
_ARP_REQUEST, _ARP_REPLY = 1, 2
_ND_SOLICITATION, _ND_ADVERTISEMENT = 135, 136
_ETHERNET_SIZE, _IPV6_SIZE = 14, 40
_ARP = struct.Struct("!HHBBH6s4s6s4s")


@dataclass(frozen=True)
class Claim:
    """Somebody answered an ARP request or a neighbour solicitation: `mac` says that it has `address`."""

    address: str
    mac: bytes
    asked_by: bytes
    """Destination of the frame: the MAC address that asked."""


def ethernet(destination: bytes, source: bytes, ethertype: int, payload: bytes) -> bytes:
    return destination + source + struct.pack("!H", ethertype) + payload


def arp_request(asker_mac: bytes, asker_ip: str, target_ip: str) -> bytes:
    body = _ARP.pack(1, ETHERTYPE_IPV4, 6, 4, _ARP_REQUEST, asker_mac, socket.inet_aton(asker_ip), bytes(6),
                     socket.inet_aton(target_ip))
    return ethernet(BROADCAST, asker_mac, ETHERTYPE_ARP, body)


def neighbour_solicitation(asker_mac: bytes, asker_ip: str, target_ip: str) -> bytes:
    target = ipaddress.IPv6Address(target_ip).packed
    group = ipaddress.IPv6Address("ff02::1:ff00:0").packed[:13] + target[13:]
    message = struct.pack("!BBHI16sBB6s", _ND_SOLICITATION, 0, 0, 0, target, 1, 1, asker_mac)
    source = ipaddress.IPv6Address(asker_ip).packed
    pseudo = source + group + struct.pack("!II", len(message), socket.IPPROTO_ICMPV6)
    message = message[:2] + struct.pack("!H", internet_checksum(pseudo + message)) + message[4:]
    packet = struct.pack("!IHBB16s16s", 6 << 28, len(message), socket.IPPROTO_ICMPV6, 255, source, group) + message
    return ethernet(b"\x33\x33" + group[12:], asker_mac, ETHERTYPE_IPV6, packet)


def request_for(asker_mac: bytes, asker_ips: dict[int, str], target_ip: str) -> bytes:
    """Who has `target_ip`? In the way of its family; `asker_ips` holds the sender's address by IP version."""
    if ipaddress.ip_address(target_ip).version == 4:
        return arp_request(asker_mac, asker_ips[4], target_ip)
    return neighbour_solicitation(asker_mac, asker_ips[6], target_ip)


def claim_in(frame: bytes) -> Claim | None:
    """The answer in a frame: an ARP reply or a neighbour advertisement; None when it is anything else."""
    if len(frame) < _ETHERNET_SIZE:
        return None
    ethertype = struct.unpack_from("!H", frame, 12)[0]
    if ethertype == ETHERTYPE_ARP and len(frame) >= _ETHERNET_SIZE + _ARP.size:
        _, _, _, _, operation, mac, ip, _, _ = _ARP.unpack_from(frame, _ETHERNET_SIZE)
        if operation == _ARP_REPLY:
            return Claim(socket.inet_ntoa(ip), mac, frame[:6])
    if ethertype == ETHERTYPE_IPV6 and len(frame) >= _ETHERNET_SIZE + _IPV6_SIZE + 24:
        message = frame[_ETHERNET_SIZE + _IPV6_SIZE:]
        if frame[20] == socket.IPPROTO_ICMPV6 and message[0] == _ND_ADVERTISEMENT:
            return Claim(str(ipaddress.IPv6Address(message[8:24])), frame[6:12], frame[:6])
    return None


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram over IPv4."""

    source_ip: str
    source_port: int
    destination_ip: str
    destination_port: int
    payload: bytes

    def with_payload(self, payload: bytes) -> Datagram:
        return replace(self, payload=payload)

    def from_ip(self, source_ip: str) -> Datagram:
        return replace(self, source_ip=source_ip)

    def frame(self, destination_mac: bytes, source_mac: bytes) -> bytes:
        """A whole frame with fresh checksums (those of a recorded frame are often not computed yet: veth offloads)."""
        udp = struct.pack("!HHHH", self.source_port, self.destination_port, 8 + len(self.payload), 0) + self.payload
        addresses = socket.inet_aton(self.source_ip) + socket.inet_aton(self.destination_ip)
        checksum = internet_checksum(addresses + struct.pack("!HH", socket.IPPROTO_UDP, len(udp)) + udp) or 0xFFFF
        udp = udp[:6] + struct.pack("!H", checksum) + udp[8:]
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, socket.IPPROTO_UDP, 0) + addresses
        header = header[:10] + struct.pack("!H", internet_checksum(header)) + header[12:]
        return ethernet(destination_mac, source_mac, ETHERTYPE_IPV4, header + udp)


def datagram_in(frame: bytes) -> Datagram | None:
    """The datagram in a frame; None when it is anything but unfragmented UDP over IPv4."""
    if len(frame) < _ETHERNET_SIZE + 28 or frame[12:14] != b"\x08\x00" or frame[23] != socket.IPPROTO_UDP:
        return None
    start = _ETHERNET_SIZE + (frame[_ETHERNET_SIZE] & 0xF) * 4
    source_port, destination_port, length = struct.unpack_from("!HHH", frame, start)
    return Datagram(socket.inet_ntoa(frame[26:30]), source_port, socket.inet_ntoa(frame[30:34]), destination_port,
                    frame[start + 8:start + length])


def internet_checksum(data: bytes) -> int:
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
