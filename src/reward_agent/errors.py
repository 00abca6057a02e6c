"""Every error RewardAgent raises on purpose.

    RewardAgentError
    ├── ConfigError        the settings, or what the command line made of them, cannot be used
    ├── DataError          a file or a row cannot be read as what it should be
    ├── RunError           a run folder is in use, was made by other settings, or is damaged
    ├── ReportError        two runs cannot be compared, or a run has nothing to report
    ├── StoreError         a store's file (cache, record) cannot be opened, read or written
    └── SignalError        a stage of the agent failed on one sample; recorded as a Failure, never scored
        ├── ReplyError     a model replied, and twice the reply could not be read
        ├── ChatError      a call to a chat model failed; its kinds are in chat/errors.py
        ├── RecordedError  a failure that a record holds, raised again with its own kind
        ├── NotRecordedError  a replay was asked what its record does not hold
        └── SandboxError   the sandbox failed, so nothing is known about the checker (sandbox/worker.py)

Anything else that escapes is a bug and is allowed to propagate. Each message says what was expected, what
came, where, and what to change.
"""


class RewardAgentError(Exception):
    """The root: catch this to catch everything RewardAgent raises on purpose."""


class ConfigError(RewardAgentError):
    """The settings cannot be used; the message names the key and what it takes."""


class DataError(RewardAgentError):
    """A data file or row cannot be read; the message names file, line and remedy."""


class RunError(RewardAgentError):
    """A run folder cannot be used as it stands; the message says how to go on."""


class ReportError(RewardAgentError):
    """A report cannot be made; the message says what is missing."""


class StoreError(RewardAgentError):
    """A store's file cannot be opened, read or written; the message names it and says what to do."""


class SignalError(RewardAgentError):
    """A router, verifier, preference model or judger failed on one sample.

    The agent records it as a `Failure` and goes on. `kind` is a short stable word for counting.
    """

    kind: str = "error"


class ReplyError(SignalError):
    """A model's reply did not fit its schema, and the one repeated question did not help."""

    kind = "unreadable reply"


class RecordedError(SignalError):
    """A failure that a record holds, raised again with its own kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class NotRecordedError(SignalError):
    """A replay was asked what its record does not hold."""

    kind = "not on record"
