"""The name under which a browser saves a download."""

from __future__ import annotations

from urllib.parse import quote


def attachment(file_name: str) -> str:
    """A Content-Disposition that saves under `file_name` (RFC 6266, RFC 8187)."""
    return f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
