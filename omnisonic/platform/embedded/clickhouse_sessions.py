"""Sessions: a handle of the engine that keeps its settings and temporary tables between statements."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from omnisonic.platform.embedded.clickhouse_errors import refuse

DEFAULT_TIMEOUT_S = 60
LONGEST_TIMEOUT_S = 3600
MAX_SESSIONS = 200


@dataclass(frozen=True)
class SessionWish:
    """The session that a request names."""

    id: str
    timeout_s: int = DEFAULT_TIMEOUT_S
    must_exist: bool = False


@dataclass
class Session:
    """One handle, used by one statement at a time."""

    handle: Any
    ends_at: float = 0.0
    busy: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """All open sessions; each ends `timeout_s` after its last statement."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, wish: SessionWish) -> Iterator[Any]:
        """The session's handle for one statement; raises `Refusal` when it is busy or missing."""
        with self._lock:
            self._end_old()
            session = self._open.get(wish.id)
            if session is None:
                session = self._begin(wish)
            if not session.busy.acquire(blocking=False):
                raise refuse(373, "SESSION_IS_LOCKED", f"Session {wish.id} is locked by a concurrent client")
        try:
            yield session.handle
        finally:
            session.ends_at = time.monotonic() + wish.timeout_s
            session.busy.release()

    def close(self) -> None:
        """End all sessions."""
        with self._lock:
            for session in self._open.values():
                session.handle.close()
            self._open.clear()

    def _begin(self, wish: SessionWish) -> Session:
        if wish.must_exist:
            raise refuse(372, "SESSION_NOT_FOUND", f"Session {wish.id} not found")
        if len(self._open) >= MAX_SESSIONS:
            raise refuse(202, "TOO_MANY_SIMULTANEOUS_QUERIES", f"More than {MAX_SESSIONS} open sessions")
        return self._open.setdefault(wish.id, Session(self._connect()))

    def _end_old(self) -> None:
        now = time.monotonic()
        for name, session in list(self._open.items()):
            if session.ends_at < now and not session.busy.locked():
                self._open.pop(name).handle.close()
