"""A PostgreSQL client of a few lines: protocol version 3, trust authentication, simple queries, text results.

Used instead of psql because a process start per query would be most of what is measured.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

from .topology import Machine

_PROTOCOL_VERSION = 3 << 16


class SqlError(Exception):
    """The server refused, or the connection broke."""


class SqlClient:
    """One connection, made from inside a machine."""

    def __init__(self, machine: Machine, address: str, port: int, timeout_s: float,
                 database: str = "postgres") -> None:
        self._socket = machine.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect((address, port))
            parameters = b"user\0postgres\0database\0" + database.encode() + b"\0\0"
            self._socket.sendall(struct.pack("!II", 8 + len(parameters), _PROTOCOL_VERSION) + parameters)
            self._read_until_ready()
        except (OSError, SqlError) as error:
            self._socket.close()
            raise SqlError(f"{address}:{port}: {error}") from error

    def query(self, text: str) -> list[list[str | None]]:
        """The rows of one simple query."""
        body = text.encode() + b"\0"
        try:
            self._socket.sendall(b"Q" + struct.pack("!I", 4 + len(body)) + body)
            return self._read_until_ready()
        except OSError as error:
            raise SqlError(str(error)) from error

    def close(self) -> None:
        try:
            self._socket.sendall(b"X\0\0\0\4")
        except OSError:
            pass  # broken already: there is nobody to say goodbye to
        self._socket.close()

    def _read_until_ready(self) -> list[list[str | None]]:
        rows: list[list[str | None]] = []
        while True:
            kind, body = self._read_message()
            if kind == b"Z":
                return rows
            if kind == b"E":
                raise SqlError(_error_text(body))
            if kind == b"R" and struct.unpack_from("!I", body)[0] != 0:
                raise SqlError("the server asks for a password; the lab uses trust")
            if kind == b"D":
                rows.append(_row(body))

    def _read_message(self) -> tuple[bytes, bytes]:
        kind, length = struct.unpack("!cI", self._read(5))
        return kind, self._read(length - 4)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise SqlError("connection closed by the server")
            data += part
        return data


def _row(body: bytes) -> list[str | None]:
    count, offset, row = struct.unpack_from("!H", body)[0], 2, []
    for _ in range(count):
        length = struct.unpack_from("!i", body, offset)[0]
        offset += 4
        if length < 0:
            row.append(None)
            continue
        row.append(body[offset:offset + length].decode())
        offset += length
    return row


def _error_text(body: bytes) -> str:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0") if part}
    return fields.get(b"M", "error without a message")


@dataclass(frozen=True)
class SqlAnswer:
    """One question to the VIP that was answered."""

    host: str
    """The host through which the database was reached."""
    asked_ns: int
    answered_ns: int


def ask_who_serves(client: Machine, address: str, port: int, hosts: list[Machine], timeout_s: float) -> SqlAnswer:
    """One new connection and one query through the VIP. The database tells from which host it was reached."""
    asked_ns = time.monotonic_ns()
    connection = SqlClient(client, address, port, timeout_s)
    try:
        rows = connection.query("SELECT host(inet_client_addr())")
    finally:
        connection.close()
    came_from = rows[0][0]
    names = [host.name for host in hosts if host.ipv4() == came_from]
    if not names:
        raise SqlError(f"the database was reached from {came_from}, which is no host of the lab")
    return SqlAnswer(names[0], asked_ns, time.monotonic_ns())
