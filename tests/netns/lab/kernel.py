"""The few system calls that Python's library lacks: setns, prctl, capset.

A socket belongs for its whole life to the network namespace in which it was made. So the lab enters a namespace for an
instant, makes a socket, comes back, and uses the socket from its ordinary thread: no helper process per namespace.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import socket
import struct
from collections.abc import Iterator

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNET = 0x40000000
CAP_NET_ADMIN = 12
CAP_NET_RAW = 13
_NETLINK_NETFILTER = 12

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_SET_SECCOMP = 22
_PR_SET_TIMERSLACK = 29
_PR_SET_CHILD_SUBREAPER = 36
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522


def _check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def _prctl(what: str, option: int, value: int, third: int = 0) -> None:
    _check(_libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(third), 0, 0), what)


def enter_network_namespace(path: str) -> None:
    """Moves the calling thread into the network namespace at `path`, for good."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _check(_libc.setns(handle, CLONE_NEWNET), f"setns({path})")
    finally:
        os.close(handle)


def forbid_netfilter_sockets() -> None:
    """From now on this process and its children get EPERM for sockets of nfnetlink, as a sandbox may have it. Root."""
    number, architecture = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}[os.uname().machine]
    load, equal, give = 0x20, 0x15, 0x06  # BPF_LD+W+ABS, BPF_JMP+JEQ+K, BPF_RET+K
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EPERM  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
    program = b"".join(struct.pack("=HBBI", *line) for line in (
        (load, 0, 0, 4), (equal, 0, 7, architecture),  # struct seccomp_data: nr, arch, instruction pointer, arguments
        (load, 0, 0, 0), (equal, 0, 5, number),  # socket(
        (load, 0, 0, 16), (equal, 0, 3, socket.AF_NETLINK),
        (load, 0, 0, 32), (equal, 0, 1, _NETLINK_NETFILTER),
        (give, 0, 0, refuse), (give, 0, 0, allow)))
    code = ctypes.create_string_buffer(program, len(program))
    filter_program = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    _check(_libc.prctl(_PR_SET_SECCOMP, 2, filter_program, 0, 0), "seccomp")


@contextlib.contextmanager
def inside(path: str) -> Iterator[None]:
    """The calling thread is in the network namespace at `path` within the block. Sockets made there stay there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter_network_namespace(path)
        yield
    finally:
        try:
            _check(_libc.setns(home, CLONE_NEWNET), "setns back to the own network namespace")
        finally:
            os.close(home)


def die_with_parent(signal_number: int) -> None:
    """The calling process gets the signal when its parent ends. A change of user clears it: call this last."""
    _prctl("prctl(PR_SET_PDEATHSIG)", _PR_SET_PDEATHSIG, signal_number)


def adopt_orphans() -> None:
    """Grandchildren whose parent died become our children, so that none of them escapes."""
    _prctl("prctl(PR_SET_CHILD_SUBREAPER)", _PR_SET_CHILD_SUBREAPER, 1)


def sharp_timers() -> None:
    """Sleeps of the calling thread end within a microsecond instead of the usual 50."""
    _prctl("prctl(PR_SET_TIMERSLACK)", _PR_SET_TIMERSLACK, 1)


def become_user_with_capabilities(uid: int, gid: int, groups: list[int], capabilities: list[int]) -> None:
    """What systemd does for `User=` and `AmbientCapabilities=`: another user who keeps exactly these capabilities,
    across execve too. With no capabilities it is a plain change of user.
    """
    if capabilities:
        _prctl("prctl(PR_SET_KEEPCAPS)", _PR_SET_KEEPCAPS, 1)
    os.setgroups(groups)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if not capabilities:
        return
    mask = sum(1 << capability for capability in capabilities)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    data = struct.pack("=6I", low, low, low, high, high, high)
    _check(_libc.capset(header, data), "capset")
    for capability in capabilities:
        _prctl("prctl(PR_CAP_AMBIENT_RAISE)", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability)
