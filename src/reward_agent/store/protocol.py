"""What a store is."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Store(Protocol):
    """Bytes by namespace and key. Both methods raise StoreError where the store cannot be read or written."""

    async def get(self, namespace: str, key: str) -> bytes | None:
        """The value last put there, by this process or another one; None where there is none."""
        ...

    async def put(self, namespace: str, key: str, value: bytes) -> None:
        """Keeps the value, in the place of an older one. When this returns, every reader sees it."""
        ...
