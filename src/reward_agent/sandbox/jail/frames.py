"""The bytes between the caller and a worker, and from a child to its worker.

Caller and worker are both ours: fixed binary headers, lengths checked on both sides. A child runs hostile code: of it
a worker takes one byte a response, in a range, in a number known beforehand.

    request   header, then the lengths of the texts (the source and every response), then their UTF-8
    reply     header, then one code a response, or the lint's text, or the worker's greeting (JSON)
"""

import struct

VERSION = 2
REQUEST = struct.Struct("<IBIIIQ")  # id, kind, responses, CPU milliseconds, wall milliseconds, bytes of the body
REPLY = struct.Struct("<IBI")  # id, kind, bytes of the body
LENGTH = struct.Struct("<I")

RUN, ADMIT = 1, 2
# LAST: codes of the first responses, after which the worker ends itself (a WebAssembly guest that would not stop).
GREETING, CODES, REASONS, ALIVE, LAST = range(1, 6)

# What a child may write, one byte a response.
TRUE, FALSE, NOT_A_BOOL, EXCEPTION, NO_FUNCTION, MEMORY = range(1, 7)
CHILD_CODES = frozenset(range(1, 7))
# What only the worker says, from how the child ended.
TIMEOUT, CRASH, VIOLATION, NOT_RUN = range(7, 11)

MAX_BODY = 64 * 2**20  # bytes of one request: the source, the responses and their lengths
MAX_RESPONSES = 4096  # of one request; a child's answers must fit into a pipe that nobody empties (64 KiB)
MAX_REASONS = 8192  # bytes of the lint's text


def request_body(source: bytes, responses: list[bytes]) -> bytes:
    """The body of a request."""
    texts = [source, *responses]
    return b"".join([*(LENGTH.pack(len(text)) for text in texts), *texts])


def spans(body: memoryview, responses: int) -> list[tuple[int, int]]:
    """Where the source and every response lie in `body`. Raises ValueError unless the lengths add up exactly."""
    count = responses + 1
    start = count * LENGTH.size
    if len(body) < start:
        raise ValueError(f"a body of {len(body)} bytes cannot hold {count} lengths")
    found = []
    for (length,) in LENGTH.iter_unpack(body[:start]):
        found.append((start, start + length))
        start += length
    if start != len(body):
        raise ValueError(f"the lengths add up to {start} bytes, the body has {len(body)}")
    return found
