"""The hostile suite as root, as a plain user, and under what a container leaves of the system calls.

    python -m benchmarks.sandbox_hosts [--python /path/to/python --site /path/to/site-packages]

Needs root. A plain user must be able to read the interpreter: where it lies in a private home, give a copy. The
container is made here by a launcher: no_new_privs, the capability set of Docker's default (or none), and a seccomp
filter that refuses what Docker's default profile refuses. It is like a container and is none: no namespaces, no
cgroups, no AppArmor.
"""

import argparse
import ctypes
import errno
import json
import os
import platform
import resource
import subprocess
import sys

from benchmarks.provenance import ROOT, print_header
from reward_agent.sandbox.jail import kernel, seccomp

# x86-64 numbers of calls that moby's default profile refuses without extra capabilities.
REFUSED = {
    "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "swapon": 167, "reboot": 169,
    "init_module": 175, "finit_module": 313, "delete_module": 176, "kexec_load": 246, "bpf": 321,
    "perf_event_open": 298,
    "keyctl": 250, "add_key": 248, "request_key": 249, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
    "io_uring_register": 427, "open_by_handle_at": 304, "name_to_handle_at": 303, "quotactl": 179, "acct": 163,
    "settimeofday": 164, "clock_settime": 227, "sethostname": 170, "setdomainname": 171, "syslog": 103, "chroot": 161,
    "fsopen": 430, "fsmount": 432, "move_mount": 429, "open_tree": 428, "mount_setattr": 442, "lookup_dcookie": 212,
    "move_pages": 279, "mbind": 237, "set_mempolicy": 238, "kcmp": 312, "ioperm": 173, "iopl": 172, "vhangup": 153,
}  # fmt: skip
CLONE, CLONE3, PERSONALITY, NAMESPACES = 56, 435, 135, 0x7E020000
DOCKER_CAPABILITIES = 0xA80425FB  # chown ... setfcap: the fourteen that docker run leaves to root


def enter_container(*, user: int, capabilities: int) -> None:
    """Becomes what a process in a container is."""
    libc = kernel.LIBC
    for number in range(41):
        if not capabilities >> number & 1:
            libc.prctl(24, number, 0, 0, 0)  # PR_CAPBSET_DROP
    if user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    else:
        words = (ctypes.c_uint32 * 6)(capabilities, capabilities, 0, 0, 0, 0)
        kernel.syscall(126, (ctypes.c_uint32 * 2)(0x20080522, 0), words)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.Filter(_profile()).install()


def _profile() -> list[seccomp.Instruction]:
    refuse = (0x06, 0, 0, seccomp.ERRNO | errno.EPERM)
    code: list[seccomp.Instruction] = [(0x20, 0, 0, 0)]
    for number in REFUSED.values():
        code += [(0x15, 0, 1, number), refuse]
    code += [(0x15, 0, 1, CLONE3), (0x06, 0, 0, seccomp.ERRNO | errno.ENOSYS)]
    code += [(0x15, 0, 4, CLONE), (0x20, 0, 0, 16), (0x45, 0, 1, NAMESPACES), refuse, (0x06, 0, 0, seccomp.ALLOW)]
    return [*code, (0x06, 0, 0, seccomp.ALLOW)]


def _launch(name: str, python: str, path: str, user: int, capabilities: int | None) -> None:
    def become() -> None:
        if capabilities is not None:
            enter_container(user=user, capabilities=capabilities)
        elif user:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    done = subprocess.run(
        [python, "-m", "reward_agent.cli", "sandbox-check", "--json"],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"},
        preexec_fn=become,  # one thread, and the way to give privileges up before exec
        check=False,
    )
    if not done.stdout.startswith("{"):
        print(f"{name:42} FAILED: {done.stderr.strip()[-300:]}")
        return
    found = json.loads(done.stdout)
    escaped = found["hostile"]["not_contained"]
    off = [f"{layer['name']} ({layer['detail']})" for layer in found["layers"] if not layer["held"]]
    print(
        f"{name:42} {found['tier']:9} contained {found['hostile']['cases'] - len(escaped)}/{found['hostile']['cases']}"
        f"  honest differences {len(found['honest']['differences'])}/{found['honest']['checkers']}"
        f"  {found['seconds']:.1f} s  off: {'; '.join(off) or 'none'}"
    )
    for case in escaped:
        print(f"    {case['family']}: {case['name']}: {case['problems']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default=sys.executable, help="an interpreter that a plain user can run")
    parser.add_argument("--site", default="", help="its site-packages, if they are elsewhere")
    arguments = parser.parse_args()
    if os.getuid() != 0 or platform.machine() != "x86_64":
        sys.exit("this needs root on Linux x86-64")
    print_header("no data")
    path = f"{ROOT / 'src'}:{arguments.site}"
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _launch("root", arguments.python, path, 0, None)
    _launch("plain user 1000", arguments.python, path, 1000, None)
    _launch("nobody", arguments.python, path, 65534, None)
    _launch("container-like, user 1000, no capabilities", arguments.python, path, 1000, 0)
    _launch("container-like, root, Docker's capabilities", arguments.python, path, 0, DOCKER_CAPABILITIES)
    _launch("container-like, root, no capabilities", arguments.python, path, 0, 0)


if __name__ == "__main__":
    main()
