"""As much of rtnetlink (RFC 3549, linux/rtnetlink.h) as an outside observer needs: which addresses a namespace has,
news about them, and links set up or down at a precise instant.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from . import kernel

_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_NLM_F_REQUEST, _NLM_F_ACK, _NLM_F_DUMP = 0x1, 0x4, 0x300
_RTM_NEWLINK, _RTM_GETLINK, _RTM_NEWADDR, _RTM_DELADDR, _RTM_GETADDR = 16, 18, 20, 21, 22
_RTMGRP_IPV4_IFADDR, _RTMGRP_IPV6_IFADDR = 0x10, 0x100
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_IFF_UP = 0x1

_HEADER = struct.Struct("=IHHII")     # length, type, flags, sequence, port
_ADDRESS = struct.Struct("=BBBBi")    # family, prefix length, flags, scope, interface index
_LINK = struct.Struct("=BxHiII")      # family, type, index, flags, change mask
_ATTRIBUTE = struct.Struct("=HH")


@dataclass(frozen=True)
class AddressNews:
    """One address that a namespace has (`present`) or has just lost."""

    address: str
    present: bool


def open_socket(namespace_path: str, watch_addresses: bool = False) -> socket.socket:
    """A route netlink socket in that namespace; with `watch_addresses` it receives each change from now on."""
    with kernel.inside(namespace_path):
        handle = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    handle.bind((0, _RTMGRP_IPV4_IFADDR | _RTMGRP_IPV6_IFADDR if watch_addresses else 0))
    return handle


def addresses(handle: socket.socket) -> set[str]:
    """All IPv4 and IPv6 addresses of the socket's namespace, without prefix lengths."""
    request = _HEADER.pack(_HEADER.size + _ADDRESS.size, _RTM_GETADDR, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0)
    handle.send(request + _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0))
    found: set[str] = set()
    while True:
        for kind, body in _messages(handle.recv(1 << 16)):
            if kind == _NLMSG_DONE:
                return found
            if kind == _NLMSG_ERROR:
                raise OSError(-struct.unpack_from("=i", body)[0], "dump of addresses")
            found.update(news.address for news in _address_news(kind, body))


def read_address_news(handle: socket.socket) -> list[AddressNews]:
    """What a watching socket has to tell now; empty when there is nothing. Never blocks."""
    news: list[AddressNews] = []
    while True:
        try:
            data = handle.recv(1 << 16, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return news
        for kind, body in _messages(data):
            news.extend(_address_news(kind, body))


def set_link(handle: socket.socket, interface_index: int, up: bool) -> None:
    """Sets an interface of the socket's namespace up or down, and returns when the kernel has done it."""
    body = _LINK.pack(socket.AF_UNSPEC, 0, interface_index, _IFF_UP if up else 0, _IFF_UP)
    handle.send(_HEADER.pack(_HEADER.size + len(body), _RTM_NEWLINK, _NLM_F_REQUEST | _NLM_F_ACK, 1, 0) + body)
    for kind, answer in _messages(handle.recv(1 << 16)):
        if kind == _NLMSG_ERROR and (error := -struct.unpack_from("=i", answer)[0]) != 0:
            raise OSError(error, f"link {interface_index} {'up' if up else 'down'}")


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind, _flags, _sequence, _port = _HEADER.unpack_from(data, offset)
        yield kind, data[offset + _HEADER.size:offset + length]
        offset += (length + 3) & ~3


def _address_news(kind: int, body: bytes) -> Iterator[AddressNews]:
    if kind not in (_RTM_NEWADDR, _RTM_DELADDR):
        return
    attributes: dict[int, bytes] = {}
    offset = _ADDRESS.size
    while offset + _ATTRIBUTE.size <= len(body):
        length, name = _ATTRIBUTE.unpack_from(body, offset)
        attributes[name] = body[offset + _ATTRIBUTE.size:offset + length]
        offset += (length + 3) & ~3
    # IPv4 has both, and IFA_ADDRESS may be a peer's; IPv6 has IFA_ADDRESS only.
    raw = attributes.get(_IFA_LOCAL) or attributes.get(_IFA_ADDRESS)
    if raw:
        yield AddressNews(str(ipaddress.ip_address(raw)), kind == _RTM_NEWADDR)
