"""Which request meets which fault.

    Faults.parse("429=0.05,500=0.05,hang=0.02,malformed=0.05,cut=0.01")

The draw depends on the seed, on the request's body and on how often that body has come: a run meets the same faults
again, and a request that is sent once more draws afresh.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

KINDS: Mapping[str, str] = {
    "429": "rate limit, with a Retry-After",
    "500": "server error",
    "503": "overloaded",
    "hang": "no reply, ever",
    "cut": "the connection breaks in the middle of the reply",
    "malformed": "a reply whose text is not the JSON that was asked for",
    "garbled": "a reply that is itself no JSON",
    "refusal": "the model refuses",
    "empty": "a reply without text",
    "length": "a reply cut off at max_tokens",
}


@dataclass(slots=True, kw_only=True)
class Faults:
    """The share of requests that meet each kind of fault; see `KINDS`. Raises ValueError for an unknown kind or for
    shares that are no shares."""

    shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    _seen: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if unknown := self.shares.keys() - KINDS.keys():
            raise ValueError(f"there is no fault {sorted(unknown)[0]!r}; the faults are {', '.join(KINDS)}")
        if any(share < 0 for share in self.shares.values()) or sum(self.shares.values()) > 1:
            raise ValueError(f"faults take shares of 0 or more that sum to at most 1, got {dict(self.shares)}")

    @classmethod
    def parse(cls, text: str, *, seed: int = 0) -> Self:
        """Reads `kind=share,kind=share`. Raises ValueError saying what it takes."""
        shares = {}
        for item in filter(None, (item.strip() for item in text.split(","))):
            kind, sep, share = item.partition("=")
            try:
                shares[kind.strip()] = float(share)
            except ValueError:
                sep = ""
            if not sep:
                raise ValueError(f"faults are written kind=share, such as 429=0.05,hang=0.02; got {item!r}")
        return cls(shares=shares, seed=seed)

    def draw(self, body: bytes) -> str | None:
        """The fault that this request meets, or None."""
        if not self.shares:
            return None
        digest = hashlib.blake2b(body, digest_size=16).digest()
        attempt = self._seen[digest]
        self._seen[digest] += 1
        drawn = hashlib.blake2b(b"%d:%d:" % (self.seed, attempt) + digest, digest_size=8).digest()
        point = int.from_bytes(drawn, "big") / 2**64
        for kind, share in self.shares.items():
            if point < share:
                return kind
            point -= share
        return None
