"""The sandbox under the system call filter of reward-agent.service, without a running systemd.

    apt-get install python3-seccomp && /usr/bin/python3 deploy/check_unit.py COMMAND [ARGUMENT ...]

Reads the unit's SystemCallFilter lines, has systemd-analyze say which calls they name, allows these alone (others fail
with EPERM, as the unit says), becomes user 10001 without capabilities or new privileges, and runs COMMAND, such as
`/opt/reward-agent/bin/reward-agent sandbox-check`. Needs root. The unit's other lines are not applied here.
"""

import os
import pathlib
import subprocess
import sys

import seccomp  # Debian's python3-seccomp

UNIT = pathlib.Path(__file__).with_name("reward-agent.service")
USER = 10001


def named(word: str) -> set[str]:
    """The calls that a word of the unit stands for."""
    if not word.startswith("@"):
        return {word}
    shown = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
    words = [line.strip() for line in shown.stdout.splitlines()[1:]]
    return {call for word in words if word and not word.startswith("#") for call in named(word)}


def main() -> None:
    lines = [line for line in UNIT.read_text().splitlines() if line.startswith("SystemCallFilter=")]
    allowed = named("@default")
    for line in lines:
        words = line.removeprefix("SystemCallFilter=")
        calls = {call for word in words.lstrip("~").split() for call in named(word)}
        allowed = allowed - calls if words.startswith("~") else allowed | calls
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    rules = seccomp.SyscallFilter(defaction=seccomp.ERRNO(1))  # sets no_new_privs too
    unknown = []
    for call in sorted(allowed):
        try:
            rules.add_rule(seccomp.ALLOW, call)
        except (RuntimeError, OSError):
            unknown.append(call)
    print(f"{len(allowed) - len(unknown)} calls allowed, {len(unknown)} not of this machine", flush=True)
    rules.load()
    os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
