"""Work of a page that goes on when the page goes away.

Reflex cancels what a page's loading began once its socket closes. Cancelled while it takes or gives back the
lock of its state, it leaves the lock behind, and the page that comes next waits until the lock runs out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_under_way: set[asyncio.Task[Any]] = set()  # the loop itself keeps only weak references


async def unbroken(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`; if the waiter is cancelled, it still runs to its end."""
    task = asyncio.create_task(work)
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)
    return await asyncio.shield(task)
