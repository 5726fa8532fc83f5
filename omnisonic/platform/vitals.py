"""A process's sign of life in Redis."""

from __future__ import annotations

import os
import socket

from omnisonic.platform.ids import utc_now
from omnisonic.platform.redis import get_redis


def beat(process: str) -> None:
    """Say that this process is alive."""
    get_redis().set(f"health:{process}:{socket.gethostname()}:{os.getpid()}", utc_now().isoformat(), ex=30)
