"""The command line. A thin door: it reads the settings, calls a job and shows what comes back.

Results go to standard output, progress and warnings to standard error. Exit codes: 0 done, 1 no sample could be read
or a check failed, 2 the request or the data cannot be used (the message says what to change), 130 stopped by
Ctrl-C (run the same command again to go on).

    app.py       the application and its commands, which are in runs.py judging.py corpus.py checkers.py models.py
    options.py   options that commands share       console.py   what is said to the person, and how
"""

import io
import os
import sys

from reward_agent.cli.app import app
from reward_agent.cli.console import say
from reward_agent.errors import RewardAgentError

__all__ = ["app", "main"]


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line. An error meant for people is printed as such; a bug keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows another, and goes on
    try:
        app(arguments)
    except RewardAgentError as error:
        say(f"error: {error}")
        sys.exit(2)
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
