"""A key out of parts."""

import hashlib


def key_of(*parts: str) -> str:
    """A digest of the parts in their order, 64 hexadecimal digits. ("ab", "c") and ("a", "bc") have different keys."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()
