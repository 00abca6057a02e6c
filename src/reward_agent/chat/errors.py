"""How a call to a chat model fails. `kind` is the stable word under which failures are counted.

    ChatError
    ├── retried                 RateLimitError      "rate limit"         the server asked for less
    │                           ServerError         "server error"       5xx, or a reply that is no completion
    │                           CallTimeoutError    "timeout"            no reply within `timeout_s`
    │                           ConnectionLostError "connection"         no connection, or it broke off
    │                           EmptyReplyError     "empty reply"        a reply without text
    └── not retried             QuotaError          "quota"              the account is used up
                                AuthenticationError "authentication"     the key was refused
                                BadCallError        "bad request"        the server refuses this question
                                RefusedError        "refused"            the model, or a filter, would not answer
                                TruncatedError      "truncated"          the reply ended at max_tokens

A message says what to do and never holds a key.
"""

from reward_agent.errors import SignalError
from reward_agent.types import Usage


class ChatError(SignalError):
    """A call failed. `usage` is what it cost all the same; `retried` whether another try may help; `retry_after_s`
    how long the server asked to wait before one."""

    kind = "chat"
    retried = False

    def __init__(self, message: str, *, usage: Usage | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        self.retry_after_s = retry_after_s


class RateLimitError(ChatError):
    kind = "rate limit"
    retried = True


class ServerError(ChatError):
    kind = "server error"
    retried = True


class CallTimeoutError(ChatError):
    kind = "timeout"
    retried = True


class ConnectionLostError(ChatError):
    kind = "connection"
    retried = True


class EmptyReplyError(ChatError):
    kind = "empty reply"
    retried = True


class QuotaError(ChatError):
    kind = "quota"


class AuthenticationError(ChatError):
    kind = "authentication"


class BadCallError(ChatError):
    """`parameter` names the part of the request that the server refuses, where it says so."""

    kind = "bad request"

    def __init__(self, message: str, *, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class RefusedError(ChatError):
    kind = "refused"


class TruncatedError(ChatError):
    kind = "truncated"
