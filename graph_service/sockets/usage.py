"""How much each account uses of this process: sockets and running operations."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from graph_service.limits import OPERATIONS_PER_USER, SOCKETS_PER_USER
from omnisonic.core.graph_errors import TooManyOperations


class Usage:
    """Counts, and refuses what is beyond the limits."""

    def __init__(self) -> None:
        self._sockets: Counter[UUID] = Counter()
        self._operations: Counter[UUID] = Counter()

    def open_socket(self, user_id: UUID) -> bool:
        """Count a socket; False: the account has as many as it may have."""
        if self._sockets[user_id] >= SOCKETS_PER_USER:
            return False
        self._sockets[user_id] += 1
        return True

    def close_socket(self, user_id: UUID) -> None:
        """One socket less."""
        _take_one(self._sockets, user_id)

    def begin(self, user_id: UUID) -> None:
        """Count an operation. Raises `TooManyOperations`."""
        if self._operations[user_id] >= OPERATIONS_PER_USER:
            raise TooManyOperations(f"Your account runs {OPERATIONS_PER_USER} operations already.")
        self._operations[user_id] += 1

    def end(self, user_id: UUID) -> None:
        """One operation less."""
        _take_one(self._operations, user_id)


def _take_one(counter: Counter[UUID], user_id: UUID) -> None:
    counter[user_id] -= 1
    if counter[user_id] <= 0:
        del counter[user_id]
