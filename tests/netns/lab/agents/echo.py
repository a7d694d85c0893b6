"""A UDP service on every host that answers with the host's name, from the address that was asked: whoever answers a
question to the VIP serves the VIP.
"""

from __future__ import annotations

import select
import socket
import struct

from lab.agents import serving

_IP_PKTINFO = 8
_ANCILLARY_SIZE = socket.CMSG_SPACE(20)


def open_ipv4(port: int) -> socket.socket:
    handle = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    handle.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    handle.bind(("0.0.0.0", port))
    return handle


def open_ipv6(port: int) -> socket.socket:
    handle = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    handle.bind(("::", port))
    return handle


def reply_source(level: int, kind: int, data: bytes) -> tuple[int, int, bytes] | None:
    """The control message that makes the answer leave from the address to which the question came."""
    if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
        _interface, local, _header = struct.unpack("=i4s4s", data)
        return level, kind, struct.pack("=i4s4s", 0, local, bytes(4))
    if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
        return level, kind, data[:16] + bytes(4)
    return None


def answer_one(handle: socket.socket, name: bytes) -> None:
    question, ancillary, _flags, asker = handle.recvmsg(512, _ANCILLARY_SIZE)
    source = [message for item in ancillary if (message := reply_source(*item)) is not None]
    try:
        handle.sendmsg([question + name], source, 0, asker)
    except OSError:
        return  # the address was taken away while the question waited, or there is no way back: no answer


def main() -> None:
    settings = serving.settings()
    name = settings["name"].encode("ascii")
    handles = [open_ipv4(settings["port"]), open_ipv6(settings["port"])]
    serving.be_punctual()
    serving.ready()
    while True:
        for handle in select.select([serving.STDIN, *handles], [], [])[0]:
            if handle == serving.STDIN:
                serving.serve_one_line(lambda _request: {})
            else:
                answer_one(handle, name)


if __name__ == "__main__":
    main()
