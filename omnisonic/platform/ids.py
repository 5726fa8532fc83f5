"""Identifiers and the clock, in one place so that every row is made alike."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def new_id() -> UUID:
    """A time-ordered UUID, version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def utc_now() -> datetime:
    """The present, aware of its zone."""
    return datetime.now(UTC)


def parse_id(value: str) -> UUID | None:
    """The UUID that a caller wrote, or None when it is not one."""
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None
