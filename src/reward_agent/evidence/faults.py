"""How a look-up fails. Each is a SignalError with a stable kind: recorded and counted, never taken for "found nothing".

SearchError                kind "search"               the source could not be reached, or failed on its side
├── SearchTimeout          kind "search timeout"       no answer in time
├── SearchRefused          kind "search refused"       the key or the request was refused: asking again is no use
├── SearchLimited          kind "search limited"       too many requests, and waiting did not help
└── UnreadableResults      kind "unreadable results"   an answer came, and it is not what the service documents
"""

from reward_agent.errors import SignalError


class SearchError(SignalError):
    """The source could not be reached, or failed on its side."""

    kind = "search"


class SearchTimeout(SearchError):
    """No answer in time."""

    kind = "search timeout"


class SearchRefused(SearchError):
    """The key or the request was refused: asking again is no use."""

    kind = "search refused"


class SearchLimited(SearchError):
    """Too many requests, and waiting did not help."""

    kind = "search limited"


class UnreadableResults(SearchError):
    """An answer came, and it is not what the service documents."""

    kind = "unreadable results"
