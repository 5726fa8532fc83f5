"""Being a well-behaved process: stop when asked, die with the parent, do not pause for the collector."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from typing import Self

PARENT_CHECK_S = 0.5
STOP_CHECK_S = 0.2


class StopSignal:
    """Set by SIGTERM or SIGINT."""

    # A plain flag: a lock that the interrupted thread holds must not be needed in a signal handler.

    def __init__(self) -> None:
        self._is_set = False

    @classmethod
    def installed(cls) -> Self:
        """One that the process's signals set from now on (main thread only)."""
        stop = cls()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        return stop

    def set(self) -> None:
        """Ask to stop."""
        self._is_set = True

    def is_set(self) -> bool:
        """Whether somebody asked us to stop."""
        return self._is_set

    def wait(self, seconds: float) -> bool:
        """Sleep, at most until asked to stop; returns whether that is so."""
        until = time.monotonic() + seconds
        while not self._is_set and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, STOP_CHECK_S))
        return self._is_set


def die_with_parent(parent_pid: int, *, whole_group: bool) -> None:
    """Kill this process (and its process group) as soon as `parent_pid` is no longer its parent.

    Without this a `kill -9` of the parent would leave children that nobody supervises or stops.
    """

    def watch() -> None:
        while os.getppid() == parent_pid:
            time.sleep(PARENT_CHECK_S)
        if whole_group and os.getpgrp() == os.getpid():
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def keep_what_is_loaded() -> None:
    """Call once everything is imported: the garbage collector then passes it by.

    It would find nothing there. Each look at all of it stops every thread for tenths of a second, and in a
    process that was forked copies the memory that is shared, page by page.
    """
    gc.collect()
    gc.freeze()
