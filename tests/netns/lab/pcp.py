"""A PCP client of a few lines, one connection for each request: a kept one would hold up pgpool-II's failovers."""

from __future__ import annotations

import hashlib
import socket
import struct

from .topology import Machine

PORT = 9898
USER = "belay"
PASSWORD = "rope"
_TIMEOUT_S = 5.0
_RECOVERY_TIMEOUT_S = 60.0
_FIELDS = ("id", "host", "port", "status", "role")


class PcpError(AssertionError):
    """pgpool-II refused, or does not answer."""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 (PCP has nothing better)


def password_line() -> str:
    """For pcp.conf."""
    return f"{USER}:{_md5(PASSWORD)}\n"


class Pcp:
    def __init__(self, machine: Machine, password: str = PASSWORD) -> None:
        self._machine = machine
        self._password = password

    def nodes(self) -> list[dict[str, str]]:
        """What H says of each database node."""
        count = int(self._ask(b"L", b"")[1])
        answers = [self._ask(b"H", f"{number}\0".encode()) for number in range(count)]
        return [dict(zip(_FIELDS, answer[1:], strict=False)) for answer in answers]

    def statuses(self) -> list[str]:
        """"up" or "down" of each database node, in the order of ids."""
        return ["up" if node["status"] in ("up", "waiting", "1", "2") else "down" for node in self.nodes()]

    def primary(self) -> int | None:
        """The attached database node that it takes for the primary."""
        for node in self.nodes():
            if node["role"] in ("primary", "2") and node["status"] not in ("down", "3"):
                return int(node["id"])
        return None

    def detach(self, number: int) -> None:
        self._ask(b"D", f"{number}\0".encode())

    def attach(self, number: int) -> None:
        self._ask(b"C", f"{number}\0".encode())

    def promote(self, number: int, switch_over: bool) -> None:
        self._ask(b"J", f"{number} \0{'s' if switch_over else 'n'}\0".encode())

    def recover(self, number: int) -> None:
        """Online recovery, to its end."""
        self._ask(b"O", f"{number}\0".encode(), _RECOVERY_TIMEOUT_S)

    def _ask(self, kind: bytes, payload: bytes, timeout_s: float = _TIMEOUT_S) -> list[str]:
        connection = self._machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(timeout_s)
        try:
            connection.connect(("127.0.0.1", PORT))
            salt = self._exchange(connection, b"M", b"").decode("latin-1")
            inner = _md5(_md5(self._password) + USER)
            digest = hashlib.md5(inner.encode() + salt.encode("latin-1")).hexdigest()  # noqa: S324
            self._exchange(connection, b"R", f"{USER}\0{digest}\0".encode())
            answer = self._exchange(connection, kind, payload)
            connection.sendall(b"X" + struct.pack("!I", 4))
            return answer.decode().split("\0")
        except OSError as error:
            raise PcpError(f"PCP on {self._machine.name}: {error}") from error
        finally:
            connection.close()

    def _exchange(self, connection: socket.socket, kind: bytes, payload: bytes) -> bytes:
        connection.sendall(kind + struct.pack("!I", 4 + len(payload)) + payload)
        while True:
            head = self._read(connection, 5)
            body = self._read(connection, struct.unpack("!I", head[1:])[0] - 4)
            if head[:1] == b"E":
                raise PcpError(f"PCP on {self._machine.name}: {body.decode(errors='replace')}")
            if head[:1] != b"N":
                return body

    def _read(self, connection: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = connection.recv(size - len(data))
            if not part:
                raise PcpError(f"PCP on {self._machine.name}: closed by pgpool-II")
            data += part
        return data
