"""The filter, run by an interpreter of its byte code: both machines can be checked on any machine."""

import errno

import pytest

from reward_agent.sandbox.jail.seccomp import (
    ALLOW,
    ALLOWED,
    AUDIT_ARCH,
    ERRNO,
    KILL_PROCESS,
    NUMBERS,
    REFUSED,
    program,
)

MACHINES = ("x86_64", "aarch64")


def decide(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    """What the filter answers to a system call."""
    words = {0: number & 0xFFFFFFFF, 4: AUDIT_ARCH[machine] if arch is None else arch}
    for place, argument in enumerate(arguments):
        words[16 + 8 * place] = argument & 0xFFFFFFFF
        words[20 + 8 * place] = argument >> 32 & 0xFFFFFFFF
    code, accumulator, at = program(machine), 0, 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        match operation:
            case 0x20:
                accumulator = words.get(constant, 0)
            case 0x15:
                at += if_true if accumulator == constant else if_false
            case 0x35:
                at += if_true if accumulator >= constant else if_false
            case 0x45:
                at += if_true if accumulator & constant else if_false
            case 0x06:
                return constant
            case _:
                raise AssertionError(f"unknown operation {operation:#x}")


def call(machine: str, name: str) -> int:
    number = NUMBERS[name][MACHINES.index(machine)]
    assert number is not None
    return number


@pytest.mark.parametrize("machine", MACHINES)
def test_only_listed_calls_of_this_machine_live(machine: str) -> None:
    listed = {pair[MACHINES.index(machine)] for pair in NUMBERS.values()}
    for number in range(1024):
        if number not in listed:
            assert decide(machine, number) == KILL_PROCESS, number
    assert len(listed - {None}) == len([p for p in NUMBERS.values() if p[MACHINES.index(machine)] is not None])


@pytest.mark.parametrize("machine", MACHINES)
def test_a_foreign_architecture_dies_whatever_it_calls(machine: str) -> None:
    for arch in (0, 0x40000003, 0x40000028, *(a for m, a in AUDIT_ARCH.items() if m != machine)):
        assert decide(machine, call(machine, "write"), arch=arch) == KILL_PROCESS


def test_the_x32_interface_dies() -> None:
    for number in (0x40000000, 0x40000001, 0x40000000 + 231, 0x400001FF, 0xFFFFFFFF, 0x7FFFFFFF):
        assert decide("x86_64", number) == KILL_PROCESS


@pytest.mark.parametrize("machine", MACHINES)
def test_allowed_and_refused_calls_are_answered_as_listed(machine: str) -> None:
    column = MACHINES.index(machine)
    assert not set(ALLOWED) & set(REFUSED)
    for name in ALLOWED:
        if NUMBERS[name][column] is not None:
            assert decide(machine, call(machine, name)) == ALLOW
    for name, error in REFUSED.items():
        if NUMBERS[name][column] is not None:
            assert decide(machine, call(machine, name)) == ERRNO | error


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", ["mmap", "mprotect"])
def test_memory_is_never_executable(machine: str, name: str) -> None:
    for protection in range(8):
        expected = ERRNO | errno.EPERM if protection & 4 else ALLOW
        assert decide(machine, call(machine, name), 0, 4096, protection) == expected
        assert decide(machine, call(machine, name), 0, 4096, protection | 1 << 40) == expected


@pytest.mark.parametrize("machine", MACHINES)
def test_a_futex_may_only_be_woken(machine: str) -> None:
    number = call(machine, "futex")
    assert [op for op in range(512) if decide(machine, number, 0, op) == ALLOW] == [1, 129]


@pytest.mark.parametrize("machine", MACHINES)
def test_advice_about_memory_is_what_allocators_give(machine: str) -> None:
    number = call(machine, "madvise")
    assert [a for a in range(256) if decide(machine, number, 0, 4096, a) == ALLOW] == [4, 8, 14, 15]


@pytest.mark.parametrize("machine", MACHINES)
def test_clocks_of_other_processes_are_refused(machine: str) -> None:
    number = call(machine, "clock_gettime")
    assert decide(machine, number, 1) == ALLOW
    for clock in (16, (~1234 << 3 | 2) & 0xFFFFFFFFFFFFFFFF, -6):
        assert decide(machine, number, clock) == ERRNO | errno.EINVAL


@pytest.mark.parametrize("machine", MACHINES)
def test_every_jump_lands_inside_the_program(machine: str) -> None:
    code = program(machine)
    assert len(code) < 4096
    for at, (operation, if_true, if_false, _) in enumerate(code):
        assert 0 <= if_true < 256 and 0 <= if_false < 256
        if operation != 0x06:
            assert at + 1 + max(if_true, if_false) < len(code)
