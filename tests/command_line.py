"""The command line in this process, as a user meets it: exit code, standard output, standard error."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from reward_agent.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """Runs `reward-agent`, every time with the words of `command` first."""

    capsys: pytest.CaptureFixture[str]
    command: Sequence[str] = field(default=())

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([*self.command, *map(str, arguments)])
        except SystemExit as left:
            code = int(left.code or 0)
        printed = self.capsys.readouterr()
        return code, printed.out, printed.err
