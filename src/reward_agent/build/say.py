"""A line for the person who runs this; where it goes is the caller's choice."""

from collections.abc import Callable

Say = Callable[[str], None]
