#!/usr/bin/env python3
"""Boots a Debian 12 that enforces SELinux's policy, with Belay and its own policy as the build has them, and reads
what the guest's script (guest/vm-proof) claims. Called with the folder of the build; the base of the disk is kept in
it, so that only the first run needs the Debian mirror."""

import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "debootstrap": "debootstrap",
    "setfiles": "policycoreutils",
    "mke2fs": "e2fsprogs",
}
DEADLINE_S = 900

# The kernel must not leave denials out because there are many; a panic ends the machine.
KERNEL_LINE = (
    "root=/dev/vda rw console=ttyS0 quiet panic=-1 sysctl.kernel.printk_ratelimit=0 "
    "security=selinux selinux=1 enforcing=1"
)


def missing():
    """Why this cannot run here; empty when it can."""
    if os.geteuid() != 0:
        return "needs root, to make a disk with other users' files"
    absent = [f"{tool} (Debian package {package})" for tool, package in TOOLS.items() if not shutil.which(tool)]
    return f"needs {', '.join(absent)}" if absent else ""


def boot(work):
    """Runs the machine until it powers itself off; what its two serial ports said."""
    console, claims = work / "console", work / "claims"
    kernel, initrd = (next((work / "base" / "boot").glob(pattern)) for pattern in ("vmlinuz-*", "initrd.img-*"))
    call = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1024", "-nodefaults"]
    call += ["-display", "none", "-no-reboot", "-kernel", kernel, "-initrd", initrd, "-append", KERNEL_LINE]
    call += ["-drive", f"file={work / 'disk'},format=raw,if=virtio"]
    call += ["-serial", f"file:{console}", "-serial", f"file:{claims}"]
    try:
        subprocess.run(call, check=True, timeout=DEADLINE_S)
    except subprocess.TimeoutExpired:
        print(f"the machine was still running after {DEADLINE_S} s")
    return console.read_text(errors="replace"), claims.read_text(errors="replace")


def verdict(claims):
    """What is wrong with the guest's words: claims that failed, or an end that was not reached."""
    lines = claims.splitlines()
    wrong = [line for line in lines if line.startswith("not ok ")]
    if not any(line.startswith("ok ") for line in lines):
        wrong.append("no claim was shown")
    if "done" not in lines:
        wrong.append("the guest's script did not reach its end")
    return wrong


def main():
    why = missing()
    if why:
        print(why)
        return SKIPPED
    build = pathlib.Path(sys.argv[1]).resolve()
    work = build / "tests" / "vm"
    work.mkdir(parents=True, exist_ok=True)
    subprocess.run([HERE / "image", work, build], check=True)
    console, claims = boot(work)
    (work / "disk").unlink()
    print(claims)
    wrong = verdict(claims)
    if wrong:
        print("---- the end of the console", *console.splitlines()[-40:], "---- wrong:", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
